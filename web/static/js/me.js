// Who the person is in this browser, and how they like the page.

import { kept, randomKey } from './kept.js';
import { words } from './words.js';

/** @typedef {import('./frame/protocol.js').Look} Look */

/** A name to begin with, so that one can speak at once. */
function suggestName() {
  const pick = (/** @type {string[]} */ list) => list[Number.parseInt(randomKey().slice(0, 6), 16) % list.length];
  return `${pick(words.you.adjectives)} ${pick(words.you.nouns)}`;
}

/** Whether this tab hides the room's name, for a screen that many look at; `?lecture` in the address turns it on. */
function lectures() {
  if (new URLSearchParams(location.search).has('lecture')) return true;
  try {
    return sessionStorage.getItem('parlor.lecture') === 'on';
  } catch {
    return false;
  }
}

/** What can be chosen beside looks, and where it is kept. */
const CHOICES = /** @type {const} */ ({
  enterSends: 'enter-sends',
  joins: 'joins',
  aloud: 'aloud',
  voice: 'voice',
  rate: 'rate',
  showState: 'show-state',
});

class Me extends EventTarget {
  /** The account that is logged in, which is the name; empty without one. */
  account = document.body.dataset.account ?? '';
  /** Whether people have accounts here: `optional`, `required`, or not at all. */
  accounts = document.body.dataset.accounts ?? '';
  /** Whether the name was chosen, not suggested. */
  named = this.account !== '' || kept.get('name', '') !== '';
  name = this.account || kept.get('name', '') || kept.get('name.suggested', '') || this.#suggest();
  theme = /** @type {Look['theme']} */ (kept.get('theme', 'auto'));
  density = /** @type {Look['density']} */ (kept.get('density', 'comfortable'));
  showState = kept.get('show-state', false);
  /** Whether Enter sends; else it starts a new line, and Ctrl and Enter send. */
  enterSends = kept.get('enter-sends', true);
  /** Whether people who come and go are told of. */
  joins = kept.get('joins', true);
  /** Whether bots' new messages are read aloud, by which voice (its `voiceURI`; empty: the browser's), how fast. */
  aloud = kept.get('aloud', false);
  voice = kept.get('voice', '');
  rate = kept.get('rate', 1);
  lecture = lectures();

  constructor() {
    super();
    kept.watch((key) => {
      if (key === 'name' && !this.account) Object.assign(this, { name: kept.get('name', this.name), named: true });
      if (key === 'density') this.density = /** @type {Look['density']} */ (kept.get('density', 'comfortable'));
      if (key === 'theme') this.theme = /** @type {Look['theme']} */ (kept.get('theme', 'auto'));
      const choice = Object.entries(CHOICES).find(([, where]) => where === key)?.[0];
      if (choice) Object.assign(this, { [choice]: kept.get(key, Reflect.get(this, choice)) });
      if (choice || ['name', 'theme', 'density'].includes(key)) this.#changed();
    });
  }

  #suggest() {
    const name = suggestName();
    kept.set('name.suggested', name);
    return name;
  }

  /** @param {string} name */
  rename(name) {
    if (this.account) return;
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

  /**
   * @template {keyof typeof CHOICES} C
   * @param {C} choice @param {Me[C]} value
   */
  choose(choice, value) {
    Object.assign(this, { [choice]: value });
    kept.set(CHOICES[choice], value);
    this.#changed();
  }

  /** For this tab only: another one may be the teacher's own. @param {boolean} on */
  setLecture(on) {
    this.lecture = on;
    try {
      sessionStorage.setItem('parlor.lecture', on ? 'on' : 'off');
    } catch {
      // Without storage it lasts until the page is left.
    }
    this.#changed();
  }

  /** What a room is called on this screen. @param {string} room */
  shown(room) {
    return this.lecture ? words.lecture.room : room;
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
