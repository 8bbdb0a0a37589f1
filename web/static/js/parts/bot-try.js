// What a pattern, or a bot's name, finds in the room's last messages and in a sentence of one's own, while one types.

import { html, nothing } from '/web/vendor/lit.js';
import { api, sentenceOf } from '../api.js';
import { PageElement } from '../element.js';
import { words } from '../words-bots.js';
import { groupList, matchedText } from './matched.js';

/** @typedef {import('../store.js').RoomStore} RoomStore */
/** @typedef {import('../types.js').Trial} Trial */
/** @typedef {import('../types.js').Tried} Tried */

/** Typing goes on if the next key comes within this time (ms). */
const TYPING = 180;

class ParlorBotTry extends PageElement {
  static given = ['name', 'pattern'];

  /** @type {RoomStore} */
  store;
  name = '';
  pattern = '';
  /** Told about a pattern that can't be used, and when it can again. @type {(error: Trial['error']) => void} */
  refused = () => {};

  #own = '';
  #asked = '';
  #turn = 0;
  #timer = 0;
  /** @type {Tried[] | null} */
  #messages = null;
  /** @type {Tried | null} */
  #answer = null;
  /** @type {string | null} */
  #wrong = null;

  connectedCallback() {
    super.connectedCallback();
    this.watch(this.store, 'messages');
    this.watch(this.store, 'clear');
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
    this.#turn += 1;
    this.#asked = '';
  }

  /** Asks when something changed that the answer depends on. */
  updated() {
    if (!this.shown) return;
    const asked = JSON.stringify([this.name, this.pattern, this.#own, this.store.newest]);
    if (asked === this.#asked) return;
    const first = this.#asked === '';
    this.#asked = asked;
    clearTimeout(this.#timer);
    // What was asked before is answered by nobody now.
    const turn = ++this.#turn;
    this.dataset.stale = 'true';
    this.#timer = setTimeout(() => this.#ask(turn), first ? 0 : TYPING);
  }

  /** @param {number} turn */
  async #ask(turn) {
    const trial = { room: this.store.room, name: this.name, responds_to: this.pattern || null };
    const own = this.#own;
    if (!this.pattern && !this.name.trim()) return this.#show({ error: null, messages: [] }, null);
    try {
      const [last, mine] = await Promise.all([api.tryPattern(trial), own ? api.tryPattern({ ...trial, text: own }) : null]);
      if (turn === this.#turn) this.#show(last, mine?.messages[0] ?? null);
    } catch (error) {
      if (turn !== this.#turn) return;
      this.dataset.stale = 'false';
      this.#wrong = sentenceOf(error);
      this.#messages = null;
      this.#answer = null;
      this.requestUpdate();
    }
  }

  /** @param {Trial} last @param {Tried | null} mine */
  #show(last, mine) {
    this.dataset.stale = 'false';
    this.#wrong = null;
    this.refused(last.error);
    this.#messages = last.error ? null : last.messages.toReversed();
    this.#answer = last.error ? null : mine;
    this.requestUpdate();
  }

  render() {
    return html`
      <div class="field">
        <label for="try-own">${words.tryOut.own}</label>
        <input id="try-own" class="input" dir="auto" autocomplete="off" placeholder=${words.tryOut.ownPlaceholder} @input=${this.#typed} @keydown=${this.#key} />
        <div class="try-own" role="status">${this.#answer ? this.#ownAnswer(this.#answer) : nothing}</div>
      </div>
      ${this.#wrong ? html`<p class="quiet">${this.#wrong}</p>` : nothing} ${this.#messages ? this.#last(this.#messages) : nothing}
    `;
  }

  /** @param {Tried} tried */
  #ownAnswer(tried) {
    return html`
      <p class="verdict" data-matched=${tried.matched}>${tried.matched ? words.tryOut.yes : words.tryOut.no}</p>
      ${tried.matched ? html`<p class="tried-text" dir="auto">${matchedText(tried)}</p>${groupList(tried.groups)}` : nothing}
    `;
  }

  /** @param {Tried[]} messages */
  #last(messages) {
    if (messages.length === 0) return html`<p class="quiet">${words.tryOut.noMessages}</p>`;
    const found = messages.filter(({ matched }) => matched).length;
    return html`
      <p class="try-count" role="status">${found ? words.tryOut.some(found, messages.length) : words.tryOut.none(messages.length)}</p>
      <ul class="tried" tabindex="0" role="list" aria-label=${words.tryOut.list}>${messages.map((tried) => this.#row(tried))}</ul>
    `;
  }

  /** @param {Tried} tried */
  #row(tried) {
    return html`
      <li data-matched=${tried.matched}>
        <span class="dot" data-dot=${tried.matched ? 'good' : 'none'}></span><span class="unseen">${tried.matched ? words.tryOut.matches : words.tryOut.not}</span>
        <div>
          <p class="tried-text" dir="auto"><span class="quiet">${tried.author}:</span> ${matchedText(tried)}</p>
          ${tried.matched ? groupList(tried.groups) : nothing}
        </div>
      </li>
    `;
  }

  /** @param {Event} event */
  #typed(event) {
    this.#own = /** @type {HTMLInputElement} */ (event.target).value;
    if (!this.#own) this.#answer = null;
    this.requestUpdate();
  }

  /** Enter would save the bot; here it means nothing. @param {KeyboardEvent} event */
  #key(event) {
    if (event.key === 'Enter') event.preventDefault();
  }
}

customElements.define('parlor-bot-try', ParlorBotTry);
