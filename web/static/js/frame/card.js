// Builds one message's card.

import { frameWords as words } from '../words-frame.js';
import { hueOf, initialOf } from '../person.js';
import { botHtml, loadCss, loadScript } from './bot-html.js';
import { withCopy } from './code.js';
import { make } from './make.js';
import { picture, player } from './media.js';
import { quoteOf } from './quote.js';
import { ago, clockOf, dayInWords, dayOf, exactly } from './time.js';
import { userText } from './user-text.js';

/** @typedef {import('../types.js').Message} Message */

/**
 * What cards are drawn by.
 * @typedef {object} Context
 * @property {string} me
 * @property {number} readTo  The newest message that was read at an earlier visit; 0 for none.
 * @property {boolean} markdown
 * @property {(id: number) => Message | undefined} find
 */

/** Messages of one author further apart than this (seconds) start a group of their own. */
const GROUP_GAP = 300;

/** A system message without any markup is a short notice; with markup it explains something. @param {Message} message */
const isNotice = (message) => message.kind === 'system' && !message.text.includes('<');

/**
 * @param {Message} message
 * @param {Message | undefined} before
 */
function continues(message, before) {
  return (
    before !== undefined &&
    message.kind !== 'system' &&
    before.author === message.author &&
    before.kind === message.kind &&
    before.from_bot === message.from_bot &&
    before.reply_to === message.reply_to &&
    message.when - before.when < GROUP_GAP &&
    dayOf(before.when) === dayOf(message.when)
  );
}

/**
 * A message's row: dividers and the card.
 * @param {Message} message
 * @param {Context} context
 */
export function makeRow(message, { me, find, markdown }) {
  const card = make('article', `message-card ${message.kind}`);
  card.id = `message-${message.id}`;
  card.tabIndex = -1;
  card.dataset.id = String(message.id);
  card.dataset.necsusAuthor = message.author;
  if (message.kind === 'user' && message.author === me) card.classList.add('mine');
  if (isNotice(message)) card.classList.add('notice');
  card.append(avatar(message), head(message, find));
  if (message.kind === 'user' && message.reply_to) card.append(quoteOf(message.reply_to, find));
  const body = make('div', 'body');
  body.dir = 'auto';
  // Resources first: a style sheet that comes with the message should already be on its way.
  if (message.css) loadCss(message.css);
  if (message.text !== '') {
    body.append(message.kind === 'user' ? userText(message.text, markdown) : botHtml(message.text, message));
    body.querySelectorAll('pre').forEach(withCopy);
    card.append(body);
  }
  if (message.kind === 'system' && message.activation) body.append(toInspector());
  if (message.image) card.append(picture(message.image));
  if (message.media) card.append(player(message.media));
  if (message.state !== null && message.state !== undefined) card.append(stateOf(message.state));
  const row = make('div', 'row', card);
  return { row, card };
}

/** Draws what a person wrote again, when the room's setting for it has changed. @param {HTMLElement} row @param {Message} message @param {boolean} markdown */
export function redraw(row, message, markdown) {
  const body = row.querySelector('.body');
  if (message.kind !== 'user' || !body) return;
  body.replaceChildren(userText(message.text, markdown));
  body.querySelectorAll('pre').forEach(withCopy);
}

/** Scripts that come with a message by address; they run after its card is in the document. @param {Message} message */
export function runResources(message) {
  if (message.js) loadScript(message.js);
}

/**
 * Grouping and dividers, which depend on what stands before.
 * @param {HTMLElement} row
 * @param {Message} message
 * @param {Message | undefined} before
 * @param {number} readTo  The newest message that was read at an earlier visit; 0 for none.
 */
export function dressRow(row, message, before, readTo) {
  for (const divider of row.querySelectorAll(':scope > .divider')) divider.remove();
  const newDay = !before || dayOf(before.when) !== dayOf(message.when);
  const fresh = readTo > 0 && message.id > readTo && before !== undefined && before.id <= readTo;
  row.firstElementChild?.classList.toggle('more', !fresh && continues(message, before));
  if (fresh) row.prepend(make('p', 'divider fresh', make('span', '', words.frame.fresh)));
  if (newDay) row.prepend(make('p', 'divider day', make('span', '', dayInWords(message.when))));
}

/** @param {Message} message */
function avatar(message) {
  const sign = message.kind === 'system' ? '' : initialOf(message.author);
  const node = make('div', 'avatar', sign);
  node.setAttribute('aria-hidden', 'true');
  if (message.kind === 'user') node.style.setProperty('--hue', String(hueOf(message.author)));
  return node;
}

/** @param {Message} message @param {(id: number) => Message | undefined} find */
function head(message, find) {
  const author = make('span', 'author', message.author);
  author.dir = 'auto';
  const node = make('header', 'who', author);
  if (message.kind === 'bot') node.append(make('span', 'tag', words.frame.bot));
  const asked = message.reply_to ? find(message.reply_to) : undefined;
  if (asked && message.kind === 'bot') {
    const to = make('button', 'to', words.frame.answers(asked.author, message.when - asked.when));
    to.type = 'button';
    to.dataset.goTo = String(asked.id);
    node.append(to);
  }
  const time = make('time', '', ago(message.when));
  time.dateTime = new Date(message.when * 1000).toISOString();
  time.title = exactly(message.when);
  time.dataset.when = String(message.when);
  time.dataset.clock = clockOf(message.when);
  node.append(time);
  return node;
}

/** A failure leads to where one sees what was asked and what was answered. */
function toInspector() {
  const button = make('button', 'inspect', words.frame.choices.whyAnswered);
  button.type = 'button';
  return make('p', 'help', button);
}

/** @param {unknown} state */
function stateOf(state) {
  const value = make('pre', '', JSON.stringify(state, null, 2));
  return make('details', 'state', make('summary', '', words.frame.state), value);
}
