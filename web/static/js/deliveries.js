// The deliveries of a room, or those of one message with the reasons behind them: read when they are looked at, and read
// again whenever one begins or ends.

import { api, sentenceOf } from './api.js';

/** @typedef {import('./store.js').RoomStore} RoomStore */
/** @typedef {import('./types.js').Delivery} Delivery */
/** @typedef {import('./types.js').Reason} Reason */

/** What happens within this time (ms) is read together. */
const TOGETHER = 120;
/** How soon (ms) to look again at what is still going on, in case its end was not told. */
const LOOK_AGAIN = 1_000;
const PAGE = 50;

/** @param {Delivery} activation */
export const isGoingOn = ({ status }) => status === 'running' || status === 'pending';

/** @param {Delivery} activation */
export const isFailed = ({ status }) => status === 'failed' || status === 'interrupted';

/** Events: `change`. */
export class Deliveries extends EventTarget {
  /** @type {Delivery[]} Newest first. */
  records = [];
  /** @type {Reason[]} Of the message, if it is about one. */
  reasons = [];
  loaded = false;
  /** @type {string | null} */
  wrong = null;
  limit = PAGE;

  #timer = 0;
  #due = 0;
  #turn = 0;
  #looking = false;
  #soon = () => this.#later(TOGETHER);

  /** @param {RoomStore} store @param {number | null} message */
  constructor(store, message = null) {
    super();
    this.store = store;
    this.message = message;
  }

  /** What tells that there may be something new. @returns {[EventTarget, string][]} */
  get #news() {
    return [[this.store, 'messages'], [this.store, 'clear'], [this.store.signals, 'activation']];
  }

  /** From now on it keeps itself up to date. */
  start() {
    if (this.#looking) return;
    this.#looking = true;
    for (const [target, event] of this.#news) target.addEventListener(event, this.#soon);
    void this.refresh();
  }

  stop() {
    this.#looking = false;
    clearTimeout(this.#timer);
    for (const [target, event] of this.#news) target.removeEventListener(event, this.#soon);
  }

  async more() {
    this.limit += PAGE;
    await this.refresh();
  }

  get mayHaveMore() {
    return this.message === null && this.records.length >= this.limit && this.limit < 1_000;
  }

  async refresh() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    const turn = ++this.#turn;
    try {
      const found = await this.#read();
      if (turn !== this.#turn) return;
      [this.records, this.reasons] = found;
      this.wrong = null;
    } catch (error) {
      if (turn !== this.#turn) return;
      this.wrong = sentenceOf(error);
    }
    this.loaded = true;
    this.dispatchEvent(new Event('change'));
    if (this.#looking && this.records.some(isGoingOn)) this.#later(LOOK_AGAIN);
  }

  /** @returns {Promise<[Delivery[], Reason[]]>} */
  async #read() {
    const { room } = this.store;
    if (this.message === null) return [await api.activations({ room, limit: `${this.limit}` }), []];
    const message = this.message;
    return Promise.all([api.activations({ room, message: `${message}`, limit: '1000' }), api.reasons(room, message)]);
  }

  /** Reads in `wait` ms, or sooner if that was already meant. @param {number} wait */
  #later(wait) {
    const due = performance.now() + wait;
    if (!this.#looking || (this.#timer && this.#due <= due)) return;
    clearTimeout(this.#timer);
    this.#due = due;
    this.#timer = setTimeout(() => this.refresh(), wait);
  }
}
