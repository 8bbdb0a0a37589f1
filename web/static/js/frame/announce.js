// Says new messages to people who listen instead of looking.

import { textOf } from '../plain.js';
import { frameWords as words } from '../words-frame.js';
import { make } from './make.js';

/** @typedef {import('../types.js').Message} Message */

/** Of one message so much is read out, and of several at once so many. */
const MOST_TEXT = 300;
const MOST_AT_ONCE = 3;

const live = make('div', 'unseen');
live.setAttribute('role', 'status');
document.body.append(live);

/** @param {Message[]} messages @param {string} me */
export function announce(messages, me) {
  const said = messages.filter(({ author, kind }) => kind !== 'user' || author !== me);
  const lines = said.slice(-MOST_AT_ONCE).map(({ id, author, kind, text }) => {
    const line = make('p', '', `${author}: ${textOf({ kind, text }).slice(0, MOST_TEXT)}`);
    line.dataset.said = String(id);
    return line;
  });
  if (said.length > MOST_AT_ONCE) lines.unshift(make('p', '', words.frame.arrived(said.length)));
  live.append(...lines);
  while (live.childElementCount > 5) live.firstElementChild?.remove();
}
