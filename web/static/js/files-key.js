// Keeps the key with which the frame gets bots' files, in a room that is not for everybody: the frame has no login, and a
// key opens for a day, or until the server starts again. Loaded where people have accounts.

import { api } from './api.js';

/** @typedef {import('./store.js').RoomStore} RoomStore */
/** @typedef {import('./parts/talk.js').ParlorTalk} ParlorTalk */

/** How long (ms) the first one opens, and how often the clock is looked at: a machine may have slept. */
const DAY = 24 * 60 * 60 * 1000;
const LOOK = 10 * 60 * 1000;

/** @param {RoomStore} store @param {ParlorTalk} talk */
export function renewFilesKey(store, talk) {
  let due = Date.now() + DAY / 2;
  let away = false;
  let access = store.signals.settings?.access;

  const renew = async () => {
    const fresh = await api.filesKey(store.room).catch(() => null);
    // Without an answer: at the next look.
    if (!fresh) return;
    due = Date.now() + (fresh.seconds * 1000) / 2;
    if ((fresh.key ?? '') !== talk.filesKey) talk.openFiles(fresh.key ?? '');
  };
  const look = () => void (talk.filesKey && Date.now() >= due && renew());

  setInterval(look, LOOK);
  document.addEventListener('visibilitychange', look);
  store.addEventListener('change', () => {
    if (store.link === 'offline' || store.link === 'refused') away = true;
    if (store.link !== 'live' || !away) return;
    away = false;
    // It may have been started again, and knows none of its earlier keys.
    if (talk.filesKey) void renew();
  });
  store.signals.addEventListener('settings', () => {
    // Who may come in decides whether a key is needed at all.
    const now = store.signals.settings?.access;
    if (access !== undefined && now !== access) void renew();
    access = now;
  });
}
