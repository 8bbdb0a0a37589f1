// Draws the editor of a session: replies to the visitor, notes for operators, answers that are at hand.

import { html, live, nothing } from '/web/vendor/lit.js';
import { PageElement } from '../element.js';
import { icons } from '../icons.js';
import { words } from '../words-operator.js';
import { keyOf } from './calls.js';
import './canned-view.js';
import { draftOf, keep } from './drafts.js';
import { operatorName } from './operator-name.js';
import { filled } from './visitor.js';

/** @typedef {import('./inbox.js').Inbox} Inbox */
/** @typedef {import('./calls.js').Session} Session */
/** @typedef {import('./drafts.js').Draft} Draft */
/** @typedef {import('./drafts.js').Kind} Kind */

export class OperatorWrite extends PageElement {
  static given = ['inbox', 'session'];
  /** @type {Inbox} */
  inbox;
  /** @type {Session} */
  session;
  #key = '';
  /** @type {Draft} */
  #draft = { reply: '', note: '', kind: 'reply' };

  willUpdate() {
    const key = keyOf(this.session);
    if (key === this.#key) return;
    this.#key = key;
    this.#draft = draftOf(key);
  }

  updated() {
    const field = this.querySelector('textarea');
    if (!field) return;
    field.style.height = 'auto';
    field.style.height = `${field.scrollHeight}px`;
  }

  /** Why no reply can be written now; empty if one can. */
  get #closed() {
    const { status, operator } = this.session;
    const { closed, theirs } = words.write;
    if (status !== 'open') return closed[status] ?? '';
    return operator && operator !== operatorName.name ? theirs(operator) : '';
  }

  render() {
    const says = words.write;
    const { kind } = this.#draft;
    const closed = kind === 'reply' ? this.#closed : '';
    const pick = (/** @type {Kind} */ one) => html`<label><input type="radio" name="kind" .checked=${live(kind === one)} @change=${() => void this.begin(one)} />${says[one]}</label>`;
    return html`
      <form class="write" data-kind=${kind} aria-label=${says.title} @submit=${this.#submit}>
        <div class="write-top">
          <div class="segments" role="radiogroup" aria-label=${says.kind}>${pick('reply')}${pick('note')}</div>
          ${closed ? nothing : html`<span class="write-hint quiet" id="write-hint">${says.hint}</span>`}
        </div>
        ${closed
          ? html`<p class="closed">${closed}</p>`
          : html`
            <div class="composer">
              <textarea id="write-text" rows="1" dir="auto" aria-label=${kind === 'note' ? says.toOperators : says.toVisitor} placeholder=${kind === 'note' ? says.toOperators : says.toVisitor} aria-describedby="write-hint" maxlength="16000"
                .value=${live(this.#draft[kind])} @input=${this.#typed} @keydown=${this.#pressed}></textarea>
              <button type="button" class="icon-button" aria-label=${says.canned} title=${says.canned} aria-haspopup="dialog" @click=${this.#canned}>${icons.ready}</button>
              <button class="button go send" aria-disabled=${String(!this.#draft[kind].trim())}>${kind === 'note' ? says.keep : says.send}</button>
            </div>`}
      </form>
      <parlor-inbox-canned @chosen=${this.#insert}></parlor-inbox-canned>
    `;
  }

  /** Writes something of this kind. @param {Kind} kind */
  async begin(kind) {
    this.#draft = { ...this.#draft, kind };
    this.requestUpdate();
    await this.updateComplete;
    // Who chooses by arrows stays with the choice.
    const chooses = document.activeElement instanceof HTMLInputElement && this.contains(document.activeElement);
    if (!chooses) this.querySelector('textarea')?.focus();
  }

  /** @param {string} text */
  #write(text) {
    this.#draft = { ...this.#draft, [this.#draft.kind]: text };
    keep(this.#key, this.#draft);
    this.requestUpdate();
  }

  /** @param {Event} event */
  #typed({ target }) {
    const { value } = /** @type {HTMLTextAreaElement} */ (target);
    this.#write(value);
    // A note is written for operators: the visitor hears nothing of it.
    if (this.#draft.kind === 'reply' && value.trim()) this.inbox.type(this.session);
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    if (event.isComposing) return;
    if (event.key === 'Enter' && !event.shiftKey && !event.altKey) {
      event.preventDefault();
      void this.#send();
    } else if (event.key === '/' && !this.#draft[this.#draft.kind]) {
      event.preventDefault();
      this.#canned();
    } else if (event.key === 'Escape') {
      const row = document.querySelector('.row[aria-current]');
      if (row instanceof HTMLElement && row.checkVisibility()) row.focus();
      else /** @type {HTMLElement} */ (event.target).blur();
    }
  }

  /** @param {SubmitEvent} event */
  #submit(event) {
    event.preventDefault();
    void this.#send();
  }

  async #send() {
    const { kind } = this.#draft;
    const key = this.#key;
    const text = this.#draft[kind].trim();
    if (!text) return;
    this.#write('');
    this.querySelector('textarea')?.focus();
    if (await this.inbox.act(this.session, kind === 'note' ? 'note' : 'say', { text })) return;
    // It was not taken: it stands there again, before what was typed since.
    const now = this.#key === key ? this.#draft : draftOf(key);
    const draft = { ...now, [kind]: [text, now[kind]].filter(Boolean).join('\n') };
    keep(key, draft);
    if (this.#key === key) this.#draft = draft;
    this.requestUpdate();
  }

  #canned() {
    this.one('parlor-inbox-canned', /** @type {typeof import('./canned-view.js').OperatorCanned} */ (customElements.get('parlor-inbox-canned'))).show();
  }

  /** @param {CustomEvent<{ text: string }>} event */
  async #insert({ detail }) {
    const text = filled(detail.text, this.session, operatorName.name);
    const field = this.one('textarea', HTMLTextAreaElement);
    const { selectionStart: from, selectionEnd: to, value } = field;
    this.#write(value.slice(0, from) + text + value.slice(to));
    await this.updateComplete;
    field.focus();
    field.setSelectionRange(from + text.length, from + text.length);
  }
}

customElements.define('parlor-inbox-write', OperatorWrite);
