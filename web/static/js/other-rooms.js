// The rooms one is not looking at: what is new in them, live, over a stream for each.

import { kept } from './kept.js';
import { pause, streamUrl } from './stream.js';
import { MOST, Unread } from './unread.js';
import { visited } from './visited.js';

/** Only so many are followed, those that were visited last. */
const FOLLOWED = 12;
/** They are opened one after another, this far apart (ms), so that the room one looks at comes first. */
const APART = 120;
/** A page that nobody has seen for so long (ms) follows no other rooms until somebody looks again. */
const UNSEEN = 300_000;

/** One room's stream. */
class Watch {
  /** @type {WebSocket | null} */
  #socket = null;
  #attempts = 0;
  #timer = 0;
  #newest = 0;
  #open = false;

  /** @param {string} room @param {() => void} changed @param {(message: import('./types.js').Message) => void} said */
  constructor(room, changed, said) {
    this.unread = new Unread(room);
    this.changed = changed;
    this.said = said;
  }

  /** @param {number} wait */
  start(wait) {
    if (this.#open) return;
    this.#open = true;
    this.#timer = setTimeout(() => this.#connect(), wait);
  }

  stop() {
    this.#open = false;
    clearTimeout(this.#timer);
    this.#socket?.close();
    this.#socket = null;
  }

  #connect() {
    const since = Math.max(this.#newest, this.unread.read);
    const socket = new WebSocket(streamUrl(this.unread.room, { since: `${since}`, last: `${MOST}` }));
    this.#socket = socket;
    socket.addEventListener('open', () => (this.#attempts = 0));
    socket.addEventListener('message', ({ data }) => this.#take(JSON.parse(String(data))));
    socket.addEventListener('close', () => {
      if (socket !== this.#socket) return;
      this.#timer = setTimeout(() => this.#connect(), pause(this.#attempts) + APART);
      this.#attempts += 1;
    });
  }

  /** @param {{ kind: string, data: any }} event */
  #take({ kind, data }) {
    if (kind === 'clear_messages') {
      this.unread.clear();
      this.changed();
    } else if (kind === 'message' && data.id > this.#newest) {
      this.#newest = data.id;
      if (!this.unread.take(data)) return;
      this.changed();
      this.said(data);
    }
  }
}

/** Events: `change`; `said` (a `CustomEvent` with a message that is unread). */
export class OtherRooms extends EventTarget {
  /** @type {Map<string, Watch>} */
  #watches = new Map();
  #started = false;
  /** Whether nobody has looked for so long that nothing is followed. */
  #away = false;
  #unseen = 0;
  #drawing = 0;

  /** @param {string} here  The room one looks at; empty in the lobby. */
  constructor(here) {
    super();
    this.here = here;
    kept.watch((key) => key === 'rooms' && this.#again());
    document.addEventListener('visibilitychange', () => this.#seen());
    addEventListener('pagehide', () => this.#stop());
    addEventListener('pageshow', ({ persisted }) => persisted && this.#seen());
  }

  /** Begins; to be called once the page has what it needs more. */
  start() {
    if (this.#started) return;
    this.#started = true;
    this.#follow();
    this.#seen();
  }

  /** @param {string} room */
  of(room) {
    return this.#watches.get(room)?.unread ?? null;
  }

  /** How much is unread in all of them. */
  get unread() {
    return [...this.#watches.values()].reduce((sum, { unread }) => sum + unread.count, 0);
  }

  /** The list of rooms has changed, or how far they were read. */
  #again() {
    for (const { unread } of this.#watches.values()) unread.look();
    this.#follow();
    this.dispatchEvent(new Event('change'));
  }

  #follow() {
    if (!this.#started || this.#away) return;
    const newest = visited().filter(({ room }) => room !== this.here).toSorted((a, b) => b.at - a.at);
    const rooms = newest.slice(0, FOLLOWED).map(({ room }) => room);
    for (const [room, watch] of this.#watches) if (!rooms.includes(room)) this.#leave(room, watch);
    rooms.forEach((room, place) => {
      if (!this.#watches.has(room)) this.#watches.set(room, this.#watch(room));
      this.#watches.get(room)?.start(place * APART);
    });
  }

  /** @param {string} room */
  #watch(room) {
    return new Watch(room, () => this.#changed(), (message) => this.dispatchEvent(new CustomEvent('said', { detail: message })));
  }

  /** @param {string} room @param {Watch} watch */
  #leave(room, watch) {
    watch.stop();
    this.#watches.delete(room);
  }

  /** Rooms were forgotten or moved in this tab. */
  listChanged() {
    this.#follow();
  }

  #stop() {
    this.#away = true;
    for (const watch of this.#watches.values()) watch.stop();
  }

  #seen() {
    clearTimeout(this.#unseen);
    if (document.visibilityState !== 'visible') {
      this.#unseen = setTimeout(() => this.#stop(), UNSEEN);
      return;
    }
    this.#away = false;
    this.#follow();
  }

  /** A replay says much at once; it is drawn once. */
  #changed() {
    this.#drawing ||= setTimeout(() => {
      this.#drawing = 0;
      this.dispatchEvent(new Event('change'));
    }, 30);
  }
}
