// Draws the sessions of a view, and goes from one to the next.

import { html, nothing, repeat } from '/web/vendor/lit.js';
import { PageElement } from '../element.js';
import { emptyPicture } from '../icons.js';
import { words } from '../words-operator.js';
import './face.js';
import { keyOf } from './inbox.js';
import { operatorName } from './operator-name.js';
import { addressOf } from './place.js';
import './since.js';
import { momentOf } from './times.js';
import { visitorOf } from './visitor.js';

/** @typedef {import('./inbox.js').Inbox} Inbox */
/** @typedef {import('./calls.js').Session} Session */

export class OperatorList extends PageElement {
  static given = ['inbox'];
  /** @type {Inbox} */
  inbox;

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
        ${inbox.lost ? html`<p class="lost" role="status"><i></i>${says.lost}</p>` : nothing}
      </header>
      ${sessions.length > 0
        ? html`<ul class="rows" aria-labelledby="list-title">${repeat(sessions, keyOf, (session) => this.#row(session))}</ul>`
        : this.#empty()}
      ${inbox.hasMore(view) ? html`<button class="button bare more" @click=${() => inbox.older()}>${says.more}</button>` : nothing}
    `;
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
        <a class="row" href=${addressOf(inbox.view, key)} aria-current=${inbox.talk?.key === key ? 'true' : nothing} ?data-unread=${unread}>
          <span class="row-top">
            <b class="row-name"><bdi>${visitorOf(session)}</bdi></b>${unread ? html`<i class="dot"></i><span class="unseen">${says.unread}</span>` : nothing}
            ${this.#when(session)}
          </span>
          <span class="row-last"><bdi>${last?.text || says.noWord}</bdi></span>
          <span class="row-foot">
            <span class="tag" dir="auto">${session.flow}</span>
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
