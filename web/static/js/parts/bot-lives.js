// Where a bot lives: at a web address, nowhere that can be reached (its program comes to us), or in the server itself.

import { html, live, nothing } from '/web/vendor/lit.js';
import { kindOf } from '../bot-drafts.js';
import { PageElement } from '../element.js';
import { words } from '../words-bots.js';
import './bot-relay.js';

/** @typedef {import('../types.js').Bot} Bot */
/** @typedef {import('../bot-drafts.js').Kind} Kind */

/** @type {Kind[]} */
const KINDS = ['web', 'socket', 'builtin'];

/** Nothing to find fault with: empty, complete, or on the way to `http://`. */
const FINE = /^(?:$|[a-z][a-z0-9+.-]*:\/\/|(?:h|ht|htt|https?:?\/?)$)/iu;

class ParlorBotLives extends PageElement {
  static given = ['url', 'bot', 'wrong'];

  /** Begins the ids of the fields. */
  prefix = 'bot';
  url = '';
  /** The bot as it is saved. @type {Bot | null} */
  bot = null;
  /** @type {string | null} */
  wrong = null;
  /** @type {(url: string) => void} */
  changed = () => {};

  /** The urls of the other kinds, for who looks at one and goes back. @type {Record<Kind, string>} */
  #urls = { web: '', socket: 'socket:', builtin: 'builtin:echo' };

  render() {
    const kind = kindOf(this.url);
    const id = `${this.prefix}-kind`;
    return html`
      <div class="field">
        <span class="label" id=${id}>${words.botForm.lives}</span>
        <div><div class="segments" role="radiogroup" aria-labelledby=${id}>
          ${KINDS.map((one) => html`<label><input type="radio" name="kind" value=${one} .checked=${live(one === kind)} @change=${() => this.#choose(one)} />${words.botForm.kinds[one]}</label>`)}
        </div></div>
      </div>
      ${kind === 'web' ? this.#web() : nothing} ${kind === 'socket' ? this.#socket() : nothing} ${kind === 'builtin' ? this.#builtin() : nothing}
      ${this.wrong && kind !== 'web' ? html`<p class="wrong" role="alert">${this.wrong}</p>` : nothing}
    `;
  }

  /** @param {Kind} kind */
  #choose(kind) {
    this.#urls[kindOf(this.url)] = this.url;
    this.changed(this.#urls[kind]);
  }

  #web() {
    const id = `${this.prefix}-url`;
    const typed = this.url.trim();
    const hint = FINE.test(typed) ? words.botForm.urlHint : words.botForm.urlNoScheme(`http://${typed.replace(/^[/:]+/u, '')}`);
    return html`
      <div class="field">
        <label for=${id}>${words.botForm.url}</label>
        <input id=${id} class="input mono" name="url" dir="ltr" inputmode="url" autocomplete="off" autocapitalize="off" spellcheck="false"
          aria-describedby="${id}-more" aria-invalid=${this.wrong ? 'true' : 'false'} .value=${live(this.url)}
          @input=${(/** @type {Event} */ event) => this.changed(/** @type {HTMLInputElement} */ (event.target).value)} />
        <p id="${id}-more" class=${this.wrong ? 'wrong' : 'hint'} role=${this.wrong ? 'alert' : nothing}>${this.wrong ?? hint}</p>
      </div>
    `;
  }

  #socket() {
    const saved = this.bot && kindOf(this.bot.url) === 'socket' ? this.bot : null;
    return html`<div class="bot-relay"><p class="hint">${words.botForm.socketHint}</p><parlor-bot-relay .bot=${saved}></parlor-bot-relay></div>`;
  }

  #builtin() {
    const id = `${this.prefix}-builtin`;
    const chosen = this.url.slice('builtin:'.length);
    const known = Object.keys(words.botForm.builtins);
    const all = known.includes(chosen) ? known : [...known, chosen];
    return html`
      <div class="field">
        <label for=${id}>${words.botForm.builtinLabel}</label>
        <select id=${id} class="input" @change=${(/** @type {Event} */ event) => this.changed(`builtin:${/** @type {HTMLSelectElement} */ (event.target).value}`)}>
          ${all.map((name) => html`<option value=${name} ?selected=${name === chosen}>${words.botForm.builtins[name] ?? name}</option>`)}
        </select>
      </div>
    `;
  }
}

customElements.define('parlor-bot-lives', ParlorBotLives);
