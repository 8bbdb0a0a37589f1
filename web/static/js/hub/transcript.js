// What goes over the console's connection: each payload that was sent with its number, and which answer belongs to it.

import { Log } from './log.js';

/** @typedef {import('./log.js').Entry} Entry */

/** Of so many that wait for an answer the number is remembered. */
const MOST_OPEN = 1_000;

export class Transcript extends Log {
  /** Whether what the page asks for by itself is listed too. */
  withOwn = false;
  /** What was sent and is not answered, by its number; `null` for what is not listed. @type {Map<number, Entry | null>} */
  #open = new Map();

  /** @param {string} text @param {number | null} seq @param {boolean} own */
  sent(text, seq, own) {
    const entry = own && !this.withOwn ? null : this.add({ way: 'sent', type: typeOf(text).type, text, seq, own });
    if (seq === null) return;
    // The same number again stands for the newest that has it.
    this.#open.delete(seq);
    this.#open.set(seq, entry);
    if (this.#open.size > MOST_OPEN) this.#open.delete(this.#open.keys().next().value ?? seq);
  }

  /** @param {string} text @returns {any} The payload, if it can be read. */
  received(text) {
    const { type, payload } = typeOf(text);
    const seq = typeof payload?.seq === 'number' ? payload.seq : null;
    const asked = seq === null ? undefined : this.#open.get(seq);
    if (seq !== null) this.#open.delete(seq);
    if (asked === null) return payload;
    const entry = this.add({ way: 'received', type, text, seq, own: asked?.own ?? false, answers: asked?.id ?? null });
    if (asked) asked.answer = entry.id;
    return payload;
  }

  /** @param {string} says */
  note(says) {
    this.add({ way: 'note', says });
  }

  /** Numbers begin anew with each connection. */
  begins() {
    this.#open.clear();
  }
}

/** @param {string} text @returns {{ type: string, payload: any }} */
function typeOf(text) {
  try {
    const payload = JSON.parse(text);
    return { payload, type: typeof payload?.type === 'string' ? payload.type : '' };
  } catch {
    return { payload: null, type: '' };
  }
}
