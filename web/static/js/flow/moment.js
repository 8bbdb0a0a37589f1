// When something was, in the reader's own time.

const near = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: 'medium', timeStyle: 'short' });

/** @param {number} seconds  Since 1970. */
export const moment = (seconds) => near.format(new Date(seconds * 1000));
