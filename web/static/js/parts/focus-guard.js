// Gives the focus back to the field that one types in when a script in the frame takes it: what one writes is no bot's.

/** Who pressed a key so lately (ms) is typing. */
const TYPING = 1500;
/** How long (ms) to wait for the frame to say that somebody pressed a button of the pointer in it. */
const NEWS = 60;
/** How much later (ms) than the focus those news may still come from a busy frame. */
const LATE = 2000;

export class FocusGuard {
  #iframe;
  #lastKey = -TYPING;
  #lastPress = -LATE;
  #gaveBack = -LATE;
  /** @type {HTMLElement | null} */
  #field = null;

  /** @param {() => HTMLIFrameElement | undefined} iframe */
  constructor(iframe) {
    this.#iframe = iframe;
    addEventListener('keydown', ({ key, target }) => {
      // These keys lead into the frame.
      this.#lastKey = key === 'Tab' || key === 'F6' ? -TYPING : performance.now();
      this.#field = target instanceof HTMLElement ? target : null;
    }, true);
    addEventListener('blur', () => {
      if (performance.now() - this.#lastKey > TYPING || !this.#isInFrame) return;
      // The frame is another process: its word that somebody pressed there may come after the news that the focus went there.
      const left = performance.now();
      setTimeout(() => {
        if (this.#lastPress < left - NEWS && this.#isInFrame) this.#giveBack();
      }, NEWS);
    });
  }

  get #isInFrame() {
    const iframe = this.#iframe();
    return iframe !== undefined && document.activeElement === iframe;
  }

  /** The page itself leads into the frame, because a person asked for it. */
  lead() {
    this.#lastKey = -TYPING;
    this.#iframe()?.focus();
  }

  #giveBack() {
    this.#gaveBack = performance.now();
    this.#field?.focus({ preventScroll: true });
  }

  /** The frame says that somebody has pressed a button of the pointer in it, or touched it. */
  pressed() {
    this.#lastPress = performance.now();
    if (this.#lastPress - this.#gaveBack > LATE) return;
    this.#gaveBack = -LATE;
    this.#iframe()?.focus({ preventScroll: true });
  }
}
