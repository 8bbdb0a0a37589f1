// Files of bots without an address: their messages name them by their path on this server, wherever that is.

import { at } from '../at.js';

/** What such paths begin with. */
export const FILES = '/bot-assets/';

/** What opens them in a room that not everybody may read: the frame has no login. */
let key = '';

/** @param {string} given @returns {boolean} Whether there was another before, which may have opened nothing any more. */
export function openFiles(given) {
  const isNew = key !== '' && key !== given;
  key = given;
  return isNew;
}

/** An address that was made with another key, with that of now. @param {string} address */
export const reopened = (address) => address.replace(/(\/bot-assets\/)~[^/]+/u, `$1~${key}`);

/** The address of what a message names. @param {string} address */
export function botFile(address) {
  if (!address.startsWith(FILES)) return address;
  return at(key ? `${FILES}~${key}/${address.slice(FILES.length)}` : address);
}
