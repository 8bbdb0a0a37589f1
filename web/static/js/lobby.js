// The lobby: what Parlor is, a field that leads into a room, the rooms visited in this browser.

import { html, nothing, repeat } from '/web/vendor/lit.js';
import { PageElement } from './element.js';
import { icons, mark } from './icons.js';
import { roomPath, whyNotARoom } from './room-name.js';
import { forget, visited } from './visited.js';
import { words } from './words.js';

/** @typedef {import('./visited.js').Visit} Visit */

const DAY = 86_400_000;
const relative = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: 'auto' });

/** @param {number} at */
const dayInWords = (at) => relative.format(-Math.round((new Date().setHours(0, 0, 0, 0) - new Date(at).setHours(0, 0, 0, 0)) / DAY), 'day');

class ParlorLobby extends PageElement {
  /** @type {string | null} */
  #wrong = null;

  get #input() {
    return this.one('#room', HTMLInputElement);
  }

  firstUpdated() {
    if (matchMedia('(pointer: fine)').matches) this.#input.focus();
  }

  render() {
    return html`
      <header><a class="brand" href="/">${mark(32)}${words.name}</a></header>
      <main>
        <div class="hello">
          <h1>${words.lobby.title}</h1>
          <p>${words.lobby.what}</p>
        </div>
        <form class="go-to" novalidate @submit=${this.#go}>
          <label for="room">${words.lobby.goTo}</label>
          <div class="line">
            <input id="room" class="input" dir="auto" autocomplete="off" autocapitalize="off" spellcheck="false" enterkeyhint="go"
              placeholder=${words.lobby.placeholder} aria-describedby="room-more" aria-invalid=${this.#wrong ? 'true' : 'false'} @input=${this.#typed} />
            <button class="button go">${words.lobby.go}</button>
          </div>
          <p id="room-more" class=${this.#wrong ? 'wrong' : 'hint'} role=${this.#wrong ? 'alert' : nothing}>${this.#wrong ?? words.lobby.goToHint}</p>
        </form>
        ${this.#rooms()}
      </main>
      <footer><a href="/docs/">${words.lobby.docs}</a></footer>
    `;
  }

  #rooms() {
    const rooms = visited().toSorted((a, b) => b.at - a.at);
    return html`
      <section class="rooms" aria-labelledby="rooms-title">
        <h2 id="rooms-title">${words.lobby.visited}</h2>
        <ul>
          <li class="first"><a href=${roomPath(words.lobby.welcome)}><b>${words.lobby.welcome}</b><small>${words.lobby.welcomeHint}</small></a></li>
          ${repeat(rooms.filter(({ room }) => room !== words.lobby.welcome), ({ room }) => room, (visit) => this.#room(visit))}
        </ul>
        ${rooms.length === 0 ? html`<p class="nobody">${words.lobby.none}</p>` : nothing}
      </section>
    `;
  }

  /** @param {Visit} visit */
  #room({ room, at }) {
    return html`
      <li>
        <a href=${roomPath(room)} title=${room}><b class="name" dir="auto">${room}</b><small>${dayInWords(at)}</small></a>
        <button class="icon-button" aria-label=${words.lobby.forget(room)} title=${words.lobby.forget(room)} @click=${() => this.#forget(room)}>${icons.close}</button>
      </li>
    `;
  }

  /** @param {string} room */
  #forget(room) {
    forget(room);
    this.requestUpdate();
  }

  #typed() {
    if (!this.#wrong) return;
    this.#wrong = whyNotARoom(this.#input.value.trim());
    this.requestUpdate();
  }

  /** @param {SubmitEvent} event */
  #go(event) {
    event.preventDefault();
    const room = this.#input.value.trim();
    this.#wrong = whyNotARoom(room);
    if (this.#wrong) {
      this.#input.focus();
      this.requestUpdate();
    } else {
      location.href = roomPath(room);
    }
  }
}

customElements.define('parlor-lobby', ParlorLobby);
