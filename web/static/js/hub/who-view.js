// Draws who is at the hub: oneself, the clients, the services and who is subscribed to each.

import { html, nothing, repeat } from '/web/vendor/lit.js';
import { copyText } from '../copy-text.js';
import { PageElement } from '../element.js';
import { icons } from '../icons.js';
import { words } from '../words-hub.js';

/** @typedef {import('./link.js').HubLink} HubLink */
/** @typedef {import('./who.js').Who} Who */
/** @typedef {import('./who.js').Client} Client */
/** @typedef {import('./who.js').Service} Service */

/** From so many on one may look for a name. */
const MANY = 8;
/** So many subscribers are named. */
const NAMED = 12;
/** More than so many rows are not drawn: a name finds the others. */
const MOST_DRAWN = 500;

export class HubWho extends PageElement {
  static given = ['link', 'who', 'keeps'];
  /** @type {HubLink} */
  link;
  /** @type {Who} */
  who;
  /** Whether the page asks again by itself. */
  keeps = true;
  #wanted = '';

  connectedCallback() {
    super.connectedCallback();
    this.watch(this.link);
    this.watch(this.who);
  }

  /** @param {string} name @param {object} detail */
  #say(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true }));
  }

  render() {
    const { who } = words.hub;
    if (!this.who.known) return html`<h2>${words.hub.here}</h2><p class="quiet">${who.unknown}</p>`;
    const wanted = this.#wanted.trim().toLowerCase();
    const fits = (/** @type {{ name: string, nickname?: string | null, uuid?: string, tags?: string[] }} */ { name, nickname, uuid, tags }) =>
      !wanted || [name, nickname ?? '', uuid ?? '', ...(Array.isArray(tags) ? tags : [])].some((one) => String(one).toLowerCase().includes(wanted));
    const me = this.link.hello?.uuid;
    const clients = [...this.who.clients.values()].filter(fits).sort((a, b) => Number(b.uuid === me) - Number(a.uuid === me) || a.name.localeCompare(b.name));
    const services = [...this.who.services.values()].filter(fits);
    const many = this.who.clients.size + this.who.services.size > MANY;
    const live = this.link.state === 'in';
    return html`
      <h2 class="unseen">${words.hub.here}</h2>
      ${live ? nothing : html`<p class="quiet">${who.offline}</p>`}
      ${many ? html`<label class="unseen" for="hub-find">${who.find}</label>
        <input id="hub-find" class="input" type="search" placeholder=${who.find} autocomplete="off" spellcheck="false" @input=${this.#find} />` : nothing}
      <section aria-labelledby="hub-services-title">
        <h3 id="hub-services-title">${who.services} <span class="count">${this.who.services.size}</span></h3>
        ${services.length > 0
          ? html`<ul>${repeat(services.slice(0, MOST_DRAWN), ({ name }) => name, (service) => this.#service(service, me, live))}</ul>`
          : html`<p class="quiet">${wanted ? who.none(this.#wanted.trim()) : who.noServices}</p>`}
      </section>
      <section aria-labelledby="hub-clients-title">
        <h3 id="hub-clients-title">${who.clients} <span class="count">${this.who.clients.size}</span></h3>
        ${clients.length > 0 ? html`<ul>${repeat(clients.slice(0, MOST_DRAWN), ({ uuid }) => uuid, (client) => this.#client(client, client.uuid === me, live))}</ul>` : html`<p class="quiet">${who.none(this.#wanted.trim())}</p>`}
        ${clients.length > MOST_DRAWN ? html`<p class="quiet">${who.more(clients.length - MOST_DRAWN)}</p>` : nothing}
      </section>
      <div class="keep">
        <label class="check"><input type="checkbox" .checked=${this.keeps} @change=${(/** @type {Event} */ { target }) => this.#say('keep', { on: /** @type {HTMLInputElement} */ (target).checked })} aria-describedby="keep-hint" />${who.keep}</label>
        <p class="quiet" id="keep-hint">${who.keepHint}</p>
      </div>
    `;
  }

  /** @param {Client} client @param {boolean} isMe @param {boolean} live */
  #client(client, isMe, live) {
    const { who } = words.hub;
    const { name, nickname, uuid, tags } = client;
    return html`
      <li class="one" ?data-me=${isMe}>
        <div class="one-head"><b dir="ltr">${name}</b>${nickname ? html`<span class="nickname" dir="auto">${nickname}</span>` : nothing}${isMe ? html`<span class="tag">${who.you}</span>` : nothing}</div>
        ${Array.isArray(tags) && tags.length > 0 ? html`<p class="tags" aria-label=${who.tags}>${tags.map((tag) => html`<span class="tag" dir="auto">${String(tag)}</span> `)}</p>` : nothing}
        <div class="uuid"><code dir="ltr">${uuid}</code><button class="icon-button" aria-label=${who.copyUuid(name)} title=${who.copyUuid(name)} @click=${() => copyText(uuid, who.copiedUuid, words.hub.log.notCopied)}>${icons.copy}</button>
          ${isMe || !live ? nothing : html`<button class="small" aria-label=${who.writeTo(name)} @click=${() => this.#say('write', { key: 'messageUuid', target: { type: 'UUID', uuid } })}>${who.write}</button>`}</div>
          ${isMe && this.link.hello ? html`<div class="one-buttons"><button class="small" @click=${() => copyText(this.link.hello?.fs_key ?? '', who.copiedKey, words.hub.log.notCopied)}>${who.key}</button></div>` : nothing}
      </li>
    `;
  }

  /** @param {Service} service @param {string | undefined} me @param {boolean} live */
  #service({ name, nickname, owner_uuid, subscribers }, me, live) {
    const { who } = words.hub;
    const subscribed = me !== undefined && subscribers.includes(me);
    const mine = me !== undefined && owner_uuid === me;
    const owner = this.who.nameOf(owner_uuid);
    return html`
      <li class="one">
        <div class="one-head"><b dir="ltr">${name}</b>${nickname ? html`<span class="nickname" dir="auto">${nickname}</span>` : nothing}${subscribed ? html`<span class="tag good">${who.subscribed}</span>` : nothing}</div>
        <p class="quiet">${mine ? who.yours : html`<span title=${owner_uuid}>${owner ? who.by(owner) : who.byServer}</span>`} · ${this.#subscribers(subscribers)}</p>
        <div class="one-buttons">
          ${live
            ? html`${subscribed
                ? html`<button class="small" aria-label=${who.unsubscribeFrom(name)} @click=${() => this.#say('payload', { type: 'SELF_UNSUBSCRIBE', service: name })}>${who.unsubscribe}</button>`
                : html`<button class="small" aria-label=${who.subscribeTo(name)} @click=${() => this.#say('payload', { type: 'SELF_SUBSCRIBE', service: name })}>${who.subscribe}</button>`}
              ${subscribed || mine ? html`<button class="small" aria-label=${who.writeTo(name)} @click=${() => this.#say('write', { key: 'messageService', target: { type: 'SERVICE', service: name } })}>${who.write}</button>` : nothing}`
            : nothing}
          <button class="small" aria-label=${who.traceOf(name)} @click=${() => this.#say('trace', { service: name })}>${who.trace}</button>
        </div>
      </li>
    `;
  }

  /** By name. @param {string[]} uuids */
  #subscribers(uuids) {
    const { who } = words.hub;
    if (uuids.length === 0) return who.noSubscribers;
    const me = this.link.hello?.uuid;
    const names = uuids.slice(0, NAMED).map((uuid) => (uuid === me ? who.you : this.who.nameOf(uuid) || who.gone(uuid)));
    return html`${who.subscribers(uuids.length)}: ${names.map((name, nth) => html`${nth > 0 ? ', ' : ''}<bdi>${name}</bdi>`)}${uuids.length > NAMED ? ` ${who.more(uuids.length - NAMED)}` : ''}`;
  }

  /** @param {Event} event */
  #find({ target }) {
    this.#wanted = /** @type {HTMLInputElement} */ (target).value;
    this.requestUpdate();
  }
}

customElements.define('parlor-hub-who', HubWho);
