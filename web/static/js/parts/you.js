// The tab of the person: name, looks, what Enter does, reading aloud, lecture mode, keys. All kept in this browser.

import { html, nothing } from '/web/vendor/lit.js';
import { at } from '../at.js';
import { PageElement } from '../element.js';
import { icons } from '../icons.js';
import { loginHere } from '../login-here.js';
import { me } from '../me.js';
import { canSpeak, ReadAloud, voices } from '../speech.js';
import { words } from '../words.js';
import { doorWords } from '../words-door.js';
import { check, segments } from './choice.js';
import './notices.js';

/** @typedef {import('../store.js').RoomStore} RoomStore */

class ParlorYou extends PageElement {
  /** @type {RoomStore} */
  store;
  #wrong = false;
  /** @type {ReadAloud | null} */
  #sample = null;

  connectedCallback() {
    super.connectedCallback();
    this.watch(me);
    if (canSpeak && 'addEventListener' in speechSynthesis) this.watch(speechSynthesis, 'voiceschanged');
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#sample?.stop();
  }

  render() {
    return html`
      ${this.#name()}
      ${segments('theme', words.you.theme, words.you.themes, me.theme, (value) => me.wear(value))}
      ${segments('density', words.you.density, words.you.densities, me.density, (value) => me.pack(value))}
      ${segments('enter', words.you.enter, words.you.enters, me.enterSends ? 'sends' : 'breaks', (value) => me.choose('enterSends', value === 'sends'))}
      <div class="switches">
        ${check('joins', words.you.joins, words.you.joinsHint, me.joins, (on) => me.choose('joins', on))}
        ${check('state', words.you.state, words.you.stateHint, me.showState, (on) => me.choose('showState', on))}
        ${check('lecture', words.lecture.label, words.lecture.hint, me.lecture, (on) => me.setLecture(on))}
        <parlor-notices></parlor-notices>
        ${this.#aloud()}
      </div>
      <p><button class="button" aria-haspopup="dialog" @click=${() => this.dispatchEvent(new CustomEvent('parlor-keys', { bubbles: true }))}>${icons.keyboard}${words.keys.open}</button></p>
    `;
  }

  #name() {
    if (me.account) return this.#account();
    return html`
      <div class="field">
        <label for="my-name">${words.you.name}</label>
        <input id="my-name" class="input" dir="auto" autocomplete="nickname" maxlength="80" aria-invalid=${this.#wrong ? 'true' : 'false'}
          aria-describedby="my-name-more" .value=${me.name} @change=${this.#rename} />
        ${me.accounts ? html`<p><a class="button" href=${loginHere()}>${words.you.logIn}</a></p>` : nothing}
        <p id="my-name-more" class=${this.#wrong ? 'wrong' : 'hint'} role=${this.#wrong ? 'alert' : nothing}>${this.#wrong ? words.you.nameEmpty : words.you.nameHint}</p>
      </div>
    `;
  }

  /** The name of an account is what it is. */
  #account() {
    return html`
      <div class="field">
        <span class="label">${words.you.name}</span>
        <p><b dir="auto">${me.account}</b></p>
        <p class="hint">${doorWords.account.hint}</p>
        <form class="buttons" method="post" action=${at('/logout')}>
          <a class="button" href=${at('/me')}>${doorWords.account.own}</a>
          ${'oversees' in document.body.dataset ? html`<a class="button" href=${at('/admin')}>${doorWords.account.admin}</a>` : nothing}
          <button class="button">${doorWords.account.logOut}</button>
        </form>
      </div>
    `;
  }

  #aloud() {
    if (!canSpeak) return nothing;
    return html`
      ${check('aloud', words.speech.aloud, words.speech.aloudHint, me.aloud, (on) => me.choose('aloud', on))}
      ${me.aloud ? this.#voice() : nothing}
    `;
  }

  #voice() {
    return html`
      <div class="voice">
        <div class="field">
          <label for="voice">${words.speech.voice}</label>
          <select id="voice" class="input" @change=${this.#chooseVoice}>
            <option value="" ?selected=${me.voice === ''}>${words.speech.anyVoice}</option>
            ${voices().map(({ voiceURI, name, lang }) => html`<option value=${voiceURI} ?selected=${voiceURI === me.voice}>${name} (${lang})</option>`)}
          </select>
        </div>
        <div class="field">
          <label for="rate">${words.speech.rate}</label>
          <div class="rate">
            <input id="rate" type="range" min="0.5" max="2" step="0.1" .value=${String(me.rate)} aria-valuetext=${words.speech.rateIs(me.rate)} @input=${this.#chooseRate} />
            <output for="rate">${words.speech.rateIs(me.rate)}</output>
          </div>
        </div>
        <button class="button" @click=${this.#hear}>${icons.sound}${words.speech.tryIt}</button>
      </div>
    `;
  }

  #hear() {
    this.#sample ??= new ReadAloud(null);
    this.#sample.stop();
    this.#sample.say(words.name, words.speech.sample);
  }

  /** @param {Event} event */
  #chooseVoice(event) {
    me.choose('voice', /** @type {HTMLSelectElement} */ (event.target).value);
  }

  /** @param {Event} event */
  #chooseRate(event) {
    me.choose('rate', Number(/** @type {HTMLInputElement} */ (event.target).value));
  }

  /** @param {Event} event */
  #rename(event) {
    const name = /** @type {HTMLInputElement} */ (event.target).value.trim();
    this.#wrong = name === '';
    if (name) me.rename(name);
    this.requestUpdate();
  }
}

customElements.define('parlor-you', ParlorYou);
