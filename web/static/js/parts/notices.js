// The switch for notices of the desktop, in one's settings.

import { nothing } from '/web/vendor/lit.js';
import { PageElement } from '../element.js';
import { notices } from '../notices.js';
import { words } from '../words.js';
import { check } from './choice.js';

class ParlorNotices extends PageElement {
  connectedCallback() {
    super.connectedCallback();
    this.watch(notices);
  }

  render() {
    const { state } = notices;
    if (state === 'none') return nothing;
    const hint = state === 'denied' ? words.notices.denied : words.notices.hint;
    return check('notices', words.notices.label, hint, state === 'on', (on) => void this.#want(on), state === 'denied');
  }

  /** @param {boolean} on */
  async #want(on) {
    await notices.want(on);
    // If the browser was not given leave, the tick goes again.
    this.one('input', HTMLInputElement).checked = notices.state === 'on';
  }
}

customElements.define('parlor-notices', ParlorNotices);
