// Links in messages: a plain click asks the page to open them in a new tab; the page looks whether a person clicked.
// What people do to links otherwise (middle button, menu, drag) stays the browser's.

/** @typedef {import('./protocol.js').ToPage} ToPage */

/** @param {(message: ToPage) => void} tell */
export function takeLinks(tell) {
  document.addEventListener('click', (event) => {
    if (event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const link = event.target instanceof Element ? event.target.closest('a[href]') : null;
    if (!(link instanceof HTMLAnchorElement)) return;
    const written = link.getAttribute('href') ?? '';
    if (written.startsWith('#')) {
      event.preventDefault();
      document.getElementById(decodeURIComponent(written.slice(1)))?.scrollIntoView({ block: 'start' });
    } else if (/^(https?|mailto):$/u.test(link.protocol)) {
      event.preventDefault();
      tell({ kind: 'open', href: link.href });
    }
  });
}
