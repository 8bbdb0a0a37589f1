// Under which name one answers: the account's, or where there are none one that is kept in this browser.

import { kept } from '../kept.js';

/** What the server takes for whoever gives no name. */
const NAMELESS = 'Operator';

export const operatorName = {
  /** The account that is logged in, if people have accounts here. */
  account: document.body.dataset.account ?? '',

  get name() {
    return this.account || kept.get('operator.name', '').trim() || kept.get('name', '').trim() || NAMELESS;
  },

  /** @param {string} name */
  choose(name) {
    kept.set('operator.name', name.trim());
  },
};
