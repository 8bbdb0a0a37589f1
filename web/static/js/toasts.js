// Short notes at the edge of the page: what happened, and what one can do about it.

/** @typedef {{ id: number, said: string, bad: boolean, action: { label: string, run: () => void } | null, gone: () => void }} Toast */

/** How long (ms) a note stays. */
export const STAYS = 8000;

class Toasts extends EventTarget {
  /** @type {Toast[]} */
  list = [];
  #next = 1;

  /**
   * @param {string} said
   * @param {{ bad?: boolean, action?: Toast['action'], gone?: () => void, stays?: number }} [more]  `gone` runs when the
   *   note leaves without its action having been taken.
   * @returns {Toast | null} Null if it stands there already.
   */
  say(said, { bad = false, action = null, gone = () => {}, stays = STAYS } = {}) {
    // The same note twice says no more than once.
    const same = this.list.find((toast) => toast.said === said && !toast.action);
    if (same && !action) return null;
    const toast = { id: this.#next++, said, bad, action, gone };
    this.list = [...this.list, toast];
    setTimeout(() => this.dismiss(toast), stays);
    this.#changed();
    return toast;
  }

  /** @param {string} said */
  wrong(said) {
    this.say(said, { bad: true });
  }

  /** @param {Toast} toast @param {boolean} [acted] */
  dismiss(toast, acted = false) {
    if (!this.list.includes(toast)) return;
    this.list = this.list.filter((one) => one !== toast);
    if (acted) toast.action?.run();
    else toast.gone();
    this.#changed();
  }

  #changed() {
    this.dispatchEvent(new Event('change'));
  }
}

export const toasts = new Toasts();
