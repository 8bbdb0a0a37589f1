// Where one is in the inbox stands behind the `#` of its address: the view, and the session that is open.

import { VIEWS } from './inbox.js';

/** @typedef {import('./inbox.js').View} View */

/** @param {View} view @param {string} [key] */
export const addressOf = (view, key) => `#/${view}${key ? `/${key.split('/').map(encodeURIComponent).join('/')}` : ''}`;

/** @param {string} part */
function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return '';
  }
}

/** @param {string} hash @returns {{ view: View, key: string }} */
export function placeOf(hash) {
  const [, view, flow = '', id = ''] = hash.split('/').map(decoded);
  return { view: VIEWS.find((one) => one === view) ?? 'waiting', key: flow && id ? `${flow}/${id}` : '' };
}
