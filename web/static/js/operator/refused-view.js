// What stands in the place of an operators' page for who may not see it.

import { html, nothing } from '/web/vendor/lit.js';
import { at } from '../at.js';
import { mark } from '../icons.js';
import { words as pageWords } from '../words.js';
import { words } from '../words-operator.js';
import { operatorName } from './operator-name.js';

/** @param {import('../api.js').Refused} refused @param {string} page  Where a login leads back to. */
export function refused({ message, status }, page) {
  const says = words.inbox;
  const off = !document.body.dataset.accounts;
  const sentence = message.charAt(0).toUpperCase() + message.slice(1);
  const login = `${at('/login')}?next=${encodeURIComponent(page)}`;
  return html`
    <main class="refused">
      <a class="brand" href=${at('/')}>${mark(30)}${pageWords.name}</a>
      <h1>${off ? says.off : says.refused}</h1>
      <p>${/[.!?]$/u.test(sentence) ? sentence : `${sentence}.`}</p>
      <p>${off ? html`<a class="button go" href=${at('/guide/reference/accounts')}>${says.offHow}</a>` : status === 401 || !operatorName.account ? html`<a class="button go" href=${login}>${says.logIn}</a>` : nothing}</p>
    </main>
  `;
}
