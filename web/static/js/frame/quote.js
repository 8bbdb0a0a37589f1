// The message that a message replies to, as a quote above it that leads there.

import { textOf } from '../plain.js';
import { frameWords as words } from '../words-frame.js';
import { make } from './make.js';

/** @typedef {import('../types.js').Message} Message */

/** So much of it is shown. */
const MOST = 140;

/** @type {(id: number) => Promise<Message | null | undefined>} */
let fetchMessage = async () => undefined;

/** @param {typeof fetchMessage} fetch  Finds messages that are not here. */
export function findQuotesBy(fetch) {
  fetchMessage = fetch;
}

/** @param {number} id @param {(id: number) => Message | undefined} find */
export function quoteOf(id, find) {
  const button = make('button', 'quote');
  button.type = 'button';
  button.dataset.goTo = String(id);
  const here = find(id);
  if (here) fill(button, here);
  else {
    button.append(words.frame.quoting);
    void fetchMessage(id).then((found) => (found ? fill(button, found) : found === undefined && gone(button)));
  }
  return button;
}

/** @param {HTMLElement} button @param {Message} message */
function fill(button, { author, kind, text }) {
  const said = textOf({ kind, text }).replace(/\s+/gu, ' ').trim();
  const name = make('b', '', author);
  name.dir = 'auto';
  const line = make('span', '', said.length > MOST ? `${said.slice(0, MOST)}…` : said);
  line.dir = 'auto';
  button.replaceChildren(make('span', 'unseen', words.frame.repliesTo), name, line);
}

/** @param {HTMLButtonElement} button */
function gone(button) {
  button.replaceChildren(words.frame.quoteGone);
  button.disabled = true;
}
