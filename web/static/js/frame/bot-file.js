// Files of bots without an address: their messages name them by their path on this server, wherever that is.

import { at } from '../at.js';

/** What such paths begin with. */
export const FILES = '/bot-assets/';

/** What opens them in a room that not everybody may read: the frame has no login. */
let key = '';

/** @param {string} given */
export function openFiles(given) {
  key = given;
}

/** The address of what a message names. @param {string} address */
export function botFile(address) {
  if (!address.startsWith(FILES)) return address;
  return at(key ? `${FILES}~${key}/${address.slice(FILES.length)}` : address);
}
