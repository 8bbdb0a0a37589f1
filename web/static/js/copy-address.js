// Copies where a room is, or one of its messages; on plain http browsers do not allow it, so that it is shown instead.

import { toasts } from './toasts.js';
import { words } from './words.js';

const here = () => location.href.replace(/#.*$/u, '');

/** @param {string} address @param {string} done */
async function copy(address, done) {
  try {
    await navigator.clipboard.writeText(address);
    toasts.say(done);
  } catch {
    toasts.say(words.talk.notCopied(address));
  }
}

export const copyAddress = () => copy(here(), words.talk.copied);

/** @param {number} id */
export const copyMessageAddress = (id) => copy(`${here()}#m${id}`, words.talk.copiedMessage);
