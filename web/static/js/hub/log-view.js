// Draws a list of what happened: filter, pause, fold, copy, clear, and what belongs to what.

import { html, nothing, repeat } from '/web/vendor/lit.js';
import { copyText } from '../copy-text.js';
import { PageElement } from '../element.js';
import { icons } from '../icons.js';
import { tidyJson } from '../tidy-json.js';
import { words } from '../words-hub.js';

/** @typedef {import('./log.js').Entry} Entry */
/** @typedef {import('./log.js').Log} Log */

/** More characters of a payload are not drawn. */
const MOST_DRAWN = 20_000;
const EXCERPT = 160;
/** What is no more than so many pixels from the end is at the end. */
const AT_END = 24;

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3, hourCycle: 'h23' });

/** Types that say no. @param {string} type */
const isNo = (type) => type === 'BAD' || type.startsWith('INVALID_') || type.startsWith('ERROR_');

const SIGNS = /** @type {Record<string, string>} */ ({ sent: '↑', received: '↓', message: '✉', subscribed: '+', unsubscribed: '−' });

export class HubLog extends PageElement {
  static given = ['log', 'empty', 'label'];
  /** @type {Log} */
  log;
  /** What stands there while there is nothing. */
  empty = '';
  label = '';
  /** What one may choose to see: a name for it, and the ways that it means. @type {[string, string[]][]} */
  kinds = [];
  /** More for the bar. @type {unknown} */
  more = nothing;

  #wanted = '';
  #kind = 0;
  #atEnd = true;
  /** What was led to. */
  #marked = 0;

  connectedCallback() {
    super.connectedCallback();
    this.watch(this.log);
  }

  get #list() {
    return this.querySelector('.entries');
  }

  updated() {
    const list = this.#list;
    if (list && this.#atEnd && !this.log.paused) list.scrollTop = list.scrollHeight;
  }

  /** What fits the filter. */
  get #fitting() {
    const wanted = this.#wanted.trim().toLowerCase();
    const ways = this.kinds[this.#kind]?.[1] ?? [];
    const fits = (/** @type {Entry} */ { way, type, says, text }) => !wanted || `${way} ${type} ${says} ${text}`.toLowerCase().includes(wanted);
    return this.log.shown.filter((entry) => (ways.length === 0 || ways.includes(entry.way)) && fits(entry));
  }

  render() {
    const fitting = this.#fitting;
    return html`
      ${this.#bar()}
      ${this.log.gone > 0 ? html`<p class="quiet gone">${words.hub.log.gone(this.log.gone)}</p>` : nothing}
      <div class="entries" role="region" aria-label=${this.label} tabindex="0" @scroll=${this.#scrolled}>
        ${fitting.length > 0
          ? html`<ol>${repeat(fitting, ({ id }) => id, (entry) => this.#entry(entry))}</ol>`
          : html`<p class="quiet nothing">${this.log.shown.length > 0 ? words.hub.log.nothing : this.empty}</p>`}
      </div>
    `;
  }

  #bar() {
    const { log } = words.hub;
    const { paused, waiting } = this.log;
    const anyOpen = this.log.shown.some(({ open, text }) => open && text);
    return html`
      <div class="log-bar">
        <label class="unseen" for="${this.id}-filter">${log.filter}</label>
        <input id="${this.id}-filter" class="input" type="search" placeholder=${log.filterHint} autocomplete="off" spellcheck="false" .value=${this.#wanted}
          @input=${(/** @type {Event} */ { target }) => this.#want(/** @type {HTMLInputElement} */ (target).value)} />
        <label class="unseen" for="${this.id}-kind">${log.show}</label>
        <select id="${this.id}-kind" class="input" @change=${(/** @type {Event} */ { target }) => this.#choose(/** @type {HTMLSelectElement} */ (target).selectedIndex)}>
          ${this.kinds.map(([name], nth) => html`<option ?selected=${nth === this.#kind}>${name}</option>`)}
        </select>
        <div class="log-buttons">
          <button class="button bare" aria-pressed=${String(paused)} @click=${() => (paused ? this.#go() : this.log.pause())}>${paused ? (waiting > 0 ? log.goNew(waiting) : log.go) : log.pause}</button>
          <button class="button bare" @click=${() => this.log.foldAll(!anyOpen)}>${anyOpen ? log.fold : log.unfold}</button>
          <button class="button bare" @click=${this.#copy}>${log.copy}</button>
          <button class="button bare" @click=${() => this.log.clear()}>${log.clear}</button>
        </div>
        ${this.more}
      </div>
    `;
  }

  /** @param {Entry} entry */
  #entry(entry) {
    const { id, way, says, text, open } = entry;
    if (way === 'note') return html`<li id="${this.id}-${id}" class="entry note-entry">${this.#time(entry)}<span>${says}</span></li>`;
    return html`
      <li id="${this.id}-${id}" class="entry" data-way=${way} ?data-marked=${id === this.#marked}>
        <div class="entry-line">
          ${text
            ? html`<button class="fold" aria-expanded=${String(open)} @click=${() => this.#fold(entry)}>${this.#head(entry)}</button>`
            : html`<div class="fold">${this.#head(entry)}</div>`}
          ${this.#belongs(entry)}
          ${text ? html`<button class="icon-button" aria-label=${words.hub.log.copyOne} title=${words.hub.log.copyOne} @click=${() => copyText(text, words.hub.log.copiedOne, words.hub.log.notCopied)}>${icons.copy}</button>` : nothing}
        </div>
        ${open && text ? html`<pre dir="ltr" tabindex="0">${drawn(text)}</pre>` : nothing}
      </li>
    `;
  }

  /** @param {Entry} entry */
  #time({ at }) {
    return html`<time datetime=${new Date(at).toISOString()}>${clock.format(at)}</time>`;
  }

  /** @param {Entry} entry */
  #head(entry) {
    const { way, type, says, text, open } = entry;
    const { log, tracing } = words.hub;
    const spoken = { sent: log.sent, received: log.received }[way];
    const excerpt = open || !text ? '' : text.slice(0, EXCERPT);
    return html`
      ${this.#time(entry)}
      <span class="way" aria-hidden="true">${SIGNS[way] ?? ''}</span>${spoken ? html`<span class="unseen">${spoken}</span>` : nothing}
      ${way === 'sent' || way === 'received'
        ? html`<b class="type" ?data-no=${isNo(type)}>${type || log.noJson}</b>`
        : html`<b class="who" dir="auto">${type}</b><span class="to">${way === 'message' ? html`<span class="quiet">${tracing.to}</span> <span dir="auto">${says}</span>` : says}</span>`}
      ${excerpt ? html`<code class="excerpt" dir="ltr">${excerpt}</code>` : nothing}
    `;
  }

  /** Its number, and what it answers or what answers it. @param {Entry} entry */
  #belongs({ way, seq, answers, answer }) {
    const { log } = words.hub;
    const other = this.log.shown.find(({ id }) => id === (way === 'sent' ? answer : answers));
    const says = way === 'sent' ? other && log.answered(other.type || log.noJson) : seq !== null && log.answers(seq);
    if (!says && (way !== 'sent' || seq === null)) return nothing;
    return html`<span class="ties">
      ${way === 'sent' && seq !== null ? html`<span class="seq">${log.seq(seq)}</span>` : nothing}
      ${says && other ? html`<button class="belongs" @click=${() => this.#leadTo(other.id)}>${says}</button>` : nothing}
      ${says && !other ? html`<span class="seq">${says}</span>` : nothing}
    </span>`;
  }

  /** @param {Event} event */
  #scrolled({ target }) {
    const { scrollHeight, scrollTop, clientHeight } = /** @type {HTMLElement} */ (target);
    this.#atEnd = scrollHeight - scrollTop - clientHeight <= AT_END;
  }

  /** @param {string} wanted */
  #want(wanted) {
    this.#wanted = wanted;
    this.requestUpdate();
  }

  /** @param {number} kind */
  #choose(kind) {
    this.#kind = kind;
    this.requestUpdate();
  }

  #go() {
    this.#atEnd = true;
    this.log.go();
  }

  /** @param {Entry} entry */
  #fold(entry) {
    entry.open = !entry.open;
    // What one looks at does not run away.
    this.#atEnd = false;
    this.requestUpdate();
  }

  /** Shows another entry, whatever the filter says. @param {number} id */
  async #leadTo(id) {
    if (!this.#fitting.some((entry) => entry.id === id)) {
      this.#wanted = '';
      this.#kind = 0;
    }
    this.#marked = id;
    this.#atEnd = false;
    this.requestUpdate();
    await this.updateComplete;
    const entry = this.querySelector(`#${this.id}-${id}`);
    entry?.scrollIntoView({ block: 'nearest' });
    const button = entry?.querySelector('button');
    if (button instanceof HTMLElement) button.focus({ preventScroll: true });
  }

  #copy() {
    const line = (/** @type {Entry} */ { at, way, type, says, text, seq }) => {
      const kept = { at: new Date(at).toISOString(), way, ...(seq !== null && { seq }), ...(way !== 'sent' && way !== 'received' && type && { who: type }), ...(says && { says }) };
      // The payload as it was: numbers are not rounded.
      return text ? `${JSON.stringify(kept).slice(0, -1)},"payload":${tidyJson(text) === null ? JSON.stringify(text) : text.replace(/\s*\n\s*/gu, ' ')}}` : JSON.stringify(kept);
    };
    void copyText(this.#fitting.map(line).join('\n'), words.hub.log.copied, words.hub.log.notCopied);
  }
}

/** @param {string} text */
function drawn(text) {
  const whole = tidyJson(text) ?? text;
  return whole.length > MOST_DRAWN ? `${whole.slice(0, MOST_DRAWN)}\n${words.hub.log.longer(whole.length - MOST_DRAWN)}` : whole;
}

customElements.define('parlor-hub-log', HubLog);
