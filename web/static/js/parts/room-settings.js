// The tab of the room: its address, what bots may send, scripts, bots without an address, clearing it.

import { html, nothing } from '/web/vendor/lit.js';
import { api, sentenceOf } from '../api.js';
import { PageElement } from '../element.js';
import { icons } from '../icons.js';
import { me } from '../me.js';
import { readable } from '../permalink.js';
import { toasts } from '../toasts.js';
import { words } from '../words.js';
import { check } from './choice.js';
import { roomAccess } from './room-access.js';
import { ParlorProject } from './project.js';
import './relay.js';
import './room-keep.js';
import { copyAddress } from '../copy-address.js';

/** @typedef {import('../safety.js').Safety} Safety */
/** @typedef {import('../store.js').RoomStore} RoomStore */
/** @typedef {import('../types.js').RoomSettings} RoomSettings */

class ParlorRoomSettings extends PageElement {
  /** @type {RoomStore} */
  store;
  /** @type {Safety} */
  safety;
  /** @type {(off: boolean) => void} */
  setScripts = () => {};

  /** @type {RoomSettings | null} */
  #settings = null;
  /** Why they can't be changed by this person; empty if they can, or if that is not known yet. */
  #refused = '';
  #sure = false;

  connectedCallback() {
    super.connectedCallback();
    this.watch(me);
    this.watch(this.store.signals, 'settings', () => void this.#told());
    this.#settings = this.store.signals.settings;
    void this.#ask();
  }

  /** Somebody has changed them. Who is on the list is told to those only who ask and may know; what the server says stays. */
  async #told() {
    this.#settings = { ...this.store.signals.settings, members: this.#settings?.members, defaults: this.#settings?.defaults };
    if (!me.accounts) return;
    this.#settings = await api.settings(this.room).catch(() => this.#settings);
    this.requestUpdate();
  }

  /** Asks how things are, by a change that changes nothing: so the server says whether one may. */
  async #ask() {
    try {
      this.#settings = await api.change(this.room, {});
    } catch (error) {
      this.#refused = sentenceOf(error);
      this.#settings ??= await api.settings(this.room).catch(() => null);
    }
    this.requestUpdate();
  }

  get room() {
    return this.store.room;
  }

  render() {
    return html`
      ${this.#address()} ${this.#content()} ${this.#scripts()}
      <parlor-relay .room=${this.room}></parlor-relay>
      ${this.#clear()}
      <parlor-project></parlor-project>
    `;
  }

  #address() {
    const address = me.lecture ? words.room.addressHidden : readable(location.origin + location.pathname);
    return html`
      <div class="field">
        <span class="label">${words.room.address}</span>
        <div class="address">
          <code dir="ltr">${address}</code>
          <button class="icon-button" aria-label=${words.talk.copyAddress} title=${words.talk.copyAddress} @click=${copyAddress}>${icons.copy}</button>
          ${me.lecture
            ? nothing
            : html`<button class="icon-button" aria-label=${words.room.project} title=${words.room.project} aria-haspopup="dialog" @click=${() => this.one('parlor-project', ParlorProject).show()}>${icons.project}</button>`}
        </div>
        <p class="hint">${words.room.addressHint}</p>
      </div>
    `;
  }

  #content() {
    const { content = 'open', markdown = false } = this.#settings ?? {};
    const locked = this.#settings === null || this.#refused !== '';
    return html`
      <fieldset class="field" aria-describedby=${this.#refused ? 'settings-refused' : nothing}>
        <legend class="label">${words.room.content}</legend>
        ${this.#refused ? html`<p class="refused" id="settings-refused">${icons.lock}<span dir="auto">${this.#refused}</span></p>` : nothing}
        <div class="options">
          ${words.room.contents.map(({ value, name, more }) => html`
            <label>
              <input type="radio" name="content" value=${value} ?disabled=${locked} .checked=${content === value} @change=${() => this.#change({ content: /** @type {RoomSettings['content']} */ (value) })} />
              <span><b>${name}</b><small>${more}</small></span>
            </label>
          `)}
        </div>
      </fieldset>
      ${check('markdown', words.room.markdown, words.room.markdownHint, markdown, (on) => this.#change({ markdown: on }), locked)}
      ${me.accounts ? roomAccess(this.#settings, locked, (change) => void this.#change(change)) : nothing}
      <parlor-room-keep .room=${this.room} .settings=${this.#settings} .locked=${locked} .saved=${(/** @type {RoomSettings} */ now) => this.#saved(now)}></parlor-room-keep>
    `;
  }

  /** @param {RoomSettings} now */
  #saved(now) {
    this.#settings = now;
    this.requestUpdate();
  }

  /** @param {RoomSettings} change */
  async #change(change) {
    try {
      this.#settings = await api.change(this.room, change);
    } catch (error) {
      toasts.wrong(sentenceOf(error));
    }
    // Draws what the server has, even where it refused: the input must not go on showing the other.
    this.requestUpdate();
    await this.updateComplete;
    for (const input of this.querySelectorAll('input')) {
      if (input.name === 'content') input.checked = input.value === this.#settings?.content;
      if (input.name === 'access') input.checked = input.value === this.#settings?.access;
      if (input.name === 'markdown') input.checked = Boolean(this.#settings?.markdown);
    }
  }

  #scripts() {
    const { off } = this.safety;
    return html`
      <div class="field">
        <span class="label">${words.room.scripts}</span>
        <p class="hint">${words.room.scriptsHint}</p>
        <p><button class="button" @click=${() => this.#stop(!off)}>${off ? words.head.scriptsOn : words.head.scriptsOff}</button></p>
      </div>
    `;
  }

  /** @param {boolean} off */
  #stop(off) {
    this.setScripts(off);
    this.requestUpdate();
  }

  #clear() {
    return html`
      <form class="field danger" @submit=${this.#cleared}>
        <span class="label">${words.room.clear}</span>
        <p class="hint">${words.room.clearHint}</p>
        <label for="clear-room">${words.room.clearConfirm}${me.lecture ? nothing : html`: <b dir="auto">${this.room}</b>`}</label>
        <input id="clear-room" class="input" dir="auto" autocomplete="off" autocapitalize="off" spellcheck="false" @input=${this.#typed} />
        <p><button class="button bad" ?disabled=${!this.#sure}>${words.room.clearButton}</button></p>
      </form>
    `;
  }

  get #input() {
    return this.one('#clear-room', HTMLInputElement);
  }

  #typed() {
    this.#sure = this.#input.value.trim() === this.room.trim();
    this.requestUpdate();
  }

  /** @param {SubmitEvent} event */
  async #cleared(event) {
    event.preventDefault();
    if (!this.#sure) return;
    try {
      await api.clearMessages(this.room);
      this.#input.value = '';
      this.#sure = false;
      this.requestUpdate();
      toasts.say(words.room.cleared);
    } catch (error) {
      toasts.wrong(sentenceOf(error));
    }
  }
}

customElements.define('parlor-room-settings', ParlorRoomSettings);
