// The calls of those who write flows.

import { call } from '../api.js';

/** @typedef {{ severity: 'error' | 'warning', state: string | null, line: number, column: number, message: string }} Finding */

/**
 * A flow as the server tells it; times are seconds since 1970.
 * @typedef {{ name: string, title: string | null, stands: 'file' | 'published' | 'changed' | 'draft', file: string | null, version: string,
 *   at: number | null, by: string | null, published: string | null, errors: number, warnings: number, text: string,
 *   versions: { version: string, at: number }[] }} Flow
 */

/**
 * @typedef {{ name: string, kind: string, line: number, x: number, y: number, width: number, height: number, round: number,
 *   mark: Finding['severity'] | null, label: string, words: string, tip: string }} Drawn
 */
/** @typedef {{ from: string, to: string, path: string, label: string, at: [number, number], aside: boolean }} Way */
/** @typedef {{ width: number, height: number, states: Drawn[], ways: Way[] }} Drawing */
/** @typedef {{ version: string, findings: Finding[], drawing: Drawing | null }} Judged */

/** @typedef {{ method: string, url: string, headers: [string, string][], body: string | null }} Asked */
/** @typedef {{ for: 'answer' | 'request' | 'handoff' | 'jump' | 'end', state?: string, queue?: string }} Waiting */
/**
 * A step of a trial; without `progress` it was refused, and has changed nothing.
 * @typedef {{ said: Record<string, any>[], progress?: { flow: string, waiting: Waiting }, variables: Record<string, string>,
 *   passed: string[], request: Asked | null }} Tried
 */
/** @typedef {{ kind: 'answer', message: object } | { kind: 'reply', status?: number, body?: string } | { kind: 'hand-back' }} Happens */

const ROOT = '/api/admin/flows';

/** @param {string} name */
const at = (name) => `${ROOT}/${encodeURIComponent(name)}`;

export const calls = {
  /** @returns {Promise<{ flows: Omit<Flow, 'text' | 'versions'>[] }>} */
  list: () => call('GET', ROOT),

  /** @param {string} name @returns {Promise<Flow>} */
  make: (name) => call('POST', ROOT, { name }),

  /** @param {string} name @returns {Promise<Flow>} */
  one: (name) => call('GET', at(name)),

  /** Saves a text that was made from the version `base`. @param {string} name @param {{ text: string, base: string }} change @returns {Promise<Flow>} */
  save: (name, change) => call('POST', at(name), change),

  /** @param {string} name @param {{ text: string, base: string }} change @returns {Promise<Flow>} */
  publish: (name, change) => call('POST', `${at(name)}/publish`, change),

  /** @param {string} name @returns {Promise<Flow>} */
  withdraw: (name) => call('POST', `${at(name)}/withdraw`, {}),

  /** @param {string} name @param {string} base */
  remove: (name, base) => call('DELETE', at(name), { base }),

  /** @param {string} name @param {string} version @returns {Promise<{ text: string }>} */
  version: (name, version) => call('GET', `${at(name)}/versions/${encodeURIComponent(version)}`),

  /** @param {string} name @param {string} text @returns {Promise<Judged>} */
  check: (name, text) => call('POST', `${at(name)}/check`, { text }),

  /** @param {string} name @param {{ text: string, languages: readonly string[], progress?: object, happens?: Happens }} step @returns {Promise<Tried>} */
  step: (name, step) => call('POST', `${at(name)}/try`, step),
};
