// The words of a message without its HTML: for quotes, for finding names, and for reading it out. What it gives is text and must stay text.

/** @type {Record<string, string>} */
const NAMED = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ', hellip: '…', mdash: '—', ndash: '–', deg: '°', euro: '€', copy: '©', times: '×', rarr: '→', larr: '←', middot: '·', bull: '•', lsquo: '‘', rsquo: '’', ldquo: '“', rdquo: '”', auml: 'ä', ouml: 'ö', uuml: 'ü', Auml: 'Ä', Ouml: 'Ö', Uuml: 'Ü', szlig: 'ß', eacute: 'é', egrave: 'è', agrave: 'à', ccedil: 'ç', ntilde: 'ñ' };
const NAME = /<(\/?)([a-z][\w-]*)/iuy;
/** Elements whose content is not for people. */
const UNSEEN = /^(?:script|style|template|noscript|iframe|select|svg)$/u;
const BREAKS = /^(?:p|div|br|hr|li|ul|ol|dl|dt|dd|h[1-6]|tr|td|th|table|pre|blockquote|section|article|header|footer|form|button|details|summary|figure|figcaption)$/u;

/** So many characters come out at most, from so many tags: what a bot sends may be a million of each, and the page waits. */
const MOST = 20_000;

/** @param {string} text */
function decode(text) {
  return text.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|(\w{2,10}));/giu, (whole, decimal, hex, name) => {
    if (name) return NAMED[name] ?? whole;
    const code = decimal ? Number(decimal) : Number.parseInt(hex, 16);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '';
  });
}

/** Where what begins at `from` ends with `sign`; the end of all if it never does. @param {string} html @param {string} sign @param {number} from */
function after(html, sign, from) {
  const at = html.indexOf(sign, from);
  return at < 0 ? html.length : at + sign.length;
}

/** Where a tag ends, past the values of its attributes. @param {string} html @param {number} from */
function tagEnd(html, from) {
  let value = false;
  for (let at = from; at < html.length; at += 1) {
    const sign = html[at];
    if (sign === '>') return at + 1;
    if (value && (sign === '"' || sign === "'")) at = after(html, sign, at + 1) - 1;
    if (sign === '=' || sign.trim()) value = sign === '=';
  }
  return html.length;
}

/** What begins with a `<`: where it ends, and what stands in its place. @param {string} html @param {number} at @returns {[number, string]} */
function markup(html, at) {
  if (html.startsWith('<!--', at)) return [after(html, '-->', at + 4), ''];
  if (html[at + 1] === '!' || html[at + 1] === '?') return [after(html, '>', at), ''];
  NAME.lastIndex = at;
  const found = NAME.exec(html);
  if (!found) return [at + 1, '<'];
  const name = found[2].toLowerCase();
  const end = tagEnd(html, NAME.lastIndex);
  if (!UNSEEN.test(name) || found[1] || (name === 'svg' && html[end - 2] === '/')) return [end, BREAKS.test(name) ? '\n' : ''];
  const closing = new RegExp(`</${name}[\\s/>]`, 'giu');
  closing.lastIndex = end;
  return [closing.test(html) ? after(html, '>', closing.lastIndex - 1) : html.length, ' '];
}

/** In one pass over it, whatever it is made of. @param {string} html */
export function plainOf(html) {
  let out = '';
  for (let at = 0, tags = 0; at < html.length && out.length < MOST && tags < MOST; tags += 1) {
    const open = html.indexOf('<', at);
    const end = open < 0 ? html.length : open;
    out += decode(html.slice(at, Math.min(end, at + MOST)));
    if (open < 0) break;
    const [next, instead] = markup(html, open);
    out += instead;
    at = next;
  }
  // What is no line break becomes one space first, so that no run of it is looked at from each of its places.
  return out.slice(0, MOST).replace(/[^\S\n]+/gu, ' ').replace(/\s*\n\s*/gu, '\n').trim();
}

/** What people read of a message. @param {{ kind: string, text: string }} message */
export const textOf = ({ kind, text }) => (kind === 'user' ? text : plainOf(text).replace(/\n/gu, ' '));

/**
 * What a message says, in one line.
 * @param {{ kind: string, text: string }} message @param {number} [most]
 */
export function quoteOf({ kind, text }, most = 160) {
  const line = textOf({ kind, text }).replace(/\s+/gu, ' ').trim();
  return line.length > most ? `${line.slice(0, most).replace(/[\ud800-\udbff]$/u, '')}…` : line;
}
