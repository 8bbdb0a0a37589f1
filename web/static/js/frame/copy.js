// Copies text for the person, also where the browser keeps its clipboard to secure pages.

import { frameWords as words } from '../words-frame.js';

/** How long (ms) a button says that it has copied. */
const SAID = 1600;

/** @param {string} text */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}

/** @param {string} text */
function copyBySelection(text) {
  const { activeElement } = document;
  const field = document.createElement('textarea');
  field.className = 'unseen';
  field.value = text;
  document.body.append(field);
  field.select();
  const done = document.execCommand('copy');
  field.remove();
  if (activeElement instanceof HTMLElement) activeElement.focus({ preventScroll: true });
  return done;
}

/**
 * Copies, and lets the button say so for a moment.
 * @param {HTMLElement} button @param {string} text
 */
export async function copyWith(button, text) {
  const done = await copyText(text);
  button.dataset.said = done ? words.frame.copied : words.frame.notCopied;
  setTimeout(() => delete button.dataset.said, SAID);
}
