// How the program of a bot without an address is connected: the line to paste, the token, whether it is there.

import { html, nothing } from '/web/vendor/lit.js';
import { server } from '../at.js';
import { api, sentenceOf } from '../api.js';
import { copyText } from '../copy-text.js';
import { PageElement } from '../element.js';
import { icons } from '../icons.js';
import { me } from '../me.js';
import { relayLine, terminalHere } from '../relay-line.js';
import { toasts } from '../toasts.js';
import { words } from '../words-bots.js';

/** @typedef {import('../types.js').Bot} Bot */

/** Where Flask listens unless told otherwise. */
const EXAMPLE = 'http://localhost:5000/';

class ParlorBotRelay extends PageElement {
  static given = ['bot'];

  /** The bot as it is saved; null before. @type {Bot | null} */
  bot = null;
  /** @type {string | null} */
  #token = null;

  connectedCallback() {
    super.connectedCallback();
    this.watch(me);
  }

  render() {
    const { bot } = this;
    if (!bot) return html`<p class="hint">${words.botRelay.afterSaving}</p>`;
    const line = (/** @type {string} */ room) => relayLine(terminalHere(), { server: server(), room, name: bot.name, respondsTo: bot.responds_to, url: EXAMPLE });
    const whole = line(bot.room);
    return html`
      <p class="connected" data-connected=${bot.connected === true} role="status"><i></i>${bot.connected ? words.botRelay.live : words.botRelay.waits}</p>
      ${whole ? html`<p>${words.botRelay.line}</p>${this.#code(whole, words.botRelay.copyLine, line(me.lecture ? '…' : bot.room) ?? '')}` : html`<p class="note">${words.botRelay.noLine}</p>`}
      <details>
        <summary>${words.botRelay.token}</summary>
        ${this.#token ? html`<p class="note">${words.botRelay.tokenOnce}</p>${this.#code(this.#token, words.botRelay.copyToken)}` : nothing}
        <p class="hint">${words.botRelay.newTokenHint}</p>
        <p><button type="button" class="button" @click=${this.#make}>${words.botRelay.newToken}</button></p>
      </details>
    `;
  }

  /** @param {string} code @param {string} label @param {string} [shown]  In lecture mode, without the room. */
  #code(code, label, shown = code) {
    return html`
      <div class="code-line">
        <code dir="ltr">${shown}</code>
        <button type="button" class="icon-button" aria-label=${label} title=${label} @click=${() => copyText(code, words.botRelay.copied, words.botRelay.notCopied)}>${icons.copy}</button>
      </div>
    `;
  }

  async #make() {
    if (!this.bot) return;
    try {
      this.#token = (await api.newToken(this.bot.id)).token;
      this.requestUpdate();
    } catch (error) {
      toasts.wrong(sentenceOf(error));
    }
  }
}

customElements.define('parlor-bot-relay', ParlorBotRelay);
