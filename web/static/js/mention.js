// Whether a message says somebody's name.

import { textOf } from './plain.js';

/** @typedef {import('./types.js').Message} Message */

/** Letters of scripts that put no space between words: a name in them may stand anywhere. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const WORD = '[\\p{L}\\p{M}\\p{N}_]';

/**
 * Whether `text` holds `name` as a word of its own, whatever its case.
 * @param {string} text @param {string} name
 */
export function says(text, name) {
  const plain = name.normalize('NFC').trim();
  if (plain === '') return false;
  const [first] = plain;
  const last = [...plain].at(-1) ?? first;
  const before = UNSPACED.test(first) ? '' : `(?<!${WORD})`;
  const after = UNSPACED.test(last) ? '' : `(?!${WORD})`;
  const literal = plain.replace(/[\\^$.*+?()[\]{}|/-]/gu, '\\$&').replace(/\s+/gu, '\\s+');
  return new RegExp(`${before}${literal}${after}`, 'iu').test(text.normalize('NFC'));
}

/**
 * Whether a message counts as unread for this person: what others and bots said, not what Parlor notes.
 * @param {Message} message @param {string} me
 */
export const counts = ({ kind, author }, me) => kind !== 'system' && (kind === 'bot' || author !== me);

/** @param {Message} message @param {string} me */
export const mentions = (message, me) => counts(message, me) && says(textOf(message), me);
