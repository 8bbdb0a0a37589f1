// The page of the hub: who is here, a console that speaks the protocol, a trace of one service.

import { html, nothing } from '/web/vendor/lit.js';
import { at } from './at.js';
import { PageElement } from './element.js';
import './hub/door-view.js';
import './hub/log-view.js';
import './hub/send-view.js';
import './hub/trace-view.js';
import './hub/who-view.js';
import { HubLink } from './hub/link.js';
import { Trace } from './hub/trace.js';
import { Transcript } from './hub/transcript.js';
import { Who } from './hub/who.js';
import { mark } from './icons.js';
import { kept } from './kept.js';
import './parts/toasts.js';
import { words as pageWords } from './words.js';
import { words } from './words-hub.js';

/** How often (ms) who is here is asked for: who subscribes to what is told to nobody else. */
const ASK_EVERY = 5_000;
/** So long (ms) after something moved, and no sooner than so long after the last time. */
const ASK_AFTER = 250;
const ASK_REST = 1_000;

const TABS = /** @type {const} */ (['here', 'console', 'trace']);
/** @typedef {(typeof TABS)[number]} Tab */

class ParlorHub extends PageElement {
  who = new Who();
  transcript = new Transcript();
  link = new HubLink({
    sent: (text, seq, own) => this.transcript.sent(text, seq, own),
    received: (text) => this.#received(text),
    note: (sentence) => this.transcript.note(sentence),
  });
  trace = new Trace(() => this.link.hello?.fs_key ?? '', (uuid) => this.who.nameOf(uuid));

  /** @type {Tab} */
  #tab = 'console';
  /** With room for it, who is here is always to be seen. */
  #wide = matchMedia('(min-width: 900px)');
  #keeps = kept.get('hub.keeps', true);
  #asked = 0;
  #askTimer = 0;
  /** @type {HubLink['state']} */
  #was = 'out';
  #kinds = [[words.hub.log.all, []], [words.hub.log.sent, ['sent']], [words.hub.log.received, ['received']]];

  connectedCallback() {
    super.connectedCallback();
    this.watch(this.link, 'change', () => this.#moved());
    this.watch(this.who);
    this.watch(this.#wide, 'change');
    this.watch(document, 'visibilitychange', () => this.#shows && this.#askSoon());
    setInterval(() => this.#shows && this.#keeps && this.#ask(), ASK_EVERY);
  }

  get #shows() {
    return document.visibilityState === 'visible';
  }

  /** @param {string} text */
  #received(text) {
    const payload = this.transcript.received(text);
    if (payload?.type === 'HELLO') {
      this.transcript.begins();
      this.who.forget();
      this.#ask();
    } else if (payload && this.who.learn(payload) && this.#keeps) this.#askSoon();
  }

  /** The page asks for itself. */
  #ask() {
    clearTimeout(this.#askTimer);
    this.#askTimer = 0;
    this.#asked = performance.now();
    for (const type of ['CLIENT_FETCH_ALL', 'SERVICE_FETCH_ALL']) this.link.send(JSON.stringify({ type }), true);
  }

  #askSoon() {
    const rest = this.#asked + ASK_REST - performance.now();
    this.#askTimer ||= setTimeout(() => this.#ask(), Math.max(ASK_AFTER, rest));
  }

  /** The connection changed: where the focus was may be gone. */
  #moved() {
    const { state } = this.link;
    const was = this.#was;
    this.#was = state;
    if (state === was) return;
    if (state === 'out' && !this.link.hello) this.who.forget();
    if (state === 'in' && was === 'connecting') void this.#focus('#hub-payload');
    if (state === 'out' && (was === 'in' || was === 'lost')) void this.#focus('#hub-name');
  }

  /** @param {string} selector */
  async #focus(selector) {
    this.requestUpdate();
    await this.updateComplete;
    const { activeElement } = document;
    const lost = !activeElement || activeElement === document.body || activeElement.closest('[hidden]');
    const found = this.querySelector(selector);
    if (found instanceof HTMLElement && lost && this.#shown === 'console') found.focus();
  }

  /** The tab that is shown. @returns {Tab} */
  get #shown() {
    return this.#wide.matches && this.#tab === 'here' ? 'console' : this.#tab;
  }

  render() {
    const { hub } = words;
    const shown = this.#shown;
    return html`
      <header class="top">
        <a class="brand" href=${at('/')}>${mark(30)}${pageWords.name}</a>
        <nav aria-label=${hub.elsewhere}><a href=${at('/guide/')}>${hub.guide}</a><a href=${at('/docs/')}>${hub.calls}</a><a href=${at('/guide/reference/hub')}>${hub.reference}</a></nav>
      </header>
      <main>
        <div class="hub-bar">
          <h1>${hub.title}</h1>
          ${this.#tabs(shown)}
          ${this.#status()}
        </div>
        <div class="hub-body">
          <section id="part-here" class="here" role=${this.#wide.matches ? 'region' : 'tabpanel'} aria-label=${hub.here} ?hidden=${!this.#wide.matches && shown !== 'here'}
            @keep=${this.#keep} @write=${this.#write} @payload=${this.#payload} @trace=${this.#traceOf}>
            <parlor-hub-who .link=${this.link} .who=${this.who} .keeps=${this.#keeps}></parlor-hub-who>
          </section>
          <section id="part-console" class="console" role="tabpanel" aria-labelledby="tab-console" ?hidden=${shown !== 'console'}>${this.#console()}</section>
          <section id="part-trace" class="tracing" role="tabpanel" aria-labelledby="tab-trace" ?hidden=${shown !== 'trace'}>
            <parlor-hub-trace .trace=${this.trace} .who=${this.who}></parlor-hub-trace>
          </section>
        </div>
      </main>
      <parlor-toasts></parlor-toasts>
    `;
  }

  /** @param {Tab} shown */
  #tabs(shown) {
    const tabs = TABS.filter((tab) => tab !== 'here' || !this.#wide.matches);
    return html`
      <div class="hub-tabs" role="tablist" aria-label=${words.hub.parts} @keydown=${(/** @type {KeyboardEvent} */ event) => this.#step(event, tabs)}>
        ${tabs.map((tab) => html`<button id="tab-${tab}" role="tab" aria-controls="part-${tab}" aria-selected=${String(tab === shown)} tabindex=${tab === shown ? 0 : -1} @click=${() => this.#show(tab)}>${words.hub[tab]}</button>`)}
      </div>
    `;
  }

  #status() {
    const { state } = this.link;
    const says = words.hub.state;
    const text = state === 'in' ? says.live(this.link.identity?.name ?? '') : says[state];
    return html`
      <div class="hub-state">
        <p class="hub-link" data-link=${state === 'in' ? 'live' : state} role="status"><i></i><span>${text}</span></p>
        ${state === 'lost' ? html`<button class="button bare" @click=${() => this.link.retry()}>${says.again}</button>` : nothing}
        ${state === 'in' || state === 'lost' ? html`<button class="button bare" @click=${() => this.link.leave()}>${says.leave}</button>` : nothing}
      </div>
    `;
  }

  #console() {
    const { log } = words.hub;
    const out = this.link.state === 'out' || this.link.state === 'connecting';
    const own = html`<label class="check own"><input type="checkbox" @change=${(/** @type {Event} */ { target }) => (this.transcript.withOwn = /** @type {HTMLInputElement} */ (target).checked)} />${log.own}</label>`;
    return html`
      <div class="console-left">
        <parlor-hub-door ?hidden=${!out} .link=${this.link}></parlor-hub-door>
        <parlor-hub-send ?hidden=${out} .link=${this.link} .who=${this.who}></parlor-hub-send>
      </div>
      <div class="console-right">
        <h2 class="unseen">${log.title}</h2>
        <parlor-hub-log id="log" .log=${this.transcript} .kinds=${this.#kinds} .label=${log.label} .empty=${log.empty} .more=${own}></parlor-hub-log>
      </div>
    `;
  }

  /** @param {Tab} tab */
  #show(tab) {
    this.#tab = tab;
    this.requestUpdate();
  }

  /** Arrows lead from tab to tab. @param {KeyboardEvent} event @param {Tab[]} tabs */
  async #step(event, tabs) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    this.#show(tabs[(tabs.indexOf(this.#shown) + step + tabs.length) % tabs.length]);
    await this.updateComplete;
    this.one('[role="tab"][aria-selected="true"]', HTMLElement).focus();
  }

  /** @param {CustomEvent<{ on: boolean }>} event */
  #keep({ detail }) {
    this.#keeps = detail.on;
    kept.set('hub.keeps', detail.on);
    if (detail.on) this.#ask();
    this.requestUpdate();
  }

  /** @param {CustomEvent<{ key: string, target: object }>} event */
  #write({ detail }) {
    this.#show('console');
    this.one('parlor-hub-send', /** @type {typeof import('./hub/send-view.js').HubSend} */ (customElements.get('parlor-hub-send'))).begin(detail.key, { type: 'MESSAGE', target: detail.target, data: { text: 'Hello' } });
  }

  /** @param {CustomEvent<object>} event */
  #payload({ detail }) {
    this.link.send(JSON.stringify(detail));
    this.#askSoon();
  }

  /** @param {CustomEvent<{ service: string }>} event */
  #traceOf({ detail }) {
    this.#show('trace');
    this.one('parlor-hub-trace', /** @type {typeof import('./hub/trace-view.js').HubTrace} */ (customElements.get('parlor-hub-trace'))).begin(detail.service);
  }
}

customElements.define('parlor-hub', ParlorHub);
