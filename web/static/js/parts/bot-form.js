// The form of one bot: all that it has, tried live and tested as it is typed. A refusal stands at the field it names.
// What is typed outlives the form (bot-drafts.js), and somebody else's change meanwhile is told, never written over.

import { html, live, nothing } from '/web/vendor/lit.js';
import { api, sentenceOf } from '../api.js';
import { changed, follow, kindOf, same, valuesOf } from '../bot-drafts.js';
import { PageElement } from '../element.js';
import { toasts } from '../toasts.js';
import { words } from '../words-bots.js';
import { ParlorBotEvents } from './bot-events.js';
import { ParlorBotSecret } from './bot-secret.js';
import './bot-lives.js';
import { goneNote, theirsNote } from './bot-notes.js';
import './bot-test.js';
import './bot-try.js';
import { faultIn } from './matched.js';

/** @typedef {import('../store.js').RoomStore} RoomStore */
/** @typedef {import('../types.js').Bot} Bot */
/** @typedef {import('../types.js').Trial} Trial */
/** @typedef {import('../bot-drafts.js').BotDrafts} BotDrafts */
/** @typedef {import('../bot-drafts.js').Draft} Draft */
/** @typedef {import('../bot-drafts.js').Field} Field */

const TIMEOUT_MAX = 600;

/** @param {string[]} taken */
function suggestName(taken) {
  const free = words.bots.suggestions.find((name) => !taken.includes(name));
  return free ?? `${words.bots.suggestions[0]}${taken.length + 1}`;
}

/** The field that a refusal is about; its sentence names it. @param {string} sentence @returns {Field | null} */
function fieldOf(sentence) {
  if (/responds_to|pattern/iu.test(sentence)) return 'responds_to';
  if (/\btimeout\b/iu.test(sentence)) return 'timeout';
  if (/\bevents?\b/iu.test(sentence)) return 'events';
  if (/\burl\b|address|endpoint/iu.test(sentence)) return 'url';
  return /\bname\b/iu.test(sentence) ? 'name' : null;
}

class ParlorBotForm extends PageElement {
  /** @type {RoomStore} */
  store;
  /** @type {BotDrafts} */
  drafts;
  /** @type {number | 'new'} */
  which = 'new';
  /** @type {() => void} */
  done = () => {};
  /** A new bot is there; without an address its form stays open. @type {(bot: Bot) => void} */
  made = () => {};

  /** @type {Draft} */
  #draft;
  /** Fields that somebody else changed too. @type {Field[]} */
  #theirs = [];
  #busy = false;
  /** @type {{ field: Field | null, sentence: string } | null} */
  #wrong = null;
  /** @type {Trial['error']} */
  #badPattern = null;

  connectedCallback() {
    super.connectedCallback();
    this.watch(this.store);
    this.#draft = this.drafts.get(this.which) ?? this.#fresh();
  }

  get #bot() {
    return this.which === 'new' ? null : (this.store.bots.get(this.which) ?? null);
  }

  get #gone() {
    return this.which !== 'new' && !this.#bot;
  }

  /** @returns {Draft} */
  #fresh() {
    const bot = this.#bot ?? { name: suggestName(this.store.botList.map(({ name }) => name)) };
    return { values: valuesOf(bot), base: valuesOf(bot) };
  }

  firstUpdated() {
    const name = this.#input('name');
    name.focus({ preventScroll: true });
    if (this.which === 'new') name.select();
    this.scrollIntoView({ block: 'start' });
  }

  willUpdate() {
    const bot = this.#bot;
    if (!bot || this.#busy) return;
    const followed = follow(this.#draft, valuesOf(bot));
    this.#draft = followed.draft;
    this.#theirs = followed.theirs;
  }

  /** @param {Field} field */
  #input(field) {
    return this.one(`[name="${field}"]`, HTMLInputElement);
  }

  /** @param {Partial<import('../bot-drafts.js').Values>} some */
  #change(some) {
    Object.assign(this.#draft.values, some);
    if (this.#wrong?.field && this.#wrong.field in some) this.#wrong = null;
    this.drafts.put(this.which, this.#draft);
    this.requestUpdate();
  }

  render() {
    const { values } = this.#draft;
    return html`
      <form class="bot-form" novalidate @submit=${this.#save} @keydown=${this.#key}>
        <h2 class=${this.which === 'new' ? '' : 'unseen'}>${this.which === 'new' ? words.botForm.add : words.bots.edit(values.name)}</h2>
        ${this.#notes()}
        ${this.#field('name', words.botForm.name, this.#nameHint(), 'auto')}
        <parlor-bot-lives .prefix="bot-${this.which}" .url=${values.url} .bot=${this.#bot} .wrong=${this.#wrong?.field === 'url' ? this.#wrong.sentence : null} .changed=${(/** @type {string} */ url) => this.#change({ url })}></parlor-bot-lives>
        ${this.#field('responds_to', words.botForm.respondsTo, words.botForm.respondsToHint, 'ltr', this.#badPattern && values.responds_to ? faultIn(values.responds_to, this.#badPattern) : null)}
        <parlor-bot-try .store=${this.store} .name=${values.name} .pattern=${values.responds_to} .refused=${this.#refused}></parlor-bot-try>
        <details class="more">
          <summary>${words.botForm.more}</summary>
          ${this.#field('timeout', words.botForm.timeout, words.botForm.timeoutHint, 'ltr')}
          <parlor-bot-secret .signed=${this.#bot ? this.#bot.signed : false} .changed=${() => this.requestUpdate()}></parlor-bot-secret>
          <parlor-bot-events .events=${values.events} .changed=${(/** @type {string[]} */ events) => this.#change({ events })}></parlor-bot-events>
          ${this.#wrong?.field === 'events' ? html`<p class="wrong" role="alert">${this.#wrong.sentence}</p>` : nothing}
        </details>
        <parlor-bot-test .room=${this.store.room} .name=${values.name} .values=${() => this.#unsaved()}></parlor-bot-test>
        ${this.#wrong && !this.#wrong.field ? html`<p class="wrong" role="alert">${this.#wrong.sentence}</p>` : nothing} ${this.#buttons()}
      </form>
    `;
  }

  #notes() {
    const bot = this.#bot;
    if (this.#gone) return goneNote(this.#draft.base.name);
    return bot ? this.#theirs.map((field) => theirsNote(field, bot, (take) => this.#decide(field, take))) : nothing;
  }

  #buttons() {
    const label = this.#gone ? words.botForm.createAgain : this.which === 'new' ? words.botForm.create : words.botForm.save;
    return html`
      <p class="form-foot">
        <button class="button go" ?disabled=${this.#busy}>${label}</button>
        <button class="button" type="button" @click=${this.#cancel}>${this.#gone ? words.botForm.discard : words.botForm.cancel}</button>
      </p>
    `;
  }

  /** @param {Field} field @param {boolean} take */
  #decide(field, take) {
    const bot = this.#bot;
    if (!bot) return;
    const theirs = { [field]: valuesOf(bot)[field] };
    Object.assign(this.#draft.base, theirs);
    this.#change(take ? theirs : {});
  }

  #nameHint() {
    const { name, responds_to } = this.#draft.values;
    const taken = this.store.botList.some((bot) => bot.id !== this.which && bot.name.toLowerCase() === name.trim().toLowerCase());
    if (taken) return words.botForm.nameTaken;
    return responds_to ? words.botForm.nameHintPattern : words.botForm.nameHint;
  }

  /** @param {Field} field @param {string} label @param {string} hint @param {'auto' | 'ltr'} dir @param {unknown} [error] */
  #field(field, label, hint, dir, error) {
    const id = `bot-${this.which}-${field}`;
    const refused = this.#wrong?.field === field ? this.#wrong.sentence : null;
    const wrong = error ?? refused;
    return html`
      <div class="field">
        <label for=${id}>${label}</label>
        <input id=${id} class="input ${field === 'name' ? '' : 'mono'}" name=${field} dir=${dir} autocomplete="off" autocapitalize="off" spellcheck="false"
          inputmode=${field === 'timeout' ? 'decimal' : nothing} .value=${live(String(this.#draft.values[field]))}
          aria-describedby="${id}-more" aria-invalid=${wrong ? 'true' : 'false'}
          @input=${(/** @type {Event} */ event) => this.#change({ [field]: /** @type {HTMLInputElement} */ (event.target).value })} />
        <div id="${id}-more" class=${wrong ? 'wrong' : 'hint'} role=${refused && !error ? 'alert' : nothing}>${wrong ?? hint}</div>
      </div>
    `;
  }

  #refused = (/** @type {Trial['error']} */ error) => {
    if (same(error?.message ?? '', this.#badPattern?.message ?? '') && error?.at === this.#badPattern?.at) return;
    this.#badPattern = error;
    this.requestUpdate();
  };

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    this.#cancel();
  }

  /** Leaves; what was typed can be taken back for a while. */
  #cancel() {
    const draft = this.#draft;
    const { which, drafts } = this;
    const dirty = changed(draft).length > 0;
    drafts.drop(which);
    this.done();
    if (!dirty) return;
    const said = which === 'new' ? words.botForm.discardedNew : words.botForm.discarded(draft.base.name);
    toasts.say(said, { action: { label: words.undo, run: () => drafts.put(which, draft) } });
  }

  get #secret() {
    return this.one('parlor-bot-secret', ParlorBotSecret);
  }

  /** What a test is made with: everything as it stands in the form. */
  #unsaved() {
    const { values } = this.#draft;
    const { secret } = this.#secret;
    return {
      ...(this.which === 'new' || this.#gone ? {} : { id: /** @type {number} */ (this.which) }),
      room: this.store.room,
      ...this.#written(['name', 'responds_to', 'url', 'timeout']),
      ...(secret === undefined ? {} : { secret: secret || null }),
      name: values.name.trim() || words.botForm.name,
    };
  }

  /** Fields as the API has them. @param {Field[]} fields @returns {Partial<Bot>} */
  #written(fields) {
    const { name, responds_to, url, timeout, events } = this.#draft.values;
    const all = { name: name.trim(), responds_to: responds_to || null, url: url.trim(), timeout: timeout.trim() ? Number(timeout.trim().replace(',', '.')) : null, events };
    return Object.fromEntries(fields.map((field) => [field, all[field]]));
  }

  /** What can be told to be wrong before the server is asked. @returns {{ field: Field, sentence: string } | null} */
  #mistake() {
    const { name, timeout } = this.#written(['name', 'timeout']);
    if (!name) return { field: 'name', sentence: words.botForm.nameEmpty };
    if (typeof timeout === 'number' && !(timeout > 0 && timeout <= TIMEOUT_MAX)) return { field: 'timeout', sentence: words.botForm.timeoutWrong };
    const events = this.one('parlor-bot-events', ParlorBotEvents).problem;
    return events ? { field: 'events', sentence: events } : null;
  }

  /** @param {SubmitEvent} event */
  async #save(event) {
    event.preventDefault();
    if (this.#busy) return;
    this.#wrong = this.#mistake();
    if (this.#wrong) return this.#showWrong();
    const making = this.which === 'new' || this.#gone;
    const fields = making ? /** @type {Field[]} */ (['name', 'responds_to', 'url', 'timeout', 'events']) : changed(this.#draft);
    const { secret } = this.#secret;
    const bot = { room: this.store.room, ...this.#written(fields), ...(secret === undefined || (making && !secret) ? {} : { secret: secret || null }) };
    this.#busy = true;
    this.requestUpdate();
    try {
      const saved = await api.saveBot(making ? bot : { id: /** @type {number} */ (this.which), ...bot });
      this.drafts.drop(this.which);
      toasts.say([making ? words.bots.added(saved.name) : words.bots.saved(saved.name), saved.note ? words.botForm.secretLost : ''].join(' ').trim());
      if (making && kindOf(saved.url) === 'socket') this.made(saved);
      else this.done();
    } catch (error) {
      const sentence = sentenceOf(error);
      this.#wrong = { field: fieldOf(sentence), sentence };
      this.#showWrong();
    } finally {
      this.#busy = false;
      this.requestUpdate();
    }
  }

  async #showWrong() {
    this.requestUpdate();
    await this.updateComplete;
    const field = this.#wrong?.field;
    if (field === 'timeout' || field === 'events') this.one('.more', HTMLDetailsElement).open = true;
    if (field && field !== 'events') this.#input(field).focus();
  }
}

customElements.define('parlor-bot-form', ParlorBotForm);

export { ParlorBotForm };
