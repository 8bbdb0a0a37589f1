// Copies a text, and says whether that worked.

import { toClipboard } from './clipboard.js';
import { toasts } from './toasts.js';

/** @param {string} text @param {string} said @param {string} otherwise */
export async function copyText(text, said, otherwise) {
  if (await toClipboard(text)) toasts.say(said);
  else toasts.wrong(otherwise);
}
