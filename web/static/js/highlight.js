// Where the words of a search stand in a text, so that they can be marked there.

/** @typedef {{ text: string, found: boolean }} Piece */

/** Before the first word that was found, so much of the text is shown. */
const LEAD = 40;
const LONGEST = 220;

/** What is searched for as text: words and “quoted phrases”, without `from:NAME`. @param {string} query */
export function wordsOf(query) {
  const found = [];
  for (const [, from, phrase, word] of query.matchAll(/(from:(?:"[^"]*"|\S*))|"([^"]*)"?|(\S+)/giu)) {
    if (!from && (phrase ?? word)) found.push(folded(phrase ?? word).text.trim());
  }
  return found.filter(Boolean);
}

/** Without case and accents; `at` says where each character of it stood. @param {string} text */
function folded(text) {
  let plain = '';
  /** @type {number[]} */
  const at = [];
  let place = 0;
  for (const character of text) {
    const bare = character.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
    for (let unit = 0; unit < bare.length; unit += 1) at.push(place);
    plain += bare;
    place += character.length;
  }
  at.push(place);
  return { text: plain, at };
}

const inWord = /[\p{L}\p{N}_]/u;

/** @param {string} plain @param {string} word @returns {[number, number][]} */
function places(plain, word) {
  /** @type {[number, number][]} */
  const found = [];
  for (let at = plain.indexOf(word); at >= 0; at = plain.indexOf(word, at + word.length)) {
    // Words are found from their beginning.
    if (at === 0 || !inWord.test(plain[at - 1]) || !inWord.test(word[0])) found.push([at, at + word.length]);
  }
  return found;
}

/**
 * A part of `text` around the first word that was found, in pieces.
 * @param {string} text @param {string} query
 * @returns {Piece[]}
 */
export function highlighted(text, query) {
  const { text: plain, at } = folded(text);
  const spans = wordsOf(query).flatMap((word) => places(plain, word)).map(([from, to]) => [at[from], at[to]]).sort((a, b) => a[0] - b[0]);
  const begin = startOf(text, spans[0]?.[0] ?? 0);
  const end = Math.min(text.length, begin + LONGEST);
  /** @type {Piece[]} */
  const pieces = [{ text: begin > 0 ? '…' : '', found: false }];
  let place = begin;
  for (const [from, to] of spans) {
    if (from < place || to > end) continue;
    pieces.push({ text: text.slice(place, from), found: false }, { text: text.slice(from, to), found: true });
    place = to;
  }
  pieces.push({ text: text.slice(place, end), found: false }, { text: end < text.length ? '…' : '', found: false });
  return pieces.filter((piece) => piece.text !== '');
}

/** Where to begin, so that the first word found can be seen, and no word is cut. @param {string} text @param {number} first */
function startOf(text, first) {
  if (first <= LEAD * 2) return 0;
  const space = text.indexOf(' ', first - LEAD);
  return space >= 0 && space < first ? space + 1 : first;
}
