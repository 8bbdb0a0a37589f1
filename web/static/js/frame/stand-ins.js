// Gives back safely what an opaque origin takes away: dialogs drawn in the frame, storage in memory.

import { frameWords as words } from '../words-frame.js';
import { ownOrigin } from './own-origin.js';

/** A `Storage` that lives as long as the frame does. */
class MemoryStorage {
  #entries = new Map();
  get length() {
    return this.#entries.size;
  }
  clear() {
    this.#entries.clear();
  }
  /** @param {unknown} key */
  getItem(key) {
    return this.#entries.get(String(key)) ?? null;
  }
  /** @param {number} index */
  key(index) {
    return [...this.#entries.keys()][index] ?? null;
  }
  /** @param {unknown} key */
  removeItem(key) {
    this.#entries.delete(String(key));
  }
  /** @param {unknown} key @param {unknown} value */
  setItem(key, value) {
    this.#entries.set(String(key), String(value));
  }
}

/** Lets scripts write `localStorage.score = 3`, as they may with a real one. */
function storage() {
  return new Proxy(new MemoryStorage(), {
    get(target, key) {
      if (typeof key === 'symbol') return undefined;
      const own = Reflect.get(target, key, target);
      if (own !== undefined) return typeof own === 'function' ? own.bind(target) : own;
      return target.getItem(key) ?? undefined;
    },
    set(target, key, value) {
      target.setItem(String(key), value);
      return true;
    },
    deleteProperty(target, key) {
      target.removeItem(String(key));
      return true;
    },
    has: (target, key) => target.getItem(String(key)) !== null || key in MemoryStorage.prototype,
  });
}

/** @type {string[]} */
const waiting = [];
/** More dialogs than this at once are a mistake, or worse. */
const MOST_WAITING = 20;

/**
 * Shows a sentence in a dialog inside the frame; several wait for each other. Unlike the browser's own, this does not
 * hold up the script that asked for it.
 * @param {unknown} [text]
 */
export function say(text = '') {
  if (waiting.length >= MOST_WAITING) return;
  waiting.push(String(text));
  if (waiting.length === 1) showNext();
}

function showNext() {
  if (waiting.length === 0) return;
  const dialog = document.createElement('dialog');
  dialog.className = 'alert';
  const sentence = document.createElement('p');
  sentence.dir = 'auto';
  sentence.textContent = waiting[0];
  const close = document.createElement('button');
  close.className = 'ok';
  close.textContent = words.frame.ok;
  close.addEventListener('click', () => dialog.close());
  dialog.append(sentence, close);
  dialog.addEventListener('close', () => {
    dialog.remove();
    waiting.shift();
    showNext();
  });
  document.body.append(dialog);
  dialog.showModal();
}

/** Whether the browser gives the frame storage; many refuse it to frames of another site. */
function hasStorage() {
  try {
    return Boolean(localStorage);
  } catch {
    return false;
  }
}

export function installStandIns() {
  const give = (/** @type {string} */ name, /** @type {unknown} */ value) =>
    Object.defineProperty(window, name, { value, writable: true, configurable: true });
  if (!ownOrigin || !hasStorage()) {
    give('localStorage', storage());
    give('sessionStorage', storage());
    Object.defineProperty(document, 'cookie', { get: () => '', set: () => {}, configurable: true });
  }
  give('alert', say);
  give('confirm', (/** @type {unknown} */ text) => (say(text), false));
  give('prompt', (/** @type {unknown} */ text) => (say(text), null));
}
