// What people type into the forms of bots, until it is saved: kept in this browser, so that neither another tab of the
// panel nor a reload loses it; and what to do when somebody else changes the same bot meanwhile. Secrets stay out of it.

import { kept } from './kept.js';

/** @typedef {import('./types.js').Bot} Bot */
/** @typedef {'web' | 'socket' | 'builtin'} Kind */
/** @typedef {'name' | 'responds_to' | 'url' | 'timeout' | 'events'} Field */

/**
 * A bot as its form has it: everything is text, as typed.
 * @typedef {{ name: string, responds_to: string, url: string, timeout: string, events: string[] }} Values
 */

/**
 * `base` is the bot as it was when one began, or when one last looked at somebody else's change.
 * @typedef {{ values: Values, base: Values }} Draft
 */

/** @type {Field[]} */
export const FIELDS = ['name', 'responds_to', 'url', 'timeout', 'events'];

/** @type {Values} */
const NOTHING = { name: '', responds_to: '', url: '', timeout: '', events: [] };

/** @param {Partial<Bot>} bot @returns {Values} */
export const valuesOf = (bot) => ({
  name: bot.name ?? '',
  responds_to: bot.responds_to ?? '',
  url: bot.url ?? '',
  timeout: typeof bot.timeout === 'number' ? `${bot.timeout}` : '',
  events: [...(bot.events ?? [])].sort(),
});

/** @param {Values[Field]} one @param {Values[Field]} other */
export const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/** @param {Draft} draft @returns {Field[]} The fields that one changed. */
export const changed = ({ values, base }) => FIELDS.filter((field) => !same(values[field], base[field]));

/** @param {string} url @returns {Kind} */
export function kindOf(url) {
  if (url.startsWith('builtin:')) return 'builtin';
  return url.trim() === 'socket:' ? 'socket' : 'web';
}

/**
 * What a draft means for the bot as it is now: a field that one did not touch follows the bot, one that both changed is
 * in `theirs`, and stays as typed until one has decided.
 * @param {Draft} draft @param {Values} now
 * @returns {{ draft: Draft, theirs: Field[] }}
 */
export function follow(draft, now) {
  const values = { ...draft.values };
  const base = { ...draft.base };
  /** @type {Field[]} */
  const theirs = [];
  for (const field of FIELDS) {
    if (same(now[field], base[field])) continue;
    const touched = !same(values[field], base[field]);
    if (touched && !same(values[field], now[field])) {
      theirs.push(field);
      continue;
    }
    Object.assign(values, { [field]: now[field] });
    Object.assign(base, { [field]: now[field] });
  }
  return { draft: { values, base }, theirs };
}

/** The drafts of a room. Events: `change`. */
export class BotDrafts extends EventTarget {
  /** @param {string} room */
  constructor(room) {
    super();
    this.key = `bot-drafts.${room}`;
  }

  /** @type {Record<string, Draft>} */
  get #all() {
    return kept.get(this.key, /** @type {Record<string, Draft>} */ ({}));
  }

  /** @param {number | 'new'} bot @returns {Draft | null} */
  get(bot) {
    const draft = this.#all[bot];
    if (typeof draft?.values !== 'object' || typeof draft.base !== 'object') return null;
    return { values: { ...NOTHING, ...draft.values }, base: { ...NOTHING, ...draft.base } };
  }

  /** Keeps a draft, unless nothing in it was changed. @param {number | 'new'} bot @param {Draft} draft */
  put(bot, draft) {
    if (changed(draft).length === 0) return this.drop(bot);
    this.#keep({ ...this.#all, [bot]: draft });
  }

  /** @param {number | 'new'} bot */
  drop(bot) {
    const all = this.#all;
    if (!(bot in all)) return;
    delete all[bot];
    this.#keep(all);
  }

  /** @param {Record<string, Draft>} all */
  #keep(all) {
    if (Object.keys(all).length > 0) kept.set(this.key, all);
    else kept.remove(this.key);
    this.dispatchEvent(new Event('change'));
  }
}
