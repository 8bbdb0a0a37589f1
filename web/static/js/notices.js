// Notices of the desktop when somebody says one's name. The browser is asked for leave only after a click.

import { at } from './at.js';
import { kept } from './kept.js';

/** @typedef {{ room: string, id: number, title: string, body: string, open: () => void }} Notice */

/** Of a long message only so much is shown. */
const LONGEST = 180;

/** Event: `change`. */
class Notices extends EventTarget {
  /** Whether the person was offered them already. */
  offered = kept.get('notices.offered', false);
  #wanted = kept.get('notices', false);

  constructor() {
    super();
    kept.watch((key) => {
      if (key === 'notices') this.#wanted = kept.get('notices', false);
      if (key === 'notices.offered') this.offered = kept.get('notices.offered', false);
      if (key.startsWith('notices')) this.dispatchEvent(new Event('change'));
    });
  }

  /**
   * `none`: this browser has none, or not at an address without https; `denied`: the person has forbidden them to this address.
   * @returns {'none' | 'denied' | 'on' | 'off'}
   */
  get state() {
    if (!isSecureContext || !('Notification' in window)) return 'none';
    if (Notification.permission === 'denied') return 'denied';
    return this.#wanted && Notification.permission === 'granted' ? 'on' : 'off';
  }

  /** To be called from a click. @param {boolean} wanted */
  async want(wanted) {
    const granted = wanted && (await Notification.requestPermission()) === 'granted';
    this.#wanted = granted;
    kept.set('notices', granted);
    this.offer();
  }

  /** They are offered once. */
  offer() {
    this.offered = true;
    kept.set('notices.offered', true);
    this.dispatchEvent(new Event('change'));
  }

  /** Shows one, unless the page is looked at, or another tab has shown it. @param {Notice} notice */
  show({ room, id, title, body, open }) {
    if (this.state !== 'on' || document.visibilityState === 'visible') return;
    const shown = kept.get('notices.shown', /** @type {Record<string, number>} */ ({}));
    if ((shown[room] ?? 0) >= id) return;
    kept.set('notices.shown', { ...shown, [room]: id });
    try {
      const text = body.length > LONGEST ? `${body.slice(0, LONGEST)}…` : body;
      // One for each room: the newest takes the place of the one before.
      const notice = new Notification(title, { body: text, tag: `parlor:${room}`, icon: at('/web/mark.svg') });
      notice.addEventListener('click', () => {
        focus();
        notice.close();
        open();
      });
    } catch {
      // Browsers of phones have the name, but not the thing.
    }
  }
}

export const notices = new Notices();
