// Draws the trace of one service: which one, and what goes through it.

import { html, nothing } from '/web/vendor/lit.js';
import { PageElement } from '../element.js';
import { words } from '../words-hub.js';
import './log-view.js';

/** @typedef {import('./trace.js').Trace} Trace */
/** @typedef {import('./who.js').Who} Who */

const KINDS = () => {
  const { log, tracing } = words.hub;
  return [[log.all, []], [tracing.messages, ['message']], [tracing.comings, ['subscribed', 'unsubscribed', 'note']]];
};

export class HubTrace extends PageElement {
  static given = ['trace', 'who'];
  /** @type {Trace} */
  trace;
  /** @type {Who} */
  who;
  #wrong = '';
  #kinds = KINDS();

  connectedCallback() {
    super.connectedCallback();
    this.watch(this.trace);
    this.watch(this.who);
  }

  /** @param {string} service */
  begin(service) {
    this.one('#hub-service', HTMLInputElement).value = service;
    this.#wrong = service ? '' : words.hub.tracing.noName;
    this.requestUpdate();
    if (service) this.trace.begin(service);
  }

  render() {
    const { tracing } = words.hub;
    const { state, service, trouble } = this.trace;
    const wrong = this.#wrong || trouble;
    const runs = state !== 'off';
    return html`
      <form class="trace-form" @submit=${this.#submit}>
        <div class="field">
          <label for="hub-service">${tracing.service}</label>
          <div class="inline">
            <input id="hub-service" class="input mono" name="service" list="hub-services" dir="ltr" autocomplete="off" autocapitalize="off" spellcheck="false" aria-describedby="hub-service-hint" aria-invalid=${String(Boolean(wrong))} />
            <datalist id="hub-services">${[...this.who.services.keys()].map((name) => html`<option value=${name}></option>`)}</datalist>
            <button class="button go">${tracing.go}</button>
            ${runs ? html`<button class="button" type="button" @click=${() => this.trace.stop()}>${tracing.stop}</button>` : nothing}
          </div>
          <span class="hint" id="hub-service-hint">${tracing.hint}</span>
        </div>
        <p class="hub-link" data-link=${state} role="status">${runs ? html`<i></i><span>${state === 'live' ? tracing.live(service) : state === 'lost' ? tracing.lost : tracing.connecting}</span>` : nothing}</p>
        ${wrong ? html`<p class="wrong" role="alert">${wrong}</p>` : nothing}
      </form>
      <parlor-hub-log id="traced" .log=${this.trace.log} .kinds=${this.#kinds} .label=${tracing.label} .empty=${runs ? tracing.quiet(service) : tracing.empty}></parlor-hub-log>
    `;
  }

  /** @param {SubmitEvent} event */
  #submit(event) {
    event.preventDefault();
    this.begin(String(new FormData(/** @type {HTMLFormElement} */ (event.target)).get('service') ?? '').trim());
  }
}

customElements.define('parlor-hub-trace', HubTrace);
