// Draws a flow's graph as the server has laid it out. A state leads to its line.

import { html, nothing, svg } from '/web/vendor/lit.js';
import { PageElement } from '../element.js';
import { icons } from '../icons.js';
import { words } from '../words-flows.js';

/** @typedef {import('./calls.js').Drawing} Drawing */
/** @typedef {import('./calls.js').Drawn} Drawn */
/** @typedef {import('./calls.js').Way} Way */

const ZOOM = 1.25;
const [SMALLEST, LARGEST] = [0.2, 2.5];

export class FlowGraph extends PageElement {
  static given = ['drawing', 'fresh', 'here'];
  /** @type {Drawing | null} */
  drawing = null;
  /** Whether it is of the text as it stands. */
  fresh = true;
  /** The state at which the preview is. */
  here = '';
  #zoom = 0.8;
  /** The one that Tab comes to. */
  #at = '';

  render() {
    const says = words.graph;
    const { drawing } = this;
    if (!drawing) return html`<div class="nothing"><h3>${says.none}</h3><p class="quiet">${says.noneHint}</p></div>`;
    const { width, height, states, ways } = drawing;
    const first = states.some(({ name }) => name === this.#at) ? this.#at : states[0]?.name;
    return html`
      <div class="graph-top">
        ${this.fresh ? html`<p class="quiet" id="graph-keys">${says.keys}</p>` : html`<p class="old" role="status">${says.old}</p>`}
        <button class="icon-button" aria-label=${says.farther} title=${says.farther} @click=${() => this.#scale(this.#zoom / ZOOM)}>${icons.minus}</button>
        <button class="icon-button" aria-label=${says.closer} title=${says.closer} @click=${() => this.#scale(this.#zoom * ZOOM)}>${icons.plus}</button>
        <button class="button" @click=${this.#fit}>${says.fit}</button>
      </div>
      <div class="graph" ?data-old=${!this.fresh} @keydown=${this.#pressed}>
        <svg viewBox="0 0 ${width} ${height}" width=${width * this.#zoom} height=${height * this.#zoom} role="group" aria-label=${says.label}>
          <defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path class="tip" d="M0 0 8 4 0 8z" /></marker></defs>
          ${ways.map((way) => svg`<path class=${way.aside ? 'way aside' : 'way'} d=${way.path} marker-end="url(#tip)" />`)}
          ${states.map((state) => this.#state(state, state.name === first))}
          ${ways.map(({ label, at: [x, y] }) => (label ? svg`<text class="label" x=${x} y=${y} aria-hidden="true">${label}</text>` : nothing))}
        </svg>
      </div>
    `;
  }

  /** @param {Drawn} state @param {boolean} tabbed */
  #state({ name, kind, line, x, y, width, height, round, mark, label, words: says, tip }, tabbed) {
    const here = name === this.here;
    return svg`
      <g class="state ${kind}" data-mark=${mark ?? nothing} ?data-here=${here} role="button" tabindex=${tabbed ? 0 : -1} aria-label=${here ? `${tip}, ${words.graph.here}` : tip} data-state=${name} @click=${() => this.#go(name, line)}>
        <title>${tip}</title>
        ${here ? svg`<rect class="halo" x=${x - 5} y=${y - 5} width=${width + 10} height=${height + 10} rx=${round + 5} />` : nothing}
        <rect x=${x} y=${y} width=${width} height=${height} rx=${round} />
        ${mark ? svg`<circle class="sign" cx=${x + width - 4} cy=${y + 4} r="7" /><text class="sign" x=${x + width - 4} y=${y + 8}>!</text>` : nothing}
        <text x=${x + 12} y=${y + 19}>${label}</text><text class="what" x=${x + 12} y=${y + 35}>${says}</text>
      </g>
    `;
  }

  /** @param {string} name @param {number} line */
  #go(name, line) {
    this.#at = name;
    this.dispatchEvent(new CustomEvent('line', { detail: line, bubbles: true }));
  }

  /** @param {number} zoom */
  #scale(zoom) {
    this.#zoom = Math.min(LARGEST, Math.max(SMALLEST, zoom));
    this.requestUpdate();
  }

  #fit() {
    const room = this.one('.graph', HTMLElement).clientWidth;
    if (this.drawing) this.#scale(room / this.drawing.width);
  }

  /** @param {KeyboardEvent} event */
  async #pressed(event) {
    const { drawing } = this;
    const name = event.target instanceof Element ? event.target.closest('.state')?.getAttribute('data-state') : null;
    const at = drawing?.states.findIndex((state) => state.name === name) ?? -1;
    if (!drawing || at < 0) return;
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      return this.#go(drawing.states[at].name, drawing.states[at].line);
    }
    const last = drawing.states.length - 1;
    const to = { ArrowDown: at + 1, ArrowRight: at + 1, ArrowUp: at - 1, ArrowLeft: at - 1, Home: 0, End: last }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    this.#at = drawing.states[Math.min(last, Math.max(0, to))].name;
    this.requestUpdate();
    await this.updateComplete;
    const found = [...this.querySelectorAll('.state')].find((state) => state.getAttribute('data-state') === this.#at);
    if (found instanceof SVGElement) found.focus();
  }
}

customElements.define('parlor-flow-graph', FlowGraph);
