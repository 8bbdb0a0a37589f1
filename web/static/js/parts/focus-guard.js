// Gives the focus back to the field that one types in when a script in the frame takes it: what one writes is no bot's.

/** Who pressed a key so lately (ms) is typing. */
const TYPING = 1500;
/** How long (ms) to wait for news of the pointer. */
const NEWS = 60;

export class FocusGuard {
  #lastKey = -TYPING;
  /** @type {HTMLElement | null} */
  #field = null;
  #doubt = false;

  /**
   * @param {() => HTMLIFrameElement | undefined} iframe
   * @param {() => void} ask  Makes the frame say something, to which the browser adds whether a person has acted in it.
   */
  constructor(iframe, ask) {
    addEventListener('keydown', ({ key, target }) => {
      // These keys lead into the frame.
      this.#lastKey = key === 'Tab' || key === 'F6' ? -TYPING : performance.now();
      this.#field = target instanceof HTMLElement ? target : null;
    }, true);
    addEventListener('blur', () => {
      const frame = iframe();
      if (performance.now() - this.#lastKey > TYPING || !frame || document.activeElement !== frame) return;
      // Nobody clicks where the pointer is not; and to ask takes time, in which keys land in the frame and count as acts.
      // The frame is another process: the news that the pointer went there may come after the news that the focus did.
      setTimeout(() => {
        if (!frame.matches(':hover')) return this.#giveBack(frame);
        this.#doubt = true;
        return ask();
      }, NEWS);
    });
  }

  /** The frame has spoken. @param {boolean | null} acted  Whether a person has just acted in it; null where the browser does not say. @param {HTMLIFrameElement} iframe */
  spoke(acted, iframe) {
    if (!this.#doubt) return;
    this.#doubt = false;
    if (!(acted ?? iframe.matches(':hover'))) this.#giveBack(iframe);
  }

  /** @param {HTMLIFrameElement} iframe */
  #giveBack(iframe) {
    if (document.activeElement === iframe) this.#field?.focus({ preventScroll: true });
  }
}
