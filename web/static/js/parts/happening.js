// The line above the composer: which bots think, who types. It has its place whether or not it says something.

import { html, nothing } from '/web/vendor/lit.js';
import { PageElement } from '../element.js';
import { me } from '../me.js';
import { words } from '../words.js';

/** @typedef {import('../signals.js').Signals} Signals */

/** How long (ms) it says who came and went. */
const MOVED = 4000;

class ParlorHappening extends PageElement {
  /** @type {Signals} */
  signals;
  /** @type {{ joined: string[], left: string[] }} */
  #moved = { joined: [], left: [] };
  #still = 0;

  connectedCallback() {
    super.connectedCallback();
    this.watch(this.signals, 'typing');
    this.watch(this.signals, 'activation');
    this.watch(this.signals, 'moved', ({ detail }) => this.#somebodyMoved(detail));
    this.watch(me);
  }

  /** @param {{ joined: string[], left: string[] }} moved */
  #somebodyMoved({ joined, left }) {
    const others = (/** @type {string[]} */ names) => names.filter((name) => name !== me.name);
    this.#moved = { joined: others(joined), left: others(left) };
    clearTimeout(this.#still);
    this.#still = setTimeout(() => {
      this.#moved = { joined: [], left: [] };
      this.requestUpdate();
    }, MOVED);
  }

  render() {
    const bots = [...new Set([...this.signals.activations.values()].map(({ name }) => name))];
    const people = [...this.signals.typing.keys()].filter((name) => name !== me.name);
    return html`${this.#part('thinks', bots, words.happening.thinking)}${this.#part('types', people, words.happening.typing)}${bots.length + people.length > 0 ? nothing : this.#movement()}`;
  }

  #movement() {
    if (!me.joins) return nothing;
    const { joined, left } = this.#moved;
    const said = [joined.length > 0 ? words.happening.came(joined) : '', left.length > 0 ? words.happening.went(left) : ''];
    return said.filter(Boolean).map((one) => html`<span class="moved"><span dir="auto">${one}</span></span>`);
  }

  /** @param {string} kind @param {string[]} names @param {(names: string[]) => string} say */
  #part(kind, names, say) {
    if (names.length === 0) return nothing;
    return html`<span class=${kind}><i aria-hidden="true"><b></b><b></b><b></b></i><span dir="auto">${say(names)}</span></span>`;
  }
}

customElements.define('parlor-happening', ParlorHappening);
