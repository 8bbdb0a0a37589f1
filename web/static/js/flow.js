// The page on which a flow is written: its text with what is wrong in it, its graph, a conversation with it, its versions.

import { html, nothing } from '/web/vendor/lit.js';
import { at } from './at.js';
import { toClipboard } from './clipboard.js';
import { PageElement } from './element.js';
import './flow/code-view.js';
import './flow/findings-view.js';
import './flow/graph-view.js';
import './flow/preview-view.js';
import { Trial } from './flow/trial.js';
import './flow/versions-view.js';
import { Writing } from './flow/writing.js';
import { icons, mark } from './icons.js';
import './operator/menu.js';
import './parts/toasts.js';
import { toasts } from './toasts.js';
import { words as pageWords } from './words.js';
import { words } from './words-flows.js';

/** @typedef {import('./flow/calls.js').Flow} Flow */
/** @typedef {import('./flow/code-view.js').FlowCode} FlowCode */
/** @typedef {'text' | 'graph' | 'preview' | 'versions'} View */

const says = words.write;
const VIEWS = /** @type {const} */ (['text', 'graph', 'preview', 'versions']);

class ParlorFlow extends PageElement {
  #name = this.getAttribute('flow') ?? '';
  writing = new Writing(this.#name);
  trial = new Trial(this.#name);
  /** What is beside the text; on a phone, what is shown. @type {View} */
  #view = 'preview';
  #narrow = matchMedia('(max-width: 899px)');

  connectedCallback() {
    super.connectedCallback();
    this.watch(this.writing);
    this.watch(this.trial);
    this.watch(this.#narrow);
    if (this.#narrow.matches) this.#view = 'text';
    addEventListener('keydown', (event) => this.#key(event));
    this.addEventListener('line', (event) => void this.#goTo(/** @type {CustomEvent<number>} */ (event).detail));
    void this.writing.begin();
  }

  updated() {
    const { flow, dirty } = this.writing;
    const title = flow ? `${dirty ? '• ' : ''}${flow.title || flow.name} · ${words.title} · ${pageWords.name}` : document.title;
    if (document.title !== title) document.title = title;
  }

  render() {
    const { flow, refused } = this.writing;
    if (refused) return this.#refused(refused.status === 404 ? says.gone : refused.message, refused.status === 404 ? says.goneHint : '');
    if (!flow) return html`<main class="alone"><p class="quiet" role="status">${says.loading}</p></main><parlor-toasts></parlor-toasts>`;
    const view = this.#narrow.matches || this.#view !== 'text' ? this.#view : 'preview';
    return html`
      ${this.#top(flow)}
      ${this.#notes(flow)}
      <nav class="views" aria-label=${says.views}>${VIEWS.map((one) => html`<button class="view" data-view=${one} aria-pressed=${String(view === one)} @click=${() => this.#show(one)}>${says[one]}</button>`)}</nav>
      <main class="work" data-view=${view}>
        <section class="writing" aria-label=${says.text}>
          <parlor-flow-code .text=${this.writing.text} .findings=${this.writing.findings} .fixed=${this.writing.isFile} .name=${flow.name} @typed=${(/** @type {CustomEvent<string>} */ { detail }) => this.writing.type(detail)}></parlor-flow-code>
          <parlor-flow-findings .findings=${this.writing.findings} .checked=${this.writing.isChecked}></parlor-flow-findings>
        </section>
        <div class="beside">
          <section class="pane" data-pane="graph" aria-label=${says.graph}><parlor-flow-graph .drawing=${this.writing.drawing} .fresh=${this.writing.drawn} .here=${this.trial.here}></parlor-flow-graph></section>
          <section class="pane" data-pane="preview" aria-label=${says.preview}><parlor-flow-preview .trial=${this.trial} .text=${this.writing.runs} .title=${flow.title || flow.name} .fresh=${this.writing.errors === 0}></parlor-flow-preview></section>
          <section class="pane" data-pane="versions" aria-label=${says.versions}><parlor-flow-versions .flow=${flow} @restore=${(/** @type {CustomEvent<string>} */ { detail }) => this.#restore(detail)}></parlor-flow-versions></section>
        </div>
      </main>
      ${this.#sure(flow)}
      <parlor-toasts></parlor-toasts>
    `;
  }

  /** @param {Flow} flow */
  #top(flow) {
    const { isFile, dirty, busy, theirs } = this.writing;
    const shown = busy ? says.saving : dirty ? says.unsaved : says.saved;
    const held = busy || theirs !== null;
    return html`
      <header class="top">
        <a class="back" href=${at('/admin/flows')} aria-label=${says.back} title=${says.back}>${icons.back}${mark(26)}</a>
        <div class="top-name">
          <h1 dir="auto">${flow.title || flow.name}</h1>
          <p><span class="chip" data-stands=${flow.stands}>${words.stands[flow.stands]}</span>${isFile ? nothing : html`<span class="saved" role="status" ?data-unsaved=${dirty}>${shown}</span>`}</p>
        </div>
        <div class="acts">
          ${isFile
            ? nothing
            : html`<button class="button" aria-disabled=${String(held || !dirty)} aria-keyshortcuts="Control+S" @click=${() => void this.writing.save()}>${says.save}</button>
              <button class="button go" aria-disabled=${String(held || this.writing.errors > 0)} @click=${this.#publish}>${says.publish}</button>`}
          <parlor-inbox-menu .label=${says.more} .items=${this.#more(flow)}></parlor-inbox-menu>
        </div>
      </header>
    `;
  }

  /** @param {Flow} flow */
  #more(flow) {
    const { writing } = this;
    return [
      ...(flow.published ? [{ label: says.open, run: () => void open(at(`/assistant/${encodeURIComponent(flow.name)}`), '_blank', 'noopener') }] : []),
      { label: says.copy, run: async () => void toasts.say((await toClipboard(writing.text)) ? says.copied : says.notCopied) },
      ...(writing.dirty ? [{ label: says.throwAway, run: () => writing.throwAway() }] : []),
      ...(flow.published && !writing.isFile ? [{ label: says.withdraw, run: () => void writing.withdraw() }] : []),
      ...(writing.isFile ? [] : [{ label: says.remove, run: () => this.one('dialog', HTMLDialogElement).showModal() }]),
    ];
  }

  /** @param {Flow} flow */
  #notes(flow) {
    const { theirs, restored, isFile } = this.writing;
    if (theirs) {
      return html`<div class="bar" role="alert" data-kind="conflict"><p>${says.conflict(theirs.by ?? '')}</p><p class="bar-acts"><button class="button" @click=${() => this.writing.takeTheirs()}>${says.theirs}</button><button class="button" @click=${() => this.writing.keepMine()}>${says.mine}</button></p></div>`;
    }
    if (isFile) return html`<div class="bar"><p>${says.file(flow.file ?? '')}</p></div>`;
    if (restored) return html`<div class="bar" role="status"><p>${says.restored}</p><p class="bar-acts"><button class="button" @click=${() => this.writing.throwAway()}>${says.throwAway}</button></p></div>`;
    return nothing;
  }

  /** @param {Flow} flow */
  #sure(flow) {
    return html`
      <dialog aria-labelledby="sure-title">
        <h2 id="sure-title">${says.sure(flow.name)}</h2>
        <p>${says.sureHint}</p>
        <form method="dialog"><button class="button" autofocus>${says.cancel}</button><button type="button" class="button bad" @click=${this.#remove}>${says.remove}</button></form>
      </dialog>
    `;
  }

  /** @param {string} title @param {string} hint */
  #refused(title, hint) {
    return html`<main class="alone"><h1>${title}</h1>${hint ? html`<p class="quiet">${hint}</p>` : nothing}<p><a class="button go" href=${at('/admin/flows')}>${says.back}</a></p></main><parlor-toasts></parlor-toasts>`;
  }

  /** @param {View} view */
  #show(view) {
    this.#view = view;
    this.requestUpdate();
  }

  /** @param {number} line */
  async #goTo(line) {
    if (this.#narrow.matches) this.#show('text');
    await this.updateComplete;
    /** @type {FlowCode} */ (this.querySelector('parlor-flow-code')).goTo(line);
  }

  /** @param {string} text */
  #restore(text) {
    this.writing.type(text);
    if (this.#narrow.matches) this.#show('text');
  }

  #publish() {
    const { writing } = this;
    if (writing.theirs) return;
    const first = writing.findings.find(({ severity }) => severity === 'error');
    if (first) {
      toasts.wrong(says.mend(writing.errors));
      void this.#goTo(first.line);
    } else if (writing.flow?.stands === 'published' && !writing.dirty) toasts.say(says.same);
    else void writing.publish();
  }

  async #remove() {
    this.one('dialog', HTMLDialogElement).close();
    if (await this.writing.remove()) location.assign(at('/admin/flows'));
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.key !== 's' || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    event.preventDefault();
    if (!this.writing.isFile) void this.writing.save();
  }
}

customElements.define('parlor-flow', ParlorFlow);
