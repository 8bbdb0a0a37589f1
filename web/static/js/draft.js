// What one is writing in a room, kept in the browser: the text, and the message that it will answer.

import { kept } from './kept.js';

/**
 * As much of a message as shows what one answers.
 * @typedef {{ id: number, author: string, text: string }} Answered
 */

/** How many of one's own messages are remembered, and how many characters of them: all rooms share the browser's storage. */
const MOST_SAID = 50;
const MOST_SAID_TEXT = 20_000;

/** What one has said, with this at the end; the oldest is forgotten. @param {string[]} said @param {string} text */
export function remembered(said, text) {
  const list = [...said.filter((one) => one !== text), text].slice(-MOST_SAID);
  let room = MOST_SAID_TEXT;
  // The newest is kept whatever its length.
  const from = list.findLastIndex((one, index) => (room -= one.length) < 0 && index < list.length - 1);
  return list.slice(from + 1);
}

export class Draft {
  text = '';
  /** @type {Answered | null} */
  answered = null;

  /** @param {string} room */
  constructor(room) {
    this.room = room;
    this.text = kept.get(`draft.${room}`, '');
    const { id, author, text } = kept.get(`answers.${room}`, { id: 0, author: '', text: '' });
    if (Number.isSafeInteger(id) && id > 0) this.answered = { id, author: String(author), text: String(text) };
    // What another tab has sent or thrown away must not take this tab's text along.
    addEventListener('pagehide', () => this.text && kept.get(`draft.${room}`, '') === '' && this.#keep());
  }

  /** @param {string} text */
  write(text) {
    const before = this.text;
    this.text = text;
    // Another tab's draft stays when this tab's is sent.
    if (text === '' && kept.get(`draft.${this.room}`, '') !== before) return;
    this.#keep();
  }

  #keep() {
    if (this.text) kept.set(`draft.${this.room}`, this.text);
    else kept.remove(`draft.${this.room}`);
  }

  /** @param {Answered | null} answered */
  answer(answered) {
    this.answered = answered;
    if (answered) kept.set(`answers.${this.room}`, answered);
    else kept.remove(`answers.${this.room}`);
  }
}
