// The list of flows, and the way to a new one.

import { html, nothing } from '/web/vendor/lit.js';
import { Refused, sentenceOf } from './api.js';
import { at } from './at.js';
import { PageElement } from './element.js';
import { calls } from './flow/calls.js';
import { moment } from './flow/moment.js';
import { hasUnsaved } from './flow/writing.js';
import { emptyPicture } from './icons.js';
import { words } from './words-flows.js';

/** @typedef {Awaited<ReturnType<typeof calls.list>>['flows'][number]} Row */

const NAME = /^[a-zA-Z0-9_-]{1,64}$/u;
/** So often (ms) it is tried to reach the server. */
const AGAIN = 2_000;

/** @param {string} name */
const address = (name) => at(`/admin/flows/${encodeURIComponent(name)}`);

class ParlorFlows extends PageElement {
  /** @type {Row[] | null} */
  #flows = null;
  #wrong = '';
  /** What is wrong with the new name. */
  #badName = '';

  connectedCallback() {
    super.connectedCallback();
    void this.#read();
    // Who comes back from writing one sees what has become of it.
    addEventListener('pageshow', ({ persisted }) => persisted && void this.#read());
  }

  async #read() {
    try {
      this.#flows = (await calls.list()).flows;
      this.#wrong = '';
    } catch (error) {
      this.#wrong = sentenceOf(error);
      if (!(error instanceof Refused)) setTimeout(() => void this.#read(), AGAIN);
    }
    this.requestUpdate();
  }

  render() {
    const flows = this.#flows;
    return html`
      <section class="card" aria-labelledby="flows-title">
        <h1 id="flows-title">${words.title}</h1>
        <p class="quiet">${words.what}</p>
        ${this.#wrong ? html`<p class="wrong" role="alert">${this.#wrong}</p>` : nothing}
        ${flows === null ? (this.#wrong ? nothing : html`<p class="quiet" role="status">${words.loading}</p>`) : flows.length ? this.#table(flows) : html`<div class="nothing">${emptyPicture}<h2>${words.none}</h2><p class="quiet">${words.noneHint}</p></div>`}
        ${this.#form()}
      </section>
    `;
  }

  #form() {
    return html`
      <form class="field new" novalidate @submit=${this.#add}>
        <label for="new-name">${words.name}</label>
        <span class="inline"><input id="new-name" class="input" name="name" maxlength="64" autocomplete="off" autocapitalize="off" spellcheck="false" placeholder="welcome" aria-describedby="new-hint" aria-invalid=${this.#badName ? 'true' : nothing} @input=${this.#retyped} /><button class="button go">${words.add}</button></span>
        ${this.#badName ? html`<span class="wrong" id="new-hint" role="alert">${this.#badName}</span>` : html`<span class="hint" id="new-hint">${words.nameHint}</span>`}
      </form>
    `;
  }

  /** @param {Row[]} flows */
  #table(flows) {
    return html`
      <div class="table" tabindex="0" role="group" aria-labelledby="flows-title"><table>
        <thead><tr><th scope="col">${words.flow}</th><th scope="col">${words.state}</th><th scope="col">${words.found}</th><th scope="col">${words.changed}</th></tr></thead>
        <tbody>${flows.map((flow) => this.#row(flow))}</tbody>
      </table></div>
    `;
  }

  /** @param {Row} flow */
  #row(flow) {
    const { name, title, stands, file, published, errors, warnings } = flow;
    const found = [errors ? html`<span class="tag bad">${words.errors(errors)}</span>` : nothing, warnings ? html`<span class="tag">${words.warnings(warnings)}</span>` : nothing];
    return html`
      <tr>
        <th scope="row"><a href=${address(name)} dir="auto">${title || name}</a>${title && title !== name ? html`<small dir="auto">${name}</small>` : nothing}</th>
        <td><span class="chip" data-stands=${stands}>${words.stands[stands]}</span>${file ? html`<small dir="ltr">${file}</small>${published ? nothing : html`<small>${words.notOffered}</small>`}` : nothing}${hasUnsaved(name) ? html`<small class="unsaved">${words.unsaved}</small>` : nothing}</td>
        <td>${errors || warnings ? found : html`<span class="quiet">${words.right}</span>`}</td>
        <td>${flow.at ? html`<time datetime=${new Date(flow.at * 1000).toISOString()}>${moment(flow.at)}</time>` : nothing}${flow.by ? html`<small>${words.by(flow.by)}</small>` : nothing}</td>
      </tr>
    `;
  }

  #retyped() {
    if (!this.#badName) return;
    this.#badName = '';
    this.requestUpdate();
  }

  /** @param {SubmitEvent} event */
  async #add(event) {
    event.preventDefault();
    const name = this.one('#new-name', HTMLInputElement).value.trim();
    try {
      if (!NAME.test(name)) throw new Error(words.badName);
      await calls.make(name);
      location.assign(address(name));
    } catch (error) {
      const why = sentenceOf(error);
      this.#badName = why.charAt(0).toUpperCase() + why.slice(1);
      this.requestUpdate();
      this.one('#new-name', HTMLInputElement).focus();
    }
  }
}

customElements.define('parlor-flows', ParlorFlows);
