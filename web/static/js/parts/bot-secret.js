// The secret of a bot: it can be set, replaced and removed, and never read.

import { html } from '/web/vendor/lit.js';
import { PageElement } from '../element.js';
import { randomKey } from '../kept.js';
import { words } from '../words-bots.js';

class ParlorBotSecret extends PageElement {
  static given = ['signed'];

  /** Whether there is one; undefined where the server does not say. @type {boolean | undefined} */
  signed = undefined;
  /** What is to be saved: undefined leaves it as it is, null removes it. @type {string | null | undefined} */
  secret = undefined;
  changed = () => {};

  /** @param {string | null | undefined} secret */
  #set(secret) {
    this.secret = secret;
    this.changed();
    this.requestUpdate();
  }

  render() {
    const { secret, signed } = this;
    return html`
      <div class="field">
        <span class="label" id="secret-label">${words.botForm.secret}</span>
        ${typeof secret === 'string' ? this.#input(secret) : this.#now(signed, secret === null)}
        <p class="hint" id="secret-more">${words.botForm.secretHint}</p>
      </div>
    `;
  }

  /** @param {boolean | undefined} signed @param {boolean} removed */
  #now(signed, removed) {
    if (removed) {
      return html`<p class="line"><span>${words.botForm.secretRemoved}</span><button type="button" class="button" @click=${() => this.#set(undefined)}>${words.botForm.secretKeep}</button></p>`;
    }
    if (signed === false) {
      return html`<p class="line"><span class="quiet">${words.botForm.secretNone}</span><button type="button" class="button" @click=${this.#begin}>${words.botForm.secretAdd}</button></p>`;
    }
    return html`
      <p class="line"><span>${signed ? words.botForm.secretSet : words.botForm.secretUnknown}</span>
        <button type="button" class="button" @click=${this.#begin}>${words.botForm.secretReplace}</button>
        <button type="button" class="button" @click=${() => this.#set(null)}>${words.botForm.secretRemove}</button>
      </p>
    `;
  }

  /** @param {string} secret */
  #input(secret) {
    return html`
      <input class="input mono" name="secret" aria-label=${words.botForm.secretNew} aria-describedby="secret-more" autocomplete="off" autocapitalize="off" spellcheck="false" dir="ltr"
        .value=${secret} @input=${(/** @type {Event} */ event) => this.#set(/** @type {HTMLInputElement} */ (event.target).value)} />
      <p class="line">
        <button type="button" class="button" @click=${() => this.#set(randomKey())}>${words.botForm.secretMake}</button>
        <button type="button" class="button" @click=${() => this.#set(undefined)}>${words.botForm.secretKeep}</button>
      </p>
    `;
  }

  async #begin() {
    this.#set('');
    await this.updateComplete;
    this.one('[name="secret"]', HTMLInputElement).focus();
  }
}

customElements.define('parlor-bot-secret', ParlorBotSecret);

export { ParlorBotSecret };
