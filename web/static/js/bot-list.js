// A room's bots as a file: written in our own form or in NeCSuS's, and read from whatever somebody brings. Nothing here
// writes to a room; what is wrong with an entry is a sentence beside it.

import { same, valuesOf } from './bot-drafts.js';
import { words } from './words-bots.js';

/** @typedef {import('./types.js').Bot} Bot */
/** @typedef {'parlor' | 'necsus'} Format */
/** @typedef {'add' | 'replace' | 'skip'} Choice */

/** @typedef {Pick<Bot, 'name' | 'responds_to' | 'url'> & Partial<Pick<Bot, 'timeout' | 'paused' | 'events'>>} Listed */

/**
 * One entry of a file. `bot` is null if it can't be one; then `wrong` says why.
 * @typedef {object} Entry
 * @property {string} label
 * @property {Listed | null} bot
 * @property {string | null} wrong
 * @property {string | null} note
 * @property {number | null} here  The bot of the same name that the room has.
 * @property {Choice} choice
 */

/** The largest file that is read (bytes), and the most entries. */
export const FILE_MAX = 1_000_000;
const ENTRIES_MAX = 200;
/** So much of a name is shown where an entry is named. */
const LABEL = 60;

/** @param {Bot[]} bots @param {Format} format @returns {string} */
export function writeBots(bots, format) {
  const list = bots.map(({ name, responds_to, url, timeout, paused, events }) =>
    format === 'necsus'
      ? { name, responds_to: responds_to ?? '', url }
      : { name, responds_to, url, timeout: timeout ?? null, paused: paused === true, events: events ?? [] },
  );
  return `${JSON.stringify(list, null, 2)}\n`;
}

/** @param {unknown} value @returns {string} What it is, in words. */
function kindInWords(value) {
  if (value === null || value === undefined) return words.exchange.kinds.null;
  if (Array.isArray(value)) return words.exchange.kinds.array;
  return words.exchange.kinds[/** @type {'object' | 'string' | 'number' | 'boolean'} */ (typeof value)];
}

/**
 * Reads a file. Throws an `Error` with a sentence if it is no list of bots at all.
 * @param {string} source @param {Bot[]} here  The bots that the room has.
 * @returns {Entry[]}
 */
export function readBots(source, here) {
  const list = listIn(source);
  const names = new Set();
  return list.map((raw, index) => {
    const entry = readEntry(raw, index, here);
    if (entry.bot && names.has(entry.bot.name)) Object.assign(entry, { note: words.exchange.twice, choice: 'skip' });
    if (entry.bot) names.add(entry.bot.name);
    return entry;
  });
}

/** @param {string} source @returns {unknown[]} */
function listIn(source) {
  if (source.length > FILE_MAX) throw new Error(words.exchange.tooLarge);
  const text = source.replace(/^\ufeff/u, '').trim();
  if (!text) throw new Error(words.exchange.empty);
  let said;
  try {
    said = JSON.parse(text);
  } catch (error) {
    throw new Error(words.exchange.notJson(error instanceof SyntaxError ? error.message : ''));
  }
  const list = Array.isArray(said) ? said : said?.bots;
  if (!Array.isArray(list)) throw new Error(words.exchange.notList(kindInWords(said)));
  if (list.length === 0) throw new Error(words.exchange.emptyList);
  if (list.length > ENTRIES_MAX) throw new Error(words.exchange.tooMany(list.length));
  return list;
}

/** @param {unknown} raw @param {number} index @param {Bot[]} here @returns {Entry} */
function readEntry(raw, index, here) {
  const nameless = words.exchange.nameless(index + 1);
  /** @param {string} wrong @param {string} [label] @returns {Entry} */
  const refused = (wrong, label = nameless) => ({ label, bot: null, wrong, note: null, here: null, choice: 'skip' });
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return refused(words.exchange.notObject(kindInWords(raw)));
  const fields = /** @type {Record<string, unknown>} */ (raw);
  const wrong = mistakeIn(fields);
  const name = typeof fields.name === 'string' ? fields.name.trim() : '';
  const label = name.slice(0, LABEL) || nameless;
  if (wrong) return refused(wrong, label);
  const bot = listed(fields, name);
  const twin = here.find((one) => one.name === name);
  const equal = twin && same(JSON.stringify(shape(twin, bot)), JSON.stringify(shape(bot, bot)));
  return {
    label,
    bot,
    wrong: null,
    note: twin ? (equal ? words.exchange.same : words.exchange.other) : null,
    here: twin?.id ?? null,
    choice: !twin ? 'add' : equal ? 'skip' : 'replace',
  };
}

/** Key, whether it must be there, whether a value of it is right, and what it should be. */
const RULES = /** @type {[string, boolean, (value: unknown) => boolean, string][]} */ ([
  ['name', true, (value) => typeof value === 'string', words.exchange.wanted.text],
  ['responds_to', false, (value) => typeof value === 'string', words.exchange.wanted.text],
  ['url', true, (value) => typeof value === 'string', words.exchange.wanted.text],
  ['timeout', false, (value) => typeof value === 'number', words.exchange.wanted.number],
  ['paused', false, (value) => typeof value === 'boolean', words.exchange.wanted.bool],
  ['events', false, (value) => Array.isArray(value) && value.every((one) => typeof one === 'string'), words.exchange.wanted.list],
]);

/** @param {Record<string, unknown>} fields @returns {string | null} */
function mistakeIn(fields) {
  for (const [key, needed, isRight, wanted] of RULES) {
    const value = Object.hasOwn(fields, key) ? fields[key] : undefined;
    if (value === undefined || value === null) {
      if (needed) return words.exchange.missing(key);
    } else if (!isRight(value)) return words.exchange.wrongType(key, kindInWords(value), wanted);
  }
  return String(fields.name).trim() === '' ? words.exchange.emptyName : null;
}

/** Only what a bot has; all else in the file stays there. @param {Record<string, any>} fields @param {string} name @returns {Listed} */
function listed(fields, name) {
  /** @type {Listed} */
  const bot = { name, responds_to: fields.responds_to || null, url: fields.url.trim() };
  if (typeof fields.timeout === 'number') bot.timeout = fields.timeout;
  if (typeof fields.paused === 'boolean') bot.paused = fields.paused;
  if (Array.isArray(fields.events)) bot.events = [...fields.events];
  return bot;
}

/** What of a bot is compared: only what the file says. @param {Listed} bot @param {Listed} told */
function shape(bot, told) {
  const { name, responds_to, url, timeout, events } = valuesOf(bot);
  return [name, responds_to, url, 'timeout' in told && timeout, 'events' in told && events, 'paused' in told && bot.paused === true];
}
