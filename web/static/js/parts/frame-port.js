// The page's side of the frame: makes it, gives it its port, takes nothing from it without looking.

import { at } from '../at.js';
import { Safety } from '../safety.js';

/** @typedef {import('../frame/protocol.js').ToFrame} ToFrame */
/** @typedef {import('../frame/protocol.js').Load} Load */
/** @typedef {import('../frame/protocol.js').Look} Look */

/**
 * What a frame may ask for. Every field has been checked for its type and size, but not whether a person meant it.
 * @typedef {{ kind: 'submit', form: number, bot_id: number | null, action_url: string | null,
 *     form_data: Record<string, string | string[]> }
 *   | { kind: 'focus', text: string }
 *   | { kind: 'open', href: string }
 *   | { kind: 'search' }
 *   | { kind: 'reply' | 'inspect' | 'permalink', id: number }} Wish
 */

const SANDBOX = 'allow-scripts allow-forms allow-popups allow-popups-to-escape-sandbox';
/** How often (ms) the frame is asked whether it is alive, and how long it may take to say so. */
const PULSE = 4000;
const PATIENCE = 5000;
/** The longest text that a script may want to write into the input, and the longest address it may open. */
const LONGEST = 4000;
const MOST_FIELDS = 2000;
const MOST_LOADED = 100;

/** @param {unknown} value */
const isValue = (value) => typeof value === 'string' || (Array.isArray(value) && value.every((one) => typeof one === 'string'));
/** @param {unknown} value @returns {value is number} */
const isId = (value) => Number.isSafeInteger(value) && Number(value) >= 0;

/**
 * @param {any} data
 * @returns {Wish | null}
 */
export function readWish(data) {
  if (typeof data !== 'object' || data === null) return null;
  const { kind, id, form, bot_id, action_url, form_data, text, href } = data;
  if (kind === 'reply' || kind === 'inspect' || kind === 'permalink') return isId(id) ? { kind, id } : null;
  if (kind === 'search') return { kind };
  if (kind === 'focus' && typeof text === 'string') return { kind, text: text.slice(0, LONGEST) };
  if (kind === 'open' && typeof href === 'string' && href.length < LONGEST && URL.canParse(href)) {
    return /^(https?|mailto):$/u.test(new URL(href).protocol) ? { kind, href } : null;
  }
  if (kind !== 'submit' || !Number.isSafeInteger(form) || typeof form_data !== 'object' || form_data === null) return null;
  if (bot_id !== null && !Number.isSafeInteger(bot_id)) return null;
  if (action_url !== null && typeof action_url !== 'string') return null;
  const fields = Object.entries(form_data);
  if (fields.length > MOST_FIELDS || !fields.every(([, value]) => isValue(value))) return null;
  return { kind, form, bot_id, action_url, form_data: Object.fromEntries(fields) };
}

/**
 * @param {any} data
 * @returns {Load | null}
 */
function readLoad(data) {
  const { load, want, id, limit } = data;
  if (!isId(load) || !isId(id) || !isId(limit) || limit > MOST_LOADED) return null;
  return ['older', 'newer', 'around', 'upto', 'newest'].includes(want) ? { kind: 'load', load, want, id, limit } : null;
}

/**
 * Whether a person has just acted in the frame that sent this, as the browser knows it: Chromium adds it to messages that
 * ask for it. What a script sends without it counts as not acted; null where the browser has no such thing.
 * @param {MessageEvent & { userActivation?: UserActivation | null }} event
 */
const actedThere = (event) => ('userActivation' in event ? Boolean(event.userActivation?.isActive) : null);

/**
 * @typedef {object} FrameEvents
 * @property {(load: Load) => void} load
 * @property {(id: number) => void} seen
 * @property {(wish: Wish, acted: boolean | null, gesture: number) => void} wish  `acted`: whether the browser vouches that
 *   a person has just acted in the frame; null where it does not say. `gesture`: how often they had, until then.
 * @property {() => void} pressed  Somebody has pressed a button of the pointer in the frame; the browser vouches that they acted, or does not say.
 * @property {() => void} gone  The frame has become another page, and is no more.
 * @property {(alive: boolean) => void} alive
 */

export class FramePort {
  /** @type {MessagePort | null} */
  #port = null;
  /** @type {ToFrame[]} What is said before the port is there. */
  #before = [];
  #turn = 0;
  #drawn = 0;
  #pulse = 0;
  #patience = 0;

  /**
   * @param {Safety} safety
   * @param {{ look: Look, strict: boolean, origin: string }} made  `strict`: the room lets bots send neither scripts nor
   *   styles. `origin`: where bots' content has a host name of its own; empty where it has none.
   * @param {FrameEvents} on
   */
  constructor(safety, { look, strict, origin }, on) {
    this.safety = safety;
    this.on = on;
    this.iframe = document.createElement('iframe');
    this.iframe.setAttribute('sandbox', origin ? `${SANDBOX} allow-same-origin` : SANDBOX);
    this.iframe.allow = 'clipboard-write; fullscreen';
    this.iframe.referrerPolicy = 'no-referrer';
    const wanted = { theme: look.theme, scripts: safety.off || strict ? 'off' : 'on', styles: strict ? 'off' : 'on', dir: getComputedStyle(document.documentElement).direction };
    this.iframe.src = `${origin}${at('/frame')}#${new URLSearchParams(wanted)}`;
    this.iframe.addEventListener('load', () => (this.#port ? this.#replaced() : this.#loaded()));
  }

  get loaded() {
    return this.#port !== null;
  }

  /** @param {ToFrame} message */
  tell(message) {
    if (this.#port) this.#port.postMessage(message);
    else this.#before.push(message);
  }

  /** Whether it has ever drawn anything: it has not if the server went away while it was loaded. */
  get works() {
    return this.#drawn > 0;
  }

  /** Says something that may run scripts, and waits for the frame to have survived it. @param {ToFrame} message */
  draw(message) {
    this.safety.mark();
    this.tell(message);
    this.ask();
  }

  destroy() {
    clearInterval(this.#pulse);
    clearTimeout(this.#patience);
    this.#port?.close();
    this.iframe.remove();
    this.safety.unmark();
  }

  #loaded() {
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    port1.onmessage = (event) => this.#take(event);
    // Its origin is opaque, so it can't be named here; nothing of a bot has run in it yet.
    this.iframe.contentWindow?.postMessage('parlor-port', '*', [port2]);
    for (const message of this.#before.splice(0)) port1.postMessage(message);
    this.#pulse = setInterval(() => document.visibilityState === 'visible' && this.ask(), PULSE);
  }

  /** A second load: some script has led the frame elsewhere. */
  #replaced() {
    this.destroy();
    this.on.gone();
  }

  /** Asks the frame whether it is alive. */
  ask() {
    this.#turn += 1;
    this.tell({ kind: 'turn', turn: this.#turn });
    this.#patience ||= setTimeout(() => {
      // Who waits is told again if nothing comes of it.
      this.#patience = 0;
      this.on.alive(false);
    }, PATIENCE);
  }

  /** @param {MessageEvent} event */
  #take(event) {
    const { data } = event;
    if (data?.kind === 'drawn' && Number.isSafeInteger(data.turn)) {
      this.#drawn = Math.max(this.#drawn, data.turn);
      if (this.#drawn < this.#turn) return;
      clearTimeout(this.#patience);
      this.#patience = 0;
      this.safety.unmark();
      this.on.alive(true);
    } else if (data?.kind === 'load') {
      const load = readLoad(data);
      if (load) this.on.load(load);
    } else if (data?.kind === 'press') {
      if (actedThere(event) !== false) this.on.pressed();
    } else if (data?.kind === 'seen') {
      if (isId(data.id)) this.on.seen(data.id);
    } else {
      const wish = readWish(data);
      if (wish) this.on.wish(wish, actedThere(event), isId(data.gesture) ? data.gesture : 0);
    }
  }
}
