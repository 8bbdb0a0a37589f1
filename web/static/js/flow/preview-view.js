// Draws a conversation with the flow: the assistant's own element, and below it what a visitor does not see.

import { html, nothing } from '/web/vendor/lit.js';
import { PageElement } from '../element.js';
import { words } from '../words-flows.js';

/** @typedef {import('./trial.js').Trial} Trial */
/** @typedef {import('./calls.js').Asked} Asked */

export class FlowPreview extends PageElement {
  static given = ['text', 'title', 'fresh'];
  /** @type {Trial} */
  trial;
  /** The last text without errors; empty if there was none. */
  text = '';
  title = '';
  /** Whether that is the text as it stands. */
  fresh = true;
  /** @type {HTMLElement | null} */
  #assistant = null;

  connectedCallback() {
    super.connectedCallback();
    this.watch(this.trial);
  }

  updated() {
    if (!this.text) return;
    if (!this.#assistant) void this.#begin();
    else if (this.trial.text !== this.text) this.trial.restart(this.text);
    this.#assistant?.setAttribute('title', this.title);
  }

  async #begin() {
    this.trial.text = this.text;
    const assistant = document.createElement('parlor-assistant');
    this.#assistant = assistant;
    await customElements.whenDefined('parlor-assistant');
    customElements.upgrade(assistant);
    Reflect.set(assistant, 'connect', () => this.trial.connect());
    const { theme } = document.documentElement.dataset;
    for (const [name, value] of Object.entries({ mode: 'inline', flow: this.trial.name, title: this.title, ...(theme ? { scheme: theme } : {}) })) assistant.setAttribute(name, value);
    this.one('.holder', HTMLElement).append(assistant);
  }

  render() {
    const says = words.preview;
    const { at } = this.trial;
    const waiting = at?.progress?.waiting;
    return html`
      ${this.text ? nothing : html`<div class="nothing"><h3>${says.none}</h3><p class="quiet">${says.noneHint}</p></div>`}
      <div class="holder" ?hidden=${!this.text}></div>
      ${this.text
        ? html`<div class="behind">
            ${this.fresh ? nothing : html`<p class="old" role="status">${says.old}</p>`}
            ${at?.request ? this.#request(at.request) : nothing}
            ${waiting?.for === 'handoff' ? html`<div class="asks"><p>${waiting.queue ? says.queue(waiting.queue) : says.handoff}</p><button class="button go" @click=${() => this.trial.handBack()}>${says.handBack}</button></div>` : nothing}
            <p class="quiet" role="status">${waiting?.for === 'end' ? says.ended : html`${says.state} <code dir="auto">${this.trial.here || '…'}</code>`}<span>${says.nothing}</span></p>
            ${this.#variables(at?.variables ?? {})}
          </div>`
        : nothing}
    `;
  }

  /** @param {Record<string, string>} variables */
  #variables(variables) {
    const all = Object.entries(variables);
    if (!all.length) return nothing;
    return html`<section><h3>${words.preview.variables}</h3><dl>${all.map(([name, value]) => html`<div><dt>${name}</dt><dd dir="auto">${value}</dd></div>`)}</dl></section>`;
  }

  /** @param {Asked} request */
  #request({ method, url, headers, body }) {
    const says = words.preview;
    return html`
      <form class="asks" aria-label=${says.request} @submit=${this.#answered}>
        <h3>${says.request}</h3>
        <pre tabindex="0"><b>${method}</b> ${url}${headers.map(([name, value]) => `\n${name}: ${value}`)}${body ? `\n\n${body}` : nothing}</pre>
        <p class="quiet">${says.requestHint}</p>
        <div class="asks-fields">
          <div class="field"><label for="reply-status">${says.status}</label><input id="reply-status" class="input" name="status" inputmode="numeric" pattern="[1-5][0-9][0-9]" required value="200" /></div>
          <div class="field"><label for="reply-body">${says.body}</label><textarea id="reply-body" class="input" name="body" rows="3" dir="ltr" spellcheck="false">{}</textarea></div>
        </div>
        <p class="asks-buttons"><button class="button go">${says.answer}</button><button type="button" class="button" @click=${() => this.trial.reply()}>${says.fail}</button></p>
      </form>
    `;
  }

  /** @param {SubmitEvent} event */
  #answered(event) {
    event.preventDefault();
    const given = new FormData(/** @type {HTMLFormElement} */ (event.target));
    this.trial.reply(Number(given.get('status')), String(given.get('body') ?? ''));
  }
}

customElements.define('parlor-flow-preview', FlowPreview);
