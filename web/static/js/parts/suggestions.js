// What can be completed while one writes: a list for `:smi` and `@jo`, and the tab key for the beginning of a name.

import { html, nothing } from '/web/vendor/lit.js';
import { afterName, askedAt, matching, MOST_OFFERS, namesIn, wordAt } from '../completion.js';
import { PageElement } from '../element.js';
import { emoji, findEmoji, toned, usedEmoji } from '../emoji.js';
import { replace } from '../field.js';
import { me } from '../me.js';
import { words } from '../words.js';

/** @typedef {import('../store.js').RoomStore} RoomStore */
/** @typedef {import('../completion.js').Place} Place */
/** @typedef {{ put: string, sign: string, label: string, used?: string }} Offer */

/** Emoji that are written out, as in `:tea:`. */
const CLOSED = /(?<![\p{L}\p{N}]):(?<name>[\p{L}\p{N}+-][\p{L}\p{N}_+-]*):$/u;

class ParlorSuggestions extends PageElement {
  /** @type {RoomStore} */
  store;
  /** @type {() => HTMLTextAreaElement} */
  field;

  /** @type {Place | null} */
  #place = null;
  /** @type {Offer[]} */
  #offers = [];
  #chosen = 0;
  /** Where a list was sent away by Escape, it does not come again. */
  #declined = -1;
  /** What the tab key goes through, and whether it may: after Escape it leaves the field. */
  #turns = /** @type {{ from: number, to: number, puts: string[], at: number } | null} */ (null);
  #leaves = false;
  #busy = false;

  get open() {
    return this.#offers.length > 0;
  }

  /** To be called whenever something was typed. */
  async look() {
    if (this.#busy) return;
    this.#turns = null;
    this.#leaves = false;
    const { value, selectionStart: caret, selectionEnd } = this.field();
    const before = value.slice(0, caret);
    if (before.endsWith(':') && CLOSED.test(before)) return void this.#spell(before);
    const place = caret === selectionEnd ? askedAt(value, caret) : null;
    if (place?.from !== this.#declined) this.#declined = -1;
    if (!place || this.#declined !== -1) return this.close();
    const offers = place.kind === 'emoji' ? await this.#emoji(place.word) : this.#names(place);
    // Meanwhile more may have been typed.
    if (this.field().value === value && this.field().selectionStart === caret) this.#show(place, offers);
    return undefined;
  }

  /** @param {Place} place @param {Offer[]} offers */
  #show(place, offers) {
    const whole = place.kind === 'name' && offers.length === 1 && offers[0].label.toLowerCase() === place.word.toLowerCase();
    this.#place = place;
    this.#offers = whole ? [] : offers;
    this.#chosen = 0;
    this.requestUpdate();
  }

  close() {
    if (!this.open) return;
    this.#offers = [];
    this.requestUpdate();
  }

  /** @param {string} word @returns {Promise<Offer[]>} */
  async #emoji(word) {
    const all = await emoji().catch(() => []);
    return findEmoji(all, word).slice(0, MOST_OFFERS).map(({ sign, name }) => ({ put: toned(sign), sign: toned(sign), label: `:${name}:`, used: sign }));
  }

  /** @param {Place} place @returns {Offer[]} */
  #names({ from, word }) {
    const begins = this.field().value.slice(0, from - 1).trim() === '';
    return matching(namesIn(this.store, me.name), word).slice(0, MOST_OFFERS).map(({ name, bot }) => ({ put: name + afterName(begins, bot), sign: bot ? words.complete.bot : '', label: name }));
  }

  /** Puts the sign in the place of a name that was written out. @param {string} before */
  async #spell(before) {
    this.close();
    const { index = 0, groups } = CLOSED.exec(before) ?? {};
    const found = (await emoji().catch(() => [])).find(({ name, words: others }) => name === groups?.name || (groups?.name?.match(/^[+-]1$/u) && others.includes(groups.name)));
    const field = this.field();
    if (!found || field.value.slice(0, field.selectionStart) !== before) return;
    this.#put(index, before.length, toned(found.sign));
    usedEmoji(found.sign);
  }

  /** @param {number} from @param {number} to @param {string} text */
  #put(from, to, text) {
    this.#busy = true;
    replace(this.field(), from, to, text);
    this.#busy = false;
  }

  /** @param {Offer} [offer] */
  accept(offer = this.#offers[this.#chosen]) {
    if (!this.#place || !offer) return;
    this.close();
    this.#put(this.#place.from, this.#place.to, offer.put);
    if (offer.used) usedEmoji(offer.used);
  }

  /**
   * Takes a key that is meant for what is offered.
   * @param {KeyboardEvent} event
   * @returns {boolean} Whether it was taken.
   */
  key(event) {
    const took = this.open ? this.#keyInList(event) : this.#keyInText(event);
    if (took) event.preventDefault();
    return took;
  }

  /** @param {KeyboardEvent} event */
  #keyInList({ key, shiftKey, ctrlKey, altKey, metaKey }) {
    if (ctrlKey || altKey || metaKey) return false;
    if (key === 'Escape') {
      this.#declined = this.#place?.from ?? -1;
      this.close();
      return true;
    }
    if ((key === 'Enter' || key === 'Tab') && !shiftKey) {
      this.accept();
      return true;
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[key];
    if (!step) return false;
    this.#chosen = (this.#chosen + step + this.#offers.length) % this.#offers.length;
    this.requestUpdate();
    return true;
  }

  /** @param {KeyboardEvent} event */
  #keyInText({ key, shiftKey, ctrlKey, altKey, metaKey }) {
    if (key === 'Escape') {
      const turned = this.#turns !== null;
      this.#turns = null;
      this.#leaves = true;
      return turned;
    }
    if (key !== 'Tab' || ctrlKey || altKey || metaKey || this.#leaves) return false;
    if (this.#turns && this.field().selectionStart !== this.#turns.to) this.#turns = null;
    if (!this.#turns && (shiftKey || !this.#begin())) return false;
    this.#turn(shiftKey ? -1 : 1);
    return true;
  }

  /** Looks for names that the word before the caret begins. */
  #begin() {
    const { value, selectionStart: caret, selectionEnd } = this.field();
    const place = caret === selectionEnd ? wordAt(value, caret) : null;
    if (!place) return false;
    const begins = value.slice(0, place.from).replace('@', '').trim() === '';
    const names = matching(namesIn(this.store, me.name), place.word).filter(({ name }) => name !== place.word);
    if (names.length === 0) return false;
    const puts = names.map(({ name, bot }) => name + afterName(begins, bot));
    this.#turns = { from: place.from, to: place.to, puts, at: -1 };
    return true;
  }

  /** @param {number} step */
  #turn(step) {
    const turns = this.#turns;
    if (!turns) return;
    turns.at = (turns.at + step + turns.puts.length) % turns.puts.length;
    this.#put(turns.from, turns.to, turns.puts[turns.at]);
    turns.to = turns.from + turns.puts[turns.at].length;
  }

  render() {
    if (!this.open) return nothing;
    return html`
      <ul class="offers" id="offers" role="listbox" aria-label=${words.complete.label}>
        ${this.#offers.map((offer, at) => this.#offer(offer, at))}
      </ul>
    `;
  }

  /** @param {Offer} offer @param {number} at */
  #offer(offer, at) {
    const chosen = at === this.#chosen;
    // Not on click: the field must not lose the focus.
    const take = (/** @type {Event} */ event) => {
      event.preventDefault();
      this.accept(offer);
    };
    return html`<li role="option" id="offer-${at}" aria-selected=${chosen ? 'true' : 'false'} @pointerdown=${take}>
      ${this.#place?.kind === 'emoji' ? html`<span class="sign">${offer.sign}</span><span>${offer.label}</span>` : html`<span dir="auto">${offer.label}</span>${offer.sign ? html`<small>${offer.sign}</small>` : nothing}`}
    </li>`;
  }

  updated() {
    const field = this.field();
    field.setAttribute('aria-autocomplete', 'list');
    if (this.open) {
      field.setAttribute('aria-controls', 'offers');
      field.setAttribute('aria-activedescendant', `offer-${this.#chosen}`);
      this.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
    } else {
      field.removeAttribute('aria-controls');
      field.removeAttribute('aria-activedescendant');
    }
  }
}

customElements.define('parlor-suggestions', ParlorSuggestions);

export { ParlorSuggestions };
