// Draws the sessions of a view, and goes from one to the next.

import { html, nothing, repeat } from '/web/vendor/lit.js';
import { PageElement } from '../element.js';
import { toasts } from '../toasts.js';
import { emptyPicture, icons } from '../icons.js';
import { words } from '../words-operator.js';
import { exportOfAll, keyOf } from './calls.js';
import { EraseDialog } from './erase-view.js';
import './face.js';
import { operatorName } from './operator-name.js';
import { EVERYTHING, addressOf } from './place.js';
import './since.js';
import { momentOf } from './times.js';
import { dots } from './typing-view.js';
import { visitorOf } from './visitor.js';

/** @typedef {import('./inbox.js').Inbox} Inbox */
/** @typedef {import('./calls.js').Session} Session */
/** @typedef {import('./place.js').Filter} Filter */

export class OperatorList extends PageElement {
  static given = ['inbox'];
  /** @type {Inbox} */
  inbox;
  /** Whether one chooses what the list is narrowed to. */
  #narrows = false;

  connectedCallback() {
    super.connectedCallback();
    this.watch(this.inbox);
  }

  render() {
    const { inbox } = this;
    const { view } = inbox;
    const says = words.inbox;
    const sessions = inbox.of(view);
    return html`
      <header class="list-top">
        <h2 id="list-title">${says.state[view]}</h2>
        <button class="icon-button" aria-label=${says.find} title=${says.find} aria-expanded=${String(this.#narrows)} aria-controls="narrow" @click=${() => (this.#narrows ? this.#close() : this.find())}>${icons.search}</button>
        ${inbox.lost ? html`<p class="lost" role="status"><i></i>${says.lost}</p>` : nothing}
        ${this.#narrows ? this.#form() : this.#chips()}
        ${view === 'found' && sessions.length > 0 ? this.#acts() : nothing}
      </header>
      ${sessions.length > 0
        ? html`<ul class="rows" aria-labelledby="list-title">${repeat(sessions, keyOf, (session) => this.#row(session))}</ul>`
        : this.#empty()}
      <parlor-erase></parlor-erase>
      ${inbox.hasMore(view) ? html`<button class="button bare more" @click=${() => inbox.older()}>${says.more}</button>` : nothing}
    `;
  }

  /** What the list can be narrowed to. */
  #form() {
    const { filter, overview } = this.inbox;
    const says = words.inbox;
    // What is chosen can be seen even while the server does not name it.
    const flows = overview.flows.some(({ flow }) => flow === filter.flow) || !filter.flow ? overview.flows : [...overview.flows, { flow: filter.flow, title: filter.flow }];
    const queues = overview.queues.includes(filter.queue) || !filter.queue ? overview.queues : [...overview.queues, filter.queue];
    return html`
      <form class="narrow" id="narrow" role="search" aria-label=${says.find} @submit=${this.#search} @keydown=${this.#leave}>
        <div><input id="find" class="input" type="search" name="with" dir="auto" autocomplete="off" maxlength="400" aria-label=${says.findWho} placeholder=${says.findWho} aria-describedby="find-hint" .defaultValue=${filter.with} @search=${this.#search} />
          <span class="hint" id="find-hint">${says.findHint}</span></div>
        <select class="input" name="flow" aria-label=${says.flow} @change=${this.#choose}><option value="">${says.allFlows}</option>${flows.map(({ flow, title }) => html`<option value=${flow} .selected=${flow === filter.flow}>${title || flow}</option>`)}</select>
        ${queues.length > 0 ? html`<select class="input" name="queue" aria-label=${says.queue} @change=${this.#choose}><option value="">${says.allQueues}</option>${queues.map((queue) => html`<option value=${queue} .selected=${queue === filter.queue}>${queue}</option>`)}</select>` : nothing}
      </form>
    `;
  }

  /** What it is narrowed to, each of it to be taken away. */
  #chips() {
    const { filter, overview } = this.inbox;
    const chip = (/** @type {keyof Filter} */ name, /** @type {string} */ text) => (filter[name] ? html`<button aria-label=${words.inbox.without(text)} title=${words.inbox.without(text)} @click=${() => this.#go({ [name]: '' })}><bdi>${text}</bdi>${icons.close}</button>` : nothing);
    if (!Object.values(filter).some(Boolean)) return nothing;
    return html`<p class="chips">${chip('with', filter.with)}${chip('flow', overview.titleOf(filter.flow))}${chip('queue', filter.queue)}</p>`;
  }

  /** What can be done with all that is kept of a visitor. */
  #acts() {
    const says = words.erase;
    return html`<p class="found-acts"><a class="button" href=${exportOfAll({ with: this.inbox.filter.with })} download>${says.exportAll}</a><button class="button bad" @click=${this.#erase}>${says.eraseAll}</button></p>`;
  }

  #erase() {
    const { inbox } = this;
    const says = words.erase;
    this.one('parlor-erase', EraseDialog).ask({
      title: says.visitor,
      text: says.visitorText(inbox.filter.with),
      run: async () => {
        toasts.say(says.doneAll(await inbox.eraseFound()));
        location.hash = addressOf('waiting', '', { ...inbox.filter, with: '' });
      },
    });
  }

  /** Opens what the list is narrowed by. */
  async find() {
    // On a phone a conversation may lie over it.
    if (!this.checkVisibility()) return;
    this.#narrows = true;
    this.requestUpdate();
    await this.updateComplete;
    const field = this.querySelector('#find');
    if (!(field instanceof HTMLInputElement)) return;
    field.focus();
    field.select();
  }

  async #close() {
    this.#narrows = false;
    this.requestUpdate();
    await this.updateComplete;
    this.one('.list-top .icon-button', HTMLElement).focus();
  }

  /** @param {KeyboardEvent} event */
  #leave(event) {
    if (event.key === 'Escape') void this.#close();
  }

  /** Enter looks for somebody, nothing ends that. @param {Event} event */
  #search(event) {
    event.preventDefault();
    const text = this.one('#find', HTMLInputElement).value.trim();
    if (text !== this.inbox.filter.with) this.#go({ with: text });
  }

  /** @param {Event} event */
  #choose({ target }) {
    const { name, value } = /** @type {HTMLSelectElement} */ (target);
    this.#go({ [name]: value });
  }

  /** @param {Partial<Filter>} change */
  #go(change) {
    const { inbox } = this;
    const filter = { ...EVERYTHING, ...inbox.filter, ...change };
    const view = filter.with ? 'found' : inbox.view === 'found' ? 'waiting' : inbox.view;
    location.hash = addressOf(view, inbox.talk?.key, filter);
  }

  #empty() {
    const { inbox } = this;
    if (!inbox.loaded || !inbox.isRead(inbox.view)) return html`<p class="nothing quiet" role="status">${inbox.lost ? nothing : words.inbox.loading}</p>`;
    const { empty } = words.inbox;
    return html`<div class="nothing">${emptyPicture}<h3>${empty[inbox.view]}</h3><p class="quiet">${empty[`${inbox.view}Hint`]}</p></div>`;
  }

  /** @param {Session} session */
  #row(session) {
    const { inbox } = this;
    const key = keyOf(session);
    const unread = inbox.isUnread(session);
    const says = words.inbox;
    const { last, status, waits, until, operator } = session;
    const by = operator && status !== 'bot' && status !== 'pending' ? operator : '';
    return html`
      <li>
        <a class="row" href=${inbox.address(inbox.view, key)} aria-current=${inbox.talk?.key === key ? 'true' : nothing} ?data-unread=${unread}>
          <span class="row-top">
            <b class="row-name"><bdi>${visitorOf(session)}</bdi></b>${unread ? html`<i class="dot"></i><span class="unseen">${says.unread}</span>` : nothing}
            ${this.#when(session)}
          </span>
          <span class="row-last">${inbox.typing.has(key) ? html`<span class="row-typing">${dots}${says.types}</span>` : html`<bdi>${last?.text || says.noWord}</bdi>`}</span>
          <span class="row-foot">
            ${inbox.view === 'found' ? html`<span class="tag">${words.inbox.state[status === 'pending' ? 'waiting' : status]}</span>` : nothing}<span class="tag" dir="auto">${inbox.overview.titleOf(session.flow)}</span>
            ${session.queue ? html`<span class="tag" dir="auto">${session.queue}</span>` : nothing}
            ${waits !== null && status !== 'pending' && status !== 'open' ? nothing : status === 'snoozed' ? html`<span class="row-until">${says.wakes(until === null ? words.details.visitor : momentOf(until))}</span>` : nothing}
            ${by ? html`<span class="who" title=${says.has(by)}><parlor-face class="avatar small-avatar" .name=${by}></parlor-face><span class="unseen">${by === operatorName.name ? says.you : says.has(by)}</span></span>` : nothing}
          </span>
        </a>
      </li>
    `;
  }

  /** @param {Session} session */
  #when({ status, waits, last_at }) {
    if (waits !== null && (status === 'pending' || status === 'open')) return html`<parlor-since class="row-when" .at=${waits}></parlor-since>`;
    return html`<time class="row-when">${momentOf(last_at)}</time>`;
  }

  /** The focus to the session with this address, or to the first. @param {string} address */
  focusOn(address) {
    const rows = /** @type {HTMLAnchorElement[]} */ ([...this.querySelectorAll('.row')]);
    (rows.find((row) => row.getAttribute('href') === address) ?? rows[0])?.focus();
  }

  /** The next session, or the one before; with the focus where it was in the list. @param {1 | -1} step */
  step(step) {
    const rows = /** @type {HTMLAnchorElement[]} */ ([...this.querySelectorAll('.row')]);
    if (rows.length === 0) return;
    const focused = rows.findIndex((row) => row === document.activeElement);
    const at = focused < 0 ? rows.findIndex((row) => row.hasAttribute('aria-current')) : focused;
    const next = rows[at < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(Math.max(at + step, 0), rows.length - 1)];
    next.focus();
    next.scrollIntoView({ block: 'nearest' });
    return next.getAttribute('href') ?? '';
  }
}

customElements.define('parlor-inbox-list', OperatorList);
