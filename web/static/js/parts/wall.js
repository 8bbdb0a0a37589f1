// The wall at the left: rooms visited in this browser with what is new in them, a way into others, and who one is.

import { html, nothing, repeat } from '/web/vendor/lit.js';
import { at } from '../at.js';
import { badge } from '../attention.js';
import { PageElement } from '../element.js';
import { icons, mark } from '../icons.js';
import { me } from '../me.js';
import { hueOf, initialOf } from '../person.js';
import { roomPath } from '../room-name.js';
import { toasts } from '../toasts.js';
import { forget, move, remember, visited } from '../visited.js';
import { words } from '../words.js';
import { ParlorRoomField } from './room-field.js';

/** @typedef {import('../other-rooms.js').OtherRooms} OtherRooms */

class ParlorWall extends PageElement {
  room = '';
  /** @type {OtherRooms} */
  others;
  /** @type {() => void} */
  close = () => {};
  /** @type {() => void} */
  settings = () => {};

  #joining = false;
  #arranging = false;
  /** The room that is being dragged. */
  #dragged = '';

  connectedCallback() {
    super.connectedCallback();
    this.role = 'navigation';
    this.ariaLabel = words.wall.label;
    this.watch(me);
    this.watch(this.others);
  }

  firstUpdated() {
    this.querySelector('[aria-current="page"]')?.scrollIntoView({ block: 'nearest' });
  }

  updated() {
    const avatar = this.one('.avatar', HTMLElement);
    avatar.style.setProperty('--hue', String(hueOf(me.name)));
  }

  render() {
    return html`
      <div class="wall-top">
        <a class="brand" href=${at('/')}>${mark(30)}${words.name}</a>
        <button class="icon-button wall-close" aria-label=${words.wall.close} @click=${this.close}>${icons.close}</button>
      </div>
      <div class="wall-rooms">${me.lecture ? html`<p class="wall-hidden">${words.wall.hidden}</p>` : this.#rooms()}</div>
      <button class="me" @click=${this.settings}>
        <span class="avatar" aria-hidden="true">${initialOf(me.name)}</span>
        <span class="me-words"><b dir="auto">${me.name}</b><small>${words.wall.settings}</small></span>
      </button>
    `;
  }

  #rooms() {
    const rooms = visited().map(({ room }) => room);
    return html`
      <div class="wall-head"><h2>${words.wall.rooms}</h2>${rooms.length > 1 ? this.#arrange() : nothing}</div>
      <ul data-arranging=${this.#arranging}>
        ${repeat(rooms, (room) => room, (room, place) => this.#row(room, place, rooms.length))}
      </ul>
      ${this.#joining ? this.#field() : html`<button class="another" @click=${this.#join}>${icons.plus}${words.wall.another}</button>`}
    `;
  }

  #arrange() {
    const label = this.#arranging ? words.wall.arranged : words.wall.arrange;
    return html`<button class="icon-button" aria-label=${label} title=${label} aria-pressed=${this.#arranging ? 'true' : 'false'} @click=${() => this.#set(() => (this.#arranging = !this.#arranging))}>${this.#arranging ? icons.done : icons.arrange}</button>`;
  }

  /** @param {() => void} change */
  #set(change) {
    change();
    this.requestUpdate();
  }

  /** @param {string} room @param {number} place @param {number} all */
  #row(room, place, all) {
    const closing = words.wall.forget(room);
    return html`
      <li draggable="true" data-dragged=${room === this.#dragged ? 'true' : nothing}
        @dragstart=${(/** @type {DragEvent} */ event) => this.#drag(event, room)} @dragover=${(/** @type {DragEvent} */ event) => this.#over(event, place)}
        @dragend=${() => this.#set(() => (this.#dragged = ''))}>
        ${this.#link(room)}
        ${this.#arranging
          ? html`
            <button class="icon-button" aria-label=${words.wall.up(room)} ?disabled=${place === 0} @click=${(/** @type {Event} */ event) => this.#move(room, place - 1, event)}>${icons.up}</button>
            <button class="icon-button" aria-label=${words.wall.down(room)} ?disabled=${place === all - 1} @click=${(/** @type {Event} */ event) => this.#move(room, place + 1, event)}>${icons.down}</button>`
          : nothing}
        <button class="icon-button forget" aria-label=${closing} title=${closing} @click=${() => this.#forget(room, place)}>${icons.close}</button>
      </li>
    `;
  }

  /** @param {string} room */
  #link(room) {
    const here = room === this.room;
    const unread = here ? null : this.others.of(room);
    const { count, mentions } = unread ?? { count: 0, mentions: 0 };
    return html`
      <a href=${roomPath(room)} aria-current=${here ? 'page' : 'false'} title=${room} data-unread=${count > 0 ? 'true' : nothing} draggable="false">
        <span class="name" dir="auto">${room}</span>
        ${count > 0 ? html`<span class="badge" data-mention=${mentions > 0 ? 'true' : nothing}><span aria-hidden="true">${mentions > 0 ? '@ ' : ''}${badge(count)}</span><span class="unseen">${words.wall.unread(count, mentions)}</span></span>` : nothing}
      </a>
    `;
  }

  #field() {
    return html`<parlor-room-field .label=${words.wall.another} .hint=${words.wall.anotherHint} @keydown=${this.#leaveField}></parlor-room-field>`;
  }

  async #join() {
    this.#set(() => (this.#joining = true));
    await this.updateComplete;
    const field = this.one('parlor-room-field', ParlorRoomField);
    await field.updateComplete;
    field.focus();
  }

  /** @param {KeyboardEvent} event */
  async #leaveField(event) {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    this.#set(() => (this.#joining = false));
    await this.updateComplete;
    this.one('.another', HTMLElement).focus();
  }

  /** @param {string} room @param {number} to @param {Event} event */
  async #move(room, to, event) {
    const button = /** @type {HTMLButtonElement} */ (event.currentTarget);
    move(room, to);
    this.requestUpdate();
    await this.updateComplete;
    // The row has moved, and so the focus with it; at an end it goes to the other arrow.
    const next = button.disabled ? button.parentElement?.querySelector('button:not(:disabled)') : button;
    if (next instanceof HTMLElement) next.focus();
  }

  /** @param {DragEvent} event @param {string} room */
  #drag(event, room) {
    event.dataTransfer?.setData('text/uri-list', new URL(roomPath(room), location.href).href);
    this.#set(() => (this.#dragged = room));
  }

  /** @param {DragEvent} event @param {number} place */
  #over(event, place) {
    if (!this.#dragged) return;
    event.preventDefault();
    if (visited()[place]?.room === this.#dragged) return;
    move(this.#dragged, place);
    this.requestUpdate();
  }

  /** @param {string} room @param {number} place */
  #forget(room, place) {
    const visit = visited()[place];
    forget(room);
    this.others.listChanged();
    this.requestUpdate();
    if (room === this.room) return location.assign(at('/'));
    const undo = () => {
      remember(visit, place);
      this.others.listChanged();
      this.requestUpdate();
    };
    return toasts.say(words.wall.forgotten(room), { action: { label: words.undo, run: undo } });
  }
}

customElements.define('parlor-wall', ParlorWall);
