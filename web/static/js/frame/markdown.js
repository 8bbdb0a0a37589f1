// The Markdown that people expect in a chat: paragraphs, quotes, lists, code between fences; what stands within a line is
// in markdown-line.js. It makes nodes and never writes HTML, and its time grows with the text and not faster.

import { make } from './make.js';
import { line } from './markdown-line.js';

const FENCE = /^ {0,3}(`{3,}|~{3,})\s*([\w+#.-]*)[^`]*$/u;
const QUOTE = /^ {0,3}> ?/u;
const ITEM = /^( {0,3})([-*+]|\d{1,3}[.)])( {1,4})(?=\S)/u;
/** Quotes and lists within each other; deeper ones stay text. */
const DEEPEST = 8;

/** @param {string} text @returns {DocumentFragment} */
export function markdown(text) {
  const out = document.createDocumentFragment();
  out.append(...blocks(text.replace(/\r\n?/gu, '\n').split('\n'), 0));
  return out;
}

/**
 * @param {string[]} lines @param {number} depth
 * @returns {Node[]}
 */
function blocks(lines, depth) {
  /** @type {Node[]} */
  const out = [];
  let at = 0;
  while (at < lines.length) {
    if (lines[at].trim() === '') {
      at += 1;
      continue;
    }
    const read = fence(lines, at) ?? (depth < DEEPEST ? quote(lines, at, depth) ?? list(lines, at, depth) : null) ?? paragraph(lines, at, depth);
    out.push(read.node);
    at = read.next;
  }
  return out;
}

/** @typedef {{ node: Node, next: number } | null} Read  What was read, and the line after it. */

/** @param {string[]} lines @param {number} at @returns {Read} */
function fence(lines, at) {
  const opens = FENCE.exec(lines[at]);
  if (!opens) return null;
  const closes = new RegExp(`^ {0,3}${opens[1][0]}{${opens[1].length},}\\s*$`, 'u');
  let end = at + 1;
  while (end < lines.length && !closes.test(lines[end])) end += 1;
  const code = make('code', '', lines.slice(at + 1, end).join('\n'));
  const pre = make('pre', '', code);
  pre.dir = 'ltr';
  return { node: pre, next: end + 1 };
}

/** @param {string[]} lines @param {number} at @param {number} depth @returns {Read} */
function quote(lines, at, depth) {
  let end = at;
  while (end < lines.length && QUOTE.test(lines[end])) end += 1;
  if (end === at) return null;
  const inner = lines.slice(at, end).map((one) => one.replace(QUOTE, ''));
  return { node: make('blockquote', '', ...blocks(inner, depth + 1)), next: end };
}

/** @param {string[]} lines @param {number} at @param {number} depth @returns {Read} */
function list(lines, at, depth) {
  const first = ITEM.exec(lines[at]);
  if (!first) return null;
  const sort = first[2].slice(-1);
  const ordered = /\d/u.test(first[2]);
  const node = make(ordered ? 'ol' : 'ul', '');
  if (node instanceof HTMLOListElement) node.start = Number.parseInt(first[2], 10);
  let next = at;
  for (let marker = ITEM.exec(lines[next] ?? ''); marker && marker[2].slice(-1) === sort; marker = ITEM.exec(lines[next] ?? '')) {
    const indent = marker[0].length;
    const inner = [lines[next].slice(indent)];
    for (next += 1; next < lines.length && belongs(lines, next, indent); next += 1) inner.push(lines[next].slice(indent));
    node.append(item(inner, depth));
  }
  return { node, next };
}

/** Whether a line belongs to the item before it: it is indented, or it is empty and what follows is. @param {string[]} lines @param {number} at @param {number} indent */
function belongs(lines, at, indent) {
  const starts = (/** @type {string | undefined} */ one) => one !== undefined && one.trim() !== '' && one.slice(0, indent).trim() === '';
  return starts(lines[at]) || (lines[at].trim() === '' && starts(lines[at + 1]));
}

/** An item of one paragraph holds its text itself. @param {string[]} lines @param {number} depth */
function item(lines, depth) {
  const [first, ...rest] = blocks(lines, depth + 1);
  if (first instanceof HTMLParagraphElement) return make('li', '', ...first.childNodes, ...rest);
  return make('li', '', ...(first ? [first] : []), ...rest);
}

/** @param {string[]} lines @param {number} at @param {number} depth */
function paragraph(lines, at, depth) {
  let end = at + 1;
  const another = (/** @type {string} */ one) => one.trim() === '' || FENCE.test(one) || (depth < DEEPEST && (QUOTE.test(one) || ITEM.test(one)));
  while (end < lines.length && !another(lines[end])) end += 1;
  return { node: make('p', '', line(lines.slice(at, end).join('\n'))), next: end };
}
