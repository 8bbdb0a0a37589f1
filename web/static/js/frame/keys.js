// Keys that mean something to the page while the focus is in the frame.

/** @typedef {import('./protocol.js').ToPage} ToPage */

/** @param {(message: ToPage) => void} tell */
export function takeKeys(tell) {
  addEventListener('keydown', (event) => {
    if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    event.preventDefault();
    tell({ kind: 'search' });
  });
}
