// The way to the login, and from there back to this page.

import { at } from './at.js';

/** @param {boolean} [ended]  Whether a login is over, which the page then says. */
export function loginHere(ended = false) {
  const here = location.pathname.slice(at('/').length - 1) + location.search + location.hash;
  return at(`/login?${new URLSearchParams({ next: here, ...(ended ? { ended: '' } : {}) })}`);
}
