// The cards in the document: a window over all messages that the page has sent, with spacers for what has scrolled out,
// and the rules for scrolling.

import { words } from '../words.js';
import { dressRow, make, makeRow, runResources } from './card.js';
import { forgetStyles } from './bot-html.js';
import { tellListeners } from './necsus.js';

/** @typedef {import('../types.js').Message} Message */

/** At most this many cards are in the document; adding one grows slow far beyond. */
const MOST_CARDS = 2000;
/** So many are taken out, or put back, at once. */
const STEP = 200;
/** This close to an end (px) counts as being there. */
const NEAR_END = 48;
/** This close to an end, the next ones are fetched. */
const NEAR_EDGE = 900;

export class Talk {
  /** @type {Message[]} All that the page has sent, in order of id. */
  #all = [];
  /** @type {Map<number, Message>} */
  #byId = new Map();
  /** @type {Map<number, HTMLElement>} Rows in the document. */
  #rows = new Map();
  /** @type {Map<number, number>} Heights of rows that were taken out. */
  #heights = new Map();
  /** The window: `#all[#from]` to `#all[#to - 1]` are in the document. */
  #from = 0;
  #to = 0;
  #stuck = true;
  #missed = 0;
  #asked = false;
  #beginning = false;
  /** @type {() => void} */
  #askOlder;
  #list = /** @type {HTMLElement} */ (document.getElementById('talk'));
  #above = /** @type {HTMLElement} */ (document.getElementById('top-space'));
  #below = /** @type {HTMLElement} */ (document.getElementById('bottom-space'));
  #jump = make('button', 'jump');
  #live = make('div', 'unseen');

  me = '';
  readTo = 0;

  /** @param {() => void} askOlder  Asks the page for messages before the oldest. */
  constructor(askOlder) {
    this.#askOlder = askOlder;
    this.#list.setAttribute('role', 'log');
    this.#list.setAttribute('aria-live', 'off');
    this.#list.setAttribute('aria-label', words.frame.label);
    this.#live.setAttribute('role', 'status');
    this.#jump.hidden = true;
    this.#jump.addEventListener('click', () => this.toBottom());
    document.body.append(this.#jump, this.#live);
    addEventListener('scroll', () => this.#scrolled(), { passive: true });
    addEventListener('resize', () => this.#stay());
    new ResizeObserver(() => this.#stay()).observe(this.#list);
  }

  /** @param {Element} card */
  messageOf(card) {
    return this.#byId.get(Number(/** @type {HTMLElement} */ (card).dataset.id));
  }

  /**
   * New messages at the end. `fresh` ones arrived while the person was here.
   * @param {Message[]} messages
   * @param {boolean} fresh
   */
  add(messages, fresh) {
    const atEnd = this.#to === this.#all.length;
    const added = messages.filter((message) => this.#remember(message));
    if (added.length === 0) return;
    this.#all.push(...added);
    if (fresh) this.#announce(added);
    if (!atEnd) {
      this.#missed += added.length;
      return this.#showJump();
    }
    if (added.length > MOST_CARDS) this.#restart();
    else this.#drawTo(this.#all.length, fresh);
    this.#drop(this.#stuck ? 'above' : 'below');
    if (this.#stuck) this.#scrollToEnd();
    else this.#missed += added.length;
    return this.#showJump();
  }

  /**
   * Older messages, before the first one.
   * @param {Message[]} messages
   * @param {boolean} beginning  Whether there are none before them.
   */
  addOlder(messages, beginning) {
    this.#asked = false;
    this.#beginning = beginning;
    const added = messages.filter((message) => this.#remember(message));
    this.#all.unshift(...added);
    this.#from += added.length;
    this.#to += added.length;
    this.#drawFrom(Math.max(0, this.#from - STEP));
  }

  olderFailed() {
    this.#asked = false;
  }

  clear() {
    this.#all = [];
    this.#byId.clear();
    this.#rows.clear();
    this.#heights.clear();
    this.#list.replaceChildren();
    this.#from = this.#to = this.#missed = 0;
    this.#stuck = this.#beginning = true;
    this.#space();
    forgetStyles();
    this.#showJump();
  }

  toBottom() {
    if (this.#to < this.#all.length) this.#restart();
    this.#stuck = true;
    this.#missed = 0;
    this.#scrollToEnd();
    this.#showJump();
  }

  /** @param {Message} message @returns {boolean} Whether it is new here. */
  #remember(message) {
    if (this.#byId.has(message.id)) return false;
    this.#byId.set(message.id, message);
    return true;
  }

  /** @param {number} index @param {boolean} [fresh] */
  #draw(index, fresh = false) {
    const message = this.#all[index];
    const { row, card } = makeRow(message, { me: this.me, find: (id) => this.#byId.get(id) });
    dressRow(row, message, this.#all[index - 1], this.readTo);
    if (fresh) row.classList.add('arriving');
    this.#rows.set(message.id, row);
    this.#heights.delete(message.id);
    return { row, card, message };
  }

  /** @param {{ card: HTMLElement, message: Message }} drawn */
  #inDocument({ card, message }) {
    runResources(message);
    tellListeners(card, message);
  }

  /** Draws further down. @param {number} to @param {boolean} [fresh] */
  #drawTo(to, fresh = false) {
    while (this.#to < to) {
      const drawn = this.#draw(this.#to, fresh);
      this.#to += 1;
      this.#list.append(drawn.row);
      this.#inDocument(drawn);
    }
    this.#space();
  }

  /** Draws further up, and keeps what is seen where it is. @param {number} from */
  #drawFrom(from) {
    const anchor = /** @type {HTMLElement | null} */ (this.#list.firstElementChild);
    const before = anchor?.getBoundingClientRect().bottom ?? 0;
    document.documentElement.classList.add('placing');
    const drawn = [];
    for (let index = from; index < this.#from; index += 1) drawn.push(this.#draw(index));
    const first = this.#all[this.#from];
    if (first && anchor) dressRow(anchor, first, this.#all[this.#from - 1], this.readTo);
    this.#from = from;
    this.#list.prepend(...drawn.map(({ row }) => row));
    drawn.forEach((one) => this.#inDocument(one));
    this.#space();
    if (anchor && !this.#stuck) scrollBy({ top: anchor.getBoundingClientRect().bottom - before, behavior: 'instant' });
    requestAnimationFrame(() => document.documentElement.classList.remove('placing'));
    this.#drop('below');
  }

  /** Takes cards out at the end that is further away, when there are too many. @param {'above' | 'below'} side */
  #drop(side) {
    if (this.#to - this.#from <= MOST_CARDS) return;
    if (side === 'above') this.#keep(this.#to - MOST_CARDS + STEP, this.#to);
    else this.#keep(this.#from, this.#from + MOST_CARDS - STEP);
  }

  /** Takes out the cards that are not among these. @param {number} from @param {number} to */
  #keep(from, to) {
    const out = [...this.#all.slice(this.#from, from), ...this.#all.slice(to, this.#to)];
    for (const { id } of out) this.#heights.set(id, this.#rows.get(id)?.offsetHeight ?? 0);
    for (const { id } of out) {
      this.#rows.get(id)?.remove();
      this.#rows.delete(id);
    }
    this.#from = from;
    this.#to = to;
    this.#space();
  }

  /** Draws the newest alone, as at the start. */
  #restart() {
    this.#keep(this.#from, this.#from);
    this.#from = this.#to = Math.max(0, this.#all.length - STEP);
    this.#drawTo(this.#all.length);
  }

  /** Gives the spacers the heights of what they stand for. */
  #space() {
    const height = (/** @type {Message[]} */ part) => part.reduce((sum, { id }) => sum + (this.#heights.get(id) ?? 0), 0);
    const above = this.#from > 0 ? height(this.#all.slice(0, this.#from)) : 0;
    const below = this.#to < this.#all.length ? height(this.#all.slice(this.#to)) : 0;
    this.#above.style.height = `${above}px`;
    this.#below.style.height = `${below}px`;
  }

  #scrolled() {
    const page = document.documentElement;
    const left = page.scrollHeight - page.scrollTop - innerHeight;
    this.#stuck = left < NEAR_END && this.#to === this.#all.length;
    if (this.#stuck) this.#missed = 0;
    this.#showJump();
    if (page.scrollTop - this.#above.offsetHeight < NEAR_EDGE) this.#wantOlder();
    if (left - this.#below.offsetHeight < NEAR_EDGE && this.#to < this.#all.length) {
      this.#drawTo(Math.min(this.#all.length, this.#to + STEP));
      this.#drop('above');
    }
  }

  #wantOlder() {
    if (this.#from > 0) return this.#drawFrom(Math.max(0, this.#from - STEP));
    if (this.#asked || this.#beginning || this.#all.length === 0) return undefined;
    this.#asked = true;
    return this.#askOlder();
  }

  #stay() {
    if (this.#stuck) this.#scrollToEnd();
    // A screen that the first messages do not fill has nothing to scroll: the older ones are wanted at once.
    const page = document.documentElement;
    if (page.scrollHeight <= innerHeight) this.#wantOlder();
  }

  #scrollToEnd() {
    scrollTo({ top: document.documentElement.scrollHeight, behavior: 'instant' });
  }

  #showJump() {
    const away = !this.#stuck && this.#all.length > 0;
    this.#jump.hidden = !away;
    this.#jump.textContent = words.frame.jump(this.#missed);
    this.#jump.classList.toggle('missed', this.#missed > 0);
  }

  /** @param {Message[]} messages */
  #announce(messages) {
    const said = messages.filter(({ author, kind }) => kind !== 'user' || author !== this.me);
    for (const { id, author, kind, text } of said) {
      const line = make('p', '', `${author}: ${kind === 'user' ? text : plain(text)}`);
      line.dataset.said = String(id);
      this.#live.append(line);
    }
    while (this.#live.childElementCount > 5) this.#live.firstElementChild?.remove();
  }
}

/** The text of HTML, without loading or running anything in it. @param {string} html */
function plain(html) {
  const { body } = new DOMParser().parseFromString(html, 'text/html');
  for (const node of body.querySelectorAll('style, script')) node.remove();
  return (body.textContent ?? '').trim();
}
