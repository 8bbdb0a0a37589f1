// Messages on their way: kept in the browser until the server has them, sent in order, each once.

import { api, Refused } from './api.js';
import { kept, randomKey } from './kept.js';

/** @typedef {{ key: string, author: string, text: string, reply_to?: number | null }} Letter */

/** How long (s) to wait after a failure, unless the server says how long. */
const LATER = 5;

/**
 * Events: `change`; `refused` and `later` (a `CustomEvent` with `{ letter, error }`): the first is given back, the other
 * is tried again.
 */
export class Outbox extends EventTarget {
  #sending = false;
  #timer = 0;

  /** @param {string} room */
  constructor(room) {
    super();
    this.room = room;
  }

  /** Read anew each time: other tabs write and send the same list. @returns {Letter[]} */
  get letters() {
    return kept.get(`outbox.${this.room}`, /** @type {Letter[]} */ ([]));
  }

  /** @param {string} author @param {string} text @param {number | null} [reply_to]  The message that it answers. */
  post(author, text, reply_to = null) {
    this.#keep([...this.letters, { key: randomKey(), author, text, reply_to }]);
    void this.flush();
  }

  /** @param {Letter} letter */
  discard(letter) {
    this.#keep(this.letters.filter(({ key }) => key !== letter.key));
  }

  /** Sends what waits; to be called whenever the connection is back. */
  async flush() {
    if (this.#sending) return;
    this.#sending = true;
    clearTimeout(this.#timer);
    try {
      for (let [next] = this.letters; next; [next] = this.letters) await this.#send(next);
    } catch (error) {
      const wait = (error instanceof Refused && error.retryAfter) || LATER;
      this.#timer = setTimeout(() => this.flush(), wait * 1000);
    } finally {
      this.#sending = false;
    }
  }

  /** @param {Letter} letter */
  async #send(letter) {
    const { key, author, text, reply_to = null } = letter;
    try {
      await api.post({ room: this.room, author, text, ...(reply_to !== null && { reply_to }) }, key);
      this.discard(letter);
    } catch (error) {
      const keep = !(error instanceof Refused) || error.status === 429 || error.status >= 500;
      if (error instanceof Refused) this.#tell(keep ? 'later' : 'refused', letter, error);
      if (keep) throw error;
      this.discard(letter);
    }
  }

  /** @param {string} what @param {Letter} letter @param {Refused} error */
  #tell(what, letter, error) {
    this.dispatchEvent(new CustomEvent(what, { detail: { letter, error } }));
  }

  /** @param {Letter[]} letters */
  #keep(letters) {
    if (letters.length > 0) kept.set(`outbox.${this.room}`, letters);
    else kept.remove(`outbox.${this.room}`);
    this.dispatchEvent(new Event('change'));
  }
}
