// What the page knows of its room: messages, bots, the connection. Fed by the room stream.

import { RoomStream } from './stream.js';

/** @typedef {import('./types.js').Message} Message */
/** @typedef {import('./types.js').Bot} Bot */
/** @typedef {import('./types.js').Link} Link */

/** Messages that arrive within this time (ms) are drawn together. */
const TOGETHER = 16;
/** The server has nothing more to replay when it was silent for so long (ms) after opening. */
const SILENCE = 250;

/**
 * Events: `change` (something below changed), `messages` (a `CustomEvent` with those that arrived), `clear`.
 */
export class RoomStore extends EventTarget {
  /** @type {Link} */
  link = 'connecting';
  /** @type {Map<number, Bot>} */
  bots = new Map();
  /** @type {Message[]} All since the page was opened, by id. */
  messages = [];
  /** Whether what was there before has arrived. */
  settled = false;

  #ids = new Set();
  /** @type {Message[]} */
  #arrived = [];
  #drawing = 0;
  #settling = 0;
  #forgetBots = false;

  /** @param {string} room */
  constructor(room) {
    super();
    this.room = room;
    this.stream = new RoomStream(room, {
      opened: (resumes) => this.#opened(resumes),
      link: (link) => {
        this.link = link;
        this.#changed();
      },
      event: (kind, data) => this.#take(kind, data),
    });
  }

  /** The bot that is in conversation with the room, if one is: the last one to speak left a state. */
  get conversation() {
    const last = this.messages.findLast(({ kind }) => kind !== 'user');
    if (last?.kind !== 'bot' || last.state === null || last.state === undefined) return null;
    const bot = last.from_bot === null ? undefined : this.bots.get(last.from_bot);
    return bot ? { name: bot.name, author: last.author } : null;
  }

  /** @returns {Bot[]} */
  get botList() {
    return [...this.bots.values()].sort((a, b) => a.id - b.id);
  }

  get newest() {
    return this.messages.at(-1)?.id ?? 0;
  }

  /** @param {boolean} resumes */
  #opened(resumes) {
    // Without `since` the server does not tell which bots are gone: begin again.
    this.#forgetBots = !resumes;
    this.#awaitSilence();
  }

  #awaitSilence() {
    clearTimeout(this.#settling);
    this.#settling = setTimeout(() => {
      this.settled = true;
      this.#changed();
    }, SILENCE);
  }

  /** @param {string} kind @param {any} data */
  #take(kind, data) {
    if (this.#forgetBots) {
      this.#forgetBots = false;
      this.bots.clear();
    }
    if (!this.settled) this.#awaitSilence();
    switch (kind) {
      case 'message':
        if (this.#ids.has(data.id)) return;
        this.#ids.add(data.id);
        this.messages.push(data);
        this.#arrived.push(data);
        break;
      case 'clear_messages':
        this.messages = [];
        this.#ids.clear();
        this.#arrived = [];
        this.dispatchEvent(new Event('clear'));
        break;
      case 'put_bot':
        this.bots.set(data.id, data);
        break;
      case 'delete_bot':
        this.bots.delete(data.id);
        break;
      default:
        return; // A kind of a newer server.
    }
    this.#drawing ||= setTimeout(() => this.#flush(), TOGETHER);
  }

  #flush() {
    this.#drawing = 0;
    const arrived = this.#arrived;
    this.#arrived = [];
    if (arrived.length > 0) this.dispatchEvent(new CustomEvent('messages', { detail: arrived }));
    this.#changed();
  }

  #changed() {
    this.dispatchEvent(new Event('change'));
  }
}
