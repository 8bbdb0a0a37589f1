// Two tabs of the panel: what belongs to the room, and what belongs to the person.

import { html } from '/web/vendor/lit.js';
import { api, sentenceOf } from '../api.js';
import { PageElement } from '../element.js';
import { icons } from '../icons.js';
import { me } from '../me.js';
import { toasts } from '../toasts.js';
import { words } from '../words.js';
import { copyAddress } from './talk.js';

/** @typedef {import('../safety.js').Safety} Safety */
/** @typedef {import('../frame/protocol.js').Look} Look */

class ParlorRoomSettings extends PageElement {
  room = '';
  /** @type {Safety} */
  safety;
  /** @type {(off: boolean) => void} */
  setScripts = () => {};
  #sure = false;

  render() {
    const { off } = this.safety;
    return html`
      <div class="field">
        <span class="label">${words.room.address}</span>
        <div class="address">
          <code dir="ltr">${decodeURI(location.origin + location.pathname)}</code>
          <button class="icon-button" aria-label=${words.talk.copyAddress} title=${words.talk.copyAddress} @click=${copyAddress}>${icons.copy}</button>
        </div>
      </div>
      <div class="field">
        <span class="label">${words.room.scripts}</span>
        <p class="hint">${words.room.scriptsHint}</p>
        <p><button class="button" @click=${() => this.#scripts(!off)}>${off ? words.head.scriptsOn : words.head.scriptsOff}</button></p>
      </div>
      <form class="field danger" @submit=${this.#clear}>
        <span class="label">${words.room.clear}</span>
        <p class="hint">${words.room.clearHint}</p>
        <label for="clear-room">${words.room.clearConfirm}: <b dir="auto">${this.room}</b></label>
        <input id="clear-room" class="input" dir="auto" autocomplete="off" autocapitalize="off" spellcheck="false" @input=${this.#typed} />
        <p><button class="button bad" ?disabled=${!this.#sure}>${words.room.clearButton}</button></p>
      </form>
    `;
  }

  /** @param {boolean} off */
  #scripts(off) {
    this.setScripts(off);
    this.requestUpdate();
  }

  get #input() {
    return this.one('#clear-room', HTMLInputElement);
  }

  #typed() {
    this.#sure = this.#input.value.trim() === this.room.trim();
    this.requestUpdate();
  }

  /** @param {SubmitEvent} event */
  async #clear(event) {
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

class ParlorYou extends PageElement {
  #wrong = false;

  connectedCallback() {
    super.connectedCallback();
    this.watch(me);
  }

  render() {
    return html`
      <div class="field">
        <label for="my-name">${words.you.name}</label>
        <input id="my-name" class="input" dir="auto" autocomplete="nickname" maxlength="80" aria-invalid=${this.#wrong ? 'true' : 'false'}
          aria-describedby="my-name-more" .value=${me.name} @change=${this.#rename} />
        <p id="my-name-more" class=${this.#wrong ? 'wrong' : 'hint'}>${this.#wrong ? words.you.nameEmpty : words.you.nameHint}</p>
      </div>
      ${this.#choice('theme', words.you.theme, words.you.themes, me.theme, (value) => me.wear(value))}
      ${this.#choice('density', words.you.density, words.you.densities, me.density, (value) => me.pack(value))}
      <div class="field">
        <label class="check"><input type="checkbox" .checked=${me.showState} @change=${this.#state} />${words.you.state}</label>
        <p class="hint">${words.you.stateHint}</p>
      </div>
    `;
  }

  /**
   * @template {string} V
   * @param {string} name @param {string} label @param {Record<V, string>} options @param {V} chosen
   * @param {(value: V) => void} choose
   */
  #choice(name, label, options, chosen, choose) {
    const values = /** @type {V[]} */ (Object.keys(options));
    return html`
      <div class="field">
        <span class="label" id="label-${name}">${label}</span>
        <div><div class="segments" role="radiogroup" aria-labelledby="label-${name}">
          ${values.map((value) => html`<label><input type="radio" name=${name} value=${value} .checked=${value === chosen} @change=${() => choose(value)} />${options[value]}</label>`)}
        </div></div>
      </div>
    `;
  }

  /** @param {Event} event */
  #rename(event) {
    const name = /** @type {HTMLInputElement} */ (event.target).value.trim();
    this.#wrong = name === '';
    if (name) me.rename(name);
    this.requestUpdate();
  }

  /** @param {Event} event */
  #state(event) {
    me.choose('showState', /** @type {HTMLInputElement} */ (event.target).checked);
  }
}

customElements.define('parlor-room-settings', ParlorRoomSettings);
customElements.define('parlor-you', ParlorYou);

