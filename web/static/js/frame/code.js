// Code: a button that copies it.

import { frameWords as words } from '../words-frame.js';
import { copyWith } from './copy.js';
import { make } from './make.js';
import { sign } from './signs.js';

/** Gives a block of code its button; blocks that a bot has given a look of its own stay as they are. @param {HTMLElement} pre */
export function withCopy(pre) {
  if (pre.id || pre.className || pre.parentElement?.closest('pre, button, a, label')) return;
  const button = make('button', 'copy', sign('copy'));
  button.type = 'button';
  button.title = words.frame.copyCode;
  button.setAttribute('aria-label', words.frame.copyCode);
  button.addEventListener('click', () => void copyWith(button, pre.textContent ?? ''));
  const around = make('div', 'code');
  pre.replaceWith(around);
  around.append(pre, button);
  pre.tabIndex = 0;
}
