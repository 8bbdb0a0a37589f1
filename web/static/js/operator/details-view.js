// Draws what is known of a session: the flow's variables, and where it stands.

import { html, nothing } from '/web/vendor/lit.js';
import { at } from '../at.js';
import { PageElement } from '../element.js';
import { icons } from '../icons.js';
import { toasts } from '../toasts.js';
import { words } from '../words-operator.js';
import { exportOf } from './calls.js';
import { EraseDialog } from './erase-view.js';
import { momentOf } from './times.js';
import { visitorOf } from './visitor.js';

/** @typedef {import('./calls.js').Session} Session */
/** @typedef {import('./calls.js').Said} Said */

/** What looks like an e-mail address. */
const ADDRESS = /^[^\s@]+@[^\s@]+$/u;

class OperatorDetails extends PageElement {
  static given = ['session', 'said', 'flowTitle', 'closes'];
  /** @type {import('./inbox.js').Inbox} */
  inbox;
  /** @type {Session} */
  session;
  /** @type {Said[]} */
  said = [];
  /** What its flow is called. */
  flowTitle = '';
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
        ${known.length > 0 ? html`<dl>${known.map(([name, value]) => html`<div><dt dir="auto">${name}</dt><dd dir="auto">${this.#value(name, value)}</dd></div>`)}</dl>` : html`<p class="quiet">${says.noVariables}</p>`}
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
          ${row(says.flow, html`<a href=${at(`/assistant/${encodeURIComponent(flow)}`)} target="_blank" title=${says.openFlow}>${this.flowTitle || flow}</a>`)}
          ${row(says.id, html`<code dir="ltr">${id}</code>`)}
        </dl>
      </section>
      <p class="details-acts">
        <a class="button" href=${exportOf(this.session)} download title=${words.erase.exportHint}>${words.erase.export}</a>
        <button class="button bad" @click=${this.#erase}>${words.erase.erase}</button>
      </p>
      <parlor-erase></parlor-erase>
    `;
  }

  /** One can write to an address that the flow has asked for, as it does where nobody is there. @param {string} name @param {string} value */
  #value(name, value) {
    if (!/^e?-?mail$/iu.test(name) || !ADDRESS.test(value)) return value;
    return html`<a href=${`mailto:${encodeURIComponent(value).replace('%40', '@')}`}>${value}</a>`;
  }

  #erase() {
    const { inbox, session } = this;
    const says = words.erase;
    this.one('parlor-erase', EraseDialog).ask({
      title: says.session,
      text: says.sessionText(visitorOf(session)),
      run: async () => {
        await inbox.erase(session);
        toasts.say(says.done);
        location.hash = inbox.address();
      },
    });
  }
}

customElements.define('parlor-inbox-details', OperatorDetails);
