// A field that leads into a room, in the lobby and on the wall: a name that can't be one is explained as it is typed.

import { html, nothing } from '/web/vendor/lit.js';
import { PageElement } from '../element.js';
import { roomPath, whyNotARoom } from '../room-name.js';
import { words } from '../words.js';

class ParlorRoomField extends PageElement {
  label = words.lobby.goTo;
  hint = words.lobby.goToHint;
  /** @type {string | null} */
  #wrong = null;

  get #input() {
    return this.one('input', HTMLInputElement);
  }

  focus() {
    this.#input.focus();
  }

  render() {
    const wrong = this.#wrong;
    return html`
      <form class="go-to" novalidate @submit=${this.#go}>
        <label for="room-field">${this.label}</label>
        <div class="line">
          <input id="room-field" class="input" dir="auto" autocomplete="off" autocapitalize="off" spellcheck="false" enterkeyhint="go"
            placeholder=${words.lobby.placeholder} aria-describedby="room-more" aria-invalid=${wrong ? 'true' : 'false'} @input=${this.#typed} />
          <button class="button go">${words.lobby.go}</button>
        </div>
        <p id="room-more" class=${wrong ? 'wrong' : 'hint'} role=${wrong ? 'alert' : nothing}>${wrong ?? this.hint}</p>
      </form>
    `;
  }

  #typed() {
    // Whoever has just typed a slash means to go on; and an empty field is no mistake.
    const name = this.#input.value.trim();
    const sofar = name.replace(/(?<=[^/])\/$/u, '');
    this.#say(sofar === '' ? null : whyNotARoom(sofar));
  }

  /** @param {string | null} wrong */
  #say(wrong) {
    this.#wrong = wrong;
    this.requestUpdate();
  }

  /** @param {SubmitEvent} event */
  #go(event) {
    event.preventDefault();
    const name = this.#input.value.trim();
    this.#say(whyNotARoom(name));
    if (this.#wrong) this.#input.focus();
    else location.href = roomPath(name);
  }
}

customElements.define('parlor-room-field', ParlorRoomField);

export { ParlorRoomField };
