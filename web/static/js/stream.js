// The room stream: one websocket, opened again whenever it breaks, so that nothing is lost and nothing comes twice.

import { at } from './at.js';
import { api, Refused } from './api.js';
import { inAddress } from './room-name.js';
import { ALSO } from './signals.js';

/** @typedef {import('./types.js').Link} Link */

const FIRST_WAIT = 400;
const LONGEST_WAIT = 15_000;
/** After so many attempts in a row that failed, people are told. */
const ATTEMPTS_UNTIL_OFFLINE = 2;
/** So many of the newest messages are asked for, at first and after each break. */
export const SCREENFUL = 50;

/**
 * The address of a room's stream.
 * @param {string} room @param {Record<string, string>} query
 */
export function streamUrl(room, query) {
  const url = new URL(at(`/ws/${inAddress(room)}?${new URLSearchParams(query)}`), location.href);
  url.protocol = url.protocol.replace('http', 'ws');
  return url;
}

/** How long to wait before the next attempt; with jitter: a classroom must not come back all at once. @param {number} attempts */
export function pause(attempts) {
  return Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** attempts) * (0.5 + Math.random() / 2);
}

export class RoomStream {
  /** @type {WebSocket | null} */
  #socket = null;
  #attempts = 0;
  #timer = 0;
  #newest = 0;

  /**
   * @param {string} room
   * @param {{ opened: (resumes: boolean) => void, link: (link: Link) => void, event: (kind: string, data: any) => void,
   *   refused: (sentence: string) => void }} on
   *   `refused`: the server is there and does not let one in; there are no more attempts until `retry`.
   */
  constructor(room, on) {
    this.room = room;
    this.on = on;
    addEventListener('online', () => this.retry());
    addEventListener('offline', () => this.#socket?.close());
    // A page that one comes back to with the back button is kept whole only if it left nothing open.
    addEventListener('pagehide', () => this.#drop());
    addEventListener('pageshow', ({ persisted }) => persisted && this.retry());
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible' && !this.#socket) this.retry();
    });
    this.#open();
  }

  /** Tries now instead of when the time has come. */
  retry() {
    if (this.#socket?.readyState === WebSocket.OPEN) return;
    this.#drop();
    this.#open();
  }

  /** Sends a signal, if there is a connection to send it on. @param {string} kind @param {unknown} data */
  tell(kind, data) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify({ kind, data }));
  }

  #drop() {
    clearTimeout(this.#timer);
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
  }

  #open() {
    const resumes = this.#newest > 0;
    /** @type {Record<string, string>} */
    const query = { last: `${SCREENFUL}`, also: ALSO.join() };
    if (resumes) query.since = `${this.#newest}`;
    const socket = new WebSocket(streamUrl(this.room, query));
    let opened = false;
    this.#socket = socket;
    this.on.link(this.#attempts >= ATTEMPTS_UNTIL_OFFLINE || !navigator.onLine ? 'offline' : 'connecting');
    socket.addEventListener('open', () => {
      if (socket !== this.#socket) return;
      opened = true;
      this.#attempts = 0;
      this.on.opened(resumes);
      this.on.link('live');
    });
    socket.addEventListener('message', ({ data }) => {
      if (socket === this.#socket) this.#take(data);
    });
    socket.addEventListener('close', () => {
      if (socket !== this.#socket) return;
      this.#wait();
      if (!opened) void this.#askWhy();
    });
  }

  /** @param {unknown} data */
  #take(data) {
    const event = JSON.parse(String(data));
    if (event.kind === 'message') this.#newest = Math.max(this.#newest, event.data.id);
    this.on.event(event.kind, event.data);
  }

  #wait() {
    this.#socket = null;
    const wait = pause(this.#attempts);
    this.#attempts += 1;
    this.on.link(this.#attempts > ATTEMPTS_UNTIL_OFFLINE || !navigator.onLine ? 'offline' : 'connecting');
    this.#timer = setTimeout(() => this.#open(), wait);
  }

  /** A websocket that is refused does not say why; an ordinary call does. */
  async #askWhy() {
    try {
      await api.newest(this.room, 1);
    } catch (error) {
      if (!(error instanceof Refused) || ![401, 403, 404].includes(error.status)) return;
      this.#drop();
      this.on.link('refused');
      this.on.refused(error.message);
    }
  }
}
