// The page of calls: reads /api/spec, lists the calls, and lets one try each.

import { html, nothing } from '/web/vendor/lit.js';
import { at } from './at.js';
import { sentenceOf } from './api.js';
import { PageElement } from './element.js';
import { mark } from './icons.js';
import { filledPath, OpenApi } from './openapi.js';
import { words } from './words.js';
import { hubWords } from './words-hub.js';

/** @typedef {import('./openapi.js').Call} Call */

class ParlorDocs extends PageElement {
  /** @type {Map<string, Call[]> | null} */
  #groups = null;
  #failed = false;

  async connectedCallback() {
    super.connectedCallback();
    try {
      const answer = await fetch(at('/api/spec'));
      this.#groups = new OpenApi(await answer.json()).groups(words.docs.other);
    } catch {
      this.#failed = true;
    }
    this.requestUpdate();
  }

  /** A link to one call must open it once the calls are there. */
  updated() {
    const target = location.hash ? document.getElementById(decodeURIComponent(location.hash.slice(1))) : null;
    if (!(target instanceof HTMLDetailsElement) || target.dataset.shown) return;
    target.dataset.shown = 'yes';
    target.open = true;
    target.scrollIntoView();
  }

  render() {
    return html`
      <header class="top"><a class="brand" href=${at('/')}>${mark(30)}${words.name}</a><nav><a href=${at('/guide/')}>${words.docs.guide}</a><a href=${at('/hub')}>${hubWords.hub.link}</a><a href=${at('/api/spec')}>${words.docs.spec}</a></nav></header>
      <main>
        <h1>${words.docs.title}</h1>
        <p class="lead">${words.docs.what}</p>
        ${this.#failed ? html`<p class="failed" role="alert">${words.docs.failed}</p>` : nothing}
        ${!this.#groups && !this.#failed ? html`<p class="quiet" role="status">${words.docs.loading}</p>` : nothing}
        ${[...(this.#groups ?? [])].map(([group, calls]) => html`
          <section>
            <h2>${group}</h2>
            ${calls.map((call) => html`<parlor-call .call=${call}></parlor-call>`)}
          </section>
        `)}
      </main>
    `;
  }
}

class ParlorCall extends PageElement {
  /** @type {Call} */
  call;
  #busy = false;
  /** @type {{ status: string, good: boolean, took: number, body: string } | null} */
  #answer = null;

  render() {
    const { call } = this;
    return html`
      <details class="call" id="${call.method}-${call.path}">
        <summary>
          <span class="method" data-method=${call.method}>${call.method}</span>
          <code>${call.path}</code>
          <span class="quiet">${marked(call.summary)}</span>
        </summary>
        <div class="inside">
          ${call.description ? html`<p>${marked(call.description)}</p>` : nothing}
          ${this.#parameters()}
          ${call.body ? html`<h3>${words.docs.body}</h3><pre tabindex="0">${call.body.shape}</pre>` : nothing}
          ${this.#answers()} ${this.#form()}
        </div>
      </details>
    `;
  }

  #parameters() {
    const { parameters } = this.call;
    if (parameters.length === 0) return nothing;
    return html`
      <h3>${words.docs.parameters}</h3>
      <dl>
        ${parameters.map((one) => html`
          <dt><code>${one.name}</code> <span class="quiet">${one.type}${one.required ? `, ${words.docs.required}` : ''}</span></dt>
          <dd>${marked(one.description)}</dd>
        `)}
      </dl>
    `;
  }

  #answers() {
    if (this.call.answers.length === 0) return nothing;
    return html`
      <h3>${words.docs.answers}</h3>
      <dl>
        ${this.call.answers.map(({ status, description, shape }) => html`
          <dt><code>${status}</code> <span class="quiet">${marked(description)}</span></dt>
          <dd>${shape ? html`<pre tabindex="0">${shape}</pre>` : nothing}</dd>
        `)}
      </dl>
    `;
  }

  #form() {
    const { call } = this;
    const id = `${call.method}-${call.path}`;
    return html`
      <form class="try" @submit=${this.#send}>
        <h3>${words.docs.tryIt}</h3>
        <div class="field">
          <label for="path-${id}">${words.docs.path}</label>
          <input id="path-${id}" class="input mono" name="path" dir="ltr" spellcheck="false" autocomplete="off" .defaultValue=${filledPath(call)} />
        </div>
        ${call.body
          ? html`<div class="field">
              <label for="body-${id}">${words.docs.body}</label>
              <textarea id="body-${id}" class="input mono" name="body" dir="ltr" spellcheck="false" rows=${Math.min(16, call.body.example.split('\n').length + 1)} .defaultValue=${call.body.example}></textarea>
            </div>`
          : nothing}
        <p><button class="button go" ?disabled=${this.#busy}>${this.#busy ? words.docs.sending : words.docs.send}</button></p>
        <div role="status">${this.#shown()}</div>
      </form>
    `;
  }

  #shown() {
    if (!this.#answer) return nothing;
    const { status, good, took, body } = this.#answer;
    return html`
      <p class="answer"><b class=${good ? 'good' : 'bad'}>${status}</b> <span class="quiet">${took > 0 ? words.docs.answered(took) : ''}</span></p>
      <pre tabindex="0">${body || words.docs.empty}</pre>
    `;
  }

  /** @param {SubmitEvent} event */
  async #send(event) {
    event.preventDefault();
    const filled = new FormData(/** @type {HTMLFormElement} */ (event.target));
    const body = filled.get('body');
    this.#busy = true;
    this.requestUpdate();
    const begun = performance.now();
    try {
      /** @type {RequestInit} */
      const request = { method: this.call.method };
      if (typeof body === 'string') {
        request.body = body;
        request.headers = { 'content-type': 'application/json' };
      }
      // The path stays on this server, whatever is typed.
      const typed = new URL(String(filled.get('path')), location.href);
      const answer = await fetch(at(typed.pathname) + typed.search, request);
      const text = await answer.text();
      this.#answer = { status: `${answer.status} ${answer.statusText}`, good: answer.ok, took: performance.now() - begun, body: pretty(text) };
    } catch (error) {
      this.#answer = { status: words.wrong.unreachable, good: false, took: 0, body: sentenceOf(error) };
    }
    this.#busy = false;
    this.requestUpdate();
  }
}

/** What stands between backticks is code. @param {string} text */
const marked = (text) => text.split('`').map((part, n) => (n % 2 ? html`<code>${part}</code>` : part));

/** @param {string} text */
function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

customElements.define('parlor-call', ParlorCall);
customElements.define('parlor-docs', ParlorDocs);
