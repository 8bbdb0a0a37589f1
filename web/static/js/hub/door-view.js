// Draws the form with which one comes in: a name, and what else IDENTIFY may say.

import { html, nothing } from '/web/vendor/lit.js';
import { PageElement } from '../element.js';
import { randomKey } from '../kept.js';
import { words } from '../words-hub.js';

/** @typedef {import('./link.js').HubLink} HubLink */

export class HubDoor extends PageElement {
  static given = ['link'];
  /** @type {HubLink} */
  link;
  /** A name that nobody else is likely to have. */
  #name = `console_${randomKey().slice(0, 4)}`;
  #wrong = '';

  connectedCallback() {
    super.connectedCallback();
    this.watch(this.link);
  }

  render() {
    const { door } = words.hub;
    const wrong = this.#wrong || this.link.trouble;
    const busy = this.link.state === 'connecting';
    return html`
      <form class="hub-door" @submit=${this.#enter} novalidate>
        <h2>${door.title}</h2>
        <p class="quiet">${door.what}</p>
        ${wrong ? html`<p class="wrong" role="alert" id="door-wrong">${wrong}</p>` : nothing}
        <div class="field">
          <label for="hub-name">${door.name}</label>
          <input id="hub-name" class="input mono" name="name" dir="ltr" autocomplete="off" autocapitalize="off" spellcheck="false" maxlength="200" .defaultValue=${this.#name}
            aria-describedby="hub-name-hint" aria-invalid=${String(Boolean(this.#wrong))} />
          <span class="hint" id="hub-name-hint">${door.nameHint}</span>
        </div>
        <div class="field">
          <label for="hub-nickname">${door.nickname} <span class="quiet">${door.optional}</span></label>
          <input id="hub-nickname" class="input" name="nickname" autocomplete="off" maxlength="200" />
        </div>
        <div class="field">
          <label for="hub-tags">${door.tags} <span class="quiet">${door.optional}</span></label>
          <input id="hub-tags" class="input" name="tags" autocomplete="off" aria-describedby="hub-tags-hint" />
          <span class="hint" id="hub-tags-hint">${door.tagsHint}</span>
        </div>
        <div class="field">
          <label for="hub-secret">${door.secret} <span class="quiet">${door.optional}</span></label>
          <input id="hub-secret" class="input" name="secret" type="password" autocomplete="off" aria-describedby="hub-secret-hint" />
          <span class="hint" id="hub-secret-hint">${document.body.dataset.account ? door.loggedIn : door.secretHint}</span>
        </div>
        <p><button class="button go" aria-disabled=${String(busy)}>${busy ? door.going : door.go}</button></p>
      </form>
    `;
  }

  /** @param {SubmitEvent} event */
  #enter(event) {
    event.preventDefault();
    if (this.link.state === 'connecting') return;
    const filled = new FormData(/** @type {HTMLFormElement} */ (event.target));
    const text = (/** @type {string} */ field) => String(filled.get(field) ?? '').trim();
    const name = text('name');
    this.#wrong = name ? '' : words.hub.door.noName;
    this.requestUpdate();
    if (!name) return this.one('#hub-name', HTMLInputElement).focus();
    this.link.enter({ name, nickname: text('nickname'), tags: text('tags').split(',').map((tag) => tag.trim()).filter(Boolean), secret: String(filled.get('secret') ?? '') });
  }
}

customElements.define('parlor-hub-door', HubDoor);
