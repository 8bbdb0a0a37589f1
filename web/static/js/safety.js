// Whether bots' scripts run in a room, and the mark that outlives a script that hangs the page.

import { kept, randomKey } from './kept.js';

/** How long (ms) another page may take to say that it is alive and has only just begun to draw. */
const ANSWERING = 1200;
/** So long (ms) after the first messages were drawn a script may still hang: what it starts later is part of opening. */
const PROBATION = 3000;
/** Leaving so soon (ms) after drawing began is no hang; a page that hangs is not left in order. */
const JUST_BEGUN = 2000;
/** A frame that draws for so long (ms) does not count as alive. */
const STUCK = 4000;

/** @typedef {{ off: boolean, hung: boolean }} Choice */

export class Safety {
  #page = randomKey();
  #marked = 0;
  /** Since when the frame draws; 0 while it does not. */
  #drawing = 0;
  #opened = false;
  #probation = 0;
  /** Pages of this browser ask each other here whether they are alive. */
  #channel = typeof BroadcastChannel === 'function' ? new BroadcastChannel('parlor.alive') : null;
  /** Settled once it is known whether scripts run. @type {Promise<void>} */
  ready;

  /** @param {string} room */
  constructor(room) {
    this.room = room;
    const mark = kept.get(`starting.${room}`, { page: '', at: 0 });
    const choice = kept.get(`scripts.${room}`, { off: false, hung: false });
    this.off = choice.off;
    this.hung = choice.hung;
    this.#channel?.addEventListener('message', ({ data }) => {
      if (data?.ask === this.#page && !this.#overdue(STUCK)) this.#channel?.postMessage({ alive: this.#page });
    });
    this.ready = mark.at > 0 && !this.off ? this.#ask(mark.page) : Promise.resolve();
    addEventListener('pagehide', () => !this.#overdue(JUST_BEGUN) && this.#remove());
  }

  /** Whether the frame draws for longer than this (ms). @param {number} long */
  #overdue(long) {
    return this.#drawing > 0 && this.#drawing < Date.now() - long;
  }

  /** A page that left its mark and does not answer was hung by a script, or was closed because of it. @param {string} page */
  async #ask(page) {
    const channel = this.#channel;
    const alive = await new Promise((done) => {
      setTimeout(() => done(false), ANSWERING);
      channel?.addEventListener('message', ({ data }) => data?.alive === page && done(true));
      channel?.postMessage({ ask: page });
    });
    if (alive) return;
    this.choose({ off: true, hung: true });
    kept.remove(`starting.${this.room}`);
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
    this.#drawing ||= Date.now();
    if (this.#marked || this.off) return;
    this.#marked = Date.now();
    kept.set(`starting.${this.room}`, { page: this.#page, at: this.#marked });
  }

  /** To be called when it has drawn it. The first time, the mark stays a little longer. */
  unmark() {
    this.#drawing = 0;
    if (this.#opened) return this.#remove();
    this.#probation ||= setTimeout(() => {
      this.#opened = true;
      if (!this.#drawing) this.#remove();
    }, PROBATION);
    return undefined;
  }

  #remove() {
    this.#marked = 0;
    if (kept.get(`starting.${this.room}`, { page: '', at: 0 }).page === this.#page) kept.remove(`starting.${this.room}`);
  }
}
