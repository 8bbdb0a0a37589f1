// How a text is drawn in which a pattern was found: the match marked, its groups numbered, coloured and listed by name.

import { html, nothing } from '/web/vendor/lit.js';
import { excerptOf } from '../excerpt.js';
import { words } from '../words-bots.js';

/** @typedef {import('../types.js').Tried} Tried */
/** @typedef {import('../excerpt.js').Piece} Piece */

/** So many colours there are for groups; their numbers tell them apart beyond. */
const COLOURS = 6;

/** @param {number} index */
const colour = (index) => `g${index % COLOURS}`;

/** The text, or the part of it around the match, which is one mark. @param {Pick<Tried, 'text' | 'span' | 'groups'>} tried */
export function matchedText({ text, span, groups }) {
  const pieces = excerptOf(text, span, groups);
  const first = pieces.findIndex(({ matched }) => matched);
  const last = pieces.findLastIndex(({ matched }) => matched);
  const drawn = pieces.map((piece, index) => pieceOf(piece, pieces[index + 1]));
  if (first < 0) return drawn;
  return html`${drawn.slice(0, first)}<mark>${drawn.slice(first, last + 1)}</mark>${drawn.slice(last + 1)}`;
}

/** @param {Piece} piece @param {Piece | undefined} next */
function pieceOf({ text, group }, next) {
  if (group === null) return text;
  const ends = next?.group !== group;
  return html`<span class="group ${colour(group)}">${text}${ends ? html`<sup aria-hidden="true">${group + 1}</sup>` : nothing}</span>`;
}

/** The groups, as the bot gets them. @param {import('../types.js').Group[]} groups */
export function groupList(groups) {
  if (groups.length === 0) return nothing;
  return html`<dl class="groups">${groups.map(groupRow)}</dl>`;
}

/** @param {import('../types.js').Group} group @param {number} index */
function groupRow({ name, text }, index) {
  const value = text === null ? html`<i class="quiet">${words.tryOut.took}</i>` : text === '' ? html`<i class="quiet">${words.tryOut.empty}</i>` : html`<span dir="auto">${text}</span>`;
  return html`
    <div>
      <dt class="group ${colour(index)}"><span class="number">${index + 1}</span> ${name === null ? html`<i class="quiet">${words.tryOut.unnamed}</i>` : html`<code>${name}</code>`}</dt>
      <dd>${value}</dd>
    </div>
  `;
}

/** A pattern with a mark under the character where its fault is, and the sentence. @param {string} pattern @param {{ message: string, at: number | null }} error */
export function faultIn(pattern, { message, at }) {
  if (at === null || at > pattern.length) return html`<p>${message}</p>`;
  const end = at === pattern.length;
  const after = at + ((pattern.codePointAt(at) ?? 0) > 0xffff ? 2 : 1);
  return html`
    <p class="fault" dir="ltr"><span aria-hidden="true">${pattern.slice(0, at)}<b>${end ? ' ' : pattern.slice(at, after)}</b>${pattern.slice(after)}</span><span class="unseen">${end ? words.tryOut.end : words.tryOut.place(at + 1)}</span></p>
    <p>${message}</p>
  `;
}
