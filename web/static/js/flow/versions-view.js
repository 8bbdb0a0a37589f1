// Draws the versions of a flow that were published, each with the way back into the editor.

import { html, nothing } from '/web/vendor/lit.js';
import { sentenceOf } from '../api.js';
import { PageElement } from '../element.js';
import { toasts } from '../toasts.js';
import { words } from '../words-flows.js';
import { calls } from './calls.js';
import { moment } from './moment.js';

/** @typedef {import('./calls.js').Flow} Flow */

export class FlowVersions extends PageElement {
  static given = ['flow'];
  /** @type {Flow} */
  flow;

  render() {
    const says = words.versions;
    const { versions, published, stands } = this.flow;
    if (!versions.length) return html`<div class="nothing"><h3>${says.none}</h3><p class="quiet">${says.noneHint}</p></div>`;
    return html`
      <p class="quiet">${says.hint}</p>
      <ol class="versions">
        ${versions.map(({ version, at }) => html`
          <li><time datetime=${new Date(at * 1000).toISOString()}>${moment(at)}</time>${version === published ? html`<span class="chip" data-stands="published">${says.now}</span>` : nothing}
            ${stands === 'file' ? nothing : html`<button class="button" aria-label=${`${says.restore}: ${moment(at)}`} @click=${() => void this.#restore(version, at)}>${says.restore}</button>`}</li>
        `)}
      </ol>
    `;
  }

  /** @param {string} version @param {number} at */
  async #restore(version, at) {
    try {
      const { text } = await calls.version(this.flow.name, version);
      this.dispatchEvent(new CustomEvent('restore', { detail: text }));
      toasts.say(words.versions.restored(moment(at)));
    } catch (error) {
      toasts.wrong(sentenceOf(error));
    }
  }
}

customElements.define('parlor-flow-versions', FlowVersions);
