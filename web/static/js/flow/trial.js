// A conversation with a flow that is written: the assistant's element talks to it as to a server, and nothing of it is stored.

import { sentenceOf } from '../api.js';
import { words } from '../words-flows.js';
import { calls } from './calls.js';

/** @typedef {import('./calls.js').Tried} Tried */
/** @typedef {import('./calls.js').Happens} Happens */

const [OPEN, CLOSED] = [1, 3];
const STARTED_OVER = 4001;

/** What the element takes for its websocket. */
class TrialLine extends EventTarget {
  readyState = 0;
  /** What the server must be told again at each step. @type {Tried['progress']} */
  progress;
  /** One step after the other. @type {Promise<unknown>} */
  #last = Promise.resolve();

  /** @param {Trial} trial @param {string} text */
  constructor(trial, text) {
    super();
    this.trial = trial;
    this.text = text;
    this.happen();
  }

  /** @param {Happens} [happens]  Without, it begins. */
  happen(happens) {
    this.#last = this.#last.then(() => this.#step(happens));
    return this.#last;
  }

  /** @param {Happens} [happens] */
  async #step(happens) {
    if (this.readyState === CLOSED) return;
    /** @type {Partial<Tried> & { said: Tried['said'] }} */
    let tried;
    try {
      tried = await calls.step(this.trial.name, { text: this.text, languages: navigator.languages, progress: this.progress, happens });
    } catch (error) {
      tried = { said: [{ kind: 'Error', message: sentenceOf(error) }] };
    }
    if (this.readyState === CLOSED) return;
    if (this.readyState !== OPEN) {
      this.readyState = OPEN;
      this.dispatchEvent(new Event('open'));
    }
    this.progress = tried.progress ?? this.progress;
    this.say(...tried.said);
    if (tried.progress) this.trial.came(/** @type {Tried} */ (tried));
  }

  /** @param {...Record<string, any>} messages */
  say(...messages) {
    for (const message of messages) this.dispatchEvent(new MessageEvent('message', { data: JSON.stringify(message) }));
  }

  /** What the element sends. @param {string | ArrayBuffer} sent  Of a file only what is said of it counts. */
  send(sent) {
    if (typeof sent !== 'string') return;
    const said = JSON.parse(sent);
    const message = said.kind === 'File' ? { ...said, kind: 'UserText', content: said.name } : said;
    if (message.kind === 'ResetSession') this.end();
    // To a person anything can be said, and nobody is there.
    else if (message.kind !== 'Typing' && this.progress?.waiting.for !== 'handoff') void this.happen({ kind: 'answer', message });
  }

  /** It starts over. */
  end() {
    this.close();
    this.dispatchEvent(new CloseEvent('close', { code: STARTED_OVER }));
  }

  close() {
    this.readyState = CLOSED;
  }
}

export class Trial extends EventTarget {
  /** Of which the next conversation is. */
  text = '';
  /** Where the conversation is. @type {Tried | null} */
  at = null;
  /** The state that it came to last. */
  here = '';
  /** @type {TrialLine | null} */
  #line = null;

  /** @param {string} name */
  constructor(name) {
    super();
    this.name = name;
  }

  /** A line to a new conversation. @returns {WebSocket} */
  connect() {
    [this.at, this.here] = [null, ''];
    this.#line = new TrialLine(this, this.text);
    // It is as much of one as the element asks for.
    return /** @type {any} */ (this.#line);
  }

  /** Begins anew with this text. @param {string} text */
  restart(text) {
    this.text = text;
    this.#line?.end();
  }

  /** @param {Tried} tried */
  came(tried) {
    this.at = tried;
    this.here = tried.passed.at(-1) ?? this.here;
    this.dispatchEvent(new Event('change'));
  }

  /** The request is answered; without a status it failed. @param {number} [status] @param {string} [body] */
  reply(status, body) {
    void this.#line?.happen({ kind: 'reply', status, body });
  }

  handBack() {
    const author = words.preview.person;
    this.#line?.say({ kind: 'OperatorJoined', author }, { kind: 'OperatorLeft', author });
    void this.#line?.happen({ kind: 'hand-back' });
  }
}
