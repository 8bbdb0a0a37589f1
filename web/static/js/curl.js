// A delivery as a curl command for one's terminal, quoted so that nothing in it is read as a command.

import { canPaste, quoted } from './relay-line.js';

/** Headers that curl makes by itself, or that are nobody's business. */
const LEFT_OUT = new Set(['host', 'content-length', 'connection', 'accept', 'accept-encoding', 'authorization', 'cookie', 'webhook-signature']);

/** A url without the password that may stand in it. @param {string} url */
function withoutPassword(url) {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (!parsed?.password) return url;
  parsed.password = '***';
  return parsed.href;
}

/** @param {string} body  As a record has it. */
export const isCut = (body) => /\n… \(cut here; the whole is \d+ bytes long\)$/u.test(body);

/**
 * A delivery as a curl command; null if it went to no web address, is not kept whole, or can't be pasted.
 * @param {import('./relay-line.js').Terminal} terminal
 * @param {NonNullable<import('./types.js').Delivery['request']>} request
 */
export function curlOf(terminal, { method, url, headers, body }) {
  if (!/^https?:\/\//iu.test(url) || isCut(body)) return null;
  const kept = Object.entries(headers).filter(([name]) => !LEFT_OUT.has(name.toLowerCase()));
  // Brackets and braces in a url are patterns to curl.
  const globs = /[[\]{}]/u.test(url) ? ['--globoff'] : [];
  /** @param {string} argument */
  const word = (argument) => quoted(terminal, argument);
  const parts = [
    // PowerShell has another command that it calls curl.
    [terminal === 'powershell' ? 'curl.exe' : 'curl', ...globs, '--request', word(method), word(withoutPassword(url))].join(' '),
    ...kept.map(([name, value]) => `--header ${word(`${name}: ${value}`)}`),
    `--data-raw ${word(body)}`,
  ];
  if (!parts.every((part) => canPaste(terminal, part))) return null;
  return parts.join(terminal === 'posix' ? ' \\\n  ' : ' ');
}
