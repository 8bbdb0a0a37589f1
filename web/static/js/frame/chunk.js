// A stretch of the talk: some dozens of messages in an element of their own, which keeps its height while its cards are
// out of the document. So the place of everything is known without all of it being there.

import { dressRow, makeRow } from './card.js';
import { make } from './make.js';

/** @typedef {import('../types.js').Message} Message */
/** @typedef {import('./card.js').Context} Context */

/** A chunk holds so many messages, or so many characters of them: as much as can be drawn without a jerk. */
const MOST_MESSAGES = 20;
const MOST_TEXT = 16_000;
/** What a card that was never drawn is taken to measure, in px. */
const GUESS = 44;

export class Chunk {
  node = make('div', 'chunk');
  /** @type {Message[] | null} Null once they were let go of, far away from what is read. */
  messages = [];
  /** What was made for each message: in the document while the chunk is drawn, and kept as it was left for a while after. @type {HTMLElement[]} */
  rows = [];
  /** Whether its messages are being fetched again. */
  loading = false;
  first = 0;
  last = 0;
  count = 0;
  /** @type {Message | undefined} */
  tail;
  #text = 0;

  /** @param {boolean} drawn  Whether its cards are in the document. */
  constructor(drawn) {
    this.drawn = drawn;
  }

  get full() {
    return this.count >= MOST_MESSAGES || this.#text >= MOST_TEXT || !this.messages;
  }

  /** @param {Message} message */
  push(message) {
    this.messages?.push(message);
    this.first ||= message.id;
    this.last = message.id;
    this.tail = message;
    this.count += 1;
    this.#text += message.text.length;
    if (!this.drawn) this.node.style.height = `${this.count * GUESS}px`;
  }

  /**
   * Makes the rows for those of its messages that have none; they are not in the document yet.
   * @param {Context} context @param {Message | undefined} before  What stands before the chunk.
   */
  make(context, before) {
    const from = this.rows.length;
    return (this.messages ?? []).slice(from).map((message, index) => {
      const { row, card } = makeRow(message, context);
      dressRow(row, message, this.messages?.[from + index - 1] ?? before, context.readTo);
      this.rows.push(row);
      return { row, card, message };
    });
  }

  /** Dividers and grouping of the first row, when other messages have come to stand before it. @param {Message | undefined} before @param {number} readTo */
  dressFirst(before, readTo) {
    if (this.rows[0] && this.messages) dressRow(this.rows[0], this.messages[0], before, readTo);
  }

  /** Takes its cards out of the document; their height stays. */
  undraw() {
    this.node.style.height = `${this.node.getBoundingClientRect().height}px`;
    this.node.replaceChildren();
    this.drawn = false;
  }

  /** Whether it may be taken out: nobody writes into it, and nothing plays in it. */
  get idle() {
    if (this.node.contains(document.activeElement)) return false;
    return [...this.node.querySelectorAll('audio, video')].every((one) => one instanceof HTMLMediaElement && one.paused);
  }
}

/**
 * Distributes messages over chunks.
 * @param {Message[]} messages
 * @returns {Chunk[]}
 */
export function chunksOf(messages) {
  /** @type {Chunk[]} */
  const chunks = [];
  for (const message of messages) {
    if (!chunks.length || chunks[chunks.length - 1].full) chunks.push(new Chunk(false));
    chunks[chunks.length - 1].push(message);
  }
  return chunks;
}
