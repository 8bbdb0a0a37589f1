// The page of a flow: the line for other pages with this server's whole address, and a button that copies it.

import { server } from './at.js';
import { toClipboard } from './clipboard.js';
import { words } from './words.js';

for (const address of document.querySelectorAll('[data-server]')) address.textContent = server().replace(/\/$/u, '');
// Policies name origins, and a websocket's is another one.
for (const address of document.querySelectorAll('[data-origin]')) address.textContent = location.origin;
for (const address of document.querySelectorAll('[data-socket]')) address.textContent = location.origin.replace('http', 'ws');

// The theme that was chosen for these pages holds for the assistant on them.
const { theme } = document.documentElement.dataset;
if (theme) document.querySelector('parlor-assistant')?.setAttribute('scheme', theme);

for (const figure of document.querySelectorAll('figure.code')) {
  const button = document.createElement('button');
  button.className = 'button';
  button.textContent = words.guide.copy;
  button.addEventListener('click', async () => {
    const line = figure.querySelector('code');
    const copied = await toClipboard(line?.textContent ?? '');
    // Otherwise the line is selected, for the keys that copy.
    if (!copied && line) getSelection()?.selectAllChildren(line);
    button.textContent = copied ? words.guide.copied : words.guide.selected;
    setTimeout(() => (button.textContent = words.guide.copy), 3000);
  });
  figure.append(button);
}
