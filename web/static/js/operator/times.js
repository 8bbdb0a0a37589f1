// Times in words, and the moments until which a session can be put off.

const clock = new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit' });
const day = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' });
const short = new Intl.DateTimeFormat(undefined, { weekday: 'short', hour: 'numeric', minute: '2-digit' });
const far = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', hour: 'numeric', minute: '2-digit' });

/** Hours after midnight at which a day of work begins. */
const MORNING = 9;

/** @param {number} at Seconds since 1970. */
export const clockOf = (at) => clock.format(at * 1000);

/** @param {number} at */
export const dayOf = (at) => day.format(at * 1000);

/** A moment as short as it can be understood. @param {number} at */
export function momentOf(at) {
  const date = new Date(at * 1000);
  const away = Math.abs(date.getTime() - Date.now());
  if (date.toDateString() === new Date().toDateString()) return clock.format(date);
  return (away < 6 * 86_400_000 ? short : far).format(date);
}

/** @param {Date} now @param {number} days */
function morning(now, days) {
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, MORNING).getTime() / 1000;
}

/** The next moments at which one looks again. @param {Date} now */
export const laterThan = (now) => ({
  hour: now.getTime() / 1000 + 3600,
  tomorrow: morning(now, 1),
  // On a Monday it is the one after.
  monday: morning(now, (8 - now.getDay()) % 7 || 7),
});
