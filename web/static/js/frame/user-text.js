// Draws what a person wrote: text as text, with its web addresses made into links; or as Markdown, where the room wants it.

import { markdown } from './markdown.js';

const ADDRESS = /\bhttps?:\/\/[^\s<>"“”«»]+/giu;
/** What may end a sentence around an address without being part of it. */
const TRAILING = /[.,:;!?'’)\]}…*~]+$/u;

/**
 * Splits an address as found from the punctuation after it; a closing bracket stays if it was opened inside.
 * @param {string} found
 */
function trim(found) {
  let end = found.length - (TRAILING.exec(found)?.[0].length ?? 0);
  let open = count(found.slice(0, end), '(') - count(found.slice(0, end), ')');
  for (; found[end] === ')' && open > 0; end += 1) open -= 1;
  return found.slice(0, end);
}

/** @param {string} text @param {string} sign */
const count = (text, sign) => text.split(sign).length - 1;

/** @param {string} href @param {(Node | string)[]} shown */
export function linkTo(href, ...shown) {
  const link = document.createElement('a');
  link.href = href;
  link.rel = 'noopener noreferrer nofollow ugc';
  link.append(...shown);
  return link;
}

/**
 * The web addresses in a text, in order.
 * @param {string} text
 * @returns {{ at: number, address: string }[]}
 */
export function addressesIn(text) {
  return [...text.matchAll(ADDRESS)]
    .map((match) => ({ at: match.index, address: trim(match[0]) }))
    .filter(({ address }) => URL.canParse(address));
}

/** @param {string} text */
function linked(text) {
  const out = document.createDocumentFragment();
  let done = 0;
  for (const { at, address } of addressesIn(text)) {
    out.append(text.slice(done, at), linkTo(address, address));
    done = at + address.length;
  }
  out.append(text.slice(done));
  return out;
}

/**
 * @param {string} text
 * @param {boolean} formatted  Whether it is read as Markdown.
 * @returns {DocumentFragment}
 */
export const userText = (text, formatted) => (formatted ? markdown(text) : linked(text));
