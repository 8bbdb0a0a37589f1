// Files of bots without an address: their messages name them by their path on this server, wherever that is.

import { at } from '../at.js';

/** What such paths begin with. */
export const FILES = '/bot-assets/';

/** The address of what a message names. @param {string} address */
export const botFile = (address) => (address.startsWith(FILES) ? at(address) : address);
