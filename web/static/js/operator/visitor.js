// What a visitor is called: as they have said, or by the number of their session.

import { words } from '../words-operator.js';

/** @typedef {import('./calls.js').Session} Session */

/** Variables that name somebody, the best first. */
const NAMES = ['name', 'fullname', 'full_name', 'firstname', 'first_name', 'email', 'e-mail', 'mail'];

/** @param {Session} session */
export function visitorOf({ id, variables }) {
  const known = new Map(Object.entries(variables).map(([key, value]) => [key.toLowerCase(), value.trim()]));
  for (const key of NAMES) if (known.get(key)) return /** @type {string} */ (known.get(key));
  return words.inbox.visitor(id.slice(0, 4));
}

/** A text with the session's variables in it; what is not known stays as it is. @param {string} text @param {Session} session @param {string} operator */
export function filled(text, { variables }, operator) {
  const known = new Map(Object.entries({ operator, ...variables }).map(([key, value]) => [key.toLowerCase(), value]));
  return text.replace(/\{\{\s*([\w.-]+)\s*\}\}/gu, (whole, key) => known.get(key.toLowerCase()) ?? whole);
}
