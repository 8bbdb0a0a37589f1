// Draws the answers that are at hand: found by typing, taken by Enter, written and mended in the same place.

import { html, live, nothing, repeat } from '/web/vendor/lit.js';
import { PageElement } from '../element.js';
import { icons } from '../icons.js';
import { toasts } from '../toasts.js';
import { words as pageWords } from '../words.js';
import { words } from '../words-operator.js';
import { canned } from './canned.js';

/** @typedef {import('./canned.js').Answer} Answer */

export class OperatorCanned extends PageElement {
  #wanted = '';
  /** What is being written. @type {Answer | null} */
  #edited = null;
  #wrong = false;

  get #dialog() {
    return this.one('dialog', HTMLDialogElement);
  }

  async show() {
    this.#wanted = '';
    this.#edited = null;
    this.requestUpdate();
    await this.updateComplete;
    this.#dialog.showModal();
    this.one('input[type="search"]', HTMLInputElement).focus();
  }

  get #found() {
    const wanted = this.#wanted.trim().toLowerCase();
    return canned.list.filter(({ title, text }) => `${title}\n${text}`.toLowerCase().includes(wanted));
  }

  render() {
    const says = words.canned;
    return html`
      <dialog class="canned" aria-labelledby="canned-title" @keydown=${this.#pressed}>
        <div class="dialog-top">
          <h2 id="canned-title">${says.title}</h2>
          <button class="icon-button" aria-label=${says.close} @click=${() => this.#dialog.close()}>${icons.close}</button>
        </div>
        <div class="canned-in">${this.#edited ? this.#form(this.#edited) : this.#list()}</div>
      </dialog>
    `;
  }

  #list() {
    const says = words.canned;
    const found = this.#found;
    return html`
      <input class="input" type="search" aria-label=${says.find} placeholder=${says.find} autocomplete="off" .value=${live(this.#wanted)} @input=${this.#find} />
      ${found.length > 0
        ? html`<ul class="answers">${repeat(found, ({ id }) => id, (answer) => html`
          <li>
            <button class="answer" @click=${() => this.#take(answer)}><b><bdi>${answer.title}</bdi></b><span><bdi>${answer.text}</bdi></span></button>
            <button class="icon-button" aria-label=${says.edit(answer.title)} title=${says.edit(answer.title)} @click=${() => this.#edit(answer)}>${icons.edit}</button>
            <button class="icon-button" aria-label=${says.remove(answer.title)} title=${says.remove(answer.title)} @click=${() => this.#remove(answer)}>${icons.trash}</button>
          </li>`)}</ul>`
        : html`<p class="quiet" role="status">${this.#wanted.trim() ? says.notFound(this.#wanted.trim()) : says.none}</p>`}
      <p><button class="button" @click=${() => this.#edit({ id: '', title: '', text: '' })}>${icons.plus}${says.add}</button></p>
      <p class="quiet small-print">${says.hint}</p>
    `;
  }

  /** @param {Answer} answer */
  #form({ title, text }) {
    const says = words.canned;
    return html`
      <form class="answer-form" @submit=${this.#save} novalidate>
        <div class="field"><label for="answer-title">${says.name}</label><input id="answer-title" name="title" class="input" dir="auto" maxlength="80" autocomplete="off" .defaultValue=${title} /></div>
        <div class="field"><label for="answer-text">${says.text}</label><textarea id="answer-text" name="text" class="input" dir="auto" rows="5" maxlength="8000" aria-invalid=${String(this.#wrong)} aria-describedby="answer-wrong" .defaultValue=${text}></textarea>
          <span class="wrong" id="answer-wrong" role="alert">${this.#wrong ? says.empty : nothing}</span></div>
        <p class="quiet small-print">${says.hint}</p>
        <p class="form-buttons"><button type="button" class="button" @click=${() => this.#edit(null)}>${says.cancel}</button><button class="button go">${says.save}</button></p>
      </form>
    `;
  }

  /** @param {Event} event */
  #find({ target }) {
    this.#wanted = /** @type {HTMLInputElement} */ (target).value;
    this.requestUpdate();
  }

  /** @param {Answer} answer */
  #take({ text }) {
    this.#dialog.close();
    this.dispatchEvent(new CustomEvent('chosen', { detail: { text } }));
  }

  /** @param {Answer | null} answer */
  async #edit(answer) {
    this.#edited = answer;
    this.#wrong = false;
    this.requestUpdate();
    await this.updateComplete;
    const to = this.querySelector(answer ? '#answer-title' : 'input[type="search"]');
    if (to instanceof HTMLElement) to.focus();
  }

  /** @param {SubmitEvent} event */
  #save(event) {
    event.preventDefault();
    const filled = new FormData(/** @type {HTMLFormElement} */ (event.target));
    const text = String(filled.get('text') ?? '').trim();
    if (!text || !this.#edited) {
      this.#wrong = true;
      this.requestUpdate();
      this.one('#answer-text', HTMLTextAreaElement).focus();
      return;
    }
    canned.put({ id: this.#edited.id, text, title: String(filled.get('title') ?? '').trim() || text.split('\n')[0].slice(0, 40) });
    void this.#edit(null);
  }

  /** @param {Answer} answer */
  #remove(answer) {
    const before = canned.list;
    canned.remove(answer.id);
    void this.#edit(null);
    toasts.say(words.canned.removed(answer.title), { action: { label: pageWords.undo, run: () => { canned.keep(before); this.requestUpdate(); } } });
  }

  /** Arrows lead through the list; Enter in the search takes the first. @param {KeyboardEvent} event */
  #pressed(event) {
    event.stopPropagation();
    if (event.key === 'Escape' && this.#edited) {
      event.preventDefault();
      void this.#edit(null);
      return;
    }
    if (this.#edited) return;
    const rows = /** @type {HTMLButtonElement[]} */ ([...this.querySelectorAll('.answer')]);
    const at = rows.findIndex((row) => row === document.activeElement);
    const search = this.one('input[type="search"]', HTMLInputElement);
    if (event.key === 'ArrowDown') (rows[at + 1] ?? rows[0])?.focus();
    else if (event.key === 'ArrowUp') (rows[at - 1] ?? search).focus();
    else if (event.key === 'Enter' && event.target === search && this.#found.length > 0) this.#take(this.#found[0]);
    else return;
    event.preventDefault();
  }
}

customElements.define('parlor-inbox-canned', OperatorCanned);
