// The overview of the inbox's keys.

import { html } from '/web/vendor/lit.js';
import { PageElement } from '../element.js';
import { icons } from '../icons.js';
import { words } from '../words-operator.js';

export class OperatorKeys extends PageElement {
  show() {
    const dialog = this.one('dialog', HTMLDialogElement);
    if (!dialog.open && !document.querySelector('dialog[open]')) dialog.showModal();
  }

  render() {
    const { keys } = words;
    return html`
      <dialog class="keys" aria-labelledby="keys-title">
        <div class="dialog-top">
          <h2 id="keys-title">${keys.title}</h2>
          <button class="icon-button" aria-label=${keys.close} @click=${() => this.one('dialog', HTMLDialogElement).close()}>${icons.close}</button>
        </div>
        <div class="keys-in" tabindex="0" role="region" aria-labelledby="keys-title">
          <dl>${keys.list.map(([combos, does]) => html`<div><dt>${combos.map((combo) => html`<span>${combo.split(' ').map((key) => html`<kbd>${key}</kbd>`)}</span>`)}</dt><dd>${does}</dd></div>`)}</dl>
        </div>
      </dialog>
    `;
  }
}

customElements.define('parlor-inbox-keys', OperatorKeys);
