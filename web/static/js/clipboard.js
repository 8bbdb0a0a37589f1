// Writing to the clipboard, and saying whether it worked: on plain http away from localhost browsers refuse.

import { toasts } from './toasts.js';

/** @param {string} text @param {string} said @param {string} otherwise */
export async function copyText(text, said, otherwise) {
  try {
    await navigator.clipboard.writeText(text);
    toasts.say(said);
  } catch {
    toasts.wrong(otherwise);
  }
}
