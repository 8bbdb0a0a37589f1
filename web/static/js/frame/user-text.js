// Draws what a person wrote: text as text, with its web addresses made into links.

const ADDRESS = /\bhttps?:\/\/[^\s<>"“”«»]+/giu;
/** What may end a sentence around an address without being part of it. */
const TRAILING = /[.,:;!?'’)\]}…]+$/u;

/**
 * Splits an address as found from the punctuation after it; a closing bracket stays if it was opened inside.
 * @param {string} found
 */
function trim(found) {
  let end = found.length - (TRAILING.exec(found)?.[0].length ?? 0);
  while (end < found.length && found[end] === ')' && count(found.slice(0, end), '(') > count(found.slice(0, end), ')')) end += 1;
  return found.slice(0, end);
}

/** @param {string} text @param {string} sign */
const count = (text, sign) => text.split(sign).length - 1;

/**
 * @param {string} text
 * @param {boolean} _markdown
 * @returns {DocumentFragment}
 */
export function userText(text, _markdown) {
  const out = document.createDocumentFragment();
  let done = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const address = trim(match[0]);
    if (!URL.canParse(address)) continue;
    const link = document.createElement('a');
    link.href = address;
    link.rel = 'noopener noreferrer nofollow ugc';
    link.textContent = address;
    out.append(text.slice(done, match.index), link);
    done = match.index + address.length;
  }
  out.append(text.slice(done));
  return out;
}
