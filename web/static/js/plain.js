// The words of a message without its HTML: for quotes, and for reading aloud. What it gives is text and must stay text.

/** @type {Record<string, string>} */
const NAMED = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ', hellip: '…', mdash: '—', ndash: '–', deg: '°', euro: '€', copy: '©', times: '×', rarr: '→', larr: '←', middot: '·', bull: '•', lsquo: '‘', rsquo: '’', ldquo: '“', rdquo: '”', auml: 'ä', ouml: 'ö', uuml: 'ü', Auml: 'Ä', Ouml: 'Ö', Uuml: 'Ü', szlig: 'ß', eacute: 'é', egrave: 'è', agrave: 'à', ccedil: 'ç', ntilde: 'ñ' };
/** Whole elements whose content is not for people, comments, and single tags. */
const UNSEEN = /<(script|style|template|noscript|iframe|select|svg)\b[^>]*>[\s\S]*?(?:<\/\1\s*>|$)|<!--[\s\S]*?(?:-->|$)/giu;
const TAG = /<\/?([a-z][\w-]*)(?:"[^"]*"|'[^']*'|[^'">])*(?:>|$)/giu;
const BREAKS = /^(?:p|div|br|hr|li|ul|ol|dl|dt|dd|h[1-6]|tr|td|th|table|pre|blockquote|section|article|header|footer|form|button|details|summary|figure|figcaption)$/iu;

/** @param {string} text */
function decode(text) {
  return text.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|(\w{2,10}));/giu, (whole, decimal, hex, name) => {
    if (name) return NAMED[name] ?? whole;
    const code = decimal ? Number(decimal) : Number.parseInt(hex, 16);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '';
  });
}

/** @param {string} html */
export function plainOf(html) {
  const bare = html.replace(UNSEEN, ' ').replace(TAG, (_, name) => (BREAKS.test(name) ? '\n' : ''));
  return decode(bare).replace(/[ \t\r\f ]+/gu, ' ').replace(/\s*\n\s*/gu, '\n').trim();
}

/**
 * What a message says, in one line.
 * @param {{ kind: string, text: string }} message @param {number} [most]
 */
export function quoteOf({ kind, text }, most = 160) {
  const line = (kind === 'user' ? text : plainOf(text)).replace(/\s+/gu, ' ').trim();
  return line.length > most ? `${line.slice(0, most).replace(/[\ud800-\udbff]$/u, '')}…` : line;
}
