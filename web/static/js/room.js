// A room's page: puts wall, head, talk, composer and panel together around one store.

import { html, nothing } from '/web/vendor/lit.js';
import { at } from './at.js';
import { api, sentenceOf } from './api.js';
import { Attention } from './attention.js';
import { PageElement } from './element.js';
import { kept } from './kept.js';
import { loginHere } from './login-here.js';
import { me } from './me.js';
import { OtherRooms } from './other-rooms.js';
import { Outbox } from './outbox.js';
import { ParlorComposer } from './parts/composer.js';
import './parts/happening.js';
import { ParlorHead } from './parts/head.js';
import { ParlorPanel } from './parts/panel.js';
import { ParlorSearch } from './parts/search.js';
import { ParlorTalk } from './parts/talk.js';
import './parts/keys.js';
import './parts/toasts.js';
import './parts/wall.js';
import { messageInHash } from './permalink.js';
import { Safety } from './safety.js';
import { RoomStore } from './store.js';
import { toasts } from './toasts.js';
import { readUpTo, visit } from './visited.js';
import { words } from './words.js';

/** @typedef {import('./parts/panel.js').ParlorPanel['tab']} Tab */
/** @typedef {import('./types.js').Message} Message */

/** Wide enough for the panel to stand beside the talk. */
const WIDE = matchMedia('(min-width: 1080px)');
/** So narrow that the wall is a drawer. */
const NARROW = matchMedia('(max-width: 760px)');

const INSPECT = /^#inspect=(\d{1,15})$/u;

/** Keeps what the inspector looks at in the address, so that it can be handed on. @param {number | null} message */
function looking(message) {
  const hash = message === null ? '' : `#inspect=${message}`;
  if (hash || INSPECT.test(location.hash)) history.replaceState(null, '', `${location.pathname}${location.search}${hash}`);
}

class ParlorRoom extends PageElement {
  room = this.getAttribute('room') ?? '';
  store = new RoomStore(this.room);
  outbox = new Outbox(this.room);
  safety = new Safety(this.room);
  #readTo = visit(this.room);
  others = new OtherRooms(this.room);
  attention = new Attention(this.store, this.others, (id) => this.#goTo(id));
  /** @type {boolean} */
  #panel = WIDE.matches && kept.get('panel', false);
  #wall = false;
  /** What had the focus before a drawer took it. @type {Element | null} */
  #opener = null;
  #link = this.store.link;
  /** The newest message that has been on the screen. */
  #onScreen = 0;
  /** Whether one has said something here under the name that one was given. */
  #spoke = kept.get(`said.${this.room}`, /** @type {string[]} */ ([])).length > 0;

  connectedCallback() {
    super.connectedCallback();
    this.replaceChildren();
    this.watch(this.store, 'change', () => this.#noticed());
    this.watch(this.outbox, 'refused', ({ detail }) => toasts.wrong(words.wrong.notSent(detail.error.message)));
    this.watch(this.outbox, 'later', ({ detail }) => toasts.wrong(words.wrong.later(detail.error.message)));
    this.watch(me, 'change', () => this.#introduce());
    this.watch(WIDE);
    this.watch(NARROW);
    document.addEventListener('visibilitychange', () => this.#noticed());
    addEventListener('hashchange', () => this.#follow());
    addEventListener('keydown', (event) => this.#key(event));
    this.#introduce();
  }

  firstUpdated() {
    // Notes stand above all that is below the talk, however high that is, so that they hide no button of it.
    const foot = new ResizeObserver(([{ target }]) => this.style.setProperty('--foot', `${target.clientHeight}px`));
    foot.observe(this.one('footer', HTMLElement));
    if (me.accounts) void import('./files-key.js').then(({ renewFilesKey }) => renewFilesKey(this.store, this.#talk));
    this.#follow();
  }

  /** What the connection or new messages mean beyond drawing them. */
  #noticed() {
    if (this.store.link === 'live' && this.#link !== 'live') void this.outbox.flush();
    this.#link = this.store.link;
    if (this.store.settled) this.others.start();
    if (document.visibilityState === 'visible') readUpTo(this.room, this.#onScreen);
    this.attention.looked();
  }

  /** What has been on the screen is read; what one did not scroll to is new the next time. @param {number} id */
  #saw(id) {
    this.#onScreen = id;
    this.#noticed();
  }

  /** Says who is here: those who have chosen a name, or have spoken under the one they were given. */
  #introduce() {
    this.store.signals.iAm(me.named || this.#spoke ? me.name : '');
  }

  /** Follows the address to the message that it names: `#m12`, or `#inspect=12` to look into what came of it. */
  #follow() {
    const [, message] = INSPECT.exec(location.hash) ?? [];
    if (message) return this.#inspect(Number(message));
    const id = messageInHash();
    if (id > 0) void this.#show(id);
  }

  /** @param {number} id */
  #goTo(id) {
    const hash = `#m${id}`;
    if (location.hash === hash) void this.#show(id);
    else location.hash = hash;
  }

  /** @param {number} id */
  async #show(id) {
    await this.updateComplete;
    await this.store.ready();
    if (await this.#isThere(id)) this.#talk.goTo(id);
    else toasts.say(words.permalink.gone);
  }

  /** @param {number} id */
  async #isThere(id) {
    if (this.store.messages.some((message) => message.id === id)) return true;
    try {
      const [message] = await api.older(this.room, id + 1, 1);
      return message?.id === id;
    } catch {
      return true; // Unknown: the talk says what it can.
    }
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    // A dialog takes the key for itself.
    if (event.key === 'Escape' && !document.querySelector('dialog[open]')) this.#closeDrawers();
    if (event.key.toLowerCase() === 'k' && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey) {
      event.preventDefault();
      this.#search();
    }
  }

  #search() {
    this.#closeDrawers();
    this.one('parlor-search', ParlorSearch).open();
  }

  /** Which drawer lies over the rest, so that nothing behind it can be reached. */
  get #drawer() {
    if (this.#wall && NARROW.matches) return 'wall';
    return this.#panel && !WIDE.matches ? 'panel' : null;
  }

  render() {
    return html`
      <div class="room" data-panel=${this.#panel} data-wall=${this.#wall}>
        ${this.#skips()}
        <parlor-wall ?inert=${this.#drawer === 'panel'} .room=${this.room} .others=${this.others} .close=${() => this.#setWall(false)} .settings=${() => this.#openPanel('you')}></parlor-wall>
        <main ?inert=${this.#drawer !== null}>
          ${this.#head()} ${this.#offline()} ${this.store.link === 'refused' ? this.#refused() : nothing}
          <parlor-talk
            id="messages"
            ?hidden=${this.store.link === 'refused'}
            .store=${this.store}
            .safety=${this.safety}
            .readTo=${this.#readTo}
            .write=${(/** @type {string} */ text) => this.#composer.offer(text)}
            .say=${(/** @type {string} */ text) => this.#composer.say(text)}
            .addBot=${() => this.#addBot()}
            .search=${() => this.#search()}
            .reply=${(/** @type {Message} */ message) => this.#composer.startReply(message)}
            .changed=${() => this.requestUpdate()}
            .inspect=${(/** @type {number} */ message) => this.#inspect(message)}
            .seen=${(/** @type {number} */ id) => this.#saw(id)}
          ></parlor-talk>
          <footer ?hidden=${this.store.link === 'refused'} @input=${this.#typed}>
            <parlor-happening .signals=${this.store.signals}></parlor-happening>
            ${this.#conversation()}
            <parlor-composer .room=${this.room} .store=${this.store} .outbox=${this.outbox} .sent=${() => this.#sent()}></parlor-composer>
          </footer>
        </main>
        <parlor-panel
          role="complementary"
          aria-label=${words.panel.label}
          ?inert=${!this.#panel}
          .open=${this.#panel}
          .store=${this.store}
          .safety=${this.safety}
          .setScripts=${(/** @type {boolean} */ off) => this.#talk.setScripts(off)}
          .close=${() => this.#setPanel(false)}
          .looking=${looking}
        ></parlor-panel>
        <div class="veil" @click=${() => this.#closeDrawers()}></div>
        <parlor-search .room=${this.room} .go=${(/** @type {number} */ id) => this.#goTo(id)}></parlor-search>
        <parlor-toasts></parlor-toasts>
        <parlor-keys></parlor-keys>
      </div>
    `;
  }

  updated() {
    // What it shows is given to it, and nothing else tells it of changes.
    this.one('parlor-head', ParlorHead).requestUpdate();
  }

  /** Ways past the rooms, for those who go by the tab key; seen while they have the focus. */
  #skips() {
    const to = (/** @type {() => void} */ go) => (/** @type {Event} */ event) => {
      event.preventDefault();
      go();
    };
    return html`
      <nav class="skips" aria-label=${words.skips.label} ?inert=${this.#drawer !== null}>
        <a href="#write" @click=${to(() => this.#composer.focus())}>${words.skips.write}</a>
        <a href="#messages" @click=${to(() => this.#talk.enter())}>${words.skips.messages}</a>
      </nav>
    `;
  }

  #head() {
    return html`<parlor-head
      .name=${me.shown(this.room)}
      .store=${this.store}
      .others=${this.others}
      .scriptsOff=${this.safety.off}
      .wall=${this.#wall}
      .panel=${this.#panel}
      .open=${this.#open}
    ></parlor-head>`;
  }

  /** What the buttons of the head do. */
  #open = {
    wall: () => this.#setWall(true),
    people: () => this.#openPanel('people'),
    bots: () => this.#openPanel('bots'),
    prepare: () => this.one('parlor-panel', ParlorPanel).prepare(),
    search: () => this.#search(),
    scripts: () => this.#talk.setScripts(!this.safety.off),
    panel: () => this.#setPanel(!this.#panel),
  };

  #offline() {
    if (this.store.link !== 'offline') return nothing;
    return html`
      <div class="strip offline" role="status">
        <p>${words.link.offlineMore}</p>
        <button class="button" @click=${() => this.store.stream.retry()}>${words.link.retry}</button>
      </div>
    `;
  }

  /** The server is there, and does not let one in. */
  #refused() {
    return html`
      <div class="closed" role="alert">
        <h2>${words.refused.title}</h2>
        <p dir="auto">${this.store.refusal}</p>
        <p>${words.refused.more}</p>
        <p class="buttons">
          ${me.accounts ? html`<a class="button go" href=${loginHere(me.account !== '')}>${words.you.logIn}</a>` : nothing}
          <a class=${me.accounts ? 'button' : 'button go'} href=${at('/')}>${words.refused.lobby}</a>
          <button class="button" @click=${() => this.store.stream.retry()}>${words.refused.again}</button>
        </p>
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

  /** @param {Event} event */
  #typed({ target }) {
    if (target instanceof HTMLTextAreaElement && target.value.trim() !== '') this.store.signals.iType(me.name);
  }

  #sent() {
    this.#spoke = true;
    this.#introduce();
    // Whoever speaks looks at the newest again, and so should the page when it is loaded anew.
    if (messageInHash() > 0) history.replaceState(null, '', location.pathname + location.search);
    this.#talk.toBottom();
  }

  get #composer() {
    return this.one('parlor-composer', ParlorComposer);
  }

  get #talk() {
    return this.one('parlor-talk', ParlorTalk);
  }

  /** @param {boolean} open */
  #setPanel(open) {
    const within = this.#leaving('parlor-panel', open && !this.#panel);
    this.#panel = open;
    if (WIDE.matches) kept.set('panel', open);
    this.requestUpdate();
    if (open) void this.updateComplete.then(() => this.one('parlor-panel', ParlorPanel).enter());
    else if (within) void this.#giveBack();
  }

  /**
   * Notes where the focus was, when a drawer opens.
   * @param {string} drawer @param {boolean} opens
   * @returns {boolean} Whether the focus is in the drawer, so that it would be lost when that closes.
   */
  #leaving(drawer, opens) {
    const at = document.activeElement;
    // From the wall one may have gone on to the panel: then what opened the wall is what one comes back to.
    if (opens && !at?.closest('parlor-wall, parlor-panel')) this.#opener = at;
    if (opens && at?.closest('parlor-wall') && !NARROW.matches) this.#opener = at;
    return at === document.body || Boolean(at?.closest(drawer));
  }

  /** Gives the focus back to what had it before. */
  async #giveBack() {
    await this.updateComplete;
    if (this.#opener instanceof HTMLElement && this.#opener.checkVisibility()) this.#opener.focus();
    else this.#composer.focus();
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

  /** Opens the inspector on a message. @param {number} message */
  #inspect(message) {
    this.#openPanel('inspector');
    void this.updateComplete.then(() => this.one('parlor-panel', ParlorPanel).inspect(message));
  }

  /** @param {boolean} open */
  #setWall(open) {
    const within = this.#leaving('parlor-wall', open && !this.#wall);
    this.#wall = open;
    this.requestUpdate();
    if (open) void this.updateComplete.then(() => this.one('parlor-wall a[href]', HTMLAnchorElement).focus());
    else if (within) void this.#giveBack();
  }

  #closeDrawers() {
    if (this.#wall) this.#setWall(false);
    else if (this.#panel && !WIDE.matches) this.#setPanel(false);
  }
}

customElements.define('parlor-room', ParlorRoom);
