// What was said in a session, made into what is drawn: who says what when, runs of one author together, what happened between.

import { plainOf } from '../plain.js';
import { words } from '../words-operator.js';

/** @typedef {import('./calls.js').Said} Said */

/**
 * `file`: the event with which the file came that the text is the name of.
 * @typedef {{ by: 'visitor' | 'flow' | 'operator' | 'note', name: string, at: number, text: string, chose: boolean,
 *   choices: { text: string, taken: boolean }[], head: boolean, file?: number }} Bubble
 */
/** @typedef {{ by: 'event', at: number, text: string }} Happened */
/** @typedef {{ by: 'day', at: number }} Day */
/** @typedef {Bubble | Happened | Day} Line */

/** So long (s) after the last word of somebody the next one has a head of its own. */
const PAUSE = 300;

/** @param {unknown} value */
const text = (value) => (typeof value === 'string' ? value : '');

/**
 * What one word is.
 * @param {Said} said @param {string} flow @param {string} operator  Who was there last.
 * @returns {Bubble | Happened | null}
 */
function lineOf({ at, event: from, kind, message }, flow, operator) {
  /** @param {Bubble['by']} by @param {string} name @param {string} said @param {Partial<Bubble>} [more] @returns {Bubble} */
  const bubble = (by, name, said, more) => ({ by, name, at, text: said, chose: false, choices: [], head: true, ...more });
  /** @param {string} said @returns {Happened} */
  const event = (said) => ({ by: 'event', at, text: said });
  if (kind === 'Note') return bubble('note', text(message.author), text(message.content));
  switch (message.kind) {
    case 'BotText':
      return bubble('flow', flow, plainOf(text(message.content)));
    case 'ChoiceRequest': {
      const choices = Array.isArray(message.choices) ? message.choices : [];
      return bubble('flow', flow, plainOf(text(message.question)), { choices: choices.map((/** @type {any} */ one) => ({ text: plainOf(text(one?.content)), taken: false })) });
    }
    case 'StartChatSession':
      return message.chatText ? bubble('flow', flow, plainOf(text(message.chatText))) : null;
    case 'EndChatSession':
      return null;
    case 'Handoff':
      return message.message ? bubble('flow', flow, plainOf(text(message.message))) : null;
    case 'OperatorJoined':
      return event(words.talk.came(text(message.author)));
    case 'OperatorLeft':
      return event(words.talk.left(text(message.author) || operator));
    case 'OperatorText':
      return bubble('operator', text(message.author), text(message.content));
    case 'ChoiceResponse':
      return bubble('visitor', '', plainOf(text(message.content)), { chose: true });
    case 'UserText':
      return bubble('visitor', '', text(message.content), typeof message.size === 'number' ? { file: from } : {});
    case 'ResetSession':
      return event(words.talk.over);
    default:
      return event(text(message.kind));
  }
}

/** @param {number} at */
const dayOf = (at) => new Date(at * 1000).toDateString();

/** @param {Said[]} said @param {string} flow @returns {Line[]} */
export function linesOf(said, flow) {
  /** @type {Line[]} */
  const lines = [];
  /** The questions that are open, by their groups. @type {Map<string, { bubble: Bubble, ids: string[] }>} */
  const asked = new Map();
  let operator = '';
  let day = '';
  for (const one of said) {
    const { kind, author, groupId, itemId, choices } = one.message;
    const line = lineOf(one, flow, operator);
    if (kind === 'OperatorJoined' || kind === 'OperatorText') operator = text(author);
    if (kind === 'ChoiceResponse') {
      const question = asked.get(`${groupId}`);
      const taken = question?.bubble.choices[question.ids.indexOf(`${itemId}`)];
      if (taken) taken.taken = true;
    }
    if (line) {
      if (dayOf(line.at) !== day) lines.push({ by: 'day', at: line.at });
      day = dayOf(line.at);
      const last = lines.at(-1);
      if (line.by !== 'event' && last && last.by === line.by) {
        const before = /** @type {Bubble} */ (last);
        line.head = before.name !== line.name || line.at - before.at > PAUSE;
      }
      lines.push(line);
      if (kind === 'ChoiceRequest' && line.by === 'flow') asked.set(`${groupId}`, { bubble: line, ids: (Array.isArray(choices) ? choices : []).map((/** @type {any} */ choice) => `${choice?.itemId}`) });
    }
    if (kind === 'Handoff') lines.push({ by: 'event', at: one.at, text: words.talk.asked });
  }
  return lines;
}

/** What was said last, for the list; notes and what happened are none of it. @param {Said[]} said */
export function spoken(said) {
  for (let nth = said.length - 1; nth >= 0; nth -= 1) {
    const line = said[nth].kind === 'Note' ? null : lineOf(said[nth], '', '');
    if (line && line.by !== 'event' && line.text) return { author: /** @type {Bubble} */ (line).name, text: line.text.slice(0, 200) };
  }
  return null;
}
