// Draws what one sends payloads with: a picker, the payload as JSON, and what is wrong with it.

import { html, nothing } from '/web/vendor/lit.js';
import { PageElement } from '../element.js';
import { words } from '../words-hub.js';
import { around, example, flawOf, PAYLOADS } from './payloads.js';

/** @typedef {import('./link.js').HubLink} HubLink */
/** @typedef {import('./who.js').Who} Who */

const GROUPS = /** @type {(keyof typeof words.hub.send.groups)[]} */ (['message', 'service', 'client', 'self', 'wrong']);

export class HubSend extends PageElement {
  static given = ['link', 'who'];
  /** @type {HubLink} */
  link;
  /** @type {Who} */
  who;

  #chosen = 'messageName';
  #text = '';
  /** Whether the text is the example, which follows what happens, or one's own. */
  #typed = false;
  /** What was typed for each payload. @type {Map<string, string>} */
  #drafts = new Map();
  /** @type {import('./payloads.js').Flaw | null} */
  #flaw = null;

  connectedCallback() {
    super.connectedCallback();
    this.watch(this.link);
    this.watch(this.who, 'change', () => this.#follow());
    this.#follow();
  }

  /** The example speaks of who is here now, until somebody changes it, or is about to. */
  #follow() {
    if (!this.#typed && document.activeElement?.id !== 'hub-json') this.#text = example(this.#chosen, around(this.who, this.link));
  }

  /** Begins a payload for somebody. @param {string} key @param {object} payload */
  begin(key, payload) {
    this.#pick(key);
    this.#typed = true;
    this.#text = JSON.stringify(payload, null, 2);
    this.requestUpdate();
    void this.updateComplete.then(() => this.one('#hub-json', HTMLTextAreaElement).focus());
  }

  render() {
    const { send, payloads } = words.hub;
    const live = this.link.state === 'in';
    const { hint } = payloads[/** @type {keyof typeof payloads} */ (this.#chosen)];
    return html`
      <form class="hub-send" @submit=${this.#submit}>
        <div class="field">
          <label for="hub-payload">${send.payload}</label>
          <select id="hub-payload" class="input" aria-describedby="hub-payload-hint" @change=${(/** @type {Event} */ { target }) => this.#pick(/** @type {HTMLSelectElement} */ (target).value)}>
            ${GROUPS.map((group) => html`<optgroup label=${send.groups[group]}>
              ${Object.keys(PAYLOADS).filter((key) => PAYLOADS[key].group === group).map((key) => html`<option value=${key} ?selected=${key === this.#chosen}>${payloads[/** @type {keyof typeof payloads} */ (key)].name}</option>`)}
            </optgroup>`)}
          </select>
          <span class="hint" id="hub-payload-hint">${hint}</span>
        </div>
        <div class="field">
          <label for="hub-json">${send.json}</label>
          <textarea id="hub-json" class="input mono" dir="ltr" spellcheck="false" autocapitalize="off" autocomplete="off" rows="11" .value=${this.#text}
            aria-invalid=${String(Boolean(this.#flaw))} aria-describedby="hub-json-hint" @input=${this.#type} @keydown=${this.#key}></textarea>
          ${this.#flaw ? html`<span class="wrong" role="alert">${this.#flaw.says}</span>` : nothing}
          <span class="hint" id="hub-json-hint">${live ? send.next(this.link.seq) : send.wait}</span>
        </div>
        <div class="send-buttons">
          <button class="button go" aria-disabled=${String(!live)}>${send.go} <kbd>${send.keys}</kbd></button>
          ${this.#flaw && live ? html`<button class="button" type="button" @click=${() => this.#send(true)}>${send.anyway}</button>` : nothing}
          <button class="button bare" type="button" @click=${this.#fresh}>${send.fresh}</button>
        </div>
      </form>
    `;
  }

  /** @param {string} key */
  #pick(key) {
    if (this.#typed) this.#drafts.set(this.#chosen, this.#text);
    this.#chosen = key;
    const draft = this.#drafts.get(key);
    this.#typed = draft !== undefined;
    this.#text = draft ?? example(key, around(this.who, this.link));
    this.#flaw = null;
    this.requestUpdate();
  }

  #fresh() {
    this.#drafts.delete(this.#chosen);
    this.#typed = false;
    this.#pick(this.#chosen);
  }

  /** @param {Event} event */
  #type({ target }) {
    this.#text = /** @type {HTMLTextAreaElement} */ (target).value;
    this.#typed = true;
    // What was wrong is looked at again at once, what is being typed is not.
    if (this.#flaw) this.#flaw = flawOf(this.#text);
    this.requestUpdate();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
    event.preventDefault();
    this.#send();
  }

  /** @param {SubmitEvent} event */
  #submit(event) {
    event.preventDefault();
    this.#send();
  }

  #send(anyway = false) {
    if (this.link.state !== 'in') return;
    this.#flaw = anyway ? null : flawOf(this.#text);
    this.requestUpdate();
    if (!this.#flaw) return void this.link.send(this.#text);
    const field = this.one('#hub-json', HTMLTextAreaElement);
    field.focus();
    if (this.#flaw.at !== null) field.setSelectionRange(this.#flaw.at, Math.min(this.#text.length, this.#flaw.at + 1));
  }
}

customElements.define('parlor-hub-send', HubSend);
