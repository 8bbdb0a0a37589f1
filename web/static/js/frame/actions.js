// What one can do with a message: a bar of buttons beside the card under the pointer or with the focus, and the keys that
// lead from card to card.

import { frameWords as words } from '../words-frame.js';
import { copyWith } from './copy.js';
import { make } from './make.js';
import { signButton } from './signs.js';

/** @typedef {import('../types.js').Message} Message */
/** @typedef {'reply' | 'permalink' | 'inspect'} Choice */

/** How long (ms) a pointer rests where it is meant. */
const RESTS = 60;
/** What holds the pointer or the keys for itself. */
const INTERACTIVE = 'a, button, input, select, textarea, summary, label, video, audio, [onclick], [contenteditable]';

export class Actions {
  #bar = make('div', 'actions');
  /** @type {HTMLElement | null} */
  #row = null;
  #resting = 0;

  /**
   * @param {HTMLElement} list
   * @param {{ messageOf: (card: Element) => Message | undefined, choose: (kind: Choice, id: number) => void,
   *   go: (id: number) => void }} on
   */
  constructor(list, on) {
    this.list = list;
    this.on = on;
    this.#bar.setAttribute('role', 'toolbar');
    this.#bar.setAttribute('aria-label', words.frame.actions);
    list.tabIndex = 0;
    list.addEventListener('pointerover', (event) => event.pointerType === 'mouse' && this.#showSoon(rowOf(event.target)));
    list.addEventListener('pointerleave', (event) => event.pointerType === 'mouse' && this.#showSoon(rowOf(document.activeElement)));
    list.addEventListener('focusin', ({ target }) => this.#show(rowOf(target)));
    list.addEventListener('focusout', ({ relatedTarget }) => rowOf(relatedTarget) !== this.#row && this.#show(null));
    list.addEventListener('click', (event) => this.#tapped(event));
    list.addEventListener('keydown', (event) => this.#key(event));
  }

  /** Cards that pass under the pointer while one scrolls are not meant. @param {HTMLElement | null} row */
  #showSoon(row) {
    clearTimeout(this.#resting);
    this.#resting = setTimeout(() => this.#show(row), RESTS);
  }

  /** @param {HTMLElement | null} row */
  #show(row) {
    clearTimeout(this.#resting);
    if (row === this.#row && (row === null || this.#bar.isConnected)) return;
    this.#row = row;
    const card = row && cardOf(row);
    const message = card && this.on.messageOf(card);
    if (!row || !message) return this.#bar.remove();
    this.#bar.replaceChildren(...this.#buttons(message, card));
    return row.append(this.#bar);
  }

  /** @param {Message} message @param {HTMLElement} card */
  #buttons(message, card) {
    const { id, kind, activation } = message;
    const { choices } = words.frame;
    const text = () => (kind === 'user' ? message.text : (/** @type {HTMLElement | null} */ (card.querySelector('.body'))?.innerText ?? '').trim());
    const buttons = [];
    if (kind !== 'system') buttons.push(signButton('reply', choices.reply, () => this.on.choose('reply', id)));
    buttons.push(signButton('link', choices.link, () => this.on.choose('permalink', id)));
    const copy = signButton('copy', choices.text, () => void copyWith(copy, text()));
    buttons.push(copy);
    if (kind === 'user' || activation) buttons.push(signButton('why', choices[kind === 'user' ? 'whyAsked' : 'whyAnswered'], () => this.on.choose('inspect', id)));
    return buttons;
  }

  /** What leads elsewhere from within a card. @param {Element} target */
  #led(target) {
    const to = target.closest('[data-go-to]');
    if (to instanceof HTMLElement) return this.on.go(Number(to.dataset.goTo));
    const card = target.closest('.inspect') && target.closest('.message-card');
    const message = card && this.on.messageOf(card);
    if (message) this.on.choose('inspect', message.id);
    return undefined;
  }

  /** Without a pointer that hovers, a tap on a card shows what can be done. @param {MouseEvent} event */
  #tapped(event) {
    const { target } = event;
    if (target instanceof Element) this.#led(target);
    if (!(event instanceof PointerEvent) || event.pointerType === 'mouse' || !(target instanceof Element)) return;
    if (target.closest(INTERACTIVE) || getSelection()?.isCollapsed === false) return;
    const row = rowOf(target);
    this.#show(row === this.#row ? null : row);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const { key, target } = event;
    if (event.ctrlKey || event.metaKey || event.altKey || !(target instanceof HTMLElement)) return;
    if (this.#bar.contains(target)) return this.#keyInBar(event);
    if (target !== this.list && !target.matches('.message-card')) return;
    const step = { ArrowUp: -1, k: -1, ArrowDown: 1, j: 1 }[key];
    if (step) this.#move(target, step);
    else if (key === 'Enter' && target !== this.list) this.#bar.querySelector('button')?.focus();
    else return;
    event.preventDefault();
  }

  /** @param {KeyboardEvent} event */
  #keyInBar(event) {
    const buttons = [...this.#bar.querySelectorAll('button')];
    const at = buttons.findIndex((one) => one === event.target);
    if (event.key === 'ArrowLeft' || event.key === 'ArrowRight') {
      const forwards = (event.key === 'ArrowRight') === (getComputedStyle(this.#bar).direction === 'ltr');
      buttons[(at + (forwards ? 1 : buttons.length - 1)) % buttons.length].focus();
    } else if (event.key === 'Escape') {
      if (this.#row) cardOf(this.#row)?.focus({ preventScroll: true });
    } else {
      return;
    }
    event.preventDefault();
  }

  /** To the card before or after; from outside of the cards to the lowest that is seen. @param {HTMLElement} from @param {number} step */
  #move(from, step) {
    const cards = [...this.list.querySelectorAll('.message-card')].filter((one) => one instanceof HTMLElement);
    const at = cards.indexOf(from);
    const next = at < 0 ? cards.findLast((one) => one.getBoundingClientRect().top < innerHeight - 40) : cards[at + step];
    if (!next) return;
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: 'nearest', behavior: 'instant' });
  }
}

/** @param {EventTarget | null} target @returns {HTMLElement | null} */
const rowOf = (target) => (target instanceof Element ? target.closest('.row') : null);

/** @param {HTMLElement} row @returns {HTMLElement | null} */
const cardOf = (row) => row.querySelector(':scope > .message-card');
