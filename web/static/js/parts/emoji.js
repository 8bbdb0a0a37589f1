// The emoji picker above the composer: search, groups, those used lately, and the tone of hands; by keyboard throughout.

import { html, nothing, repeat } from '/web/vendor/lit.js';
import { PageElement } from '../element.js';
import { emoji, findEmoji, recentEmoji, setTone, tone, toned, TONES, usedEmoji } from '../emoji.js';
import { words } from '../words.js';

/** @typedef {import('../emoji.js').Emoji} Emoji */

class ParlorEmoji extends PageElement {
  /** @type {(sign: string) => void} */
  pick = () => {};
  /** @type {() => void} Sent away without a choice. */
  close = () => {};

  /** @type {Emoji[] | null} */
  #all = null;
  #failed = false;
  #asked = '';

  connectedCallback() {
    super.connectedCallback();
    this.role = 'dialog';
    this.ariaLabel = words.emoji.label;
    this.addEventListener('keydown', (event) => this.#key(event));
    emoji().then(
      (all) => (this.#all = all),
      () => (this.#failed = true),
    ).finally(() => this.requestUpdate());
  }

  firstUpdated() {
    this.one('input', HTMLInputElement).focus();
  }

  render() {
    return html`
      <input class="input" type="search" autocomplete="off" spellcheck="false" aria-label=${words.emoji.search} placeholder=${words.emoji.search} @input=${this.#search} />
      <div class="emoji-list">${this.#list()}</div>
      <div class="tones" role="radiogroup" aria-label=${words.emoji.tone}>
        ${TONES.map((_, at) => html`<label title=${words.emoji.tones[at]}><input type="radio" name="tone" aria-label=${words.emoji.tones[at]} .checked=${tone() === at} @change=${() => this.#tone(at)} /><span aria-hidden="true">${toned('✋', at)}</span></label>`)}
      </div>
    `;
  }

  #list() {
    if (this.#failed) return html`<p class="quiet">${words.emoji.failed}</p>`;
    if (!this.#all) return nothing;
    if (this.#asked) {
      const found = findEmoji(this.#all, this.#asked);
      return html`
        <p class="unseen" role="status">${words.emoji.found(found.length)}</p>
        ${found.length === 0 ? html`<p class="quiet">${words.emoji.none}</p>` : this.#group(words.emoji.foundTitle, found)}
      `;
    }
    const recent = recentEmoji().flatMap((sign) => this.#all?.find((one) => one.sign === sign) ?? []);
    const groups = [...new Set(this.#all.map(({ group }) => group))];
    return html`
      ${recent.length > 0 ? this.#group(words.emoji.recent, recent) : nothing}
      ${groups.map((group) => this.#group(words.emoji.groups[group] ?? group, this.#all?.filter((one) => one.group === group) ?? []))}
    `;
  }

  /** @param {string} title @param {Emoji[]} list */
  #group(title, list) {
    return html`
      <section aria-label=${title}>
        <h2>${title}</h2>
        <div class="signs">${repeat(list, ({ sign }) => sign, (one) => this.#sign(one))}</div>
      </section>
    `;
  }

  /** @param {Emoji} one */
  #sign(one) {
    const name = one.name.replaceAll('_', ' ');
    return html`<button type="button" tabindex="-1" aria-label=${name} title=":${one.name}:" @click=${() => this.#picked(one)}>${toned(one.sign)}</button>`;
  }

  updated() {
    // One stop for the tab key; the arrows do the rest.
    const signs = this.#signs;
    if (signs.length > 0 && !signs.some(({ tabIndex }) => tabIndex === 0)) signs[0].tabIndex = 0;
  }

  /** @param {Emoji} one */
  #picked(one) {
    usedEmoji(one.sign);
    this.pick(toned(one.sign));
  }

  /** @param {Event} event */
  #search(event) {
    this.#asked = /** @type {HTMLInputElement} */ (event.target).value.trim();
    this.requestUpdate();
  }

  /** @param {number} chosen */
  #tone(chosen) {
    setTone(chosen);
    this.requestUpdate();
  }

  get #signs() {
    return [...this.querySelectorAll('.signs button')].filter((one) => one instanceof HTMLButtonElement);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.key === 'Escape') {
      event.preventDefault();
      event.stopPropagation();
      this.close();
    } else if (event.target instanceof HTMLInputElement && event.target.type === 'search') {
      this.#keyInSearch(event);
    } else if (event.target instanceof HTMLButtonElement) {
      this.#move(event);
    }
  }

  /** @param {KeyboardEvent} event */
  #keyInSearch(event) {
    if (event.isComposing) return;
    const [first] = this.#signs;
    if (event.key === 'Enter') {
      event.preventDefault();
      if (this.#asked) first?.click();
    } else if (event.key === 'ArrowDown' && first) {
      event.preventDefault();
      this.#focus(first);
    }
  }

  /** @param {KeyboardEvent} event */
  #move(event) {
    const signs = this.#signs;
    const here = signs.indexOf(/** @type {HTMLButtonElement} */ (event.target));
    const ahead = getComputedStyle(this).direction === 'rtl' ? -1 : 1;
    const to = { ArrowRight: here + ahead, ArrowLeft: here - ahead, ArrowDown: this.#below(signs, here, 1), ArrowUp: this.#below(signs, here, -1), Home: 0, End: signs.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    if (to < 0) this.one('input', HTMLInputElement).focus();
    else this.#focus(signs[Math.min(to, signs.length - 1)]);
  }

  /** The sign in the next row that is nearest. @param {HTMLButtonElement[]} signs @param {number} here @param {number} step */
  #below(signs, here, step) {
    const { left, top } = signs[here].getBoundingClientRect();
    let row = 0;
    let best = step > 0 ? signs.length - 1 : -1;
    let nearest = Infinity;
    for (let at = here + step; signs[at]; at += step) {
      const box = signs[at].getBoundingClientRect();
      if (box.top === top) continue;
      row ||= box.top;
      if (box.top !== row) break;
      const far = Math.abs(box.left - left);
      if (far < nearest) [nearest, best] = [far, at];
    }
    return best;
  }

  /** @param {HTMLButtonElement} sign */
  #focus(sign) {
    for (const one of this.#signs) one.tabIndex = -1;
    sign.tabIndex = 0;
    sign.focus();
  }
}

customElements.define('parlor-emoji', ParlorEmoji);

export { ParlorEmoji };
