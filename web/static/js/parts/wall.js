// The wall at the left: rooms visited in this browser, and who one is.

import { html, repeat } from '/web/vendor/lit.js';
import { PageElement } from '../element.js';
import { icons, mark } from '../icons.js';
import { me } from '../me.js';
import { hueOf, initialOf } from '../person.js';
import { roomPath } from '../room-name.js';
import { visited } from '../visited.js';
import { words } from '../words.js';

class ParlorWall extends PageElement {
  room = '';
  /** @type {() => void} */
  close = () => {};
  /** @type {() => void} */
  settings = () => {};

  connectedCallback() {
    super.connectedCallback();
    this.role = 'navigation';
    this.ariaLabel = words.wall.label;
    this.watch(me);
  }

  updated() {
    const avatar = this.one('.avatar', HTMLElement);
    avatar.style.setProperty('--hue', String(hueOf(me.name)));
  }

  render() {
    const rooms = visited().map(({ room }) => room);
    return html`
      <div class="wall-top">
        <a class="brand" href="/">${mark(30)}${words.name}</a>
        <button class="icon-button wall-close" aria-label=${words.wall.close} @click=${this.close}>${icons.close}</button>
      </div>
      <div class="wall-rooms">
        <h2>${words.wall.rooms}</h2>
        <ul>
          ${repeat(rooms, (room) => room, (room) => this.#room(room))}
          <li><a class="another" href="/">${icons.plus}${words.wall.another}</a></li>
        </ul>
      </div>
      <button class="me" @click=${this.settings}>
        <span class="avatar" aria-hidden="true">${initialOf(me.name)}</span>
        <span class="me-words"><b dir="auto">${me.name}</b><small>${words.wall.settings}</small></span>
      </button>
    `;
  }

  /** @param {string} room */
  #room(room) {
    const here = room === this.room;
    return html`<li><a href=${roomPath(room)} aria-current=${here ? 'page' : 'false'} title=${room}><span class="name" dir="auto">${room}</span></a></li>`;
  }
}

customElements.define('parlor-wall', ParlorWall);
