// How far visitors come in the flows: what becomes of them at each step, and what is kept of them.

import { html, nothing, repeat } from '/web/vendor/lit.js';
import { at } from './at.js';
import { Counting, PERIODS } from './counts/counting.js';
import './counts/flow-view.js';
import { PageElement } from './element.js';
import { emptyPicture, icons, mark } from './icons.js';
import { EraseDialog } from './operator/erase-view.js';
import { refused } from './operator/refused-view.js';
import { clockOf } from './operator/times.js';
import './parts/toasts.js';
import { toasts } from './toasts.js';
import { words as pageWords } from './words.js';
import { words } from './words-operator.js';

/** @typedef {import('./counts/figures.js').Flow} Flow */

class ParlorCounts extends PageElement {
  counting = new Counting();

  connectedCallback() {
    super.connectedCallback();
    this.watch(this.counting);
    void this.counting.begin();
  }

  render() {
    const { counting } = this;
    const says = words.counts;
    if (counting.refused) return refused(counting.refused, '/operator/flows');
    return html`
      <header class="top">
        <a class="brand" href=${at('/')}>${mark(30)}${pageWords.name}</a>
        <nav aria-label=${says.ways}><a href=${at('/operator')}>${says.inbox}</a>${this.hasAttribute('data-writes') ? html`<a href=${at('/admin/flows')}>${words.inbox.flows}</a>` : nothing}</nav>
      </header>
      <main>
        <h1>${says.title}</h1>
        <p class="lead quiet">${says.lead}</p>
        ${this.#choice()}
        ${counting.wrong ? html`<div class="wrong" role="alert"><p><b>${says.failed}.</b> ${counting.wrong}</p></div>` : nothing}
        <div class="flows" aria-busy=${String(counting.busy)} ?data-old=${counting.busy && counting.counted}>${this.#flows()}</div>
      </main>
      <parlor-erase></parlor-erase>
      <parlor-toasts></parlor-toasts>
    `;
  }

  #choice() {
    const { counting } = this;
    const says = words.counts;
    return html`
      <form class="choice" aria-label=${says.choose} @submit=${(/** @type {Event} */ event) => event.preventDefault()}>
        ${counting.choices.length > 0 ? html`<label class="choice-flow"><span>${says.flow}</span><select class="input" @change=${this.#flow}><option value="">${says.all}</option>${counting.choices.map(({ flow, title }) => html`<option value=${flow} .selected=${flow === counting.flow}>${title}</option>`)}</select></label>` : nothing}
        <div class="segments" role="radiogroup" aria-label=${says.period}>${PERIODS.map((days) => html`<label><input type="radio" name="days" .checked=${counting.days === days} @change=${() => counting.choose({ days })} />${says.days(days)}</label>`)}</div>
        <button type="button" class="button" aria-disabled=${String(counting.busy)} @click=${() => void counting.read()}>${icons.again}${says.again}</button>
        <p class="choice-end quiet"><span role="status">${counting.busy ? says.loading : counting.counted ? says.at(clockOf(counting.counted.at / 1000)) : nothing}</span><a href=${counting.address}>${says.json}</a></p>
      </form>
    `;
  }

  #flows() {
    const { counting } = this;
    if (!counting.counted) return nothing;
    const { flows } = counting;
    if (flows.length === 0) return this.#empty(counting.counted.days);
    return repeat(flows, ({ flow }) => flow, (flow) => html`<parlor-counts-flow .counts=${flow} .days=${counting.counted?.days ?? 0} @erase=${this.#erase}></parlor-counts-flow>`);
  }

  /** @param {number} days */
  #empty(days) {
    const says = words.counts;
    const none = this.counting.choices.length === 0;
    return html`<div class="nothing">${emptyPicture}<h2>${none ? says.never : says.none(days)}</h2><p class="quiet">${none ? says.neverHint : says.noneHint}</p>${none ? html`<p><a class="button" href=${at('/guide/assistant')}>${says.guide}</a></p>` : nothing}</div>`;
  }

  /** @param {Event} event */
  #flow({ target }) {
    this.counting.choose({ flow: /** @type {HTMLSelectElement} */ (target).value });
  }

  /** @param {CustomEvent<Flow>} event */
  #erase({ detail: { flow, title } }) {
    const says = words.erase;
    this.one('parlor-erase', EraseDialog).ask({
      title: says.flow(title || flow),
      text: says.flowText,
      name: flow,
      run: async () => void toasts.say(says.doneAll(await this.counting.erase(flow))),
    });
  }
}

customElements.define('parlor-counts', ParlorCounts);
