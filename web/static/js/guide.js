// The guide: a button on each program that copies it. All else works without scripts.

import { toClipboard } from './clipboard.js';
import { words } from './words.js';

for (const figure of document.querySelectorAll('figure.code')) {
  const button = document.createElement('button');
  button.className = 'button copy';
  button.textContent = words.guide.copy;
  button.addEventListener('click', async () => {
    if (await toClipboard(figure.querySelector('code')?.textContent ?? '')) button.textContent = words.guide.copied;
    else {
      // The program is selected instead, for the keys that copy.
      getSelection()?.selectAllChildren(figure.querySelector('code') ?? figure);
      button.textContent = words.guide.selected;
    }
    setTimeout(() => (button.textContent = words.guide.copy), 3000);
  });
  figure.append(button);
}
