// Markdown within a line: code, links, addresses, and what stands between stars, underscores and tildes. The rules for
// those are CommonMark's, so that snake_case and 2 * 3 * 4 stay what they are.

import { make } from './make.js';
import { addressesIn, linkTo } from './user-text.js';

const SPACE = /[\s\u00A0]|^$/u;
const SIGN = /[\p{P}\p{S}]/u;
/** Elements within each other; what would be deeper stays text. */
const DEEPEST = 16;

/**
 * A run of stars, underscores or tildes that may turn out to mean something.
 * @typedef {object} Mark
 * @property {Text} node
 * @property {string} sign
 * @property {number} length  As it was written.
 * @property {boolean} opens
 * @property {boolean} closes
 */

/** @param {string} text @returns {DocumentFragment} */
export const line = (text) => new Line(text, true).read();

class Line {
  #out = document.createDocumentFragment();
  /** @type {Mark[]} */
  #marks = [];
  #plain = '';
  #at = 0;
  /** How deep each element is that was made. @type {Map<Node, number>} */
  #deep = new Map();
  /** Lengths of runs of backticks that nothing closes any more. */
  #unclosed = new Set();

  /** @param {string} text @param {boolean} links  Whether there may be links in it. */
  constructor(text, links) {
    this.text = text;
    this.links = links;
    this.brackets = links ? bracketsIn(text) : new Map();
    this.addresses = new Map(links ? addressesIn(text).map(({ at, address }) => [at, address]) : []);
  }

  read() {
    while (this.#at < this.text.length) {
      if (!(this.#escape() || this.#code() || this.#link() || this.#address() || this.#mark())) {
        this.#plain += this.text[this.#at];
        this.#at += 1;
      }
    }
    this.#flush();
    this.#pair();
    return this.#out;
  }

  #flush() {
    if (this.#plain) this.#out.append(this.#plain);
    this.#plain = '';
  }

  /** @param {Node} node @param {number} next */
  #put(node, next) {
    this.#flush();
    this.#out.append(node);
    this.#at = next;
    return true;
  }

  #escape() {
    const next = this.text[this.#at + 1];
    if (this.text[this.#at] !== '\\' || !next || !/[!-/:-@[-`{-~]/u.test(next)) return false;
    this.#plain += next;
    this.#at += 2;
    return true;
  }

  #code() {
    if (this.text[this.#at] !== '`') return false;
    const [ticks] = /^`+/u.exec(this.text.slice(this.#at, this.#at + 80)) ?? ['`'];
    const start = this.#at + ticks.length;
    const end = this.#unclosed.has(ticks.length) ? -1 : this.#closing(ticks, start);
    if (end < 0) {
      this.#unclosed.add(ticks.length);
      this.#plain += ticks;
      this.#at = start;
      return true;
    }
    const code = this.text.slice(start, end).replaceAll('\n', ' ');
    return this.#put(make('code', '', code.replace(/^ (.*\S.*) $/u, '$1')), end + ticks.length);
  }

  /** @param {string} ticks @param {number} from */
  #closing(ticks, from) {
    for (let at = this.text.indexOf(ticks, from); at >= 0; at = this.text.indexOf(ticks, at)) {
      let end = at;
      while (this.text[end] === '`') end += 1;
      if (end - at === ticks.length) return at;
      at = end;
    }
    return -1;
  }

  /** `[text](address)`; one to a picture is a link to it. */
  #link() {
    const from = this.text[this.#at] === '!' ? this.#at + 1 : this.#at;
    const close = this.text[from] === '[' ? this.brackets.get(from) : undefined;
    if (close === undefined || this.text[close + 1] !== '(') return false;
    const target = /^\(\s*<?((?:[^\s()<>]|\([^\s()<>]*\))+)>?(?:\s+["'(][^"')]*["')])?\s*\)/u.exec(this.text.slice(close + 1, close + 1000));
    if (!target || !/^(https?:\/\/|mailto:)/iu.test(target[1]) || !URL.canParse(target[1])) return false;
    const shown = new Line(this.text.slice(from + 1, close), false).read();
    const link = linkTo(target[1], shown);
    link.title = link.href;
    return this.#put(link, close + 1 + target[0].length);
  }

  #address() {
    const bracket = this.text[this.#at] === '<' ? 1 : 0;
    const address = this.addresses.get(this.#at + bracket);
    if (!address) return false;
    const end = this.#at + bracket + address.length;
    const closed = bracket && this.text[end] === '>';
    if (bracket && !closed) this.#plain += '<';
    return this.#put(linkTo(address, address), closed ? end + 1 : end);
  }

  #mark() {
    const sign = this.text[this.#at];
    if (sign !== '*' && sign !== '_' && sign !== '~') return false;
    let end = this.#at;
    while (this.text[end] === sign) end += 1;
    const before = this.text.slice(Math.max(0, this.#at - (/[\uDC00-\uDFFF]/u.test(this.text[this.#at - 1] ?? '') ? 2 : 1)), this.#at);
    const after = end < this.text.length ? String.fromCodePoint(this.text.codePointAt(end) ?? 32) : '';
    const left = !SPACE.test(after) && (!SIGN.test(after) || SPACE.test(before) || SIGN.test(before));
    const right = !SPACE.test(before) && (!SIGN.test(before) || SPACE.test(after) || SIGN.test(after));
    const node = document.createTextNode(this.text.slice(this.#at, end));
    const mark = { node, sign, length: end - this.#at, opens: left, closes: right };
    if (sign === '_') {
      mark.opens = left && (!right || SIGN.test(before));
      mark.closes = right && (!left || SIGN.test(after));
    }
    if (sign !== '~' || mark.length === 2) this.#marks.push(mark);
    return this.#put(node, end);
  }

  /** Finds what opens for each mark that closes, as CommonMark says. */
  #pair() {
    /** How far back it is known that nothing opens. @type {Map<string, number>} */
    const bottoms = new Map();
    /** @type {Mark[]} */
    const open = [];
    for (const mark of this.#marks) {
      while (mark.closes && mark.node.data) {
        const sort = `${mark.sign}${mark.opens}${mark.length % 3}`;
        const found = open.findLastIndex((one, index) => index >= (bottoms.get(sort) ?? 0) && opensFor(one, mark));
        if (found < 0) {
          bottoms.set(sort, open.length);
          break;
        }
        open.length = found + 1;
        for (const [key, bottom] of bottoms) bottoms.set(key, Math.min(bottom, open.length));
        if (!this.#wrap(open[found], mark)) break;
        if (!open[found].node.data) open.pop();
      }
      if (mark.opens && mark.node.data) open.push(mark);
    }
  }

  /** @param {Mark} opener @param {Mark} closer */
  #wrap(opener, closer) {
    const both = Math.min(opener.node.data.length, closer.node.data.length);
    const taken = both >= 2 ? 2 : 1;
    const element = make(opener.sign === '~' ? 'del' : taken === 2 ? 'strong' : 'em', '');
    let depth = 0;
    for (let node = opener.node.nextSibling; node && node !== closer.node; node = node.nextSibling) depth = Math.max(depth, this.#deep.get(node) ?? 0);
    if (depth >= DEEPEST) return false;
    while (opener.node.nextSibling && opener.node.nextSibling !== closer.node) element.append(opener.node.nextSibling);
    opener.node.after(element);
    this.#deep.set(element, depth + 1);
    opener.node.data = opener.node.data.slice(taken);
    closer.node.data = closer.node.data.slice(taken);
    return true;
  }
}

/** @param {Mark} one @param {Mark} mark */
function opensFor(one, mark) {
  if (one.sign !== mark.sign || !one.node.data) return false;
  const odd = (one.closes || mark.opens) && (one.length + mark.length) % 3 === 0 && (one.length % 3 !== 0 || mark.length % 3 !== 0);
  return !odd;
}

/** Where each opening square bracket is closed. @param {string} text @returns {Map<number, number>} */
function bracketsIn(text) {
  const pairs = new Map();
  const open = [];
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '[') open.push(at);
    else if (text[at] === ']' && open.length > 0) pairs.set(open.pop(), at);
  }
  return pairs;
}
