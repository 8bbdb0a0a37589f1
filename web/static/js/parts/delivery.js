// One delivery to a bot, whole: what went wrong and what to do first, then how long it took, what was sent, what came back.

import { html, nothing } from '/web/vendor/lit.js';
import { adviceOf } from '../advice.js';
import { api, sentenceOf } from '../api.js';
import { copyText } from '../copy-text.js';
import { curlOf, isCut } from '../curl.js';
import { isGoingOn } from '../deliveries.js';
import { PageElement } from '../element.js';
import { ago, exactly } from '../frame/time.js';
import { icons } from '../icons.js';
import { me } from '../me.js';
import { terminalHere } from '../relay-line.js';
import { tidyJson } from '../tidy-json.js';
import { toasts } from '../toasts.js';
import { words } from '../words-bots.js';

/** @typedef {import('../types.js').Delivery} Delivery */

/** How often (ms) the time of a delivery that is still going on is drawn. */
const TICK = 250;

/** A body without the room's name, for lecture mode. @param {string} body */
const withoutRoom = (body) => body.replace(/("room"\s*:\s*)"(?:[^"\\]|\\.)*"/gu, `$1"${words.lecture.room}"`);

class ParlorDelivery extends PageElement {
  static given = ['activation', 'name', 'url', 'slowest'];

  /** @type {Delivery} */
  activation;
  /** The bot's name, and its url as it is now. */
  name = '';
  url = '';
  /** The longest time (s) among the deliveries beside it: what its bar is measured by. */
  slowest = 0;
  /** Called with the id of a repetition; absent where nothing can be repeated. @type {((id: string) => void) | null} */
  repeated = null;

  #raw = false;
  #busy = false;
  #ticking = 0;

  connectedCallback() {
    super.connectedCallback();
    this.watch(me);
  }

  updated() {
    const going = isGoingOn(this.activation);
    if (going && !this.#ticking) this.#ticking = setInterval(() => this.requestUpdate(), TICK);
    if (!going) this.#still();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#still();
  }

  #still() {
    clearInterval(this.#ticking);
    this.#ticking = 0;
  }

  render() {
    return html`${this.#error()} ${this.#time()} ${this.#sent()} ${this.#came()} ${this.#buttons()}`;
  }

  #error() {
    const { error } = this.activation;
    if (!error) return nothing;
    const advice = adviceOf(this.activation, this.url);
    return html`
      <div class="help">
        <p class="help-what" dir="auto">${error}</p>
        ${advice
          ? html`
              <p>${advice.say}</p>
              ${advice.lines.length > 0 ? html`<pre class="advice" dir="ltr" tabindex="0">${advice.lines.map(([kind, line]) => html`<code class=${kind}>${line}</code>`)}</pre>` : nothing}
              ${advice.more ? html`<p class="quiet">${advice.more}</p>` : nothing}
            `
          : nothing}
      </div>
    `;
  }

  #time() {
    const { took, started, attempt, status } = this.activation;
    const going = isGoingOn(this.activation);
    const seconds = took ?? Math.max(0, Date.now() / 1000 - started);
    const share = Math.max(2, Math.min(100, (seconds / Math.max(this.slowest, seconds, 0.001)) * 100));
    return html`
      <div class="time" data-going=${going}>
        <span class="bar" aria-hidden="true"><i .style=${`inline-size: ${share}%`}></i></span>
        <span>${words.inspector.status[status]}</span>
        <span>${words.inspector.took(seconds)}</span>
        <time title=${exactly(started)}>${ago(started)}</time>
        ${attempt > 1 ? html`<span>${words.inspector.attempt(attempt)}</span>` : nothing}
      </div>
    `;
  }

  #sent() {
    const { request } = this.activation;
    if (!request) return html`<section><h3>${words.inspector.sent(this.name)}</h3><p class="quiet">${words.inspector.notSent}</p></section>`;
    return html`
      <section>
        <div class="section-head"><h3 dir="auto">${words.inspector.sent(this.name)}</h3>${this.#rawToggle()}</div>
        <p class="first-line" dir="ltr"><b>${request.method}</b> ${request.url}</p>
        ${this.#headers(request.headers)} ${this.#body(request.body)}
      </section>
    `;
  }

  #came() {
    const { response, status } = this.activation;
    const nothingCame = isGoingOn(this.activation) ? words.inspector.waits : words.inspector.noAnswer;
    if (!response) return status === 'answered' ? nothing : html`<section><h3>${words.inspector.answered}</h3><p class="quiet">${nothingCame}</p></section>`;
    return html`
      <section>
        <h3>${words.inspector.answered}</h3>
        <p class="first-line" dir="ltr"><b data-good=${response.status >= 200 && response.status < 300}>${response.status}</b></p>
        ${this.#headers(response.headers)} ${this.#body(response.body)}
      </section>
    `;
  }

  /** @param {Record<string, string>} headers */
  #headers(headers) {
    const rows = Object.entries(headers);
    if (rows.length === 0) return nothing;
    return html`
      <details class="headers">
        <summary>${words.inspector.headers(rows.length)}</summary>
        <dl dir="ltr">${rows.map(([name, value]) => html`<div><dt>${name}</dt><dd>${me.lecture && name.toLowerCase() === 'parlor-room' ? words.lecture.room : value}</dd></div>`)}</dl>
      </details>
    `;
  }

  /** @param {string} body */
  #body(body) {
    if (body === '') return html`<p class="quiet">${words.inspector.bodyEmpty}</p>`;
    const tidy = this.#raw ? null : tidyJson(body);
    const text = me.lecture ? withoutRoom(tidy ?? body) : (tidy ?? body);
    return html`
      <pre class="body-text" dir="ltr" tabindex="0" aria-label=${words.inspector.body}>${text}</pre>
      ${isCut(body) ? html`<p class="quiet">${words.inspector.cut}</p>` : nothing}
    `;
  }

  #buttons() {
    const { request } = this.activation;
    if (!request) return nothing;
    return html`
      <div class="delivery-buttons">
        ${this.repeated ? html`<button type="button" class="button" ?disabled=${this.#busy || isGoingOn(this.activation)} @click=${this.#again}>${icons.again}${words.inspector.again}</button>` : nothing}
        ${/^https?:/iu.test(request.url) ? html`<button type="button" class="button" @click=${this.#copy}>${icons.copy}${words.inspector.copyCurl}</button>` : nothing}
      </div>
    `;
  }

  /** Between bodies set out in lines and bodies as they are, where there is a difference. */
  #rawToggle() {
    const { request, response } = this.activation;
    const bodies = [request?.body ?? '', response?.body ?? ''];
    if (bodies.every((body) => (tidyJson(body) ?? body) === body)) return nothing;
    return html`<button type="button" class="toggle" aria-pressed=${this.#raw ? 'true' : 'false'} @click=${this.#view}>${words.inspector.raw}</button>`;
  }

  #view() {
    this.#raw = !this.#raw;
    this.requestUpdate();
  }

  async #copy() {
    const { request } = this.activation;
    const command = request && curlOf(terminalHere(), request);
    if (!command) return toasts.wrong(words.inspector.curlCut);
    await copyText(command, words.inspector.curlCopied, words.inspector.notCopied);
  }

  async #again() {
    this.#busy = true;
    this.requestUpdate();
    try {
      const { id } = await api.sendAgain(this.activation.id);
      toasts.say(words.inspector.againSent);
      this.repeated?.(id);
    } catch (error) {
      toasts.wrong(sentenceOf(error));
    } finally {
      this.#busy = false;
      this.requestUpdate();
    }
  }
}

customElements.define('parlor-delivery', ParlorDelivery);
