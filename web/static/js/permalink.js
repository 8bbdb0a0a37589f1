// Addresses: as people read them, and that of one message, which is the room's with #m and the message's id.

import { roomPath } from './room-name.js';

/** The message that the page's address names; 0 if it names none. */
export const messageInHash = () => Number(/^#m(\d{1,15})$/u.exec(location.hash)?.[1] ?? 0);

/** An address as people read it; as it is where it holds what is no text. @param {string} address */
export function readable(address) {
  try {
    return decodeURI(address);
  } catch {
    return address;
  }
}

/** @param {string} room @param {number} id */
export const permalinkOf = (room, id) => new URL(`${roomPath(room)}#m${id}`, location.href).href;
