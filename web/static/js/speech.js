// Speech, where the browser has it: writing down what one says, and reading aloud what bots answer.

import { me } from './me.js';
import { plainOf } from './plain.js';

/** @typedef {import('./store.js').RoomStore} RoomStore */
/** @typedef {import('./types.js').Message} Message */
/** @typedef {'off' | 'listening' | 'denied' | 'offline' | 'silent' | 'deaf'} Listening */

/** What browsers call it; none of them describes it to TypeScript. @type {any} */
const Recognition = Reflect.get(globalThis, 'SpeechRecognition') ?? Reflect.get(globalThis, 'webkitSpeechRecognition');

/** Browsers give the microphone to secure pages only. */
export const canListen = typeof Recognition === 'function' && isSecureContext;
export const canSpeak = 'speechSynthesis' in globalThis && 'SpeechSynthesisUtterance' in globalThis;

/** Why listening ended, by what browsers say. @type {Record<string, Listening>} */
const ENDS = { 'not-allowed': 'denied', 'service-not-allowed': 'denied', network: 'offline', 'no-speech': 'silent', 'audio-capture': 'deaf', 'language-not-supported': 'deaf' };

/**
 * Events: `change` (the state), `heard` (a `CustomEvent` with `{ text, final }`: what was said since the last final text).
 */
export class Dictation extends EventTarget {
  /** @type {Listening} */
  state = 'off';
  /** @type {any} */
  #recognition = null;

  get on() {
    return this.#recognition !== null;
  }

  start() {
    if (this.#recognition) return;
    const recognition = new Recognition();
    this.#recognition = recognition;
    recognition.continuous = true;
    recognition.interimResults = true;
    recognition.lang = navigator.language;
    recognition.addEventListener('result', (/** @type {any} */ event) => recognition === this.#recognition && this.#hear(event));
    recognition.addEventListener('error', (/** @type {any} */ { error }) => recognition === this.#recognition && this.#end(ENDS[error] ?? 'off'));
    recognition.addEventListener('end', () => recognition === this.#recognition && this.#end('off'));
    try {
      recognition.start();
      this.#become('listening');
    } catch {
      this.#end('deaf');
    }
  }

  /** Stops; what was not yet understood for good is kept as it is. */
  stop() {
    this.#end('off');
  }

  /** @param {any} event */
  #hear({ results, resultIndex }) {
    for (let at = resultIndex; at < results.length; at += 1) {
      const { isFinal } = results[at];
      // All that is not final is one guess.
      const heard = isFinal ? [results[at]] : [...results].slice(at);
      const text = heard.map(([best]) => best.transcript).join('').trim();
      if (text) this.dispatchEvent(new CustomEvent('heard', { detail: { text, final: isFinal } }));
      if (!isFinal) break;
    }
  }

  /** @param {Listening} state */
  #end(state) {
    const recognition = this.#recognition;
    this.#recognition = null;
    try {
      recognition?.stop();
    } catch {
      // It had not begun.
    }
    this.#become(state);
  }

  /** @param {Listening} state */
  #become(state) {
    this.state = state;
    this.dispatchEvent(new Event('change'));
  }
}

/** So much of a message is read; more would keep nobody listening. */
const MOST_READ = 1200;
/** Some voices fall silent in the middle of longer parts. */
const PART = 180;

/** While so many parts wait, what comes is not read: it would be old by then. */
const MOST_WAITING = 24;

/** Splits at the ends of sentences, else at spaces. @param {string} text */
export function partsOf(text) {
  const parts = [];
  for (const { segment } of new Intl.Segmenter(undefined, { granularity: 'sentence' }).segment(text)) {
    let rest = segment.trim();
    while (rest.length > PART) {
      const space = rest.lastIndexOf(' ', PART);
      const end = space > 0 ? space : PART;
      parts.push(rest.slice(0, end));
      rest = rest.slice(end).trim();
    }
    if (rest) parts.push(rest);
  }
  return parts;
}

/** The voices that the browser has; some have them only after a while, and say `voiceschanged`. */
export const voices = () => (canSpeak ? speechSynthesis.getVoices() : []);

/** Reads bots' new messages aloud, if the person wants that. Events: `change`. */
export class ReadAloud extends EventTarget {
  /** Who is being read; empty while it is silent. */
  author = '';
  #left = 0;
  #turn = 0;

  /** @param {RoomStore | null} store  Without one it reads what it is told to. */
  constructor(store) {
    super();
    if (!canSpeak || !store) return;
    store.addEventListener('messages', (event) => {
      // Other tabs may have the same room open: one of them reads.
      if (!me.aloud || !store.settled || document.visibilityState !== 'visible') return;
      for (const message of /** @type {CustomEvent<Message[]>} */ (event).detail) if (message.kind === 'bot') this.#read(message);
    });
    me.addEventListener('change', () => !me.aloud && this.author && this.stop());
    addEventListener('pagehide', () => this.stop());
  }

  /** @param {Message} message */
  #read({ author, text }) {
    const said = plainOf(text).slice(0, MOST_READ);
    if (said && this.#left < MOST_WAITING) this.say(author, said);
  }

  /** @param {string} author @param {string} text */
  say(author, text) {
    const turn = this.#turn;
    for (const part of partsOf(text)) {
      const utterance = new SpeechSynthesisUtterance(part);
      const voice = voices().find(({ voiceURI }) => voiceURI === me.voice);
      if (voice) [utterance.voice, utterance.lang] = [voice, voice.lang];
      utterance.rate = Math.min(3, Math.max(0.3, me.rate));
      utterance.addEventListener('start', () => turn === this.#turn && this.#tell(author));
      const over = () => turn === this.#turn && this.#over();
      utterance.addEventListener('end', over);
      utterance.addEventListener('error', over);
      this.#left += 1;
      speechSynthesis.speak(utterance);
    }
  }

  #over() {
    this.#left -= 1;
    if (this.#left === 0) this.#tell('');
  }

  stop() {
    if (!canSpeak || (this.#left === 0 && !this.author)) return;
    this.#turn += 1;
    this.#left = 0;
    speechSynthesis.cancel();
    this.#tell('');
  }

  /** @param {string} author */
  #tell(author) {
    if (author === this.author) return;
    this.author = author;
    this.dispatchEvent(new Event('change'));
  }
}
