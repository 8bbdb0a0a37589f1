// The console's websocket to the hub: it introduces itself, numbers what is sent, and comes back when it breaks.

import { at } from '../at.js';
import { pause } from '../stream.js';
import { words } from '../words-hub.js';

/** @typedef {{ name: string, nickname: string, tags: string[], secret: string }} Identity */
/** @typedef {{ uuid: string, fs_key: string }} Hello */

const PROTOCOL = 'ert-concierge';
const VERSION = '0.2.0';

/** So long (ms) a name may still be that of the connection that broke: the server notices that later than the browser. */
const NAME_FREE_WITHIN = 30_000;

/** Why a connection was closed, by its code: the name of the sentence, and whether it helps to try again. @type {Record<number, [string, boolean]>} */
const CODES = {
  1006: ['lost', true],
  1008: ['limits', true],
  1009: ['large', true],
  1012: ['restart', true],
  1013: ['slow', true],
  4000: ['unknown', false],
  4002: ['undecodable', false],
  4003: ['notIdentified', false],
  4004: ['late', true],
  4005: ['taken', false],
  4006: ['secret', false],
  4007: ['version', false],
  4008: ['name', false],
  4009: ['heartbeat', true],
};

export class HubLink extends EventTarget {
  /** @type {'out' | 'connecting' | 'in' | 'lost'} */
  state = 'out';
  /** Why one is out, in a sentence; empty if one has not tried, or wanted to leave. */
  trouble = '';
  /** @type {Hello | null} */
  hello = null;
  /** @type {Identity | null} */
  identity = null;
  /** The number of what is sent next. */
  seq = 0;

  /** @type {WebSocket | null} */
  #socket = null;
  #attempts = 0;
  #timer = 0;
  /** When the connection broke (`performance.now()`); 0 while one has not been in. */
  #since = 0;

  /**
   * @param {{ sent: (text: string, seq: number | null, own: boolean) => void, received: (text: string) => void, note: (sentence: string) => void }} on
   *   `own`: the page itself wanted to know something.
   */
  constructor(on) {
    super();
    this.on = on;
    addEventListener('online', () => this.retry());
    addEventListener('pagehide', () => this.#drop());
    addEventListener('pageshow', ({ persisted }) => persisted && this.state !== 'out' && this.#open());
  }

  /** @param {Identity} identity */
  enter(identity) {
    this.identity = identity;
    this.#since = 0;
    this.#attempts = 0;
    this.#open();
  }

  leave() {
    this.#drop();
    if (this.state === 'in' || this.state === 'lost') this.on.note(words.hub.state.left);
    this.#out('');
  }

  /** Tries now instead of when the time has come. */
  retry() {
    if (this.state === 'lost') this.#open();
  }

  /** Whether it was sent. @param {string} text @param {boolean} [own] */
  send(text, own = false) {
    if (this.state !== 'in' || this.#socket?.readyState !== WebSocket.OPEN) return false;
    const seq = seqSetBy(text) ?? this.seq;
    this.seq = seq + 1;
    this.#socket.send(text);
    this.on.sent(text, seq, own);
    this.#changed();
    return true;
  }

  #open() {
    this.#drop();
    const url = new URL(at('/hub/ws'), location.href);
    url.protocol = url.protocol.replace('http', 'ws');
    const socket = new WebSocket(url, PROTOCOL);
    let opened = false;
    this.#socket = socket;
    this.#be(this.#since > 0 ? 'lost' : 'connecting');
    socket.addEventListener('open', () => {
      if (socket !== this.#socket || !this.identity) return;
      opened = true;
      this.#introduce(socket, this.identity);
    });
    socket.addEventListener('message', ({ data }) => {
      if (socket === this.#socket) this.#take(String(data));
    });
    socket.addEventListener('close', ({ code, reason }) => {
      if (socket !== this.#socket) return;
      this.#socket = null;
      if (opened) this.#closed(code, reason);
      else void this.#askWhy();
    });
  }

  #drop() {
    clearTimeout(this.#timer);
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
  }

  /** @param {WebSocket} socket @param {Identity} identity */
  #introduce(socket, { name, nickname, tags, secret }) {
    const identify = { type: 'IDENTIFY', name, ...(nickname && { nickname }), version: VERSION, ...(secret && { secret }), tags };
    socket.send(JSON.stringify(identify));
    // What is shown may be copied to others.
    this.on.sent(JSON.stringify({ ...identify, ...(secret && { secret: '…' }) }), null, false);
  }

  /** @param {string} text */
  #take(text) {
    const hello = this.state === 'in' ? null : parsed(text);
    if (hello?.type !== 'HELLO') return this.on.received(text);
    const says = this.#welcomed(hello);
    this.on.received(text);
    this.on.note(says);
  }

  /** What to say of it. @param {any} hello */
  #welcomed(hello) {
    const back = this.#since > 0;
    const name = this.identity?.name ?? '';
    this.hello = { uuid: String(hello.uuid), fs_key: String(hello.fs_key ?? hello.uuid) };
    this.seq = 0;
    this.#attempts = 0;
    this.#since = 0;
    this.trouble = '';
    this.#be('in');
    return back ? words.hub.state.cameBack(name) : words.hub.state.cameIn(name);
  }

  /** @param {number} code @param {string} reason */
  #closed(code, reason) {
    const was = this.state;
    // Of those who are in, only who is there by a login that ends is told so.
    const over = was === 'in' && code === 4006;
    const why = over ? words.hub.closed.over : reasonOf(code, reason, this.identity?.name ?? '');
    this.on.note(words.hub.state.closed(code, why));
    if (over) return this.#out(why);
    if (was === 'in') this.#since = performance.now();
    const stillOurs = code === 4005 && this.#since > 0 && performance.now() - this.#since < NAME_FREE_WITHIN;
    const helps = was === 'in' || stillOurs || (this.#since > 0 && (CODES[code]?.[1] ?? true));
    if (helps) this.#wait();
    else this.#out(why);
  }

  #wait() {
    const wait = pause(this.#attempts);
    this.#attempts += 1;
    this.#be('lost');
    this.#timer = setTimeout(() => this.#open(), wait);
  }

  /** A websocket that is refused does not say why; an ordinary call does. */
  async #askWhy() {
    const { closed } = words.hub;
    const waits = this.#since > 0;
    let why = closed.unreachable;
    let there = false;
    try {
      const answer = await fetch(at('/hub/ws'), { cache: 'no-store' });
      there = answer.status === 404 || answer.status === 401 || answer.status === 403;
      why = answer.status === 404 ? closed.noHub : closed.answered(answer.status);
    } catch {
      // Nothing answers at all.
    }
    // Meanwhile somebody may have left, or tried again.
    if (this.#socket || (this.state !== 'connecting' && this.state !== 'lost')) return;
    if (waits && !there) this.#wait();
    else this.#out(why);
  }

  /** @param {string} trouble */
  #out(trouble) {
    this.trouble = trouble;
    this.hello = null;
    this.#since = 0;
    this.#be('out');
  }

  /** @param {HubLink['state']} state */
  #be(state) {
    this.state = state;
    this.#changed();
  }

  #changed() {
    this.dispatchEvent(new Event('change'));
  }
}

/** @param {string} text @returns {any} */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** The number that a payload gives itself. @param {string} text @returns {number | null} */
function seqSetBy(text) {
  if (!text.includes('SELF_SET_SEQ')) return null;
  const payload = parsed(text);
  const says = payload?.type === 'SELF_SET_SEQ' && Number.isInteger(payload.seq) && payload.seq >= 0;
  return says ? payload.seq : null;
}

/** What a server says, as a sentence. @param {string} said */
export const asSentence = (said) => said && said[0].toUpperCase() + said.slice(1) + (/[.!?]$/u.test(said) ? '' : '.');

/** @param {number} code @param {string} reason  What the server says to it. @param {string} name */
function reasonOf(code, reason, name) {
  const { closed } = words.hub;
  if (code === 4005) return closed.taken(name);
  const known = /** @type {Record<string, unknown>} */ (closed)[CODES[code]?.[0]];
  return [known, known && !['unknown', 'undecodable', 'version', 'name'].includes(CODES[code][0]) ? '' : asSentence(reason)].filter(Boolean).join(' ');
}
