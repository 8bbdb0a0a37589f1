// What the page knows of its room: messages, bots, the connection. Fed by the room stream.

import { Signals } from './signals.js';
import { RoomStream, SCREENFUL } from './stream.js';

/** @typedef {import('./types.js').Message} Message */
/** @typedef {import('./types.js').Bot} Bot */
/** @typedef {import('./types.js').Link} Link */

/** Messages that arrive within this time (ms) are drawn together. */
const TOGETHER = 16;
/** So many of the newest messages are kept at least, twice as many at most. */
const KEPT = 400;
/** The server has nothing more to replay when it was silent for so long (ms) after opening. */
const SILENCE = 250;

/**
 * Events: `change` (something below changed), `messages` (a `CustomEvent` with those that arrived), `clear`; `gap` (a
 * `CustomEvent` with `after`, an id): more was said while one was away than a screenful, so that what follows does not join on.
 * What is not kept has events of its own: `store.signals`.
 */
export class RoomStore extends EventTarget {
  /** @type {Link} */
  link = 'connecting';
  /** @type {Map<number, Bot>} */
  bots = new Map();
  /** @type {Message[]} The newest that have arrived, by id. */
  messages = [];
  /** Whether what was there before has arrived. */
  settled = false;
  /** Why the server does not let one in; empty if it does. */
  refusal = '';
  signals = new Signals((kind, data) => this.stream.tell(kind, data));

  #ids = new Set();
  /** @type {Message[]} */
  #arrived = [];
  #drawing = 0;
  #settling = 0;
  #forgetBots = false;
  #replaying = true;
  /** The newest that was there before the break that is being made up for; 0 while none is. */
  #resumedAt = 0;

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
      refused: (sentence) => {
        this.refusal = sentence;
        this.#changed();
      },
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

  /** Waits until what was there before has arrived. @returns {Promise<void>} */
  ready() {
    if (this.settled) return Promise.resolve();
    return new Promise((go) => this.addEventListener('settled', () => go(), { once: true }));
  }

  /** @param {boolean} resumes */
  #opened(resumes) {
    // Without `since` the server does not tell which bots are gone: begin again.
    this.#forgetBots = !resumes;
    this.#resumedAt = resumes ? this.newest : 0;
    this.#replaying = true;
    this.refusal = '';
    this.signals.opened();
    this.#awaitSilence();
  }

  #awaitSilence() {
    clearTimeout(this.#settling);
    this.#settling = setTimeout(() => this.#replayed(), SILENCE);
  }

  /** What was there before has arrived. */
  #replayed() {
    clearTimeout(this.#settling);
    this.#replaying = false;
    clearTimeout(this.#drawing);
    if (this.#resumedAt > 0 && this.#arrived.length >= SCREENFUL) this.#gap();
    this.#flush();
    this.settled = true;
    this.dispatchEvent(new Event('settled'));
    this.#changed();
  }

  /** Begins again with what has just arrived. */
  #gap() {
    this.messages = [...this.#arrived];
    this.#ids = new Set(this.messages.map(({ id }) => id));
    this.dispatchEvent(new CustomEvent('gap', { detail: { after: this.#resumedAt } }));
  }

  /** @param {string} kind @param {any} data @returns {void} */
  #take(kind, data) {
    if (this.#forgetBots) {
      this.#forgetBots = false;
      this.bots.clear();
    }
    if (this.#replaying) this.#awaitSilence();
    if (this.signals.take(kind, data)) return this.#signalled(kind);
    switch (kind) {
      case 'message':
        if (this.#ids.has(data.id)) return;
        this.#ids.add(data.id);
        this.messages.push(data);
        this.#arrived.push(data);
        this.#forgetOldest();
        this.signals.spoke(data.author);
        break;
      case 'clear_messages':
        this.#resumedAt = 0;
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
      case 'bot-connection': {
        const bot = this.bots.get(data.id);
        if (bot) this.bots.set(bot.id, { ...bot, connected: data.connected });
        break;
      }
      default:
        return; // A kind of a newer server.
    }
    this.#drawing ||= setTimeout(() => this.#flush(), TOGETHER);
  }

  /** A page may stay open for days: what is old is fetched again by who scrolls there. */
  #forgetOldest() {
    if (this.messages.length < 2 * KEPT) return;
    for (const { id } of this.messages.splice(0, KEPT)) this.#ids.delete(id);
  }

  /** @param {string} kind */
  #signalled(kind) {
    if (kind !== 'presence' && kind !== 'settings') return;
    // The server tells who is here, and the settings, when it has replayed the rest.
    if (this.#replaying) this.#replayed();
    else this.#changed();
  }

  #flush() {
    this.#drawing = 0;
    // What was missed is shown together, once it is known how much it was.
    if (this.#replaying && this.#resumedAt > 0) return;
    const arrived = this.#arrived;
    this.#arrived = [];
    if (arrived.length > 0) this.dispatchEvent(new CustomEvent('messages', { detail: arrived }));
    this.#changed();
  }

  #changed() {
    this.dispatchEvent(new Event('change'));
  }
}
