// The bots of the room: a list in which each can be switched off and on, with a form for adding one and for editing each
// in place; and the way to their export and import.

import { html, nothing, repeat } from '/web/vendor/lit.js';
import { at } from '../at.js';
import { api, sentenceOf } from '../api.js';
import { BotDrafts } from '../bot-drafts.js';
import { isFailed } from '../deliveries.js';
import { PageElement } from '../element.js';
import { icons } from '../icons.js';
import { initialOf } from '../person.js';
import { toasts } from '../toasts.js';
import { words } from '../words-bots.js';
import './bot-exchange.js';
import './bot-form.js';
import { whereOf } from './bot-notes.js';

/** @typedef {import('../store.js').RoomStore} RoomStore */
/** @typedef {import('../deliveries.js').Deliveries} Deliveries */
/** @typedef {import('../types.js').Bot} Bot */
/** @typedef {number | 'new'} Which */

class ParlorBots extends PageElement {
  /** @type {RoomStore} */
  store;
  /** @type {Deliveries} */
  deliveries;
  /** Shows the deliveries of a bot. @type {(bot: number) => void} */
  inspectBot = () => {};

  /** The bot whose form is open. @type {Which | null} */
  #open = null;
  #exchanging = false;
  /** Bots that are deleted once the note with “Undo” is gone, and what takes that note away. @type {Map<number, () => void>} */
  #leaving = new Map();
  /** @type {BotDrafts} */
  #drafts;

  connectedCallback() {
    super.connectedCallback();
    this.#drafts ??= new BotDrafts(this.store.room);
    this.watch(this.store);
    this.watch(this.#drafts);
    this.watch(this.deliveries);
    addEventListener('pagehide', this.#closing);
  }

  #closing = () => {
    // With its note gone nothing is deleted a second time if the browser brings this page back.
    for (const dismiss of this.#leaving.values()) dismiss();
  };

  /** Opens the form for a new bot. */
  add() {
    this.#edit('new');
  }

  /** @param {Which | null} which */
  #edit(which) {
    const before = this.#open;
    this.#open = which;
    this.#exchanging = false;
    this.requestUpdate();
    if (which === null) void this.#focusAfter(before);
  }

  /** Where the focus goes when a form is closed. @param {Which | null} which */
  async #focusAfter(which) {
    await this.updateComplete;
    const selector = typeof which === 'number' ? `[data-bot="${which}"] .icon-button` : '.add-bot';
    const target = this.querySelector(selector) ?? this.querySelector('.add-bot');
    if (target instanceof HTMLElement && this.contains(target)) target.focus();
  }

  render() {
    if (this.#exchanging) {
      return html`<parlor-bot-exchange .store=${this.store} .done=${() => this.#exchange(false)}></parlor-bot-exchange>`;
    }
    // A bot that somebody deleted while its form is open stays until one has decided.
    const bots = this.store.botList.filter(({ id }) => !this.#leaving.has(id));
    /** @type {Which[]} */
    const all = bots.map(({ id }) => id);
    if (typeof this.#open === 'number' && !all.includes(this.#open)) all.push(this.#open);
    if (this.#open === 'new') all.push('new');
    return html`
      ${all.length === 0 ? this.#none() : nothing}
      <ul class="bots">${repeat(all, (which) => which, (which) => this.#item(which))}</ul>
      <p class="buttons" ?hidden=${this.#open !== null}>
        <button class="button add-bot" @click=${() => this.add()}>${icons.plus}${words.bots.add}${this.#drafts.get('new') ? html`<span class="tag">${words.bots.unsaved}</span>` : nothing}</button>
        <button class="button bare" @click=${() => this.#exchange(true)}>${icons.exchange}${words.exchange.open}</button>
      </p>
    `;
  }

  /** @param {boolean} open */
  #exchange(open) {
    this.#exchanging = open;
    this.requestUpdate();
    if (!open) void this.#focusAfter(null);
  }

  #none() {
    return html`<div class="none"><h2>${words.bots.none}</h2><p class="quiet">${words.bots.noneMore} <a href=${at('/guide/first-bot')}>${words.bots.noneGuide}</a></p></div>`;
  }

  /** @param {Which} which */
  #item(which) {
    const bot = which === 'new' ? null : this.store.bots.get(which);
    if (which === this.#open) {
      return html`<li><parlor-bot-form .store=${this.store} .drafts=${this.#drafts} .which=${which} .done=${() => this.#edit(null)} .made=${(/** @type {Bot} */ made) => this.#edit(made.id)}></parlor-bot-form></li>`;
    }
    return bot ? this.#row(bot) : nothing;
  }

  /** @param {Bot} bot */
  #row(bot) {
    const edit = words.bots.edit(bot.name);
    const remove = words.bots.remove(bot.name);
    return html`
      <li class="bot-row" data-bot=${bot.id} data-paused=${bot.paused === true}>
        <span class="avatar bot" aria-hidden="true">${initialOf(bot.name)}</span>
        <p class="bot-name"><b dir="auto">${bot.name}</b>${this.#tags(bot)}</p>
        <div class="bot-tools">
          <button class="switch" role="switch" aria-checked=${bot.paused ? 'false' : 'true'} aria-label=${words.bots.listens(bot.name)} title=${words.bots.listens(bot.name)} @click=${() => this.#pause(bot)}><i></i></button>
          <button class="icon-button" aria-label=${edit} title=${edit} @click=${() => this.#edit(bot.id)}>${icons.edit}</button>
          <button class="icon-button" aria-label=${remove} title=${remove} @click=${() => this.#remove(bot)}>${icons.trash}</button>
        </div>
        <div class="bot-words">
          <p class="quiet">
            ${words.botForm.respondsTo.toLowerCase()}
            ${bot.responds_to ? html`<code dir="ltr">${bot.responds_to}</code>` : words.bots.toName}
          </p>
          ${whereOf({ url: bot.url, connected: bot.connected === true })} ${this.#trouble(bot)}
        </div>
      </li>
    `;
  }

  /** @param {Bot} bot */
  #tags(bot) {
    return html`
      ${bot.paused ? html`<span class="tag">${words.bots.paused}</span>` : nothing} ${this.#drafts.get(bot.id) ? html`<span class="tag">${words.bots.unsaved}</span>` : nothing}
    `;
  }

  /** Whether the last thing that it was asked went wrong. @param {Bot} bot */
  #trouble(bot) {
    const last = this.deliveries.records.find((record) => record.bot === bot.id);
    if (!last || !isFailed(last)) return nothing;
    return html`<p><button class="trouble" @click=${() => this.inspectBot(bot.id)}><span class="dot" data-dot="bad"></span>${words.bots.failed}</button></p>`;
  }

  /** @param {Bot} bot */
  async #pause(bot) {
    try {
      const saved = await api.saveBot({ id: bot.id, room: bot.room, paused: !bot.paused });
      toasts.say(saved.paused ? words.bots.pausedNow(saved.name) : words.bots.listensNow(saved.name));
    } catch (error) {
      toasts.wrong(sentenceOf(error));
    }
  }

  /** Deletes when nobody has taken it back in time. @param {Bot} bot */
  #remove(bot) {
    const back = () => {
      this.#leaving.delete(bot.id);
      this.requestUpdate();
    };
    const note = toasts.say(words.bots.removed(bot.name), {
      action: { label: words.undo, run: back },
      gone: () => {
        api
          .deleteBot(bot.id, true)
          .then(() => this.#drafts.drop(bot.id))
          .catch((error) => toasts.wrong(sentenceOf(error)))
          .finally(back);
      },
    });
    this.#leaving.set(bot.id, () => note && toasts.dismiss(note));
    this.requestUpdate();
    void this.#focusAfter(null);
  }
}

customElements.define('parlor-bots', ParlorBots);

export { ParlorBots };
