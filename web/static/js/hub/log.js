// A list of what happened, the newest at its end: bounded, and it can be held still while one reads.

/**
 * @typedef {object} Entry
 * @property {number} id
 * @property {number} at  Milliseconds since 1970.
 * @property {string} way  What it is: `sent`, `received`, `note` …
 * @property {string} type  The payload's type; empty if it has none.
 * @property {string} text  What was sent or came, as it was; empty if there is nothing to unfold.
 * @property {string} says  A sentence in place of the type.
 * @property {number | null} seq
 * @property {boolean} own  Whether the page itself wanted it.
 * @property {number | null} answers  The entry that this one answers.
 * @property {number | null} answer  The entry that answers this one.
 * @property {boolean} open
 */

/** So many are kept. */
export const MOST = 500;
/** More lines than this are folded at first. */
const LINES = 16;
/** How long (ms) what comes is gathered before it is drawn. */
const GATHER = 40;

export class Log extends EventTarget {
  /** @type {Entry[]} */
  entries = [];
  /** How many fell out. */
  gone = 0;
  /** What stands still, while one reads. @type {Entry[] | null} */
  #still = null;
  #next = 1;
  #timer = 0;

  /** @param {{ way: string } & Partial<Entry>} said @returns {Entry} */
  add(said) {
    const text = said.text ?? '';
    const entry = { id: this.#next++, at: Date.now(), type: '', says: '', seq: null, own: false, answers: null, answer: null, open: isShort(text), ...said, text };
    this.entries.push(entry);
    if (this.entries.length > MOST) {
      this.gone += this.entries.length - MOST;
      this.entries = this.entries.slice(-MOST);
    }
    this.#soon();
    return entry;
  }

  /** What is to be shown. */
  get shown() {
    return this.#still ?? this.entries;
  }

  get paused() {
    return this.#still !== null;
  }

  /** How many came since it was held still. */
  get waiting() {
    const last = this.#still?.at(-1)?.id ?? 0;
    return this.#still ? this.entries.filter(({ id }) => id > last).length : 0;
  }

  pause() {
    this.#still = [...this.entries];
    this.changed();
  }

  go() {
    this.#still = null;
    this.changed();
  }

  clear() {
    this.entries = [];
    this.gone = 0;
    if (this.#still) this.#still = [];
    this.changed();
  }

  /** @param {boolean} open */
  foldAll(open) {
    for (const entry of this.entries) entry.open = open;
    this.changed();
  }

  changed() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.dispatchEvent(new Event('change'));
  }

  /** A flood is drawn a few times a second, not once for each. */
  #soon() {
    this.#timer ||= setTimeout(() => this.changed(), GATHER);
  }
}

/** By what its commas tell: nothing is set out in lines before somebody looks. @param {string} text */
function isShort(text) {
  return text.length < 1_000 && (text.match(/[,{[]/gu)?.length ?? 0) < LINES;
}
