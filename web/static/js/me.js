// Who the person is in this browser, and how they like the page.

import { kept, randomKey } from './kept.js';
import { words } from './words.js';

/** @typedef {import('./frame/protocol.js').Look} Look */

/** A name to begin with, so that one can speak at once. */
function suggestName() {
  const pick = (/** @type {string[]} */ list) => list[Number.parseInt(randomKey().slice(0, 6), 16) % list.length];
  return `${pick(words.you.adjectives)} ${pick(words.you.nouns)}`;
}

class Me extends EventTarget {
  /** Whether the name was chosen, not suggested. */
  named = kept.get('name', '') !== '';
  name = kept.get('name', '') || kept.get('name.suggested', '') || this.#suggest();
  theme = /** @type {Look['theme']} */ (kept.get('theme', 'auto'));
  density = /** @type {Look['density']} */ (kept.get('density', 'comfortable'));
  showState = kept.get('show-state', false);

  constructor() {
    super();
    kept.watch((key) => {
      if (key === 'name') this.name = kept.get('name', this.name);
      if (key === 'theme') this.theme = /** @type {Look['theme']} */ (kept.get('theme', 'auto'));
      if (['name', 'theme'].includes(key)) this.#changed();
    });
  }

  #suggest() {
    const name = suggestName();
    kept.set('name.suggested', name);
    return name;
  }

  /** @param {string} name */
  rename(name) {
    this.name = name;
    this.named = true;
    kept.set('name', name);
    this.#changed();
  }

  /** @param {Look['theme']} theme */
  wear(theme) {
    this.theme = theme;
    kept.set('theme', theme);
    this.#changed();
  }

  /** @param {Look['density']} density */
  pack(density) {
    this.density = density;
    kept.set('density', density);
    this.#changed();
  }

  /** @param {boolean} shown */
  setShowState(shown) {
    this.showState = shown;
    kept.set('show-state', shown);
    this.#changed();
  }

  /** @returns {Look} */
  look() {
    return { theme: this.theme, density: this.density, showState: this.showState, me: this.name };
  }

  #changed() {
    if (this.theme === 'auto') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = this.theme;
    this.dispatchEvent(new Event('change'));
  }
}

export const me = new Me();
