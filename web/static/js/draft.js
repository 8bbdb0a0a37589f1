// What one is writing in a room, kept in the browser: the text, and the message that it will answer.

import { kept } from './kept.js';

/**
 * As much of a message as shows what one answers.
 * @typedef {{ id: number, author: string, text: string }} Answered
 */

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
