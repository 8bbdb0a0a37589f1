// The stretch of a room's messages that the frame knows, in chunks of which only those near the screen have their cards
// in the document. What changes here never moves what is being read.

import { runResources } from './card.js';
import { Chunk, chunksOf } from './chunk.js';
import { tellListeners } from './necsus.js';

/** @typedef {import('../types.js').Message} Message */
/** @typedef {import('./card.js').Context} Context */

/** At most this many cards are in the document: each change moves all of them, and the browser looks at each again. */
const MOST_CARDS = 400;
/** At most this many cards are kept beside it, as they were left. */
const MOST_ASIDE = 1600;
/** At most this many messages are kept; what is further away is fetched again when one comes back to it. */
const MOST_KEPT = 6000;
/** Beyond this many chunks the oldest are forgotten, as if they had never been fetched. */
const MOST_CHUNKS = 3000;
/** This far around the screen (px) everything is drawn. */
const DRAWN_AROUND = 1400;

export class Stretch {
  /** @type {Chunk[]} */
  chunks = [];
  /** @type {Map<number, Message>} */
  byId = new Map();
  /** Whether the end is to stay on the screen, whatever comes. */
  stuck = true;
  list = /** @type {HTMLElement} */ (document.getElementById('talk'));

  /** @param {() => Context} context  How cards are drawn now. */
  constructor(context) {
    this.context = context;
  }

  /** The last chunk. */
  get end() {
    return this.chunks[this.chunks.length - 1];
  }

  reset() {
    for (const { node } of this.chunks) node.remove();
    this.chunks = [];
    this.byId.clear();
  }

  /** @param {Chunk} chunk @param {number} index */
  #insert(chunk, index) {
    this.list.insertBefore(chunk.node, this.chunks[index]?.node ?? null);
    this.chunks.splice(index, 0, chunk);
    for (const message of chunk.messages ?? []) this.byId.set(message.id, message);
  }

  /** Messages after the last one, not drawn yet. @param {Message[]} messages */
  append(messages) {
    for (const chunk of chunksOf(messages)) this.#insert(chunk, this.chunks.length);
    this.#letGo(0);
  }

  /** Messages before the first one, not drawn yet. @param {Message[]} messages */
  prepend(messages) {
    const [first] = this.chunks;
    const chunks = chunksOf(messages);
    this.#hold(null, () => {
      chunks.forEach((chunk, index) => this.#insert(chunk, index));
      first.dressFirst(chunks[chunks.length - 1]?.tail, this.context().readTo);
    });
    this.#letGo(0);
  }

  /** Messages after the last one, drawn at once. @param {Message[]} messages @param {boolean} fresh */
  appendDrawn(messages, fresh) {
    this.#makeRoom(messages.length);
    const from = Math.max(0, this.chunks.length - 1);
    for (const message of messages) {
      if (!this.end?.drawn || this.end.full) this.#insert(new Chunk(true), this.chunks.length);
      this.end.push(message);
      this.byId.set(message.id, message);
    }
    for (let index = from; index < this.chunks.length; index += 1) {
      const chunk = this.chunks[index];
      if (chunk.drawn && chunk.rows.length < chunk.count) this.#put(index, fresh);
    }
  }

  /** Puts those of a chunk's messages that are not there yet into the document. @param {number} index @param {boolean} [fresh] */
  #put(index, fresh = false) {
    const chunk = this.chunks[index];
    const before = this.chunks[index - 1]?.tail;
    const made = chunk.make(this.context(), before);
    if (fresh) for (const { row } of made) row.classList.add('arriving');
    const whole = !chunk.drawn || made.length === chunk.count;
    chunk.node.append(...(whole ? chunk.rows : made.map(({ row }) => row)));
    chunk.node.style.height = '';
    chunk.drawn = true;
    if (whole) chunk.dressFirst(before, this.context().readTo);
    if (whole) this.chunks[index + 1]?.dressFirst(chunk.tail, this.context().readTo);
    for (const { card, message } of made) {
      runResources(message);
      tellListeners(card, message);
    }
  }

  /** Gives a chunk its messages back. @param {Chunk} chunk @param {Message[]} messages */
  fill(chunk, messages) {
    // Some may have been cleared since.
    chunk.messages = messages.filter(({ id }) => id >= chunk.first && id <= chunk.last);
    for (const message of chunk.messages) this.byId.set(message.id, message);
  }

  /** Draws a chunk, if it is not drawn and its messages are here. @param {Chunk} chunk */
  draw(chunk) {
    if (chunk.drawn || !chunk.messages) return;
    this.#makeRoom(chunk.count);
    this.#hold(chunk, () => this.#put(this.chunks.indexOf(chunk)));
  }

  /** @param {number} id */
  chunkOf(id) {
    return this.chunks.find(({ first, last }) => first <= id && id <= last);
  }

  /**
   * Does something, to a chunk or around it, and keeps what is read where it is.
   * @param {Chunk | null} changed @param {() => void} change
   */
  #hold(changed, change) {
    const anchor = this.#anchor(changed);
    const top = anchor?.getBoundingClientRect().top ?? 0;
    const page = document.documentElement;
    page.classList.add('placing');
    change();
    if (this.stuck) this.toEnd();
    else if (anchor) scrollBy({ top: anchor.getBoundingClientRect().top - top, behavior: 'instant' });
    requestAnimationFrame(() => page.classList.remove('placing'));
  }

  /** The uppermost card on the screen that is there before and after a change of a chunk. @param {Chunk | null} changed */
  #anchor(changed) {
    const [from, to] = this.around(0);
    for (const chunk of this.chunks.slice(from, to + 1)) {
      if (chunk === changed || !chunk.drawn) continue;
      const row = chunk.rows.find((one) => one.getBoundingClientRect().bottom > 0);
      if (row) return row.querySelector(':scope > .message-card') ?? row;
    }
    return changed && changed.node.getBoundingClientRect().top < 0 ? changed.node.nextElementSibling : null;
  }

  toEnd() {
    scrollTo({ top: document.documentElement.scrollHeight, behavior: 'instant' });
  }

  /** Takes cards out, those furthest away first, until so many more may come in. @param {number} more */
  #makeRoom(more) {
    this.#reduce(more - MOST_CARDS, (chunk) => (chunk.drawn ? chunk.count : 0), ({ idle }) => idle, (chunk) => chunk.undraw());
    this.#reduce(-MOST_ASIDE, (chunk) => (chunk.drawn ? 0 : chunk.rows.length), () => true, (chunk) => (chunk.rows = []));
    this.#letGo(more);
  }

  /**
   * Takes something from the chunks that are furthest away until what is over is gone.
   * @param {number} over @param {(chunk: Chunk) => number} has @param {(chunk: Chunk) => boolean} may
   * @param {(chunk: Chunk) => void} take
   */
  #reduce(over, has, may, take) {
    let left = this.chunks.reduce((sum, chunk) => sum + has(chunk), over);
    while (left > 0) {
      const furthest = this.#furthest((chunk) => has(chunk) > 0 && may(chunk));
      if (!furthest) return;
      left -= has(furthest);
      take(furthest);
    }
  }

  /** Lets go of messages that are far away, so that a page may stay open for days. @param {number} more */
  #letGo(more) {
    const kept = (/** @type {Chunk} */ { messages, drawn, loading }) => (drawn || loading ? 0 : (messages?.length ?? 0));
    if (this.byId.size + more <= MOST_KEPT) return;
    this.#reduce(more + this.chunks.reduce((sum, { drawn, count }) => sum + (drawn ? count : 0), 0) - MOST_KEPT, kept, () => true, (chunk) => {
      for (const { id } of chunk.messages ?? []) this.byId.delete(id);
      chunk.messages = null;
      chunk.rows = [];
    });
  }

  /** Forgets the oldest while one is at the end. @returns {boolean} Whether there was anything to forget. */
  forgetOldest() {
    if (!this.stuck || this.chunks.length <= MOST_CHUNKS) return false;
    for (const { node, messages } of this.chunks.splice(0, this.chunks.length - MOST_CHUNKS / 2)) {
      node.remove();
      for (const { id } of messages ?? []) this.byId.delete(id);
    }
    return true;
  }

  /** The chunk furthest from the screen for which this holds; none of those near it. @param {(chunk: Chunk) => boolean} holds */
  #furthest(holds) {
    const [from, to] = this.around(DRAWN_AROUND);
    const above = this.chunks.slice(0, from).find(holds);
    const below = this.chunks.slice(to + 1).findLast(holds);
    if (!above || !below) return above ?? below;
    return from - this.chunks.indexOf(above) > this.chunks.indexOf(below) - to ? above : below;
  }

  /** The first and the last chunk that stand within so many px around the screen. @param {number} margin */
  around(margin) {
    const top = scrollY - margin;
    const bottom = scrollY + innerHeight + margin;
    const first = this.#firstWhere(({ node }) => node.offsetTop + node.offsetHeight > top);
    const after = this.#firstWhere(({ node }) => node.offsetTop >= bottom);
    return [Math.min(first, this.chunks.length - 1), Math.max(0, after - 1)];
  }

  /** By halves: it holds from some chunk on. @param {(chunk: Chunk) => boolean} holds */
  #firstWhere(holds) {
    let [low, high] = [0, this.chunks.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (holds(this.chunks[middle])) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** The lowest card that is on the screen, as its message. */
  lowest() {
    const [, to] = this.around(0);
    const chunk = this.chunks[to];
    const index = chunk?.drawn ? chunk.rows.findLastIndex((row) => row.getBoundingClientRect().bottom <= innerHeight) : -1;
    return (index < 0 ? this.chunks[to - 1]?.tail : chunk.messages?.[index]) ?? null;
  }

  /** The chunk that should be drawn next: of those around the screen the nearest that is not. */
  nearestUndrawn() {
    const [from, to] = this.around(DRAWN_AROUND);
    const [top, bottom] = this.around(0);
    const distance = (/** @type {Chunk} */ chunk) => {
      const index = this.chunks.indexOf(chunk);
      return Math.max(top - index, index - bottom, 0);
    };
    const wanted = this.chunks.slice(from, to + 1).filter(({ drawn }) => !drawn);
    return wanted.sort((a, b) => distance(a) - distance(b))[0];
  }
}
