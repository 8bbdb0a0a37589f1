// Draws one flow: its figures, a bar for each step, and the same as a table.

import { html, nothing } from '/web/vendor/lit.js';
import { at } from '../at.js';
import { PageElement } from '../element.js';
import { exportOfAll } from '../operator/calls.js';
import { words } from '../words-operator.js';
import './bar.js';
import { number, partsOf, share, tells, worst } from './figures.js';

/** @typedef {import('./figures.js').Flow} Flow */
/** @typedef {import('./figures.js').Step} Step */

/** So many steps are shown at first, where there are more than a few others. */
const FIRST = 12;
const FEW = 4;

class CountsFlow extends PageElement {
  static given = ['counts', 'days'];
  /** @type {Flow} */
  counts;
  days = 0;
  #all = false;

  render() {
    const says = words.counts;
    const { flow, title, opened, steps } = this.counts;
    const most = worst(steps);
    const nobody = opened === 0 && steps.every(({ reached }) => reached === 0);
    return html`
      <section class="flow" aria-labelledby=${`flow-${flow}`}>
        <header class="flow-top">
          <h2 id=${`flow-${flow}`} dir="auto">${title || flow}</h2>
          <a href=${at(`/assistant/${encodeURIComponent(flow)}`)} target="_blank">${says.open}</a>
        </header>
        ${nobody ? html`<p class="quiet">${says.nobody(this.days)}</p>` : html`${this.#figures()}${most ? html`<p class="most">${says.most(titleOf(most, 80), number(most.left), number(most.reached))}</p>` : nothing}`}
        ${nobody || steps.length === 0 ? nothing : html`${this.#plot()}${this.#table()}`}
        <footer class="flow-foot">
          <p class="quiet">${says.kept}</p>
          <p class="flow-acts"><a class="button" href=${exportOfAll({ flow })} download>${says.exports}</a><button class="button bad" @click=${() => this.dispatchEvent(new CustomEvent('erase', { detail: this.counts }))}>${says.erases}</button></p>
        </footer>
      </section>
    `;
  }

  #figures() {
    const says = words.counts;
    const { opened, began, ended, handed_off: handedOff } = this.counts;
    const figure = (/** @type {string} */ name, /** @type {number} */ n, of = 0) => html`<div><dt>${name}</dt><dd><b>${number(n)}</b>${share(n, of) ? html` <span>${share(n, of)}</span>` : nothing}</dd></div>`;
    return html`<dl class="figures">${figure(says.opened, opened)}${figure(says.began, began, opened)}${figure(says.ended, ended, opened)}${figure(says.handedOff, handedOff, opened)}</dl>`;
  }

  #plot() {
    const says = words.counts;
    const { flow } = this.counts;
    const steps = this.counts.steps.filter(tells);
    const of = Math.max(...steps.map(({ reached }) => reached));
    const folds = steps.length > FIRST + FEW;
    const shown = folds && !this.#all ? steps.slice(0, FIRST) : steps;
    return html`
      <h3 class="unseen">${says.steps}</h3>
      <p class="quiet plot-hint">${says.stepsHint}</p>
      <ol class="plot" id=${`plot-${flow}`}>${shown.map((step) => this.#step(step, of))}</ol>
      ${folds ? html`<p><button class="button" aria-expanded=${String(this.#all)} aria-controls=${`plot-${flow}`} @click=${this.#fold}>${this.#all ? says.fewer : says.more(steps.length)}</button></p>` : nothing}
    `;
  }

  #fold() {
    this.#all = !this.#all;
    this.requestUpdate();
  }

  /** @param {Step} step @param {number} of */
  #step(step, of) {
    const says = words.counts;
    const { reached, seconds, text, gone, kind } = step;
    const parts = partsOf(step);
    return html`
      <li class="step" ?data-gone=${gone}>
        <p class="step-text" dir="auto" title=${text || nothing}>${titleOf(step)}</p>
        <p class="step-name">${text ? html`<code dir="auto">${step.step}</code>` : nothing}<span>${says.kind[kind] ?? kind}</span>${gone ? html`<span class="tag">${says.gone}</span>` : nothing}</p>
        <parlor-bar .shown=${{ n: reached, of, parts }}></parlor-bar>
        <p class="parts">
          <b>${reached > 0 ? says.reached(number(reached)) : says.noOne}</b>
          ${parts.map((part) => html`<span class="part"><i data-kind=${part.kind} aria-hidden="true"></i>${number(part.n)} ${says.part[part.kind]}${share(part.n, reached) ? html` <small>${share(part.n, reached)}</small>` : nothing}</span>`)}
          ${seconds === null || seconds === undefined ? nothing : html`<span class="part">${says.took(says.seconds(seconds))}</span>`}
        </p>
      </li>
    `;
  }

  #table() {
    const says = words.counts;
    const { column } = says;
    const cell = (/** @type {number} */ n) => html`<td>${number(n)}</td>`;
    return html`
      <details class="counts-table">
        <summary>${says.table}</summary>
        <div class="table-in" tabindex="0" role="region" aria-label=${says.table}>
          <table>
            <thead><tr>${Object.values(column).map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
            <tbody>${this.counts.steps.map((step) => html`<tr><th scope="row"><span dir="auto">${titleOf(step)}</span>${step.text ? html` <code dir="auto">${step.step}</code>` : nothing}</th>${cell(step.reached)}${cell(step.answered)}${cell(step.handed_off)}${cell(step.ended)}${cell(step.here)}${cell(step.left)}<td>${step.seconds === null ? '–' : says.seconds(step.seconds)}</td></tr>`)}</tbody>
          </table>
        </div>
      </details>
    `;
  }
}

/** What a step is called: what it asks, or without words its name. @param {Step} step @param {number} [most] */
function titleOf({ text, step }, most = Number.POSITIVE_INFINITY) {
  const title = text.trim() || step;
  return title.length > most ? `${title.slice(0, most)}…` : title;
}

customElements.define('parlor-counts-flow', CountsFlow);
