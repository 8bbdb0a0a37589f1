// What this room wants of a person who looks elsewhere: how much is unread, in the title and on the mark of the browser's
// tab, and a notice when one's name is said, here or in another room.

import { at } from './at.js';
import { kept } from './kept.js';
import { me } from './me.js';
import { mentions } from './mention.js';
import { notices } from './notices.js';
import { permalinkOf } from './permalink.js';
import { textOf } from './plain.js';
import { toasts } from './toasts.js';
import { skin } from './skin.js';
import { Unread } from './unread.js';
import { words } from './words.js';

/** @typedef {import('./store.js').RoomStore} RoomStore */
/** @typedef {import('./other-rooms.js').OtherRooms} OtherRooms */
/** @typedef {import('./types.js').Message} Message */

/** Above this the badge says “99+”. */
const MOST_SHOWN = 99;
/** How long (ms) people may take to accept the offer of notices. */
const OFFER = 60_000;

/** @param {number} n */
export const badge = (n) => (n > MOST_SHOWN ? `${MOST_SHOWN}+` : `${n}`);

/** Whether it was said after this page was opened, as far as clocks agree. @param {Message} message */
const isSaidSince = ({ when }) => when * 1000 >= performance.timeOrigin;

export class Attention {
  #unread;
  #shown = -1;
  #mark = '';
  #plain = '';
  #icon = /** @type {HTMLLinkElement | null} */ (document.querySelector('link[rel="icon"]'));

  /** @param {RoomStore} store @param {OtherRooms} others @param {(id: number) => void} goTo  Shows a message of this room. */
  constructor(store, others, goTo) {
    this.store = store;
    this.goTo = goTo;
    this.#unread = new Unread(store.room);
    store.addEventListener('messages', (event) => this.#heard(/** @type {CustomEvent} */ (event).detail));
    store.addEventListener('clear', () => this.#unread.clear());
    others.addEventListener('said', (event) => isSaidSince(/** @type {CustomEvent} */ (event).detail) && this.#unseen(/** @type {CustomEvent} */ (event).detail));
    me.addEventListener('change', () => this.#show());
    kept.watch((key) => key === 'rooms' && this.looked());
    this.#plain = this.#icon?.href ?? '';
    // A skin's logo has no place for a number; the title says it.
    if (!skin.logo) void this.#loadMark();
  }

  /** Somebody may have looked at the room, here or in another tab. */
  looked() {
    this.#unread.look();
    this.#show();
  }

  /** @param {Message[]} messages */
  #heard(messages) {
    for (const message of messages) {
      const unread = this.#unread.take(message);
      // What was said before this page was opened is no news.
      if (unread && (this.store.settled || isSaidSince(message))) this.#unseen(message);
    }
  }

  /** @param {Message} message  One that is unread, here or in another room. */
  #unseen(message) {
    if (!mentions(message, me.name)) return;
    const { room, id, author } = message;
    const open = () => (room === this.store.room ? this.goTo(id) : location.assign(permalinkOf(room, id)));
    notices.show({ room, id, title: words.notices.from(author, me.lecture ? '' : room), body: textOf(message), open });
    if (notices.state === 'off' && !notices.offered) this.#offerNotices();
  }

  /** Offers notices of the desktop, once, when the first one would have been of use. */
  #offerNotices() {
    notices.offer();
    toasts.say(words.notices.offer, { stays: OFFER, action: { label: words.notices.offerYes, run: () => void notices.want(true) } });
  }

  /** The mark with a place for a number; there before the connection is lost. */
  async #loadMark() {
    try {
      const answer = await fetch(at('/web/mark-count.svg'));
      if (answer.ok) this.#mark = await answer.text();
    } catch {
      // The title says it, too.
    }
    this.#shown = -1;
    this.#show();
  }

  #show() {
    // What one has not scrolled to is unread too, but nothing to be called back for.
    const count = document.visibilityState === 'visible' ? 0 : this.#unread.count;
    const title = words.title(me.shown(this.store.room), count > 0 ? badge(count) : '');
    if (document.title !== title) document.title = title;
    if (count === this.#shown || !this.#icon) return;
    this.#shown = count;
    this.#icon.href = count > 0 && this.#mark ? this.#drawn(badge(count)) : this.#plain;
  }

  /** @param {string} number */
  #drawn(number) {
    return `data:image/svg+xml,${encodeURIComponent(this.#mark.replace('{count}', number.replace('+', '')))}`;
  }
}
