// A flow's text as lines: what is marked in them, how they are coloured, what Tab and Enter do.

/** @typedef {import('./calls.js').Finding} Finding */
/** @typedef {{ text: string, kind: string, mark: Finding['severity'] | '' }} Piece */

const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)|("(?:[^"\\]|\\.)*"?)|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)/gu;
const INDENT = '  ';

/** A line's keys, texts and numbers. @param {string} line @returns {{ from: number, to: number, kind: string }[]} */
function tokens(line) {
  const found = [];
  for (const { index, 0: all, 1: key, 3: text } of line.matchAll(TOKEN)) {
    found.push(key ? { from: index, to: index + key.length, kind: 'key' } : { from: index, to: index + all.length, kind: text ? 'text' : 'number' });
  }
  return found;
}

/** Where the word ends that begins at a column (from 0): a text with its quotation marks, or up to what divides. @param {string} line @param {number} from */
export function endOfWord(line, from) {
  const rest = line.slice(from);
  const word = /^"(?:[^"\\]|\\.)*"?/u.exec(rest)?.[0] ?? /^[^\s,:{}[\]]+/u.exec(rest)?.[0];
  return from + (word?.length || 1);
}

/** Columns are counted in characters, texts in units. @param {string} line @param {number} column  From 1. */
const unitOf = (line, column) => Array.from(line).slice(0, column - 1).join('').length;

/**
 * A line in pieces, each of one colour and with one mark or none.
 * @param {string} line @param {Finding[]} findings  Those of this line. @param {boolean} coloured @returns {Piece[]}
 */
export function pieces(line, findings, coloured) {
  const colours = coloured ? tokens(line) : [];
  const marks = findings.map(({ column, severity }) => {
    const from = Math.min(unitOf(line, column), Math.max(0, line.length - 1));
    return { from, to: endOfWord(line, from), severity };
  });
  const cuts = [...new Set([0, line.length, ...[...colours, ...marks].flatMap(({ from, to }) => [from, Math.min(to, line.length)])])].sort((a, b) => a - b);
  return cuts.slice(0, -1).map((from, at) => {
    const over = (/** @type {{ from: number, to: number }} */ one) => one.from <= from && from < one.to;
    const mark = marks.filter(over).some(({ severity }) => severity === 'error') ? 'error' : marks.some(over) ? 'warning' : '';
    return { text: line.slice(from, cuts[at + 1]), kind: colours.find(over)?.kind ?? '', mark };
  });
}

/** Findings by their lines. @param {Finding[]} findings @returns {Map<number, Finding[]>} */
export function byLine(findings) {
  /** @type {Map<number, Finding[]>} */
  const lines = new Map();
  for (const one of findings) lines.set(one.line, [...(lines.get(one.line) ?? []), one]);
  return lines;
}

/** The worst of them. @param {Finding[]} findings */
export const worst = (findings) => (findings.some(({ severity }) => severity === 'error') ? 'error' : findings.length ? 'warning' : '');

/** Where a line begins and ends in the text. @param {string} text @param {number} line  From 1. */
export function placeOf(text, line) {
  let from = 0;
  for (let at = 1; at < line; at += 1) {
    const next = text.indexOf('\n', from);
    if (next < 0) break;
    from = next + 1;
  }
  const end = text.indexOf('\n', from);
  return { from, to: end < 0 ? text.length : end };
}

/** What a new line begins with, behind what stands before it. @param {string} before */
export function indentBehind(before) {
  const line = before.slice(before.lastIndexOf('\n') + 1);
  const indent = /^[ \t]*/u.exec(line)?.[0] ?? '';
  return /[{[]\s*$/u.test(line) ? indent + INDENT : indent;
}

/**
 * What Tab makes of the lines that are selected; without a selection, of one place.
 * @param {string} text @param {number} from @param {number} to @param {boolean} back
 * @returns {{ from: number, to: number, text: string, select: [number, number] } | null}  What is to stand in place of what.
 */
export function indented(text, from, to, back) {
  if (!back && from === to) return { from, to, text: INDENT, select: [from + INDENT.length, from + INDENT.length] };
  const begin = text.lastIndexOf('\n', from - 1) + 1;
  const end = placeOf(text.slice(Math.max(begin, to - 1)), 1).to + Math.max(begin, to - 1);
  const lines = text.slice(begin, end).split('\n');
  const moved = lines.map((line) => (back ? line.replace(/^(?: {1,2}|\t)/u, '') : line && INDENT + line));
  const joined = moved.join('\n');
  if (joined === text.slice(begin, end)) return null;
  const first = moved[0].length - lines[0].length;
  return { from: begin, to: end, text: joined, select: [Math.max(begin, from + first), begin + joined.length - (end - to)] };
}
