// Whether a message says somebody's name.

/** @typedef {import('./types.js').Message} Message */

/** Letters of scripts that put no space between words: a name in them may stand anywhere. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const WORD = '[\\p{L}\\p{M}\\p{N}_]';

/** @type {Record<string, string>} */
const NAMED = { amp: '&', lt: '<', gt: '>', quot: '"', apos: '\'', nbsp: ' ' };

/** What a bot's HTML says, roughly; for counting and finding, never for showing as HTML. @param {string} html */
export function plainText(html) {
  return html
    .replace(/<(style|script)\b[^]*?<\/\1\s*>/giu, ' ')
    .replace(/<!--[^]*?-->/gu, ' ')
    .replace(/<[^>]*>/gu, ' ')
    .replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z]+));/giu, (all, decimal, hex, name) => {
      if (name) return NAMED[name.toLowerCase()] ?? all;
      const code = decimal ? Number(decimal) : Number.parseInt(hex, 16);
      return code <= 0x10ffff ? String.fromCodePoint(code) : all;
    })
    .replace(/\s+/gu, ' ')
    .trim();
}

/** What people read of a message. @param {Message} message */
export const textOf = ({ kind, text }) => (kind === 'user' ? text : plainText(text));

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
