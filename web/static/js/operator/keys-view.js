// The overview of the inbox's keys.

import { html } from '/web/vendor/lit.js';
import { PageElement } from '../element.js';
import { icons } from '../icons.js';
import { words } from '../words-operator.js';

/** The keys, and what of the words says what they do. */
const KEYS = /** @type {const} */ ([
  [['J', '↓'], 'next'],
  [['K', '↑'], 'before'],
  [['T'], 'take'],
  [['R'], 'reply'],
  [['N'], 'note'],
  [['E'], 'resolve'],
  [['S'], 'snooze'],
  [['/'], 'canned'],
  [['Enter'], 'send'],
  [['Shift Enter'], 'line'],
  [['Esc'], 'out'],
  [['F'], 'find'],
  [['?'], 'list'],
]);

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
          <dl>${KEYS.map(([combos, does]) => html`<div><dt>${combos.map((combo) => html`<span>${combo.split(' ').map((key) => html`<kbd>${key}</kbd>`)}</span>`)}</dt><dd>${keys[does]}</dd></div>`)}</dl>
        </div>
      </dialog>
    `;
  }
}

customElements.define('parlor-inbox-keys', OperatorKeys);
