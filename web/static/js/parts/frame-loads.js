// Fetches for the frame what it scrolls to. It may ask for messages of this room only, a few at a time.

import { api } from '../api.js';

/** @typedef {import('../store.js').RoomStore} RoomStore */
/** @typedef {import('../frame/protocol.js').Load} Load */
/** @typedef {import('../frame/protocol.js').Loaded} Loaded */
/** @typedef {import('../types.js').Message} Message */

/** So many fetches run at once; a frame that wants more has lost its senses. */
const MOST = 4;

export class FrameLoads {
  #running = 0;
  /** The newest message that the frame has been sent as it came. */
  sent = 0;

  /** @param {RoomStore} store */
  constructor(store) {
    this.store = store;
  }

  /**
   * @param {Load} load
   * @returns {Promise<Loaded>}
   */
  async serve({ load, want, id, limit }) {
    const nothing = { kind: /** @type {const} */ ('loaded'), load, messages: null, beginning: false, end: false };
    if (this.#running >= MOST) return nothing;
    this.#running += 1;
    try {
      return { ...nothing, ...(await this.#fetch(want, id, limit)) };
    } catch {
      return nothing;
    } finally {
      this.#running -= 1;
    }
  }

  /**
   * @param {Load['want']} want @param {number} id @param {number} limit
   * @returns {Promise<{ messages: Message[], beginning: boolean, end: boolean }>}
   */
  async #fetch(want, id, limit) {
    const { room } = this.store;
    if (want === 'newest') return { messages: this.store.messages.slice(-limit), beginning: false, end: true };
    const withIt = want === 'around' || want === 'upto' ? 1 : 0;
    const [older, newer] = await Promise.all([
      want === 'newer' ? [] : api.older(room, id + withIt, limit),
      want === 'newer' || want === 'around' ? api.newer(room, id, limit) : [],
    ]);
    const messages = [...older, ...newer];
    // Compared only now: what has come meanwhile was sent already, and is not in the answer.
    return { messages, beginning: want !== 'newer' && older.length < limit, end: this.sent > 0 && (messages.at(-1)?.id ?? id) >= this.sent };
  }
}
