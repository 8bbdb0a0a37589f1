// The head of a room's page: its name, the connection, who and what is here, search, the panel.

import { html, nothing } from '/web/vendor/lit.js';
import { PageElement } from '../element.js';
import { icons } from '../icons.js';
import { words } from '../words.js';

/** @typedef {import('../store.js').RoomStore} RoomStore */
/** @typedef {import('../other-rooms.js').OtherRooms} OtherRooms */

/** How long (ms) it says that the connection is back. */
const BACK = 4000;

class ParlorHead extends PageElement {
  /** What the room is called here. */
  name = '';
  /** @type {RoomStore} */
  store;
  /** @type {OtherRooms} */
  others;
  /** Whether the room's scripts are off. */
  scriptsOff = false;
  wall = false;
  panel = false;
  /** @type {{ wall: () => void, people: () => void, bots: () => void, search: () => void, scripts: () => void, panel: () => void, prepare: () => void }} `prepare`: the panel is likely to be opened. */
  open;

  /** @type {import('../types.js').Link} */
  #link = 'connecting';
  #back = 0;

  connectedCallback() {
    super.connectedCallback();
    this.watch(this.store, 'change', () => this.#linkChanged());
    this.watch(this.others);
  }

  /** After having been told that Parlor is away, people are told that it is there again. */
  #linkChanged() {
    const { link } = this.store;
    if (link === 'live' && this.#link === 'offline') {
      clearTimeout(this.#back);
      this.#back = setTimeout(() => {
        this.#back = 0;
        this.requestUpdate();
      }, BACK);
    }
    // Between two attempts it says “connecting”: the one before counts.
    if (link !== 'connecting') this.#link = link;
  }

  render() {
    const { link } = this.store;
    const said = link === 'live' && this.#back ? words.link.back : words.link[link];
    return html`
      <header>
        ${this.#menu()}
        <div class="title">
          <h1 dir="auto" title=${this.name}>${this.name}</h1>
          <div class="facts">
            <span class="link" data-link=${link} data-back=${this.#back ? 'true' : nothing} role="status"><i></i><span>${said}</span></span>
            ${this.#people()}
            <button class="counts" @pointerenter=${this.open.prepare} @click=${this.open.bots}>${words.head.bots(this.store.bots.size)}</button>
          </div>
        </div>
        <div class="tools">
          ${this.#tool(words.head.search, icons.search, this.open.search, words.head.searchKey)}
          ${this.#tool(this.scriptsOff ? words.head.scriptsOn : words.head.scriptsOff, this.scriptsOff ? icons.scriptsOff : icons.scripts, this.open.scripts)}
          <button class="icon-button" aria-label=${words.head.panel} title=${words.head.panel} aria-expanded=${this.panel ? 'true' : 'false'} @pointerenter=${this.open.prepare} @focus=${this.open.prepare} @click=${this.open.panel}>${icons.panel}</button>
        </div>
      </header>
    `;
  }

  #menu() {
    const { unread } = this.others;
    const label = unread > 0 ? words.wall.openUnread(unread) : words.wall.open;
    return html`<button class="icon-button menu" aria-label=${label} data-unread=${unread > 0 ? 'true' : nothing} aria-expanded=${this.wall ? 'true' : 'false'} @click=${this.open.wall}>${icons.menu}</button>`;
  }

  #people() {
    const { people, present } = this.store.signals;
    if (!people) return nothing;
    return html`<button class="counts" @pointerenter=${this.open.prepare} @click=${this.open.people}>${words.head.people(present)}</button>`;
  }

  /** @param {string} label @param {unknown} icon @param {() => void} act @param {string} [key] */
  #tool(label, icon, act, key) {
    return html`<button class="icon-button" aria-label=${label} aria-keyshortcuts=${key ? 'Control+K Meta+K' : nothing} title=${key ? `${label} (${key})` : label} @click=${act}>${icon}</button>`;
  }
}

customElements.define('parlor-head', ParlorHead);

export { ParlorHead };
