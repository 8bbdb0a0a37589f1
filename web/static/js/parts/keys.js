// The overview of keys, which `?` opens wherever one is not writing.

import { html } from '/web/vendor/lit.js';
import { PageElement } from '../element.js';
import { icons } from '../icons.js';
import { me } from '../me.js';
import { words } from '../words.js';

/** Whether keys are letters there. @param {EventTarget | null} where */
export const isWriting = (where) => where instanceof HTMLElement && where.matches('input:not([type="radio"], [type="checkbox"], [type="range"]), textarea, select, [contenteditable]');

class ParlorKeys extends PageElement {
  connectedCallback() {
    super.connectedCallback();
    this.watch(me);
    addEventListener('keydown', (event) => {
      if (event.key !== '?' || event.ctrlKey || event.altKey || event.metaKey || isWriting(event.target)) return;
      event.preventDefault();
      this.show();
    });
    document.addEventListener('parlor-keys', () => this.show());
  }

  show() {
    const dialog = this.one('dialog', HTMLDialogElement);
    if (!dialog.open && !document.querySelector('dialog[open]')) dialog.showModal();
  }

  render() {
    return html`
      <dialog class="keys" aria-labelledby="keys-title">
        <div class="dialog-top">
          <h2 id="keys-title">${words.keys.title}</h2>
          <button class="icon-button" aria-label=${words.keys.close} @click=${() => this.one('dialog', HTMLDialogElement).close()}>${icons.close}</button>
        </div>
        <div class="keys-in" tabindex="0" role="region" aria-labelledby="keys-title">
          ${words.keys.groups(me.enterSends).map(({ title, keys }) => html`
            <section>
              <h3>${title}</h3>
              <dl>${keys.map(([combos, does]) => html`<div><dt>${combos.map((combo) => html`<span>${combo.split(' ').map((key) => html`<kbd>${key}</kbd>`)}</span>`)}</dt><dd>${does}</dd></div>`)}</dl>
            </section>
          `)}
        </div>
      </dialog>
    `;
  }
}

customElements.define('parlor-keys', ParlorKeys);

export { ParlorKeys };
