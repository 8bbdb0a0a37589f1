// How long a room keeps its messages: days and a number, and before something would be erased, what that is.

import { html, nothing } from '/web/vendor/lit.js';
import { api, sentenceOf } from '../api.js';
import { PageElement } from '../element.js';
import { words } from '../words-door.js';

/** @typedef {import('../types.js').RoomSettings} RoomSettings */
/** @typedef {{ keep: number | null, keep_messages: number | null }} Kept */
/** @typedef {keyof Kept} Field */

const DAY = 24 * 60 * 60 * 1000;
/** The largest number that the server takes. */
const MOST = 4_294_967_295;
/** So many messages are fetched at once, and so many are looked at to find out what would be erased. */
const PAGE = 1000;

const date = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: 'long' });
/** @param {number} when Seconds. */
const day = (when) => date.format(when * 1000);

/** @param {string} typed @returns {{ number: number | null, wrong: string | null }} */
export function readKept(typed) {
  const text = typed.trim();
  if (text === '') return { number: null, wrong: null };
  if (!/^\d+$/u.test(text) || Number(text) < 1) return { number: null, wrong: words.keep.whole };
  return Number(text) > MOST ? { number: null, wrong: words.keep.tooLarge(MOST) } : { number: Number(text), wrong: null };
}

/**
 * What would be erased, in sentences; none where nothing would.
 * @param {string} room @param {Kept} kept What would hold.
 */
async function erased(room, { keep, keep_messages }) {
  const [oldest] = await api.newer(room, 0, 1);
  if (!oldest) return [];
  const sentences = [];
  const from = Date.now() - (keep ?? Infinity) * DAY;
  if (keep !== null && oldest.when * 1000 < from) sentences.push(words.keep.old(day(from / 1000), day(oldest.when)));
  if (keep_messages !== null) {
    const newest = await api.newest(room, Math.min(keep_messages, PAGE));
    if (newest.length > 0 && newest[0].id > oldest.id) sentences.push(keep_messages > PAGE ? words.keep.perhaps(keep_messages) : words.keep.many(keep_messages, day(newest[0].when)));
  }
  return sentences;
}

class ParlorRoomKeep extends PageElement {
  static given = ['settings', 'locked'];

  room = '';
  /** @type {RoomSettings | null} */
  settings = null;
  /** Whether one may not change them. */
  locked = true;
  /** @type {(settings: RoomSettings) => void} */
  saved = () => {};

  /** @type {Partial<Record<Field, string | null>>} */
  #wrong = {};
  /** What waits for a yes: the change, and what it erases. @type {{ change: Kept, sentences: string[] } | null} */
  #asked = null;
  #said = '';

  render() {
    const { defaults } = this.settings ?? {};
    const some = Boolean(defaults?.keep || defaults?.keep_messages);
    return html`
      <form class="field" novalidate aria-labelledby="keep-label" @submit=${this.#submit} @input=${this.#typed}>
        <span class="label" id="keep-label">${words.keep.label}</span>
        <div class="keep">
          ${this.#number('keep', words.keep.days, defaults?.keep ?? words.keep.forEver)}
          ${this.#number('keep_messages', words.keep.messages, defaults?.keep_messages ?? words.keep.all)}
        </div>
        <p class="hint" id="keep-more">${some ? words.keep.serverHint : words.keep.forEverHint}</p>
        ${this.locked ? nothing : this.#asked ? this.#question(this.#asked) : html`<p class="line"><button class="button">${words.keep.save}</button><span role="status">${this.#said}</span></p>`}
      </form>
    `;
  }

  /** @param {Field} name @param {string} label @param {string | number} otherwise */
  #number(name, label, otherwise) {
    const wrong = this.#wrong[name];
    return html`
      <div class="field">
        <label for="room-${name}">${label}</label>
        <input id="room-${name}" class="input" name=${name} inputmode="numeric" autocomplete="off" maxlength="12" placeholder=${otherwise} ?disabled=${this.locked}
          aria-describedby="keep-more ${wrong ? `room-${name}-wrong` : ''}" aria-invalid=${wrong ? 'true' : 'false'} .value=${`${this.settings?.[name] ?? ''}`} />
        ${wrong ? html`<p class="wrong" role="alert" id="room-${name}-wrong">${wrong}</p>` : nothing}
      </div>
    `;
  }

  /** @param {{ change: Kept, sentences: string[] }} asked */
  #question({ change, sentences }) {
    return html`
      <div class="keep-asks" role="alert">
        <b>${words.keep.title}</b>
        ${sentences.map((sentence) => html`<p>${sentence}</p>`)}
        <p>${words.keep.forAll}</p>
        <p class="line"><button type="button" class="button bad" @click=${() => this.#save(change)}>${words.keep.erase}</button><button type="button" class="button" @click=${() => this.#cancel()}>${words.keep.cancel}</button></p>
      </div>
    `;
  }

  #typed() {
    this.#asked = null;
    this.#wrong = {};
    this.#said = '';
    this.requestUpdate();
  }

  /** @param {Event} event */
  async #submit(event) {
    event.preventDefault();
    if (this.locked || this.#asked) return;
    const read = (/** @type {Field} */ name) => readKept(this.one(`[name=${name}]`, HTMLInputElement).value);
    const [keep, keep_messages] = [read('keep'), read('keep_messages')];
    this.#wrong = { keep: keep.wrong, keep_messages: keep_messages.wrong };
    this.requestUpdate();
    if (keep.wrong || keep_messages.wrong) return this.one(keep.wrong ? '[name=keep]' : '[name=keep_messages]', HTMLInputElement).focus();
    const change = { keep: keep.number, keep_messages: keep_messages.number };
    const { defaults } = this.settings ?? {};
    try {
      const sentences = await erased(this.room, { keep: change.keep ?? defaults?.keep ?? null, keep_messages: change.keep_messages ?? defaults?.keep_messages ?? null });
      if (sentences.length === 0) return void (await this.#save(change));
      this.#asked = { change, sentences };
      this.requestUpdate();
      await this.updateComplete;
      this.one('.keep-asks button:last-child', HTMLButtonElement).focus();
    } catch (error) {
      this.#failed(error);
    }
  }

  /** @param {Kept} change */
  async #save(change) {
    this.#asked = null;
    try {
      this.saved(await api.change(this.room, change));
      this.#said = words.keep.saved;
      this.requestUpdate();
    } catch (error) {
      this.#failed(error);
    }
  }

  async #cancel() {
    this.#asked = null;
    this.requestUpdate();
    await this.updateComplete;
    for (const input of this.querySelectorAll('input')) input.value = `${this.settings?.[/** @type {Field} */ (input.name)] ?? ''}`;
    this.one('button', HTMLButtonElement).focus();
  }

  /** @param {unknown} error */
  #failed(error) {
    const sentence = sentenceOf(error);
    this.#wrong = { [sentence.includes('keep_messages') ? 'keep_messages' : 'keep']: sentence };
    this.requestUpdate();
  }
}

customElements.define('parlor-room-keep', ParlorRoomKeep);
