// A room's page: puts wall, talk, composer and panel together around one store.

import { html, nothing } from '/web/vendor/lit.js';
import { api, sentenceOf } from './api.js';
import { PageElement } from './element.js';
import { icons } from './icons.js';
import { kept } from './kept.js';
import { Outbox } from './outbox.js';
import { ParlorComposer } from './parts/composer.js';
import { ParlorPanel } from './parts/panel.js';
import { ParlorTalk } from './parts/talk.js';
import './parts/keys.js';
import './parts/toasts.js';
import './parts/wall.js';
import { Safety } from './safety.js';
import { RoomStore } from './store.js';
import { toasts } from './toasts.js';
import { readUpTo, visit } from './visited.js';
import { words } from './words.js';

/** @typedef {import('./parts/panel.js').ParlorPanel['tab']} Tab */

/** Wide enough for the panel to stand beside the talk. */
const WIDE = matchMedia('(min-width: 1080px)');

class ParlorRoom extends PageElement {
  room = this.getAttribute('room') ?? '';
  store = new RoomStore(this.room);
  outbox = new Outbox(this.room);
  safety = new Safety(this.room);
  #readTo = visit(this.room);
  /** @type {boolean} */
  #panel = WIDE.matches && kept.get('panel', false);
  #wall = false;
  #link = this.store.link;

  connectedCallback() {
    super.connectedCallback();
    this.replaceChildren();
    this.watch(this.store, 'change', () => this.#noticed());
    this.watch(this.outbox, 'refused', ({ detail }) => toasts.wrong(words.wrong.notSent(detail.error.message)));
    this.watch(this.outbox, 'later', ({ detail }) => toasts.wrong(words.wrong.later(detail.error.message)));
    document.addEventListener('visibilitychange', () => this.#noticed());
    addEventListener('keydown', (event) => event.key === 'Escape' && this.#closeDrawers());
  }

  /** What the connection or new messages mean beyond drawing them. */
  #noticed() {
    if (this.store.link === 'live' && this.#link !== 'live') void this.outbox.flush();
    this.#link = this.store.link;
    if (document.visibilityState === 'visible') readUpTo(this.room, this.store.newest);
  }

  render() {
    return html`
      <div class="room" data-panel=${this.#panel} data-wall=${this.#wall}>
        <parlor-wall .room=${this.room} .close=${() => this.#setWall(false)} .settings=${() => this.#openPanel('you')}></parlor-wall>
        <main>
          ${this.#header()} ${this.#offline()}
          <parlor-talk
            .store=${this.store}
            .safety=${this.safety}
            .readTo=${this.#readTo}
            .write=${(/** @type {string} */ text) => this.#composer.write(text)}
            .say=${(/** @type {string} */ text) => this.#composer.say(text)}
            .addBot=${() => this.#addBot()}
            .changed=${() => this.requestUpdate()}
          ></parlor-talk>
          <footer>
            ${this.#conversation()}
            <parlor-composer .room=${this.room} .store=${this.store} .outbox=${this.outbox} .sent=${() => this.#talk.toBottom()}></parlor-composer>
          </footer>
        </main>
        <parlor-panel
          role="complementary"
          aria-label=${words.panel.label}
          ?inert=${!this.#panel}
          .store=${this.store}
          .safety=${this.safety}
          .setScripts=${(/** @type {boolean} */ off) => this.#talk.setScripts(off)}
          .close=${() => this.#setPanel(false)}
        ></parlor-panel>
        <div class="veil" @click=${() => this.#closeDrawers()}></div>
        <parlor-toasts></parlor-toasts>
        <parlor-keys></parlor-keys>
      </div>
    `;
  }

  #header() {
    const { link } = this.store;
    const { off } = this.safety;
    const scripts = off ? words.head.scriptsOn : words.head.scriptsOff;
    return html`
      <header>
        <button class="icon-button menu" aria-label=${words.wall.open} aria-expanded=${this.#wall ? 'true' : 'false'} @click=${() => this.#setWall(true)}>${icons.menu}</button>
        <h1 dir="auto" title=${this.room}>${this.room}</h1>
        <span class="link" data-link=${link} role="status"><i></i><span>${words.link[link]}</span></span>
        <button class="counts" @click=${() => this.#openPanel('bots')}>${words.head.bots(this.store.bots.size)}</button>
        <div class="tools">
          <button class="icon-button" aria-label=${scripts} title=${scripts} @click=${() => this.#talk.setScripts(!off)}>${off ? icons.scriptsOff : icons.scripts}</button>
          <button class="icon-button" aria-label=${words.head.panel} title=${words.head.panel} aria-expanded=${this.#panel ? 'true' : 'false'} @click=${() => this.#setPanel(!this.#panel)}>${icons.panel}</button>
        </div>
      </header>
    `;
  }

  #offline() {
    if (this.store.link !== 'offline') return nothing;
    return html`
      <div class="strip offline" role="status">
        <p>${words.link.offlineMore}</p>
        <button class="button" @click=${() => this.store.stream.retry()}>${words.link.retry}</button>
      </div>
    `;
  }

  #conversation() {
    const { conversation } = this.store;
    if (!conversation) return nothing;
    return html`
      <div class="conversation">
        <p dir="auto">${words.conversation.with(conversation.author)}</p>
        <button class="button" @click=${this.#leave}>${words.conversation.leave(conversation.author)}</button>
      </div>
    `;
  }

  async #leave() {
    try {
      await api.endConversation(this.room);
      this.#composer.focus();
    } catch (error) {
      toasts.wrong(sentenceOf(error));
    }
  }

  get #composer() {
    return this.one('parlor-composer', ParlorComposer);
  }

  get #talk() {
    return this.one('parlor-talk', ParlorTalk);
  }

  /** @param {boolean} open */
  #setPanel(open) {
    this.#panel = open;
    if (WIDE.matches) kept.set('panel', open);
    this.requestUpdate();
    if (open) void this.updateComplete.then(() => this.one('parlor-panel', ParlorPanel).enter());
  }

  /** @param {Tab} tab */
  #openPanel(tab) {
    this.#wall = false;
    this.one('parlor-panel', ParlorPanel).show(tab);
    this.#setPanel(true);
  }

  #addBot() {
    this.#openPanel('bots');
    void this.updateComplete.then(() => this.one('parlor-panel', ParlorPanel).addBot());
  }

  /** @param {boolean} open */
  #setWall(open) {
    this.#wall = open;
    this.requestUpdate();
  }

  #closeDrawers() {
    if (this.#wall) this.#setWall(false);
    else if (this.#panel && !WIDE.matches) this.#setPanel(false);
  }
}

customElements.define('parlor-room', ParlorRoom);
