// Copies where a room is, or one of its messages; where browsers do not allow it, it is shown instead.

import { toClipboard } from './clipboard.js';
import { me } from './me.js';
import { toasts } from './toasts.js';
import { words } from './words.js';

const here = () => location.href.replace(/#.*$/u, '');

/** @param {string} address @param {string} done */
async function copy(address, done) {
  if (await toClipboard(address)) toasts.say(done);
  else toasts.say(me.lecture ? words.talk.notCopiedHidden : words.talk.notCopied(address));
}

export const copyAddress = () => copy(here(), words.talk.copied);

/** @param {number} id */
export const copyMessageAddress = (id) => copy(`${here()}#m${id}`, words.talk.copiedMessage);
