// Which visitors type at this moment, and that the operator does.

import { calls } from './calls.js';

/** So long (ms) after it was told somebody types no more. */
const LASTS = 6000;
/** How often (ms) it is told at most that one types oneself. */
const BEAT = 3000;

export class Typing extends EventTarget {
  /** Until it is over. @type {Map<string, number>} */
  #over = new Map();
  /** When it was told last, by session. @type {Map<string, number>} */
  #told = new Map();

  /** @param {string} key */
  has(key) {
    return this.#over.has(key);
  }

  /** A visitor types. @param {string} key */
  begin(key) {
    clearTimeout(this.#over.get(key));
    this.#over.set(key, setTimeout(() => this.end(key), LASTS));
    this.dispatchEvent(new Event('change'));
  }

  /** @param {string} key */
  end(key) {
    clearTimeout(this.#over.get(key));
    if (this.#over.delete(key)) this.dispatchEvent(new Event('change'));
  }

  /** One types oneself. Whether it arrives matters to nobody. @param {string} key @param {{ flow: string, id: string }} session @param {string} [author] */
  tell(key, session, author) {
    const now = performance.now();
    if (now - (this.#told.get(key) ?? -BEAT) < BEAT) return;
    this.#told.set(key, now);
    calls.typing(session, author).catch(() => {});
  }
}
