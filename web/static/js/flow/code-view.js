// Draws a flow's text: an editor of the browser's own, and below it the same lines with numbers, colours and what was found.

import { html, nothing } from '/web/vendor/lit.js';
import { PageElement } from '../element.js';
import { words } from '../words-flows.js';
import { byLine, indentBehind, indented, pieces, placeOf, worst } from './code.js';

/** @typedef {import('./calls.js').Finding} Finding */

/** Texts beyond so many letters have no colours, that typing stays quick. */
const COLOURED = 200_000;

export class FlowCode extends PageElement {
  static given = ['text', 'findings', 'fixed', 'name'];
  text = '';
  /** @type {Finding[]} */
  findings = [];
  /** It can only be read. */
  fixed = false;
  name = '';
  /** What each line was drawn from. @type {string[]} */
  #drawn = [];
  /** Escape was pressed: Tab leaves. */
  #leaves = false;

  render() {
    return html`
      <div class="sheet">
        <div class="lines" aria-hidden="true"></div>
        <textarea id="flow-text" dir="ltr" spellcheck="false" autocapitalize="off" autocomplete="off" aria-label=${words.code.label(this.name)} aria-describedby=${this.fixed ? nothing : 'flow-hint'}
          ?readonly=${this.fixed} @input=${this.#typed} @keydown=${this.#pressed} @blur=${() => (this.#leaves = false)}></textarea>
      </div>
    `;
  }

  get #area() {
    return this.one('textarea', HTMLTextAreaElement);
  }

  updated() {
    if (this.#area.value !== this.text) this.#area.value = this.text;
    this.#draw();
  }

  /** Lines that are as they were stay: a long text is drawn as quickly as a short one. */
  #draw() {
    const holder = this.one('.lines', HTMLElement);
    const lines = this.text.split('\n');
    const found = byLine(this.findings);
    const coloured = this.text.length <= COLOURED;
    lines.forEach((line, at) => {
      const here = found.get(at + 1) ?? [];
      const from = JSON.stringify([line, here.map(({ column, severity }) => [column, severity]), coloured]);
      if (this.#drawn[at] === from) return;
      this.#drawn[at] = from;
      const drawn = document.createElement('div');
      drawn.className = 'line';
      drawn.dataset.line = `${at + 1}`;
      const mark = worst(here);
      if (mark) drawn.dataset.mark = mark;
      drawn.append(...pieces(line, here, coloured).map(({ text, kind, mark }) => {
        if (!kind && !mark) return text;
        const piece = document.createElement('span');
        piece.className = `${kind} ${mark}`.trim();
        piece.textContent = text;
        return piece;
      }));
      const old = holder.children[at];
      if (old) old.replaceWith(drawn);
      else holder.append(drawn);
    });
    this.#drawn.length = lines.length;
    while (holder.children.length > lines.length) holder.lastElementChild?.remove();
  }

  #typed() {
    this.dispatchEvent(new CustomEvent('typed', { detail: this.#area.value }));
  }

  /** Writes as if it were typed, so that the browser's own undo knows of it. @param {number} from @param {number} to @param {string} text @param {[number, number]} [select] */
  #write(from, to, text, select) {
    const area = this.#area;
    area.setSelectionRange(from, to);
    // Marked as old by browsers, and the one way that keeps their undo.
    if (!document.execCommand(text ? 'insertText' : 'delete', false, text)) {
      area.setRangeText(text, from, to, 'end');
      this.#typed();
    }
    if (select) area.setSelectionRange(...select);
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    if (event.isComposing || this.fixed) return;
    const { selectionStart: from, selectionEnd: to, value } = this.#area;
    if (event.key === 'Escape') this.#leaves = true;
    else if (event.key !== 'Shift' && event.key !== 'Tab') this.#leaves = false;
    if (event.key === 'Tab' && !this.#leaves && !event.ctrlKey && !event.altKey && !event.metaKey) {
      event.preventDefault();
      const change = indented(value, from, to, event.shiftKey);
      if (change) this.#write(change.from, change.to, change.text, change.select);
    } else if (event.key === 'Enter' && !event.shiftKey && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      this.#write(from, to, `\n${indentBehind(value.slice(0, from))}`);
    }
  }

  /** To a line, which is selected. @param {number} line  From 1. */
  goTo(line) {
    const { from, to } = placeOf(this.text, line);
    const area = this.#area;
    const drawn = this.querySelector(`.line[data-line="${line}"]`);
    area.focus({ preventScroll: true });
    area.setSelectionRange(from, to);
    drawn?.scrollIntoView({ block: 'center' });
  }
}

customElements.define('parlor-flow-code', FlowCode);
