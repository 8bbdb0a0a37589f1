// Whether bots' scripts run in a room, and the mark that outlives a script that hangs the page.

import { kept, randomKey } from './kept.js';

/** A mark of another tab younger than this (ms) is that tab at work. */
const AT_WORK = 10_000;

/** This tab, across reloads of it. */
function tab() {
  try {
    const known = sessionStorage.getItem('parlor.tab');
    if (known) return known;
    const made = randomKey();
    sessionStorage.setItem('parlor.tab', made);
    return made;
  } catch {
    return randomKey();
  }
}

/** @typedef {{ off: boolean, hung: boolean }} Choice */

export class Safety {
  #tab = tab();
  #marked = 0;

  /** @param {string} room */
  constructor(room) {
    this.room = room;
    const mark = kept.get(`starting.${room}`, { tab: '', at: 0 });
    const choice = kept.get(`scripts.${room}`, { off: false, hung: false });
    this.off = choice.off;
    this.hung = choice.hung;
    if (mark.at > 0 && (mark.tab === this.#tab || Date.now() - mark.at > AT_WORK)) this.choose({ off: true, hung: true });
    kept.remove(`starting.${room}`);
    // Leaving in the middle of drawing is no hang; a page that hangs does not get here.
    addEventListener('pagehide', () => this.#marked > Date.now() - 2000 && this.unmark());
  }

  /** @param {Choice} choice */
  choose({ off, hung }) {
    this.off = off;
    this.hung = hung;
    if (off) kept.set(`scripts.${this.room}`, { off, hung });
    else kept.remove(`scripts.${this.room}`);
  }

  /** To be called before the frame is given something to draw. */
  mark() {
    if (this.#marked) return;
    this.#marked = Date.now();
    kept.set(`starting.${this.room}`, { tab: this.#tab, at: this.#marked });
  }

  /** To be called when it has drawn it. */
  unmark() {
    this.#marked = 0;
    kept.remove(`starting.${this.room}`);
  }
}
