// Which visitors type at this moment, and that the operator does.

import { calls } from './calls.js';

/** So long (ms) after it was told somebody types no more. */
const LASTS = 6000;
/** How often (ms) it is told at most that one types oneself. */
const BEAT = 3000;

export class Typing extends EventTarget {
  /** After which word of the session they type, and until when. @type {Map<string, { since: number, over: number }>} */
  #now = new Map();
  /** When it was told last, by session. @type {Map<string, number>} */
  #told = new Map();

  /** @param {string} key */
  has(key) {
    return this.#now.has(key);
  }

  /** When the last word before it was said: what comes later is what was typed. @param {string} key */
  since(key) {
    return this.#now.get(key)?.since ?? Number.POSITIVE_INFINITY;
  }

  /** A visitor types. @param {string} key @param {number} since */
  begin(key, since) {
    clearTimeout(this.#now.get(key)?.over);
    this.#now.set(key, { since, over: setTimeout(() => this.end(key), LASTS) });
    this.dispatchEvent(new Event('change'));
  }

  /** @param {string} key */
  end(key) {
    clearTimeout(this.#now.get(key)?.over);
    if (this.#now.delete(key)) this.dispatchEvent(new Event('change'));
  }

  /** One types oneself. Whether it arrives matters to nobody. @param {string} key @param {{ flow: string, id: string }} session @param {string} [author] */
  tell(key, session, author) {
    const now = performance.now();
    if (now - (this.#told.get(key) ?? -BEAT) < BEAT) return;
    this.#told.set(key, now);
    calls.typing(session, author).catch(() => {});
  }
}
