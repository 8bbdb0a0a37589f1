// The search in a room: a dialog with a field and what was found, newest first; all of it by keyboard.

import { html, nothing, repeat } from '/web/vendor/lit.js';
import { api, sentenceOf } from '../api.js';
import { PageElement } from '../element.js';
import { highlighted } from '../highlight.js';
import { icons } from '../icons.js';
import { textOf } from '../plain.js';
import { words } from '../words.js';

/** @typedef {import('../types.js').Message} Message */

/** So many are fetched at once. */
const PAGE = 20;
/** After the last key it waits so long (ms) before it asks. */
const CALM = 180;
/** This close to the end (px) the next ones are fetched. */
const NEAR_END = 200;

const day = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });
const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' });

/** @param {number} when */
function whenInWords(when) {
  const date = new Date(when * 1000);
  return date.toDateString() === new Date().toDateString() ? clock.format(date) : `${day.format(date)}, ${clock.format(date)}`;
}

class ParlorSearch extends PageElement {
  room = '';
  /** @type {(id: number) => void} Shows a message in the talk. */
  go = () => {};

  #query = '';
  /** @type {Message[] | null} Null before anything was asked. */
  #found = null;
  #more = false;
  #busy = false;
  #wrong = '';
  #chosen = 0;
  /** Counts the questions: an answer to an earlier one comes too late. */
  #asked = 0;
  #calm = 0;

  get #dialog() {
    return this.one('dialog', HTMLDialogElement);
  }

  get #input() {
    return this.one('input', HTMLInputElement);
  }

  open() {
    if (!this.#dialog.open) this.#dialog.showModal();
    this.#input.select();
  }

  close() {
    this.#dialog.close();
  }

  render() {
    const found = this.#found ?? [];
    const chosen = found[this.#chosen];
    return html`
      <dialog class="search" aria-label=${words.search.label} @click=${this.#beside}>
        <div class="search-in">
          <div class="search-top">
            ${icons.search}
            <input
              type="text" dir="auto" role="combobox" autocomplete="off" spellcheck="false" enterkeyhint="search"
              aria-label=${words.search.label} aria-controls="search-found" aria-autocomplete="list"
              aria-expanded=${found.length > 0 ? 'true' : 'false'} aria-activedescendant=${chosen ? `found-${chosen.id}` : nothing}
              placeholder=${words.search.placeholder} @input=${this.#typed} @keydown=${this.#key}
            />
            <button class="icon-button" aria-label=${words.search.close} @click=${() => this.close()}>${icons.close}</button>
          </div>
          <ul id="search-found" role="listbox" aria-label=${words.search.found} ?hidden=${found.length === 0} tabindex="-1" @scroll=${this.#scrolled}>
            ${repeat(found, ({ id }) => id, (message, place) => this.#result(message, place))}
          </ul>
          <p class="search-says" role="status">${this.#says()}</p>
        </div>
      </dialog>
    `;
  }

  #says() {
    if (this.#wrong) return html`<span class="wrong">${this.#wrong}</span>`;
    if (this.#query === '') return words.search.hint;
    if (!this.#found) return words.search.searching;
    if (this.#found.length === 0) return words.search.nothing(this.#query);
    return words.search.count(this.#found.length, this.#more);
  }

  /** @param {Message} message @param {number} place */
  #result(message, place) {
    const text = textOf(message) || words.search.noText;
    const pieces = highlighted(text, this.#query).map((piece) => (piece.found ? html`<mark>${piece.text}</mark>` : piece.text));
    return html`
      <li id="found-${message.id}" role="option" aria-selected=${place === this.#chosen ? 'true' : 'false'} @click=${() => this.#take(message)} @pointermove=${() => this.#choose(place)}>
        <p class="found-top"><b class="name" dir="auto">${message.author}</b>${message.kind === 'bot' ? html`<span class="tag">${words.frame.bot}</span>` : nothing}<time>${whenInWords(message.when)}</time></p>
        <p class="found-text" dir="auto">${pieces}</p>
      </li>
    `;
  }

  #typed() {
    this.#query = this.#input.value.trim();
    this.#asked += 1;
    this.#found = null;
    this.#wrong = '';
    this.#chosen = 0;
    this.#busy = false;
    clearTimeout(this.#calm);
    if (this.#query) this.#calm = setTimeout(() => this.#ask(), CALM);
    this.requestUpdate();
  }

  /** Asks for what was found, or for what comes after that. */
  async #ask() {
    if (this.#busy) return;
    this.#busy = true;
    const mine = (this.#asked += 1);
    const before = this.#found?.at(-1)?.id ?? null;
    try {
      const found = await api.search(this.room, this.#query, before, PAGE);
      if (mine !== this.#asked) return;
      this.#found = [...(this.#found ?? []), ...found];
      this.#more = found.length === PAGE;
      this.#wrong = '';
    } catch (error) {
      if (mine !== this.#asked) return;
      this.#wrong = sentenceOf(error);
    }
    this.#busy = false;
    this.requestUpdate();
  }

  /** @param {Event} event */
  #scrolled(event) {
    const list = /** @type {HTMLElement} */ (event.target);
    if (this.#more && list.scrollHeight - list.scrollTop - list.clientHeight < NEAR_END) void this.#ask();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 6, PageUp: -6 }[event.key];
    const found = this.#found ?? [];
    if (step) {
      event.preventDefault();
      this.#choose(Math.max(0, Math.min(found.length - 1, this.#chosen + step)), true);
    } else if (event.key === 'Enter') {
      event.preventDefault();
      const chosen = found[this.#chosen];
      if (chosen) this.#take(chosen);
    }
  }

  /** @param {number} place @param {boolean} [byKey] */
  async #choose(place, byKey = false) {
    if (place === this.#chosen) return;
    this.#chosen = place;
    this.requestUpdate();
    if (!byKey) return;
    await this.updateComplete;
    this.querySelector('[role="option"][aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
    if (this.#more && place > (this.#found?.length ?? 0) - 4) void this.#ask();
  }

  /** @param {Message} message */
  #take(message) {
    this.close();
    this.go(message.id);
  }

  /** A click beside the dialog closes it. @param {MouseEvent} event */
  #beside(event) {
    if (event.target === this.#dialog) this.close();
  }
}

customElements.define('parlor-search', ParlorSearch);

export { ParlorSearch };
