// What the browser's tab says of this room: its name, and how much one has not read, in words and on the mark.

import { Unread } from './unread.js';
import { words } from './words.js';

/** @typedef {import('./store.js').RoomStore} RoomStore */

/** Above this the badge says “99+”. */
const MOST_SHOWN = 99;

/** @param {number} n */
export const badge = (n) => (n > MOST_SHOWN ? `${MOST_SHOWN}+` : `${n}`);

export class Attention {
  #shown = -1;
  #mark = '';

  /** @param {string} room @param {() => string} name  What the room is called on this page. */
  constructor(room, name) {
    this.unread = new Unread(room);
    this.name = name;
    this.icon = /** @type {HTMLLinkElement | null} */ (document.querySelector('link[rel="icon"]'));
    void this.#loadMark();
  }

  /** The mark with a place for a number; there before the connection is lost. */
  async #loadMark() {
    try {
      const answer = await fetch('/web/mark-count.svg');
      if (answer.ok) this.#mark = await answer.text();
    } catch {
      // The title says it, too.
    }
    this.#shown = -1;
    this.show();
  }

  show() {
    const { count } = this.unread;
    const title = words.title(this.name(), count > 0 ? badge(count) : '');
    if (document.title !== title) document.title = title;
    if (count === this.#shown || !this.icon) return;
    this.#shown = count;
    this.icon.href = count > 0 && this.#mark ? this.#drawn(badge(count)) : '/web/mark.svg';
  }

  /** @param {string} number */
  #drawn(number) {
    return `data:image/svg+xml,${encodeURIComponent(this.#mark.replace('{count}', number.replace('+', '')))}`;
  }
}
