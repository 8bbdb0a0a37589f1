// The guide: a button on each program that copies it. All else works without scripts.

import { words } from './words.js';

for (const figure of document.querySelectorAll('figure.code')) {
  const button = document.createElement('button');
  button.className = 'button copy';
  button.textContent = words.guide.copy;
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(figure.querySelector('code')?.textContent ?? '');
      button.textContent = words.guide.copied;
    } catch {
      // On plain http browsers do not allow it: the program is selected instead, for the keys that copy.
      getSelection()?.selectAllChildren(figure.querySelector('code') ?? figure);
      button.textContent = words.guide.selected;
    }
    setTimeout(() => (button.textContent = words.guide.copy), 3000);
  });
  figure.append(button);
}
