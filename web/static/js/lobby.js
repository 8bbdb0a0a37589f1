// The lobby: what Parlor is, a field that leads into a room, the rooms visited in this browser with what is new in them.

import { html, nothing, repeat } from '/web/vendor/lit.js';
import { at } from './at.js';
import { badge } from './attention.js';
import { PageElement } from './element.js';
import { icons, mark } from './icons.js';
import { OtherRooms } from './other-rooms.js';
import { ParlorRoomField } from './parts/room-field.js';
import { roomPath } from './room-name.js';
import { forget, visited } from './visited.js';
import { words } from './words.js';

/** @typedef {import('./visited.js').Visit} Visit */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const relative = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: 'auto' });

/** @param {number} at */
function agoInWords(at) {
  const days = Math.round((new Date().setHours(0, 0, 0, 0) - new Date(at).setHours(0, 0, 0, 0)) / DAY);
  if (days > 0) return relative.format(-days, 'day');
  const since = Math.max(0, Date.now() - at);
  if (since < MINUTE) return words.frame.justNow;
  return since < HOUR ? relative.format(-Math.floor(since / MINUTE), 'minute') : relative.format(-Math.floor(since / HOUR), 'hour');
}

class ParlorLobby extends PageElement {
  others = new OtherRooms('');

  connectedCallback() {
    super.connectedCallback();
    this.watch(this.others);
    this.others.start();
    // With the back button one comes to a page that is older than the last visits.
    addEventListener('pageshow', () => this.requestUpdate());
  }

  async firstUpdated() {
    const field = this.one('parlor-room-field', ParlorRoomField);
    await field.updateComplete;
    if (matchMedia('(pointer: fine)').matches) field.focus();
  }

  render() {
    return html`
      <header><a class="brand" href=${at('/')}>${mark(32)}${words.name}</a></header>
      <main>
        <div class="hello">
          <h1>${words.lobby.title}</h1>
          <p>${words.lobby.what}</p>
        </div>
        <parlor-room-field></parlor-room-field>
        ${this.#rooms()}
        <nav class="more" aria-label=${words.lobby.more}>
          <a href=${at('/guide/')}><b>${words.lobby.guide}</b><span>${words.lobby.guideHint}</span></a>
          <a href=${at('/docs/')}><b>${words.lobby.docs}</b><span>${words.lobby.docsHint}</span></a>
        </nav>
      </main>
    `;
  }

  #rooms() {
    const rooms = visited().toSorted((a, b) => b.at - a.at);
    const unseen = !rooms.some(({ room }) => room === words.lobby.welcome);
    return html`
      <section class="rooms" aria-labelledby="rooms-title">
        <h2 id="rooms-title">${rooms.length > 0 ? words.lobby.visited : words.lobby.begin}</h2>
        <ul>
          ${repeat(rooms, ({ room }) => room, (visit) => this.#room(visit))}
          ${unseen ? html`<li class="first"><a href=${roomPath(words.lobby.welcome)}><b>${words.lobby.welcome}</b><small>${words.lobby.welcomeHint}</small></a></li>` : nothing}
        </ul>
        ${rooms.length === 0 ? html`<p class="nobody">${words.lobby.none}</p>` : nothing}
      </section>
    `;
  }

  /** @param {Visit} visit */
  #room({ room, at }) {
    return html`
      <li>
        <a href=${roomPath(room)} title=${room}><b class="name" dir="auto">${room}</b>${this.#unread(room)}<small>${agoInWords(at)}</small></a>
        <button class="icon-button" aria-label=${words.wall.forget(room)} title=${words.wall.forget(room)} @click=${() => this.#forget(room)}>${icons.close}</button>
      </li>
    `;
  }

  /** @param {string} room */
  #unread(room) {
    const { count, mentions } = this.others.of(room) ?? { count: 0, mentions: 0 };
    if (count === 0) return nothing;
    return html`<span class="badge" data-mention=${mentions > 0 ? 'true' : nothing}>${mentions > 0 ? words.lobby.unreadName(badge(count)) : words.lobby.unread(badge(count))}</span>`;
  }

  /** @param {string} room */
  #forget(room) {
    forget(room);
    this.others.listChanged();
    this.requestUpdate();
  }
}

customElements.define('parlor-lobby', ParlorLobby);
