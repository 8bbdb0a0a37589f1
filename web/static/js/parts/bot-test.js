// One delivery to a bot with the values of its form, saved or not: what was sent, what came back, and what the room would
// have got. The bot's HTML is shown as the text that it is; this page never draws it.

import { html, nothing } from '/web/vendor/lit.js';
import { api, sentenceOf } from '../api.js';
import { PageElement } from '../element.js';
import { me } from '../me.js';
import { words } from '../words-bots.js';
import './delivery.js';

/** @typedef {import('../types.js').Message} Message */
/** @typedef {import('../types.js').Tested} Tested */

class ParlorBotTest extends PageElement {
  static given = ['name'];

  room = '';
  /** The values as they stand in the form. @type {() => Parameters<typeof api.testBot>[0]} */
  values;
  name = '';

  #busy = false;
  #turn = 0;
  /** @type {string | null} */
  #text = null;
  /** @type {Tested | null} */
  #tested = null;
  /** @type {string | null} */
  #wrong = null;

  get #said() {
    return this.#text ?? words.botTest.hello(this.name);
  }

  render() {
    return html`
      <h3>${words.botTest.title}</h3>
      <div class="field">
        <label for="test-text">${words.botTest.text}</label>
        <div class="test-line">
          <input id="test-text" class="input" dir="auto" autocomplete="off" aria-describedby="test-more" .value=${this.#said} @input=${this.#typed} @keydown=${this.#key} />
          <button type="button" class="button" ?disabled=${this.#busy} @click=${this.#send}>${this.#busy ? words.botTest.sending : words.botTest.send}</button>
        </div>
        <p class="hint" id="test-more">${words.botTest.hint}</p>
      </div>
      <div class="test-result" role="status">
        ${this.#wrong ? html`<p class="wrong">${this.#wrong}</p>` : nothing} ${this.#tested ? this.#result(this.#tested) : nothing}
      </div>
    `;
  }

  /** @param {Tested} tested */
  #result({ matched, why, activation, message }) {
    return html`
      ${matched ? nothing : html`<p class="note">${words.botTest.notMatched} <span class="quiet">${why}</span></p>`}
      ${message ? this.#message(message) : nothing}
      <parlor-delivery .activation=${activation} .name=${this.name} .url=${this.values().url ?? ''}></parlor-delivery>
    `;
  }

  /** @param {Message} message */
  #message(message) {
    const extras = /** @type {const} */ (['image', 'media', 'css', 'js']).filter((key) => message[key]);
    return html`
      <section class="would">
        <h3>${words.botTest.would} <small class="quiet" dir="auto">${words.botTest.wouldFrom(message.author)}</small></h3>
        ${message.text ? html`<pre class="body-text" tabindex="0" aria-label=${words.botTest.source}>${message.text}</pre>` : html`<p class="quiet">${words.botTest.emptyText}</p>`}
        ${extras.length > 0 ? html`<dl class="extras" dir="ltr">${extras.map((key) => html`<div><dt>${key}</dt><dd>${message[key]}</dd></div>`)}</dl>` : nothing}
        ${message.state === null || message.state === undefined ? nothing : html`<p>${words.botTest.keeps} <code dir="ltr">${JSON.stringify(message.state)}</code></p>`}
      </section>
    `;
  }

  /** @param {Event} event */
  #typed(event) {
    this.#text = /** @type {HTMLInputElement} */ (event.target).value;
    this.requestUpdate();
  }

  /** Enter sends the test; it does not save the bot. @param {KeyboardEvent} event */
  #key(event) {
    // Enter may also end what a writing aid composes.
    if (event.key !== 'Enter' || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    void this.#send();
  }

  async #send() {
    if (this.#busy) return;
    const turn = ++this.#turn;
    this.#busy = true;
    this.#wrong = null;
    this.requestUpdate();
    try {
      const tested = await api.testBot({ ...this.values(), text: this.#said, author: me.name });
      if (turn === this.#turn) this.#tested = tested;
    } catch (error) {
      this.#tested = null;
      this.#wrong = sentenceOf(error);
    } finally {
      this.#busy = false;
      this.requestUpdate();
    }
  }
}

customElements.define('parlor-bot-test', ParlorBotTest);
