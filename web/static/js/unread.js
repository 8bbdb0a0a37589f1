// How much was said, in a room that one does not look at, since one last did.

import { me } from './me.js';
import { counts, mentions } from './mention.js';
import { readIn } from './visited.js';

/** @typedef {import('./types.js').Message} Message */

/** More than this is not counted: the badge says “99+”. */
export const MOST = 100;

export class Unread {
  /** @type {Map<number, boolean>} What is not read yet, by id; whether it says one's name. */
  #ids = new Map();

  /** @param {string} room */
  constructor(room) {
    this.room = room;
    this.read = readIn(room);
  }

  /** @param {Message} message @returns {boolean} Whether it is unread. */
  take(message) {
    if (message.id <= this.read || !counts(message, me.name)) return false;
    this.#ids.set(message.id, mentions(message, me.name));
    const [oldest] = this.#ids.keys();
    if (this.#ids.size > MOST) this.#ids.delete(oldest);
    return true;
  }

  /** Looks again up to where it was read, here or in another tab. @returns {boolean} Whether that changed anything. */
  look() {
    const before = this.#ids.size;
    this.read = Math.max(this.read, readIn(this.room));
    for (const id of this.#ids.keys()) if (id <= this.read) this.#ids.delete(id);
    return this.#ids.size !== before;
  }

  clear() {
    this.#ids.clear();
  }

  get count() {
    return this.#ids.size;
  }

  /** How many of them say one's name. */
  get mentions() {
    return [...this.#ids.values()].filter(Boolean).length;
  }
}
