// A text cut into the pieces that a pattern's match makes of it: what was matched, and which group holds what.

/** @typedef {import('./types.js').Group} Group */

/**
 * `group` is the place of the innermost group in the list of groups; null outside of all.
 * @typedef {{ text: string, matched: boolean, group: number | null }} Piece
 */

/** So much (UTF-16 units) is shown before the match, and so much in all. */
const BEFORE = 60;
const MOST = 360;

/** @param {number} place @param {[number, number]} span */
const within = (place, [start, end]) => place >= start && place < end;

/** Never between the halves of a surrogate pair. @param {string} text @param {number} place */
function wholeAt(text, place) {
  const code = text.charCodeAt(place);
  return code >= 0xdc00 && code <= 0xdfff ? place - 1 : place;
}

/**
 * @param {string} text @param {[number, number] | null} span @param {Group[]} groups
 * @returns {Piece[]}
 */
export function piecesOf(text, span, groups) {
  const edges = new Set([0, text.length]);
  for (const edge of span ?? []) edges.add(edge);
  for (const group of groups) for (const edge of group.span ?? []) edges.add(edge);
  const places = [...edges].filter((edge) => edge >= 0 && edge <= text.length).sort((a, b) => a - b);
  /** @type {Piece[]} */
  const pieces = [];
  for (const [index, start] of places.slice(0, -1).entries()) {
    const piece = { text: text.slice(start, places[index + 1]), matched: span !== null && within(start, span), group: innermost(start, groups) };
    const last = pieces.at(-1);
    if (last && last.matched === piece.matched && last.group === piece.group) last.text += piece.text;
    else pieces.push(piece);
  }
  return pieces;
}

/** The innermost group at a place; those with a name go first, since they are what a bot gets. @param {number} place @param {Group[]} groups */
function innermost(place, groups) {
  /** @type {{ index: number, named: boolean, length: number } | null} */
  let best = null;
  for (const [index, { name, span }] of groups.entries()) {
    if (!span || !within(place, span)) continue;
    const one = { index, named: name !== null, length: span[1] - span[0] };
    if (best && (best.named !== one.named ? best.named : best.length < one.length)) continue;
    best = one;
  }
  return best?.index ?? null;
}

/**
 * The part of a long text around its match, with `…` where something is left out.
 * @param {string} text @param {[number, number] | null} span @param {Group[]} groups
 * @returns {Piece[]}
 */
export function excerptOf(text, span, groups) {
  if (text.length <= MOST) return piecesOf(text, span, groups);
  const start = span && span[0] > BEFORE * 2 ? wholeAt(text, span[0] - BEFORE) : 0;
  const end = wholeAt(text, Math.min(text.length, start + MOST));
  /** @param {[number, number] | null} one @returns {[number, number] | null} */
  const moved = (one) => one && [Math.max(0, Math.min(one[0], end) - start), Math.max(0, Math.min(one[1], end) - start)];
  const pieces = piecesOf(text.slice(start, end), moved(span), groups.map((group) => ({ ...group, span: moved(group.span) })));
  const gap = { text: '…', matched: false, group: null };
  return [...(start > 0 ? [gap] : []), ...pieces, ...(end < text.length ? [gap] : [])];
}
