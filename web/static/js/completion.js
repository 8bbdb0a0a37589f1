// Completing names and emoji: what stands before the caret, and what it can become. Knows texts, not elements.

/** @typedef {import('./store.js').RoomStore} RoomStore */

/**
 * What can be put in the place of the text from `from` to `to`.
 * @typedef {{ from: number, to: number, word: string, kind: 'name' | 'emoji' }} Place
 */

/** How many are offered at once, and from how many of the newest messages authors are taken. */
export const MOST_OFFERS = 8;
const LATELY = 200;

/** As it is compared: without case and accents. @param {string} text */
export const folded = (text) => text.normalize('NFD').replace(/\p{M}/gu, '').toLocaleLowerCase();

/**
 * What asks for a list while one types: `:smi` or `@jo`.
 * @param {string} text @param {number} caret
 * @returns {Place | null}
 */
export function askedAt(text, caret) {
  const before = text.slice(0, caret);
  const emoji = /(?<![\p{L}\p{N}:])(?<colon>:)(?<word>[\p{L}+][\p{L}\p{N}_+-]+)$/u.exec(before);
  if (emoji?.groups) return { from: emoji.index, to: caret, word: emoji.groups.word, kind: 'emoji' };
  const name = /(?<![\p{L}\p{N}._-])@(?<word>[^\s@]*)$/u.exec(before);
  return name?.groups ? { from: name.index + 1, to: caret, word: name.groups.word, kind: 'name' } : null;
}

/**
 * The word that the tab key completes.
 * @param {string} text @param {number} caret
 * @returns {Place | null}
 */
export function wordAt(text, caret) {
  const word = /[^\s@]+$/u.exec(text.slice(0, caret))?.[0];
  return word ? { from: caret - word.length, to: caret, word, kind: 'name' } : null;
}

/**
 * Whom one may mean: people who are here, bots, then those who wrote lately.
 * @param {RoomStore} store @param {string} me
 * @returns {{ name: string, bot: boolean }[]}
 */
export function namesIn(store, me) {
  const bots = new Set(store.botList.map(({ name }) => name));
  const lately = store.messages.slice(-LATELY).filter(({ kind }) => kind !== 'system').map(({ author }) => author).toReversed();
  const names = new Set([...(store.signals.people ?? []), ...bots, ...lately]);
  names.delete(me);
  return [...names].map((name) => ({ name, bot: bots.has(name) }));
}

/**
 * Names that begin so; those of which a later word does come after them.
 * @param {{ name: string, bot: boolean }[]} names @param {string} word
 */
export function matching(names, word) {
  const start = folded(word);
  const first = names.filter(({ name }) => folded(name).startsWith(start));
  const later = names.filter((one) => !first.includes(one) && folded(one.name).split(/[\s._-]+/u).some((part) => part.startsWith(start)));
  return [...first, ...later];
}

/** What follows a name: people who are spoken to at the beginning get a colon. @param {boolean} begins @param {boolean} bot */
export const afterName = (begins, bot) => (begins && !bot ? ': ' : ' ');
