// Answers that one often gives, kept in this browser.

import { kept, randomKey } from '../kept.js';
import { words } from '../words-operator.js';

/** @typedef {{ id: string, title: string, text: string }} Answer */

const KEY = 'operator.canned';

export const canned = {
  /** @returns {Answer[]} */
  get list() {
    const stored = kept.get(KEY, /** @type {any[]} */ ([]));
    if (kept.get('operator.canned.own', false)) return stored.filter((one) => typeof one?.text === 'string').map(({ id, title, text }) => ({ id: String(id), title: String(title ?? ''), text }));
    const { first } = words.canned;
    return [
      { id: 'hello', title: first.hello, text: first.helloText },
      { id: 'moment', title: first.moment, text: first.momentText },
      { id: 'goodbye', title: first.goodbye, text: first.goodbyeText },
    ];
  },

  /** @param {Answer[]} list */
  keep(list) {
    kept.set(KEY, list);
    kept.set('operator.canned.own', true);
  },

  /** @param {Answer} answer  Without an id it is a new one. */
  put(answer) {
    const { list } = this;
    if (answer.id) this.keep(list.map((one) => (one.id === answer.id ? answer : one)));
    else this.keep([...list, { ...answer, id: randomKey() }]);
  },

  /** @param {string} id */
  remove(id) {
    this.keep(this.list.filter((one) => one.id !== id));
  },
};
