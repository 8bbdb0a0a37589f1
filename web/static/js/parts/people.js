// Who is here, in the panel: everybody with a name, oneself first, and how many have none.

import { html, nothing, ref, repeat } from '/web/vendor/lit.js';
import { folded } from '../completion.js';
import { PageElement } from '../element.js';
import { me } from '../me.js';
import { hueOf, initialOf } from '../person.js';
import { words } from '../words.js';

/** @typedef {import('../signals.js').Signals} Signals */

/** With more than this one may look for a name. */
const MANY = 20;

class ParlorPeople extends PageElement {
  /** @type {Signals} */
  signals;
  #wanted = '';

  connectedCallback() {
    super.connectedCallback();
    this.watch(this.signals, 'people');
    this.watch(me);
  }

  render() {
    const { people, unnamed } = this.signals;
    if (!people) return html`<p class="quiet">${words.people.unknown}</p>`;
    const names = this.#ordered(people);
    return html`
      <h2 class="unseen">${words.people.label}</h2>
      ${people.length > MANY || this.#wanted ? this.#find() : nothing}
      <ul class="people">
        ${repeat(names, (name) => name, (name) => this.#person(name))}
      </ul>
      ${names.length === 0 && this.#wanted ? html`<p class="quiet">${words.people.nobody(this.#wanted)}</p>` : nothing}
      ${unnamed > 0 ? html`<p class="quiet">${words.people.unnamed(unnamed, people.length)}</p>` : nothing}
    `;
  }

  /** @param {string[]} people */
  #ordered(people) {
    const wanted = folded(this.#wanted);
    const found = people.filter((name) => name !== me.name && folded(name).includes(wanted));
    return people.includes(me.name) && folded(me.name).includes(wanted) ? [me.name, ...found] : found;
  }

  #find() {
    return html`<input class="input" type="search" dir="auto" aria-label=${words.people.find} placeholder=${words.people.find} @input=${this.#typed} />`;
  }

  /** @param {Event} event */
  #typed(event) {
    this.#wanted = /** @type {HTMLInputElement} */ (event.target).value.trim();
    this.requestUpdate();
  }

  /** @param {string} name */
  #person(name) {
    // By script, since the page's policy takes no style attributes.
    const hue = (/** @type {Element | undefined} */ avatar) => avatar instanceof HTMLElement && avatar.style.setProperty('--hue', `${hueOf(name)}`);
    return html`
      <li>
        <span class="avatar" aria-hidden="true" ${ref(hue)}>${initialOf(name)}</span>
        <b class="name" dir="auto" title=${name}>${name}</b>
        ${name === me.name ? html`<span class="tag">${words.people.you}</span>` : nothing}
      </li>
    `;
  }
}

customElements.define('parlor-people', ParlorPeople);
