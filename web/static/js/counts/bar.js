// A bar, as long as its number is of the greatest, and in it what became of it. It is for the eyes only: words beside it say the same.

/** @typedef {import('./figures.js').Part} Part */

class ParlorBar extends HTMLElement {
  /** @type {{ n: number, of: number, parts: Part[] }} */
  #shown = { n: 0, of: 0, parts: [] };

  get shown() {
    return this.#shown;
  }

  set shown(shown) {
    this.#shown = shown;
    this.#draw();
  }

  connectedCallback() {
    this.setAttribute('aria-hidden', 'true');
  }

  #draw() {
    const { n, of, parts } = this.#shown;
    const bar = document.createElement('span');
    // Not as attributes: the page's policy lets no inline style through.
    bar.style.inlineSize = `${of > 0 ? (100 * n) / of : 0}%`;
    // Who goes round in a circle may have done more than one thing.
    const all = Math.max(n, parts.reduce((sum, part) => sum + part.n, 0));
    for (const { kind, n: some } of parts) {
      const piece = document.createElement('i');
      piece.dataset.kind = kind;
      piece.style.inlineSize = `${(100 * some) / all}%`;
      bar.append(piece);
    }
    bar.toggleAttribute('data-none', n === 0);
    this.replaceChildren(bar);
  }
}

customElements.define('parlor-bar', ParlorBar);
