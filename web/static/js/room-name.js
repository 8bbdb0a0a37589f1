// Names of rooms: what can be one, and its address.

import { at } from './at.js';
import { words } from './words.js';

const MOST_BYTES = 200;
/** First segments that are the server's own pages. The server has the last word; this only spares people the detour. */
const OURS = new Set(
  ('api ws docs guide archive assistant hub fs operator admin login webhook web frame schemas metrics healthz readyz ' +
    'bot-assets me join setup sign-up logout account invite').split(' '),
);

/**
 * Why a name can't be a room, in a sentence; null if it can.
 * @param {string} name
 */
export function whyNotARoom(name) {
  if (name === '') return words.roomName.empty;
  if (new TextEncoder().encode(name).length > MOST_BYTES) return words.roomName.long;
  if (/\p{Cc}/u.test(name)) return words.roomName.control;
  const segments = name.split('/');
  if (segments.some((segment) => segment === '' || segment === '.' || segment === '..')) return words.roomName.segment;
  if (OURS.has(segments[0]) || name.startsWith('~')) return words.roomName.ours(segments[0]);
  return null;
}

/** A room's name as it stands in addresses; its slashes stay slashes. @param {string} name */
export const inAddress = (name) => name.split('/').map(encodeURIComponent).join('/');

/** The path of a room's page. @param {string} name */
export const roomPath = (name) => at(`/${inAddress(name)}`);
