// Draws what is known of a session: the flow's variables, and where it stands.

import { html, nothing } from '/web/vendor/lit.js';
import { at } from '../at.js';
import { PageElement } from '../element.js';
import { icons } from '../icons.js';
import { words } from '../words-operator.js';
import { momentOf } from './times.js';

/** @typedef {import('./calls.js').Session} Session */
/** @typedef {import('./calls.js').Said} Said */

class OperatorDetails extends PageElement {
  static given = ['session', 'said', 'closes'];
  /** @type {Session} */
  session;
  /** @type {Said[]} */
  said = [];
  /** Whether it can be put away. */
  closes = false;

  render() {
    const says = words.details;
    const { flow, id, status, operator, queue, until, waits, variables } = this.session;
    const row = (/** @type {string} */ name, /** @type {unknown} */ value) => (value ? html`<div><dt>${name}</dt><dd dir="auto">${value}</dd></div>` : nothing);
    const known = Object.entries(variables);
    return html`
      <header class="details-top"><h2>${says.title}</h2>${this.closes ? html`<button class="icon-button" aria-label=${says.close} @click=${() => this.dispatchEvent(new Event('closed'))}>${icons.close}</button>` : nothing}</header>
      <section>
        <h3>${says.variables}</h3>
        ${known.length > 0 ? html`<dl>${known.map(([name, value]) => html`<div><dt dir="auto">${name}</dt><dd dir="auto">${value}</dd></div>`)}</dl>` : html`<p class="quiet">${says.noVariables}</p>`}
      </section>
      <section>
        <h3>${says.session}</h3>
        <dl>
          ${row(says.state, says.stateOf[status])}
          ${row(says.operator, operator)}
          ${row(says.queue, queue)}
          ${row(says.waits, waits !== null && momentOf(waits))}
          ${row(says.until, status === 'snoozed' && (until === null ? says.visitor : momentOf(until)))}
          ${row(says.began, this.said.length > 0 && momentOf(this.said[0].at))}
          ${row(says.flow, html`<a href=${at(`/assistant/${encodeURIComponent(flow)}`)} target="_blank" title=${says.openFlow}>${flow}</a>`)}
          ${row(says.id, html`<code dir="ltr">${id}</code>`)}
        </dl>
      </section>
    `;
  }
}

customElements.define('parlor-inbox-details', OperatorDetails);
