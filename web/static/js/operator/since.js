// How long something lasts already: a clock that goes on by itself, all of them in one beat.

import { words } from '../words-operator.js';

/** From so many seconds on somebody waits for long. */
const LONG = 300;

/** @type {Set<ParlorSince>} */
const clocks = new Set();
let beat = 0;

class ParlorSince extends HTMLElement {
  #at = 0;
  #shown = '';

  /** Since when: seconds since 1970. */
  get at() {
    return this.#at;
  }

  set at(at) {
    this.#at = at;
    this.tell();
  }

  connectedCallback() {
    clocks.add(this);
    beat ||= setInterval(() => document.visibilityState === 'visible' && clocks.forEach((clock) => clock.tell()), 1000);
    this.tell();
  }

  disconnectedCallback() {
    clocks.delete(this);
    if (clocks.size > 0) return;
    clearInterval(beat);
    beat = 0;
  }

  tell() {
    if (!this.#at || !this.isConnected) return;
    const seconds = Math.max(0, Math.floor(Date.now() / 1000 - this.#at));
    this.toggleAttribute('data-long', seconds >= LONG);
    const says = words.inbox.waits(words.inbox.span(seconds));
    if (says !== this.#shown) this.textContent = says;
    this.#shown = says;
  }
}

customElements.define('parlor-since', ParlorSince);
