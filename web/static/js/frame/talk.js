// The talk: what joins on at the end, what is fetched when one scrolls or goes elsewhere, and when the end stays on the
// screen.

import { frameWords as words } from '../words-frame.js';
import { announce } from './announce.js';
import { forgetStyles } from './bot-html.js';
import { redraw } from './card.js';
import { make } from './make.js';
import { Stretch } from './stretch.js';

/** @typedef {import('../types.js').Message} Message */
/** @typedef {import('./protocol.js').Load} Load */
/** @typedef {import('./protocol.js').Loaded} Loaded */
/** @typedef {import('./chunk.js').Chunk} Chunk */

/** So many of the newest are drawn together. */
const TOGETHER = 100;
/** So many are fetched at once. */
const FETCHED = 80;
/** This close to an end (px) counts as being there. */
const NEAR_END = 48;
/** This close to an end (px) what is beyond is fetched. */
const NEAR_EDGE = 3000;

export class Talk {
  #stretch = new Stretch(() => ({
    me: this.me,
    readTo: this.readTo,
    markdown: this.#markdown,
    find: (id) => this.#stretch.byId.get(id),
  }));
  /** Whether what comes joins on to the last message that is here. */
  #live = true;
  /** Whether there is nothing before the first one. */
  #beginning = false;
  #missed = 0;
  #newest = 0;
  #seen = 0;
  #updating = 0;
  #fetching = false;
  #markdown = false;
  #loads = 0;
  /** @type {Map<number, (loaded: Loaded) => void>} */
  #awaited = new Map();
  /** @type {Promise<unknown>} */
  #finding = Promise.resolve();
  #jump = make('button', 'jump');

  me = '';
  readTo = 0;

  /** @param {(message: Load | { kind: 'seen', id: number }) => void} tell */
  constructor(tell) {
    this.tell = tell;
    const { list } = this.#stretch;
    list.setAttribute('role', 'log');
    list.setAttribute('aria-live', 'off');
    list.setAttribute('aria-label', words.frame.label);
    this.#jump.hidden = true;
    this.#jump.addEventListener('click', () => void this.toBottom());
    document.body.append(this.#jump);
    addEventListener('scroll', () => this.#scrolled(), { passive: true });
    addEventListener('resize', () => this.#stay());
    document.addEventListener('visibilitychange', () => this.#soon());
    new ResizeObserver(() => this.#stay()).observe(list);
  }

  /** @param {Element} card */
  messageOf(card) {
    return this.#stretch.byId.get(Number(/** @type {HTMLElement} */ (card).dataset.id));
  }

  /** A message, fetched if it is not here; undefined: there is none; null: it could not be fetched. @param {number} id */
  async find(id) {
    const here = this.#stretch.byId.get(id);
    if (here) return here;
    // One after another: what one scrolls to must not wait behind many quotes.
    const { messages } = await this.#findNext(id);
    return messages && messages.find((message) => message.id === id);
  }

  /** @param {number} id */
  #findNext(id) {
    const found = this.#finding.then(() => this.#load('upto', id, 1));
    this.#finding = found;
    return found;
  }

  /** @param {Load['want']} want @param {number} id @param {number} limit @returns {Promise<Loaded>} */
  #load(want, id, limit) {
    const load = (this.#loads += 1);
    this.tell({ kind: 'load', load, want, id, limit });
    return new Promise((done) => this.#awaited.set(load, done));
  }

  /** What the page has fetched. @param {Loaded} loaded */
  loaded(loaded) {
    this.#awaited.get(loaded.load)?.(loaded);
    this.#awaited.delete(loaded.load);
  }

  /**
   * New messages at the end. `fresh` ones arrived while the person was here.
   * @param {Message[]} messages
   * @param {boolean} fresh
   */
  add(messages, fresh) {
    const added = messages.filter(({ id }) => id > this.#newest);
    if (added.length === 0) return;
    this.#newest = added[added.length - 1].id;
    if (fresh) announce(added, this.me);
    if (this.#live) this.#join(added, fresh);
    if (!this.#stretch.stuck && fresh) this.#missed += added.length;
    this.#showJump();
    this.#soon();
  }

  /** @param {Message[]} added @param {boolean} fresh */
  #join(added, fresh) {
    const { end } = this.#stretch;
    // What was fetched meanwhile may hold the first of them already.
    added = added.filter(({ id }) => id > (end?.last ?? 0));
    // What is far from where one reads is drawn when one comes there.
    const drawn = !end || end.drawn ? TOGETHER : 0;
    const later = Math.max(0, added.length - drawn);
    this.#stretch.append(added.slice(0, later));
    this.#stretch.appendDrawn(added.slice(later), fresh);
    if (this.#stretch.stuck) this.#stretch.toEnd();
    if (this.#stretch.forgetOldest()) this.#beginning = false;
  }

  clear() {
    this.#stretch.reset();
    this.#live = this.#beginning = this.#stretch.stuck = true;
    this.#missed = 0;
    forgetStyles();
    this.#showJump();
  }

  /** More was said than was sent: what comes next does not join on. @param {number} after */
  gap(after) {
    this.readTo = after;
    this.#live = this.#stretch.stuck;
    if (!this.#stretch.stuck) return;
    this.#stretch.reset();
    this.#beginning = false;
  }

  /** Begins anew with these. @param {Message[]} messages @param {boolean} beginning @param {boolean} end */
  #startAt(messages, beginning, end) {
    this.#stretch.reset();
    this.#stretch.append(messages);
    this.#beginning = beginning;
    this.#live = end;
  }

  async toBottom() {
    if (!this.#live) {
      const { messages } = await this.#load('newest', 0, FETCHED);
      if (!messages) return;
      this.#startAt(messages, false, true);
    }
    this.#stretch.stuck = true;
    this.#missed = 0;
    for (const chunk of this.#stretch.chunks.slice(-2)) this.#stretch.draw(chunk);
    this.#stretch.toEnd();
    this.#showJump();
    this.#soon();
  }

  /** Goes to a message, fetching what is around it if need be. @param {number} id */
  async go(id) {
    if (!this.#stretch.chunkOf(id)) {
      const { messages, beginning, end } = await this.#load('around', id, FETCHED / 2);
      if (!messages?.length) return;
      this.#startAt(messages, beginning, end);
    }
    const chunk = this.#stretch.chunkOf(id) ?? this.#stretch.end;
    await this.#refill(chunk);
    this.#stretch.stuck = false;
    this.#stretch.draw(chunk);
    const index = (chunk.messages ?? []).findIndex((message) => message.id >= id);
    this.#point(chunk.rows[index < 0 ? chunk.rows.length - 1 : index]);
    this.#update();
  }

  /** Shows a row in the middle of the screen, and that it is the one. @param {HTMLElement | undefined} row */
  #point(row) {
    const card = row?.querySelector('.message-card');
    if (!(card instanceof HTMLElement)) return;
    for (const other of document.querySelectorAll('.pointed')) other.classList.remove('pointed');
    card.classList.add('pointed');
    card.scrollIntoView({ block: card.offsetHeight > innerHeight ? 'start' : 'center', behavior: 'instant' });
    card.focus({ preventScroll: true });
  }

  /** @param {boolean} on */
  setMarkdown(on) {
    if (on === this.#markdown) return;
    this.#markdown = on;
    for (const { rows, messages } of this.#stretch.chunks) {
      rows.forEach((row, index) => messages && redraw(row, messages[index], on));
    }
  }

  /** Fetches a chunk's messages again. @param {Chunk} chunk */
  async #refill(chunk) {
    if (chunk.messages || chunk.loading) return;
    chunk.loading = true;
    const { messages } = await this.#load('upto', chunk.last, chunk.count);
    chunk.loading = false;
    if (messages) this.#stretch.fill(chunk, messages);
  }

  #scrolled() {
    const page = document.documentElement;
    this.#stretch.stuck = this.#live && page.scrollHeight - page.scrollTop - innerHeight < NEAR_END;
    if (this.#stretch.stuck) this.#missed = 0;
    this.#showJump();
    this.#soon();
  }

  #stay() {
    if (this.#stretch.stuck) this.#stretch.toEnd();
    this.#soon();
  }

  #soon() {
    this.#updating ||= setTimeout(() => this.#update());
  }

  /** Draws one chunk that came near, and fetches what is missing; again until nothing is. */
  #update() {
    clearTimeout(this.#updating);
    this.#updating = 0;
    if (this.#stretch.chunks.length === 0) return;
    const chunk = this.#stretch.nearestUndrawn();
    if (chunk?.messages) {
      this.#stretch.draw(chunk);
      this.#soon();
    } else if (chunk && !chunk.loading) {
      void this.#refill(chunk).then(() => chunk.messages && this.#soon());
    }
    void this.#fetchMore();
    this.#tellSeen();
  }

  async #fetchMore() {
    if (this.#fetching) return;
    const { chunks } = this.#stretch;
    const older = !this.#beginning && scrollY - chunks[0].node.offsetTop < NEAR_EDGE;
    const newer = !this.#live && document.documentElement.scrollHeight - scrollY - innerHeight < NEAR_EDGE;
    if (!older && !newer) return;
    this.#fetching = true;
    const [first] = chunks;
    const loaded = await this.#load(older ? 'older' : 'newer', older ? first.first : this.#stretch.end.last, FETCHED);
    this.#fetching = false;
    // Meanwhile one may have gone elsewhere, or the room may have been cleared.
    if (!loaded.messages || this.#stretch.chunks[0] !== first) return;
    if (older) {
      this.#beginning = loaded.beginning;
      this.#stretch.prepend(loaded.messages);
    } else {
      this.#live = loaded.end;
      const { last } = this.#stretch.end;
      this.#stretch.append(loaded.messages.filter(({ id }) => id > last));
    }
    this.#soon();
  }

  /** Tells the page how far one has read. */
  #tellSeen() {
    if (document.visibilityState !== 'visible') return;
    const id = this.#stretch.stuck ? this.#newest : (this.#stretch.lowest()?.id ?? 0);
    if (!(id > this.#seen)) return;
    this.#seen = id;
    this.tell({ kind: 'seen', id });
  }

  #showJump() {
    const away = !this.#stretch.stuck && this.#stretch.chunks.length > 0;
    this.#jump.hidden = !away;
    const said = words.frame.jump(this.#missed);
    if (this.#jump.textContent !== said) this.#jump.textContent = said;
    this.#jump.classList.toggle('missed', this.#missed > 0);
  }
}
