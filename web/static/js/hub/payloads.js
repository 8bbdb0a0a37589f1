// The payloads that a client may send, each with an example that is right at this moment, and the check before one is sent.

import { words } from '../words-hub.js';

/**
 * What an example is filled with.
 * @typedef {{ me: string, client: { name: string, uuid: string }, service: string, mine: string, subscriber: string }} Around
 */

const NOBODY = '00000000-0000-4000-8000-000000000000';
const DATA = { text: 'Hello' };

/** @param {object} target */
const message = (target) => ({ type: 'MESSAGE', target, data: DATA });

/** In the order of the picker. @type {Record<string, { group: keyof typeof words.hub.send.groups, example: (around: Around) => object }>} */
export const PAYLOADS = {
  messageName: { group: 'message', example: ({ client }) => message({ type: 'NAME', name: client.name }) },
  messageUuid: { group: 'message', example: ({ client }) => message({ type: 'UUID', uuid: client.uuid }) },
  messageService: { group: 'message', example: ({ service }) => message({ type: 'SERVICE', service }) },
  messageServiceClient: { group: 'message', example: ({ mine, subscriber }) => message({ type: 'SERVICE_CLIENT_UUID', service: mine, uuid: subscriber }) },
  messageAll: { group: 'message', example: () => message({ type: 'ALL' }) },
  serviceCreate: { group: 'service', example: ({ me }) => ({ type: 'SERVICE_CREATE', service: `${me}_service`, nickname: 'A service to try' }) },
  serviceDelete: { group: 'service', example: ({ mine }) => ({ type: 'SERVICE_DELETE', service: mine }) },
  serviceFetch: { group: 'service', example: ({ service }) => ({ type: 'SERVICE_FETCH', service }) },
  serviceFetchAll: { group: 'service', example: () => ({ type: 'SERVICE_FETCH_ALL' }) },
  clientFetch: { group: 'client', example: ({ client }) => ({ type: 'CLIENT_FETCH', uuid: client.uuid }) },
  clientFetchAll: { group: 'client', example: () => ({ type: 'CLIENT_FETCH_ALL' }) },
  selfSubscribe: { group: 'self', example: ({ service }) => ({ type: 'SELF_SUBSCRIBE', service }) },
  selfUnsubscribe: { group: 'self', example: ({ service }) => ({ type: 'SELF_UNSUBSCRIBE', service }) },
  selfFetch: { group: 'self', example: () => ({ type: 'SELF_FETCH' }) },
  selfSetSeq: { group: 'self', example: () => ({ type: 'SELF_SET_SEQ', seq: 100 }) },
  unsupported: { group: 'wrong', example: () => ({ type: 'DANCE' }) },
  incomplete: { group: 'wrong', example: () => ({ type: 'SELF_SUBSCRIBE' }) },
};

/** @param {string} key @param {Around} around */
export const example = (key, around) => JSON.stringify(PAYLOADS[key].example(around), null, 2);

/**
 * What examples speak of: somebody else rather than oneself, one's own service where it must be one.
 * @param {import('./who.js').Who} who @param {import('./link.js').HubLink} link
 * @returns {Around}
 */
export function around(who, link) {
  const me = link.identity?.name ?? 'console';
  const uuid = link.hello?.uuid ?? NOBODY;
  const others = [...who.clients.values()].filter((client) => client.uuid !== uuid);
  const services = [...who.services.values()];
  const mine = services.find((one) => one.owner_uuid === uuid);
  return {
    me,
    client: others[0] ?? { name: me, uuid },
    service: services[0]?.name ?? 'chat_service',
    mine: mine?.name ?? `${me}_service`,
    subscriber: mine?.subscribers[0] ?? others[0]?.uuid ?? uuid,
  };
}

/** @typedef {{ says: string, at: number | null }} Flaw  `at`: where in the text. */

/** Why a text is no payload; null if it may be one. @param {string} text @returns {Flaw | null} */
export function flawOf(text) {
  const { send } = words.hub;
  let payload;
  try {
    payload = JSON.parse(text);
  } catch (error) {
    return noJson(text, error instanceof Error ? error.message : '');
  }
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) return { says: send.noObject, at: null };
  return typeof payload.type === 'string' ? null : { says: send.noType, at: null };
}

/** @param {string} text @param {string} said  By the browser, with the place in words that each browser has its own of. @returns {Flaw} */
function noJson(text, said) {
  const { send } = words.hub;
  const why = said.replace(/^JSON\.parse: /u, '').replace(/,? ?(?:"(?:.|\n)*"[. ]*is not valid JSON|in JSON at position.*|at line \d+ column.*)$/u, '') || said;
  const [, position] = /position (\d+)/u.exec(said) ?? [];
  const [, row, column] = /line (\d+) column (\d+)/u.exec(said) ?? [];
  const at = position ? Number(position) : row ? placeOf(text, Number(row), Number(column)) : /end of/iu.test(said) ? text.length : null;
  if (at === null) return { says: send.bad(why), at };
  const before = text.slice(0, at).split('\n');
  return { says: send.badAt(why, before.length, (before.at(-1) ?? '').length + 1), at };
}

/** @param {string} text @param {number} row @param {number} column */
function placeOf(text, row, column) {
  const lines = text.split('\n').slice(0, row - 1);
  return Math.min(text.length, lines.reduce((sum, line) => sum + line.length + 1, 0) + column - 1);
}
