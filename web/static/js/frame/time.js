// Times in words: “2 minutes ago”, days for dividers.

import { frameWords as words } from '../words-frame.js';

const DAY = 86_400_000;
const relative = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: 'auto' });
const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
/** Of one width, for a column. */
const narrow = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'medium' });
const weekday = new Intl.DateTimeFormat(document.documentElement.lang, { weekday: 'long', day: 'numeric', month: 'long' });
const withYear = new Intl.DateTimeFormat(document.documentElement.lang, { day: 'numeric', month: 'long', year: 'numeric' });

/** Midnight at the start of a moment's day, here. @param {number} ms */
const startOfDay = (ms) => new Date(ms).setHours(0, 0, 0, 0);

/** @param {number} when Seconds since 1970. */
export function ago(when) {
  const minutes = Math.floor((Date.now() - when * 1000) / 60_000);
  if (minutes < 1) return words.frame.justNow;
  return minutes < 60 ? relative.format(-minutes, 'minute') : clock.format(when * 1000);
}

/** @param {number} when */
export const clockOf = (when) => narrow.format(when * 1000);

/** @param {number} when */
export const exactly = (when) => full.format(when * 1000);

/** @param {number} when */
export const dayOf = (when) => startOfDay(when * 1000);

/** @param {number} when */
export function dayInWords(when) {
  const days = Math.round((startOfDay(Date.now()) - dayOf(when)) / DAY);
  if (days === 0 || days === 1) {
    const said = relative.format(-days, 'day');
    return said.charAt(0).toUpperCase() + said.slice(1);
  }
  return (days > 0 && days < 300 ? weekday : withYear).format(when * 1000);
}

/** Keeps the times of the cards in the document true. */
export function keepTimes() {
  setInterval(() => {
    for (const time of document.querySelectorAll('time[data-when]')) {
      const said = ago(Number(/** @type {HTMLElement} */ (time).dataset.when));
      if (time.textContent !== said) time.textContent = said;
    }
  }, 20_000);
}
