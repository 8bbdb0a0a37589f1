// How a program that has no address of its own joins the room: the exact line for one's terminal.

import { html } from '/web/vendor/lit.js';
import { at, server } from '../at.js';
import { toClipboard } from '../clipboard.js';
import { PageElement } from '../element.js';
import { icons } from '../icons.js';
import { me } from '../me.js';
import { relayLine, terminalHere } from '../relay-line.js';
import { toasts } from '../toasts.js';
import { words } from '../words.js';
import { segments } from './choice.js';

/** Where Flask listens unless told otherwise, and a route as in the guide. */
const USUAL = 'http://localhost:5000/echo';

class ParlorRelay extends PageElement {
  room = '';
  #url = USUAL;
  #terminal = terminalHere();

  connectedCallback() {
    super.connectedCallback();
    this.watch(me);
  }

  render() {
    // In lecture mode it is copied whole, and shown without the room.
    const shown = this.#line(me.lecture ? '…' : this.room);
    return html`
      <details class="relay">
        <summary>${words.relay.title}</summary>
        <div class="relay-in">
          <p class="hint">${words.relay.what}</p>
          <div class="field">
            <label for="relay-url">${words.relay.url}</label>
            <input id="relay-url" class="input mono" dir="ltr" autocomplete="off" autocapitalize="off" spellcheck="false" inputmode="url" .value=${this.#url} @input=${this.#typed} />
          </div>
          ${segments('terminal', words.relay.terminal, words.relay.terminals, this.#terminal, (terminal) => this.#choose(terminal))}
          <div class="field">
            <span class="label">${words.relay.line}</span>
            <div class="address">
              <code dir="ltr" class="line" tabindex="0">${shown}</code>
              <button class="icon-button" aria-label=${words.relay.copy} title=${words.relay.copy} @click=${() => this.#copy(this.#line(this.room))}>${icons.copy}</button>
            </div>
            <p class="hint">${words.relay.more} <a href=${at('/guide/relay')}>${words.relay.guide}</a></p>
          </div>
        </div>
      </details>
    `;
  }

  /** @param {string} room */
  #line(room) {
    // Neither a room's name nor a field of one line holds what can't be pasted.
    return relayLine(this.#terminal, { server: server(), room, url: this.#url.trim() || USUAL }) ?? '';
  }

  /** @param {Event} event */
  #typed(event) {
    this.#url = /** @type {HTMLInputElement} */ (event.target).value;
    this.requestUpdate();
  }

  /** @param {import('../relay-line.js').Terminal} terminal */
  #choose(terminal) {
    this.#terminal = terminal;
    this.requestUpdate();
  }

  /** @param {string} line */
  async #copy(line) {
    if (await toClipboard(line)) return toasts.say(words.relay.copied);
    // What is marked can be copied by hand.
    getSelection()?.selectAllChildren(this.one('.line', HTMLElement));
    return toasts.say(words.relay.notCopied);
  }
}

customElements.define('parlor-relay', ParlorRelay);
