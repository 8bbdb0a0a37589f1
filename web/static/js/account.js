// The pages of one's account and of those who run the server work without scripts; with them, times are the reader's own
// and secrets have a button that copies them.

import { words } from './words-door.js';

const near = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: 'medium', timeStyle: 'short' });

for (const time of document.querySelectorAll('time')) {
  const at = new Date(time.dateTime);
  if (!Number.isNaN(at.getTime())) time.textContent = near.format(at);
}

for (const button of document.querySelectorAll('button[data-copy]')) {
  if (!(button instanceof HTMLButtonElement)) continue;
  const source = document.getElementById(button.dataset.copy ?? '');
  if (!source) continue;
  button.hidden = false;
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(source.textContent ?? '');
      button.textContent = words.secret.copied;
    } catch {
      // On plain http away from localhost browsers refuse.
      button.textContent = words.secret.notCopied;
    }
  });
}
