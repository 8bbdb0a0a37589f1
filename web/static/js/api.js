// The calls of the rooms API that the pages make.

import { at } from './at.js';
import { words } from './words.js';

/** @typedef {import('./types.js').Message} Message */
/** @typedef {import('./types.js').Bot} Bot */
/** @typedef {import('./types.js').RoomSettings} RoomSettings */

/** The server answered, and refused. Its sentence is meant for people. */
export class Refused extends Error {
  /** @param {string} sentence @param {number} status @param {number} retryAfter Seconds; 0 if it said nothing. */
  constructor(sentence, status, retryAfter) {
    super(sentence);
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

/** No answer: offline, or the server is not there. */
export class Unreachable extends Error {
  constructor() {
    super(words.wrong.unreachable);
  }
}

/**
 * Asks the server for something at a path of its API.
 * @param {string} method
 * @param {string} path
 * @param {unknown} [body]
 * @param {Record<string, string>} [headers]
 * @param {boolean} [keepalive]  Goes out even while the page is being closed.
 */
export async function call(method, path, body, headers = {}, keepalive = false) {
  /** @type {RequestInit} */
  const request = { method, headers, keepalive };
  if (body !== undefined) {
    request.body = JSON.stringify(body);
    request.headers = { 'content-type': 'application/json', ...headers };
  }
  let answer;
  try {
    answer = await fetch(at(path), request);
  } catch {
    throw new Unreachable();
  }
  const said = await answer.json().catch(() => null);
  if (answer.ok) return said;
  const sentence = typeof said?.message === 'string' ? said.message : words.wrong.odd(answer.status);
  throw new Refused(sentence, answer.status, Number(answer.headers.get('retry-after')) || 0);
}

export const api = {
  /**
   * Messages before an id, ascending.
   * @param {string} room @param {number} before @param {number} limit
   * @returns {Promise<Message[]>}
   */
  older: (room, before, limit) => call('GET', `/api/messages?${new URLSearchParams({ room, before: `${before}`, limit: `${limit}` })}`),

  /**
   * The first messages after an id, ascending.
   * @param {string} room @param {number} after @param {number} limit
   * @returns {Promise<Message[]>}
   */
  newer: (room, after, limit) => call('GET', `/api/messages?${new URLSearchParams({ room, after: `${after}`, limit: `${limit}` })}`),

  /**
   * The newest messages, ascending.
   * @param {string} room @param {number} limit
   * @returns {Promise<Message[]>}
   */
  newest: (room, limit) => call('GET', `/api/messages?${new URLSearchParams({ room, before: `${Number.MAX_SAFE_INTEGER}`, limit: `${limit}` })}`),

  /**
   * What holds the words of `query`, newest first.
   * @param {string} room @param {string} query @param {number | null} before @param {number} limit
   * @returns {Promise<Message[]>}
   */
  search: (room, query, before, limit) =>
    call('GET', `/api/search?${new URLSearchParams({ room, q: query, limit: `${limit}`, ...(before ? { before: `${before}` } : {}) })}`),

  /**
   * Posts a message; answers as soon as it is durable, before bots have.
   * @param {{ room: string, author: string, text: string, reply_to?: number }} message
   * @param {string} key  The same key posts the message once, however often it is sent.
   * @returns {Promise<Message>}
   */
  post: (message, key) => call('POST', '/api/actions/message', message, { 'idempotency-key': key, prefer: 'respond-async' }),

  /**
   * @param {{ room: string, author: string, bot_id: number | null, action_url: string | null,
   *   form_data: Record<string, string | string[]> }} form
   */
  submitForm: (form) => call('POST', '/api/actions/message-form', form),

  /**
   * Creates a bot, or with an `id` changes it.
   * @param {Partial<Bot> & { room: string, secret?: string | null }} bot  What is absent stays as it is.
   * @returns {Promise<Bot>}
   */
  saveBot: (bot) => call('POST', '/api/actions/bot', bot),

  /**
   * What a pattern, or without one a name, finds: in `text`, or else in the room's last messages of people.
   * @param {{ room: string, name?: string, responds_to?: string | null, text?: string }} trial
   * @returns {Promise<import('./types.js').Trial>}
   */
  tryPattern: (trial) => call('POST', '/api/actions/match', trial),

  /**
   * Sends one delivery with these values; the room gets nothing.
   * @param {Partial<Bot> & { room: string, text: string, author?: string, secret?: string | null }} test
   * @returns {Promise<import('./types.js').Tested>}
   */
  testBot: (test) => call('POST', '/api/actions/bot-test', test),

  /** A token in place of the one before; it can't be read again. @param {number} id @returns {Promise<{ token: string }>} */
  newToken: (id) => call('POST', '/api/actions/bot-token', { id }),

  /**
   * Which bots a message was for, and why not for the others.
   * @param {string} room @param {number} message
   * @returns {Promise<import('./types.js').Reason[]>}
   */
  reasons: (room, message) => call('GET', `/api/matches?${new URLSearchParams({ room, message: `${message}` })}`),

  /**
   * Deliveries, newest first.
   * @param {{ room: string, message?: string, bot?: string, id?: string, limit?: string }} wanted
   * @returns {Promise<import('./types.js').Delivery[]>}
   */
  activations: (wanted) => call('GET', `/api/activations?${new URLSearchParams(wanted)}`),

  /** Sends a delivery again; answers when it has begun. @param {string} id @returns {Promise<{ id: string }>} */
  sendAgain: (id) => call('POST', '/api/actions/activation-again', { id }, { prefer: 'respond-async' }),

  /** @param {number} id @param {boolean} [closing] */
  deleteBot: (id, closing = false) => call('DELETE', '/api/actions/bot', { id }, {}, closing),

  /** @param {string} room @returns {Promise<{ key: string | null, seconds: number }>} */
  filesKey: (room) => call('GET', `/api/files-key?${new URLSearchParams({ room })}`),

  /** @param {string} room @returns {Promise<RoomSettings>} */
  settings: (room) => call('GET', `/api/actions/room?${new URLSearchParams({ room })}`),

  /**
   * Changes what is named; answers with the settings as they are now.
   * @param {string} room @param {RoomSettings} change
   * @returns {Promise<RoomSettings>}
   */
  change: (room, change) => call('POST', '/api/actions/room', { room, ...change }),

  /** @param {string} room */
  clearMessages: (room) => call('POST', '/api/actions/clear-room-messages', { room }),

  /** @param {string} room */
  endConversation: (room) => call('POST', '/api/actions/clear-room-state', { room }),
};

/** What to tell people about an error. @param {unknown} error */
export const sentenceOf = (error) => (error instanceof Error ? error.message : String(error));
