// Asks before something is deleted for good; where it is much, its name has to be typed.

import { html, nothing } from '/web/vendor/lit.js';
import { sentenceOf } from '../api.js';
import { PageElement } from '../element.js';
import { icons } from '../icons.js';
import { words } from '../words-operator.js';

/** What it is about; `run` throws why it could not be done. @typedef {{ title: string, text: string, name?: string, run: () => Promise<void> }} Question */

export class EraseDialog extends PageElement {
  /** @type {Question | null} */
  #question = null;
  #typed = '';
  #wrong = '';
  #busy = false;

  /** @param {Question} question */
  async ask(question) {
    this.#question = question;
    this.#typed = '';
    this.#wrong = '';
    this.requestUpdate();
    await this.updateComplete;
    this.#dialog.showModal();
  }

  get #dialog() {
    return this.one('dialog', HTMLDialogElement);
  }

  render() {
    const says = words.erase;
    const question = this.#question;
    return html`
      <dialog class="erase" aria-labelledby="erase-title" aria-describedby="erase-text" @keydown=${(/** @type {Event} */ event) => event.stopPropagation()} @close=${this.#closed}>
        ${question
          ? html`
            <div class="dialog-top">
              <h2 id="erase-title">${question.title}</h2>
              <button class="icon-button" aria-label=${says.close} @click=${() => this.#dialog.close()}>${icons.close}</button>
            </div>
            <form class="erase-in" @submit=${this.#submit}>
              <p id="erase-text">${question.text}</p>
              ${question.name === undefined ? nothing : html`<div class="field"><label for="erase-name">${says.flowType(question.name)}</label><input id="erase-name" class="input" dir="auto" autocomplete="off" autocapitalize="off" spellcheck="false" autofocus @input=${this.#type} /></div>`}
              <p class="wrong" role="alert" ?hidden=${!this.#wrong}>${this.#wrong}</p>
              <p class="form-buttons">
                <button type="button" class="button" ?autofocus=${question.name === undefined} @click=${() => this.#dialog.close()}>${says.cancel}</button>
                <button class="button bad" ?disabled=${this.#busy || (question.name !== undefined && this.#typed.trim() !== question.name)}>${says.erase}</button>
              </p>
            </form>`
          : nothing}
      </dialog>
    `;
  }

  /** @param {Event} event */
  #type({ target }) {
    this.#typed = /** @type {HTMLInputElement} */ (target).value;
    this.requestUpdate();
  }

  #closed() {
    this.#question = null;
    this.requestUpdate();
  }

  /** @param {SubmitEvent} event */
  async #submit(event) {
    event.preventDefault();
    const question = this.#question;
    if (!question || this.#busy) return;
    this.#busy = true;
    this.#wrong = '';
    this.requestUpdate();
    try {
      await question.run();
      this.#dialog.close();
    } catch (error) {
      this.#wrong = sentenceOf(error);
    } finally {
      this.#busy = false;
      this.requestUpdate();
    }
  }
}

customElements.define('parlor-erase', EraseDialog);
