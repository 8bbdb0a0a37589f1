// Draws what the checker has found, each with the way to its line.

import { html, nothing } from '/web/vendor/lit.js';
import { PageElement } from '../element.js';
import { words } from '../words-flows.js';

/** @typedef {import('./calls.js').Finding} Finding */

export class FlowFindings extends PageElement {
  static given = ['findings', 'checked'];
  /** @type {Finding[]} */
  findings = [];
  /** Whether they are of the text as it stands. */
  checked = false;

  render() {
    const says = words.code;
    const count = (/** @type {Finding['severity']} */ kind) => this.findings.filter(({ severity }) => severity === kind).length;
    const [errors, warnings] = [count('error'), count('warning')];
    const told = this.findings.length ? says.many(errors ? words.errors(errors) : '', warnings ? words.warnings(warnings) : '') : this.checked ? says.right : says.checking;
    return html`
      <div class="found-top">
        <p role="status" data-mark=${errors ? 'error' : warnings ? 'warning' : 'right'}><i class="sign"></i>${told}</p>
        <p class="quiet" id="flow-hint">${says.hint}</p>
      </div>
      ${this.findings.length ? html`<ol class="found" aria-label=${says.findings}>${this.findings.map((one) => this.#finding(one))}</ol>` : nothing}
    `;
  }

  /** @param {Finding} finding */
  #finding(finding) {
    const { severity, state, line, message } = finding;
    return html`
      <li><button data-mark=${severity} @click=${() => this.dispatchEvent(new CustomEvent('line', { detail: line, bubbles: true }))}>
        <i class="sign" role="img" aria-label=${words.code[severity]}></i><span class="where">${words.code.line(line)}</span><span class="what">${state === null ? nothing : html`<b dir="auto">${state}</b> `}${message}</span>
      </button></li>
    `;
  }
}

customElements.define('parlor-flow-findings', FlowFindings);
