// The operators' calls, as the inbox makes them.

import { call } from '../api.js';

/** @typedef {'bot' | 'pending' | 'open' | 'snoozed' | 'resolved' | 'ended'} Status */

/**
 * A session as the server tells it; times are seconds since 1970.
 * @typedef {{ flow: string, id: string, status: Status, since: number, operator: string | null, queue: string | null,
 *   until: number | null, waits: number | null, variables: Record<string, string>, last_at: number,
 *   last: { author: string, text: string } | null }} Session
 */

/** @typedef {{ at: number, kind: 'Request' | 'Response' | 'Note', message: Record<string, any> }} Said */
/** @typedef {'take' | 'say' | 'note' | 'hand-back' | 'resolve' | 'snooze'} Act */

const ROOT = '/api/operator/sessions';

/** @param {{ flow: string, id: string }} session */
const path = ({ flow, id }) => `${ROOT}/${encodeURIComponent(flow)}/${encodeURIComponent(id)}`;

export const calls = {
  /**
   * Sessions of a state, those that began last first; `before` leads to the next ones, if there are any.
   * @param {Status} status @param {number} limit @param {number} [before]
   * @returns {Promise<{ sessions: Session[], before?: number }>}
   */
  list: (status, limit, before) => call('GET', `${ROOT}?${new URLSearchParams({ status, limit: `${limit}`, ...(before ? { before: `${before}` } : {}) })}`),

  /** @param {{ flow: string, id: string }} session @returns {Promise<{ session: Session, said: Said[] }>} */
  one: (session) => call('GET', path(session)),

  /** @param {{ flow: string, id: string }} session @param {Act} act @param {{ text?: string, until?: number, author?: string }} more */
  act: (session, act, more) => call('POST', `${path(session)}/${act}`, more),
};
