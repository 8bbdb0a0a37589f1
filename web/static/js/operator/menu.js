// A button that opens a few choices below it.

import { html, nothing } from '/web/vendor/lit.js';
import { PageElement } from '../element.js';
import { icons } from '../icons.js';

/** @typedef {{ label: string, run: () => void }} Item */

export class OperatorMenu extends PageElement {
  static given = ['label'];
  label = '';
  /** @type {Item[]} */
  items = [];
  #open = false;

  connectedCallback() {
    super.connectedCallback();
    this.addEventListener('focusout', ({ relatedTarget }) => {
      if (this.#open && !(relatedTarget instanceof Node && this.contains(relatedTarget))) this.#show(false);
    });
    this.addEventListener('keydown', (event) => this.#key(event));
  }

  render() {
    return html`
      <button class="button" aria-haspopup="menu" aria-expanded=${String(this.#open)} @click=${() => (this.#open ? this.#close() : this.open())}>${this.label}${icons.down}</button>
      ${this.#open ? html`<div class="menu" role="menu" aria-label=${this.label}>${this.items.map(({ label, run }) => html`<button role="menuitem" tabindex="-1" @click=${() => this.#run(run)}>${label}</button>`)}</div>` : nothing}
    `;
  }

  /** @param {boolean} on */
  #show(on) {
    this.#open = on;
    this.requestUpdate();
  }

  async open() {
    this.#show(true);
    await this.updateComplete;
    this.#items[0]?.focus();
  }

  #close() {
    this.one('button', HTMLButtonElement).focus();
    this.#show(false);
  }

  get #items() {
    return /** @type {HTMLButtonElement[]} */ ([...this.querySelectorAll('[role="menuitem"]')]);
  }

  /** @param {() => void} run */
  #run(run) {
    this.#close();
    run();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (!this.#open) return;
    const items = this.#items;
    const at = items.findIndex((item) => item === document.activeElement);
    const to = { ArrowDown: (at + 1) % items.length, ArrowUp: (at - 1 + items.length) % items.length, Home: 0, End: items.length - 1 }[event.key];
    // The inbox has keys of its own.
    event.stopPropagation();
    if (event.key === 'Escape') this.#close();
    if (to === undefined) return;
    event.preventDefault();
    items[to].focus();
  }
}

customElements.define('parlor-inbox-menu', OperatorMenu);
