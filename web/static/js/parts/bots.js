// The bots of the room: a list, with a form for adding one and for editing each in place.

import { html, nothing, repeat } from '/web/vendor/lit.js';
import { api, sentenceOf } from '../api.js';
import { PageElement } from '../element.js';
import { icons } from '../icons.js';
import { initialOf } from '../person.js';
import { toasts } from '../toasts.js';
import { words } from '../words.js';
import './bot-form.js';

/** @typedef {import('../store.js').RoomStore} RoomStore */
/** @typedef {import('../types.js').Bot} Bot */

class ParlorBots extends PageElement {
  /** @type {RoomStore} */
  store;
  /** The bot whose form is open; `new` for one that is being added. @type {number | 'new' | null} */
  #open = null;
  /** Bots that are deleted once the note with “Undo” is gone. @type {Set<number>} */
  #leaving = new Set();

  connectedCallback() {
    super.connectedCallback();
    this.watch(this.store);
    addEventListener('pagehide', () => {
      for (const id of this.#leaving) void api.deleteBot(id, true).catch(() => {});
    });
  }

  /** Opens the form for a new bot. */
  add() {
    this.#edit('new');
  }

  /** @param {number | 'new' | null} which */
  #edit(which) {
    this.#open = which;
    this.requestUpdate();
  }

  render() {
    const bots = this.store.botList.filter(({ id }) => !this.#leaving.has(id));
    return html`
      ${bots.length === 0 && this.#open !== 'new' ? this.#none() : nothing}
      <ul class="bots">
        ${repeat(bots, ({ id }) => id, (bot) => (this.#open === bot.id ? this.#form(bot) : this.#row(bot)))}
      </ul>
      ${this.#open === 'new'
        ? this.#form(null)
        : html`<button class="button add-bot" @click=${() => this.add()}>${icons.plus}${words.bots.add}</button>`}
    `;
  }

  #none() {
    return html`<div class="none"><h3>${words.bots.none}</h3><p class="quiet">${words.bots.noneMore}</p></div>`;
  }

  /** @param {Bot} bot */
  #row(bot) {
    return html`
      <li class="bot-row" data-bot=${bot.id}>
        <span class="avatar bot" aria-hidden="true">${initialOf(bot.name)}</span>
        <div class="bot-words">
          <b dir="auto">${bot.name}</b>${bot.paused ? html` <span class="tag">${words.bots.paused}</span>` : nothing}
          <p class="quiet">
            ${words.bots.respondsTo.toLowerCase()}
            ${bot.responds_to ? html`<code dir="ltr">${bot.responds_to}</code>` : words.bots.toName}
          </p>
          <p class="quiet" dir="ltr">${bot.url || words.bots.noUrl}</p>
        </div>
        <button class="icon-button" aria-label=${words.bots.edit(bot.name)} title=${words.bots.edit(bot.name)} @click=${() => this.#edit(bot.id)}>${icons.edit}</button>
        <button class="icon-button" aria-label=${words.bots.remove(bot.name)} title=${words.bots.remove(bot.name)} @click=${() => this.#remove(bot)}>${icons.trash}</button>
      </li>
    `;
  }

  /** @param {Bot | null} bot */
  #form(bot) {
    const form = html`<parlor-bot-form .room=${this.store.room} .bot=${bot} .taken=${this.store.botList.map(({ name }) => name)} .done=${() => this.#edit(null)}></parlor-bot-form>`;
    return bot ? html`<li>${form}</li>` : form;
  }

  /** Deletes when nobody has taken it back in time. @param {Bot} bot */
  #remove(bot) {
    this.#leaving.add(bot.id);
    this.requestUpdate();
    const back = () => {
      this.#leaving.delete(bot.id);
      this.requestUpdate();
    };
    toasts.say(words.bots.removed(bot.name), {
      action: { label: words.bots.undo, run: back },
      gone: () => {
        api.deleteBot(bot.id).catch((error) => toasts.wrong(sentenceOf(error))).finally(back);
      },
    });
  }
}

customElements.define('parlor-bots', ParlorBots);

export { ParlorBots };
