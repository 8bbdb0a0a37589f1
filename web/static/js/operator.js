// The operators' inbox: sessions by who leads them, one of them open, and what is known of its visitor.

import { html, nothing } from '/web/vendor/lit.js';
import { at } from './at.js';
import { PageElement } from './element.js';
import { icons, mark } from './icons.js';
import './operator/keys-view.js';
import './operator/list-view.js';
import './operator/talk-view.js';
import { Inbox } from './operator/inbox.js';
import { operatorName } from './operator/operator-name.js';
import { VIEWS, placeOf } from './operator/place.js';
import { refused } from './operator/refused-view.js';
import './operator/since.js';
import { isWriting } from './parts/keys.js';
import './parts/toasts.js';
import { words as pageWords } from './words.js';
import { words } from './words-operator.js';

/** @typedef {import('./operator/place.js').View} View */
/** @typedef {import('./operator/list-view.js').OperatorList} OperatorList */
/** @typedef {import('./operator/talk-view.js').OperatorTalk} OperatorTalk */
/** @typedef {import('./operator/keys-view.js').OperatorKeys} OperatorKeys */

/** Views that ask for something; their counts are told in colour. */
const CALLS = new Set(['waiting']);

class ParlorInbox extends PageElement {
  inbox = new Inbox();
  /** With room for it, the details are always to be seen. */
  #wide = matchMedia('(min-width: 1180px)');
  #narrow = matchMedia('(max-width: 759px)');

  connectedCallback() {
    super.connectedCallback();
    this.watch(this.inbox, 'change', () => this.#title());
    this.watch(this.#wide, 'change');
    this.watch(this.#narrow, 'change');
    addEventListener('hashchange', () => this.#go());
    addEventListener('keydown', (event) => this.#key(event));
    this.#go();
    this.inbox.begin();
  }

  /** To where the address leads. */
  async #go() {
    const { view, key, filter } = placeOf(location.hash);
    const was = this.inbox.talk?.key ?? '';
    this.inbox.show(view, key, filter);
    if (was === key) return;
    await this.updateComplete;
    // In one column what had the focus is out of sight; what was deleted is nowhere.
    if (!this.#narrow.matches && (key || document.activeElement !== document.body)) return;
    if (key) this.#talk?.focusTitle();
    else this.#list?.focusOn(this.inbox.address(view, was));
  }

  #title() {
    const { called } = this.inbox;
    const title = `${words.inbox.tab(called > 0 ? `${called}` : '')} · ${pageWords.name}`;
    if (document.title !== title) document.title = title;
  }

  get #list() {
    return /** @type {OperatorList | null} */ (this.querySelector('parlor-inbox-list'));
  }

  get #talk() {
    return /** @type {OperatorTalk | null} */ (this.querySelector('parlor-inbox-talk'));
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (this.#talk?.acting) return;
    if (event.ctrlKey || event.altKey || event.metaKey || isWriting(event.target) || document.querySelector('dialog[open]')) return;
    const { target } = event;
    const inTalk = target instanceof Element && Boolean(target.closest('parlor-inbox-talk, [role="radiogroup"]'));
    const { open } = this.inbox;
    /** @type {Record<string, () => void>} */
    const keys = {
      j: () => this.#step(1),
      k: () => this.#step(-1),
      // In a conversation they scroll.
      ...(inTalk ? {} : { ArrowDown: () => this.#step(1), ArrowUp: () => this.#step(-1) }),
      t: () => open && open.status !== 'ended' && !(open.status === 'open' && open.operator === operatorName.name) && void this.#talk?.act('take'),
      e: () => open?.status === 'open' && void this.#talk?.act('resolve'),
      s: () => this.#talk?.snooze(),
      r: () => void this.#talk?.write('reply'),
      n: () => void this.#talk?.write('note'),
      f: () => this.#list?.find(),
      '?': () => /** @type {OperatorKeys} */ (this.querySelector('parlor-inbox-keys')).show(),
    };
    const does = keys[event.key];
    if (!does || this.inbox.refused) return;
    event.preventDefault();
    does();
  }

  /** @param {1 | -1} step */
  #step(step) {
    const to = this.#list?.step(step);
    // On a phone it would hide the list in which one goes.
    if (to && !this.#narrow.matches) location.replace(to);
  }

  render() {
    const { inbox } = this;
    if (inbox.refused) return html`${refused(inbox.refused, '/operator')}<parlor-toasts></parlor-toasts>`;
    return html`
      ${this.#wall()}
      <main class="inbox" ?data-open=${inbox.talk !== null}>
        <h1 class="unseen">${words.inbox.title}</h1>
        <p class="unseen" role="status">${inbox.called > 0 ? words.inbox.called(inbox.called) : nothing}</p>
        <section class="list" aria-label=${words.inbox.list}><parlor-inbox-list .inbox=${inbox}></parlor-inbox-list></section>
        <section class="talk" aria-label=${words.inbox.talk}><parlor-inbox-talk .inbox=${inbox} .wide=${this.#wide.matches}></parlor-inbox-talk></section>
      </main>
      <parlor-inbox-keys></parlor-inbox-keys>
      <parlor-toasts></parlor-toasts>
    `;
  }

  #wall() {
    const { inbox } = this;
    const says = words.inbox;
    return html`
      <header class="wall" ?data-open=${this.inbox.talk !== null}>
        <div class="wall-top">
          <a class="brand" href=${at('/')}>${mark(30)}${pageWords.name}</a>
          <span class="wall-ways">${this.#ways((way, name, icon) => html`<a class="icon-button narrow-only" href=${way} aria-label=${name} title=${name}>${icon}</a>`)}<button class="icon-button" aria-label=${says.keys} title=${says.keys} @click=${() => /** @type {OperatorKeys} */ (this.querySelector('parlor-inbox-keys')).show()}>${icons.keyboard}</button></span>
        </div>
        <nav class="views" aria-label=${says.states}>${VIEWS.filter((view) => view !== 'found' || inbox.view === view).map((view) => this.#view(view))}</nav>
        <nav class="wall-more" aria-label=${words.counts.ways}>${this.#ways((way, name, icon) => html`<a href=${way}>${icon}${name}</a>`)}</nav>
        <div class="wall-you">
          ${operatorName.account
            ? html`<p>${says.name}<b dir="auto">${operatorName.account}</b></p>`
            : html`<label for="operator-name">${says.name}</label><input id="operator-name" class="input" dir="auto" autocomplete="off" maxlength="80" aria-describedby="operator-name-hint" .value=${operatorName.name} @change=${this.#name} /><span class="hint" id="operator-name-hint">${says.nameHint}</span>`}
        </div>
      </header>
    `;
  }

  /** To the pages that operators need besides. @param {(way: string, name: string, icon: unknown) => unknown} draw */
  #ways(draw) {
    return [draw(at('/operator/flows'), words.counts.title, icons.counts), this.hasAttribute('data-writes') ? draw(at('/admin/flows'), words.inbox.flows, icons.edit) : nothing];
  }

  /** @param {View} view */
  #view(view) {
    const { inbox } = this;
    const says = words.inbox;
    const count = inbox.count(view);
    const shown = count && (count[1] ? says.atLeast(count[0]) : `${count[0]}`);
    const unread = view === 'mine' && inbox.of('mine').some((session) => inbox.isUnread(session));
    return html`
      <a href=${inbox.address(view)} ?data-found=${view === 'found'} aria-current=${inbox.view === view ? 'page' : nothing}>${says.state[view]}${unread ? html`<i class="dot"></i><span class="unseen">${says.unread}</span>` : nothing}${view === 'waiting' && inbox.overview.waits !== null ? html`<parlor-since .at=${inbox.overview.waits}></parlor-since>` : nothing}
        ${count && count[0] > 0 ? html`<span class="badge" ?data-calls=${CALLS.has(view)} aria-label=${says.count(shown ?? '')} role="img">${shown}</span>` : nothing}</a>
    `;
  }

  /** @param {Event} event */
  #name({ target }) {
    const field = /** @type {HTMLInputElement} */ (target);
    operatorName.choose(field.value);
    field.value = operatorName.name;
    this.inbox.dispatchEvent(new Event('change'));
  }
}

customElements.define('parlor-inbox', ParlorInbox);
