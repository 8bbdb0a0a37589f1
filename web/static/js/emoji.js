// Finding emoji by name and by other words, those used lately, and the tone of hands. The list comes when it is needed.

import { kept } from './kept.js';

/** @typedef {{ sign: string, name: string, words: string[], group: string }} Emoji */

/** How many of those used lately are remembered. */
const MOST_RECENT = 24;
/** From light to dark; the first is the yellow that emoji have without one. */
export const TONES = ['', '\u{1f3fb}', '\u{1f3fc}', '\u{1f3fd}', '\u{1f3fe}', '\u{1f3ff}'];

/** @type {Promise<Emoji[]> | null} */
let list = null;

/** All there are, in their order. @returns {Promise<Emoji[]>} */
export function emoji() {
  list ??= import('./emoji-list.js').then(({ GROUPS }) => GROUPS.flatMap(([group, lines]) => lines.trim().split(/,\s+/u).map((one) => read(one, group))));
  list.catch(() => (list = null)); // Offline: the next one tries again.
  return list;
}

/** @param {string} one @param {string} group @returns {Emoji} */
function read(one, group) {
  const [sign, name, ...more] = one.split(' ');
  return { sign, name, words: [name, ...name.split('_'), ...more], group };
}

/**
 * Those whose names or words begin so; names first.
 * @param {Emoji[]} all @param {string} asked
 */
export function findEmoji(all, asked) {
  const parts = asked.toLowerCase().replaceAll(':', '').split(/\s+/u).filter(Boolean);
  const rank = (/** @type {Emoji} */ one) => {
    if (one.name === parts.join('_')) return 0;
    if (one.name.startsWith(parts.join('_'))) return 1;
    return parts.every((part) => one.words.some((word) => word.startsWith(part))) ? 2 : 3;
  };
  return all.map((one) => ({ one, at: rank(one) })).filter(({ at }) => at < 3).toSorted((a, b) => a.at - b.at).map(({ one }) => one);
}

/** Signs that were used lately, newest first. @returns {string[]} */
export const recentEmoji = () => kept.get('emoji.recent', /** @type {unknown[]} */ ([])).filter((sign) => typeof sign === 'string');

/** @param {string} sign  Without a tone. */
export const usedEmoji = (sign) => kept.set('emoji.recent', [sign, ...recentEmoji().filter((one) => one !== sign)].slice(0, MOST_RECENT));

export const tone = () => Math.min(TONES.length - 1, Math.max(0, Math.trunc(kept.get('emoji.tone', 0))));

/** @param {number} chosen */
export const setTone = (chosen) => kept.set('emoji.tone', chosen);

/** The sign in the chosen tone, where it has tones. @param {string} sign @param {number} [chosen] */
export function toned(sign, chosen = tone()) {
  const [first, ...rest] = sign;
  if (chosen === 0 || !/^\p{Emoji_Modifier_Base}$/u.test(first)) return sign;
  // A tone takes the place of the mark that says “as a picture”.
  if (rest[0] === '\ufe0f') rest.shift();
  return first + TONES[chosen] + rest.join('');
}
