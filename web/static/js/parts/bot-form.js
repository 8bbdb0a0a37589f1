// The form of one bot: name, what it responds to, where it listens. Shows the server's refusal at the field it names.

import { html, nothing } from '/web/vendor/lit.js';
import { api, sentenceOf } from '../api.js';
import { PageElement } from '../element.js';
import { toasts } from '../toasts.js';
import { words } from '../words.js';

/** @typedef {import('../types.js').Bot} Bot */
/** @typedef {'name' | 'responds_to' | 'url'} Field */

/** @param {string[]} taken */
function suggestName(taken) {
  const free = words.bots.suggestions.find((name) => !taken.includes(name));
  return free ?? `${words.bots.suggestions[0]}${taken.length + 1}`;
}

/** The field that a refusal is about; its sentence names it. @param {string} sentence @returns {Field | null} */
function fieldOf(sentence) {
  if (/responds_to|pattern/iu.test(sentence)) return 'responds_to';
  if (/\burl\b|address|endpoint/iu.test(sentence)) return 'url';
  return /\bname\b/iu.test(sentence) ? 'name' : null;
}

class ParlorBotForm extends PageElement {
  room = '';
  /** @type {Bot | null} */
  bot = null;
  /** @type {string[]} */
  taken = [];
  /** @type {() => void} */
  done = () => {};

  #busy = false;
  /** @type {{ field: Field | null, sentence: string } | null} */
  #wrong = null;

  firstUpdated() {
    const name = this.#input('name');
    name.value = this.bot?.name ?? suggestName(this.taken);
    this.#input('responds_to').value = this.bot?.responds_to ?? '';
    this.#input('url').value = this.bot?.url ?? '';
    name.focus();
    if (!this.bot) name.select();
    this.scrollIntoView({ block: 'nearest' });
  }

  /** @param {Field} field */
  #input(field) {
    return this.one(`[name="${field}"]`, HTMLInputElement);
  }

  render() {
    return html`
      <form class="bot-form" novalidate @submit=${this.#save} @keydown=${this.#key}>
        ${this.#field('name', words.bots.name, words.bots.nameHint, 'auto')}
        ${this.#field('responds_to', words.bots.respondsTo, words.bots.respondsToHint, 'ltr')}
        ${this.#field('url', words.bots.url, words.bots.urlHint, 'ltr')}
        ${this.#wrong && !this.#wrong.field ? html`<p class="wrong" role="alert">${this.#wrong.sentence}</p>` : nothing}
        <p class="buttons">
          <button class="button go" ?disabled=${this.#busy}>${this.bot ? words.bots.save : words.bots.create}</button>
          <button class="button" type="button" @click=${() => this.done()}>${words.bots.cancel}</button>
        </p>
      </form>
    `;
  }

  /** @param {Field} field @param {string} label @param {string} hint @param {'auto' | 'ltr'} dir */
  #field(field, label, hint, dir) {
    const id = `bot-${this.bot?.id ?? 'new'}-${field}`;
    const wrong = this.#wrong?.field === field ? this.#wrong.sentence : null;
    const mono = field === 'name' ? '' : 'mono';
    return html`
      <div class="field">
        <label for=${id}>${label}</label>
        <input id=${id} class="input ${mono}" name=${field} dir=${dir} autocomplete="off" autocapitalize="off" spellcheck="false"
          aria-describedby="${id}-more" aria-invalid=${wrong ? 'true' : 'false'} />
        <p id="${id}-more" class=${wrong ? 'wrong' : 'hint'} role=${wrong ? 'alert' : nothing}>${wrong ?? hint}</p>
      </div>
    `;
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    this.done();
  }

  /** @param {SubmitEvent} event */
  async #save(event) {
    event.preventDefault();
    const bot = {
      room: this.room,
      name: this.#input('name').value.trim(),
      responds_to: this.#input('responds_to').value || null,
      url: this.#input('url').value.trim(),
    };
    this.#busy = true;
    this.#wrong = null;
    this.requestUpdate();
    try {
      const saved = await api.saveBot(this.bot ? { id: this.bot.id, ...bot } : bot);
      toasts.say(this.bot ? words.bots.saved(saved.name) : words.bots.added(saved.name));
      this.done();
    } catch (error) {
      const sentence = sentenceOf(error);
      this.#wrong = { field: fieldOf(sentence), sentence };
      await this.#showWrong();
    } finally {
      this.#busy = false;
      this.requestUpdate();
    }
  }

  async #showWrong() {
    this.requestUpdate();
    await this.updateComplete;
    if (this.#wrong?.field) this.#input(this.#wrong.field).focus();
  }
}

customElements.define('parlor-bot-form', ParlorBotForm);
