// The rooms that were visited in this browser.

import { kept } from './kept.js';

/** @typedef {{ room: string, at: number, read: number }} Visit */

const MOST = 60;

/** @param {unknown} value @returns {value is Visit} */
const isVisit = (value) => typeof value === 'object' && value !== null && 'room' in value && typeof value.room === 'string';

/** In the person's own order, at first that of the first visits. @returns {Visit[]} */
export const visited = () => kept.get('rooms', /** @type {unknown[]} */ ([])).filter(isVisit);

/** @param {Visit[]} visits */
const keep = (visits) => kept.set('rooms', visits);

/**
 * Notes a visit.
 * @param {string} room
 * @returns {number} The newest message that was read there before; 0 at a first visit.
 */
export function visit(room) {
  const visits = visited();
  const known = visits.find((one) => one.room === room);
  const read = known?.read ?? 0;
  if (known) known.at = Date.now();
  else visits.push({ room, at: Date.now(), read: 0 });
  while (visits.length > MOST) {
    const longestAgo = visits.reduce((a, b) => (a.at <= b.at ? a : b));
    visits.splice(visits.indexOf(longestAgo), 1);
  }
  keep(visits);
  return read;
}

/** @param {string} room @param {number} id */
export function readUpTo(room, id) {
  const visits = visited();
  const known = visits.find((one) => one.room === room);
  if (!known || (known.read ?? 0) >= id) return;
  known.read = id;
  keep(visits);
}

/** @param {string} room */
export const forget = (room) => keep(visited().filter((one) => one.room !== room));

/** @param {string} room */
export const readIn = (room) => visited().find((one) => one.room === room)?.read ?? 0;

/**
 * Puts a room further up or down.
 * @param {string} room @param {number} to  The place where it stands then.
 */
export function move(room, to) {
  const visits = visited();
  const from = visits.findIndex((one) => one.room === room);
  if (from < 0) return;
  const [moved] = visits.splice(from, 1);
  visits.splice(to, 0, moved);
  keep(visits);
}

/** Takes back that a room was forgotten. @param {Visit} visit @param {number} place */
export function remember(visit, place) {
  const visits = visited().filter(({ room }) => room !== visit.room);
  visits.splice(place, 0, visit);
  keep(visits);
}
