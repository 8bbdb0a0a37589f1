// Draws the notes of toasts.js.

import { html, nothing, repeat } from '/web/vendor/lit.js';
import { PageElement } from '../element.js';
import { icons } from '../icons.js';
import { toasts } from '../toasts.js';
import { words } from '../words.js';

/** @typedef {import('../toasts.js').Toast} Toast */

class ParlorToasts extends PageElement {
  connectedCallback() {
    super.connectedCallback();
    this.setAttribute('role', 'status');
    this.watch(toasts);
  }

  render() {
    return repeat(
      toasts.list,
      ({ id }) => id,
      (toast) => html`
        <div class="toast ${toast.bad ? 'bad' : ''}" role=${toast.bad ? 'alert' : nothing}>
          <p dir="auto">${toast.said}</p>
          ${this.#action(toast)}
          <button class="icon-button" aria-label=${words.wrong.dismiss} @click=${() => toasts.dismiss(toast)}>${icons.close}</button>
        </div>
      `,
    );
  }

  /** @param {Toast} toast */
  #action(toast) {
    if (!toast.action) return nothing;
    return html`<button class="button" @click=${() => toasts.dismiss(toast, true)}>${toast.action.label}</button>`;
  }
}

customElements.define('parlor-toasts', ParlorToasts);
