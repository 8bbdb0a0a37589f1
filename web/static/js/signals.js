// What happens in a room and is not kept: who is here, who types, which bots think; and the room's settings.

/** @typedef {import('./types.js').Activation} Activation */
/** @typedef {import('./types.js').RoomSettings} RoomSettings */

/** The kinds of the room stream that are asked for beside messages and bots. */
export const ALSO = ['typing', 'presence', 'activation', 'settings'];
/** Who typed is taken to be typing for so long (ms). */
const TYPING_LASTS = 5000;
/** That one types is told at most this often (ms). */
const TYPING_PAUSE = 2500;

/**
 * Events: `people`, `typing`, `settings` (what is below changed), `activation` (a `CustomEvent` with one that began or
 * ended), `moved` (a `CustomEvent` with the names that `joined` and `left`).
 */
export class Signals extends EventTarget {
  /** @type {string[] | null} Names of those who are here, sorted; null while that is not known. */
  people = null;
  /** How many are here without a name. */
  unnamed = 0;
  /** @type {Map<string, number>} Who types, and until when that is believed. */
  typing = new Map();
  /** @type {Map<string, Activation>} The activations that run now, by id. */
  activations = new Map();
  /** @type {RoomSettings | null} */
  settings = null;

  #name = '';
  #toldTyping = -TYPING_PAUSE;
  #calming = 0;

  /** @param {(kind: string, data: unknown) => void} tell  Sends to the server; does nothing while there is no connection. */
  constructor(tell) {
    super();
    this.tell = tell;
  }

  /** How many are here, with a name and without. */
  get present() {
    return (this.people?.length ?? 0) + this.unnamed;
  }

  /** Says under which name one is here; the empty name is none. @param {string} name */
  iAm(name) {
    if (name === this.#name) return;
    this.#name = name;
    this.#introduce();
  }

  #introduce() {
    this.tell('presence', { author: this.#name || null });
  }

  /** Tells the others that one is typing, now and then. @param {string} author */
  iType(author) {
    if (performance.now() - this.#toldTyping < TYPING_PAUSE) return;
    this.#toldTyping = performance.now();
    this.tell('typing', { author });
  }

  /** A connection has opened: what the last one knew may be over. */
  opened() {
    this.typing.clear();
    this.activations.clear();
    this.#say('typing', 'activation');
    this.#introduce();
  }

  /**
   * @param {string} kind
   * @param {any} data
   * @returns {boolean} Whether it was one of these.
   */
  take(kind, data) {
    switch (kind) {
      case 'presence':
        this.#presence(data);
        return true;
      case 'typing':
        this.typing.set(data.author, performance.now() + TYPING_LASTS);
        this.#calmDown();
        this.#say('typing');
        return true;
      case 'activation':
        if (data.status === 'running') this.activations.set(data.id, data);
        else this.activations.delete(data.id);
        this.dispatchEvent(new CustomEvent('activation', { detail: data }));
        return true;
      case 'settings':
        this.settings = data;
        this.#say('settings');
        return true;
      default:
        return false;
    }
  }

  /** Somebody has said something, and so types no more. @param {string} author */
  spoke(author) {
    if (this.typing.delete(author)) this.#say('typing');
    // The next thing that is typed is told at once.
    if (author === this.#name) this.#toldTyping = -TYPING_PAUSE;
  }

  /** @param {{ here?: { author: string }[], joined?: string[], left?: string[], unnamed?: number }} data */
  #presence({ here, joined = [], left = [], unnamed }) {
    const names = new Set(here ? here.map(({ author }) => author) : this.people);
    if (!here && joined.length + left.length > 0) this.dispatchEvent(new CustomEvent('moved', { detail: { joined, left } }));
    for (const name of left) {
      names.delete(name);
      this.typing.delete(name);
    }
    for (const name of joined) names.add(name);
    this.people = [...names].sort((a, b) => a.localeCompare(b));
    if (typeof unnamed === 'number') this.unnamed = unnamed;
    this.#say('people', 'typing');
  }

  /** Forgets those who stopped typing without a word. */
  #calmDown() {
    clearTimeout(this.#calming);
    if (this.typing.size === 0) return;
    const next = Math.min(...this.typing.values()) - performance.now();
    this.#calming = setTimeout(() => {
      for (const [name, until] of this.typing) if (until <= performance.now()) this.typing.delete(name);
      this.#say('typing');
      this.#calmDown();
    }, Math.max(50, next));
  }

  /** @param {string[]} what */
  #say(...what) {
    for (const one of what) this.dispatchEvent(new Event(one));
  }
}
