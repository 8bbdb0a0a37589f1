// The operators' calls, as the inbox makes them.

import { call } from '../api.js';
import { at } from '../at.js';

/** @typedef {'bot' | 'pending' | 'open' | 'snoozed' | 'resolved' | 'ended'} Status */

/**
 * A session as the server tells it; times are seconds since 1970.
 * @typedef {{ flow: string, id: string, status: Status, since: number, operator: string | null, queue: string | null,
 *   until: number | null, waits: number | null, variables: Record<string, string>, last_at: number,
 *   last: { author: string, text: string } | null }} Session
 */

/** @typedef {{ at: number, event: number, kind: 'Request' | 'Response' | 'Note', message: Record<string, any> }} Said */
/** @typedef {'take' | 'say' | 'note' | 'hand-back' | 'resolve' | 'snooze'} Act */
/** Which sessions; what is empty says nothing. @typedef {{ status?: Status, flow?: string, queue?: string, with?: string }} Wanted */
/** @typedef {{ counts: Record<Status, number>, waits: number | null, flows: { flow: string, title: string }[], queues: string[] }} Overviewed */

/** By what a session is known on the page. @param {{ flow: string, id: string }} session */
export const keyOf = ({ flow, id }) => `${flow}/${id}`;

/** @param {string} key */
export function partsOf(key) {
  const at = key.indexOf('/');
  return { flow: key.slice(0, at), id: key.slice(at + 1) };
}

const ROOT = '/api/operator/sessions';

/** @param {{ flow: string, id: string }} session */
const path = ({ flow, id }) => `${ROOT}/${encodeURIComponent(flow)}/${encodeURIComponent(id)}`;

/** What of it says something, for an address. @param {Record<string, string | number | undefined>} wanted */
export function asked(wanted) {
  const said = Object.entries(wanted).filter(([, value]) => value !== undefined && value !== '');
  return new URLSearchParams(said.map(([key, value]) => [key, `${value}`])).toString();
}

/** Where a file is that came with an event. @param {{ flow: string, id: string }} session @param {number} event */
export const fileOf = (session, event) => at(`${path(session)}/files/${event}`);

/** Where everything of a session can be had, and of all of a flow or of a visitor. @param {{ flow: string, id: string }} session */
export const exportOf = (session) => at(`${path(session)}/export`);

/** @param {{ flow?: string, with?: string }} wanted */
export const exportOfAll = (wanted) => at(`/api/operator/export?${asked(wanted)}`);

export const calls = {
  /**
   * Sessions, those that began last first; `before` leads to the next ones, if there are any.
   * @param {Wanted} wanted @param {number} limit @param {number} [before]
   * @returns {Promise<{ sessions: Session[], before?: number }>}
   */
  list: (wanted, limit, before) => call('GET', `${ROOT}?${asked({ ...wanted, limit, before })}`),

  /** How many there are in each state. @param {{ flow?: string, queue?: string }} wanted @returns {Promise<Overviewed>} */
  overview: (wanted) => call('GET', `/api/operator/overview?${asked(wanted)}`),

  /** One writes. @param {{ flow: string, id: string }} session @param {string} [author] */
  typing: (session, author) => call('POST', `${path(session)}/typing`, { author }),

  /** What was said and known is gone then. @param {{ flow: string, id: string }} session */
  erase: (session) => call('DELETE', path(session)),

  /** All of a flow, or of a visitor. @param {{ flow?: string, with?: string }} wanted @returns {Promise<{ deleted: number }>} */
  eraseAll: (wanted) => call('DELETE', `${ROOT}?${asked(wanted)}`),

  /** @param {{ flow: string, id: string }} session @returns {Promise<{ session: Session, said: Said[] }>} */
  one: (session) => call('GET', path(session)),

  /** @param {{ flow: string, id: string }} session @param {Act} act @param {{ text?: string, until?: number, author?: string }} more */
  act: (session, act, more) => call('POST', `${path(session)}/${act}`, more),
};
