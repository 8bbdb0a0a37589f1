// Copies, and lets the button that was pressed say so.

import { toClipboard } from '../clipboard.js';
import { frameWords as words } from '../words-frame.js';

/** How long (ms) a button says that it has copied. */
const SAID = 1600;

/**
 * Copies, and lets the button say so for a moment.
 * @param {HTMLElement} button @param {string} text
 */
export async function copyWith(button, text) {
  const done = await toClipboard(text);
  button.dataset.said = done ? words.frame.copied : words.frame.notCopied;
  setTimeout(() => delete button.dataset.said, SAID);
}
