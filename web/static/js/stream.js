// The room stream: one websocket, opened again whenever it breaks, so that nothing is lost and nothing comes twice.

/** @typedef {import('./types.js').Link} Link */

const FIRST_WAIT = 400;
const LONGEST_WAIT = 15_000;
/** After so many attempts in a row that failed, people are told. */
const ATTEMPTS_UNTIL_OFFLINE = 2;
/** So many of the newest messages are asked for at first. */
const SCREENFUL = 100;

export class RoomStream {
  /** @type {WebSocket | null} */
  #socket = null;
  #attempts = 0;
  #timer = 0;
  #newest = 0;

  /**
   * @param {string} room
   * @param {{ opened: (resumes: boolean) => void, link: (link: Link) => void,
   *   event: (kind: string, data: any) => void }} on
   */
  constructor(room, on) {
    this.room = room;
    this.on = on;
    addEventListener('online', () => this.retry());
    addEventListener('offline', () => this.#socket?.close());
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

  #drop() {
    clearTimeout(this.#timer);
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
  }

  #open() {
    const resumes = this.#newest > 0;
    const wanted = resumes ? `since=${this.#newest}` : `last=${SCREENFUL}`;
    const url = new URL(`/ws/${this.room.split('/').map(encodeURIComponent).join('/')}?${wanted}`, location.href);
    url.protocol = url.protocol.replace('http', 'ws');
    const socket = new WebSocket(url);
    this.#socket = socket;
    this.on.link(this.#attempts >= ATTEMPTS_UNTIL_OFFLINE || !navigator.onLine ? 'offline' : 'connecting');
    socket.addEventListener('open', () => {
      if (socket !== this.#socket) return;
      this.#attempts = 0;
      this.on.opened(resumes);
      this.on.link('live');
    });
    socket.addEventListener('message', ({ data }) => {
      if (socket === this.#socket) this.#take(data);
    });
    socket.addEventListener('close', () => {
      if (socket === this.#socket) this.#wait();
    });
  }

  /** @param {unknown} data */
  #take(data) {
    const event = JSON.parse(String(data));
    if (event.kind === 'message') this.#newest = Math.max(this.#newest, event.data.id);
    this.on.event(event.kind, event.data);
  }

  /** Backs off, with jitter: a classroom must not come back all at once. */
  #wait() {
    this.#socket = null;
    const longest = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** this.#attempts);
    this.#attempts += 1;
    this.on.link(this.#attempts > ATTEMPTS_UNTIL_OFFLINE || !navigator.onLine ? 'offline' : 'connecting');
    this.#timer = setTimeout(() => this.#open(), longest * (0.5 + Math.random() / 2));
  }
}
