// The room's address, as large as the screen allows, for a projector.

import { html } from '/web/vendor/lit.js';
import { PageElement } from '../element.js';
import { icons } from '../icons.js';
import { readable } from '../permalink.js';
import { words } from '../words.js';

/** Letters (px) above which no part of the address is broken in two: it is read aloud and typed part by part. */
const WHOLE_ABOVE = 64;

class ParlorProject extends PageElement {
  show() {
    this.one('dialog', HTMLDialogElement).showModal();
    this.#fit();
    addEventListener('resize', this.#fit);
  }

  /** Makes the letters as large as the lines still fit. */
  #fit = () => {
    const dialog = this.one('dialog', HTMLDialogElement);
    const address = this.one('.big', HTMLElement);
    if (!dialog.open) return removeEventListener('resize', this.#fit);
    let [least, most] = [16, 240];
    while (most - least > 1) {
      const size = Math.round((least + most) / 2);
      address.style.fontSize = `${size}px`;
      const whole = size <= WHOLE_ABOVE || [...address.querySelectorAll('span, b')].every((part) => part.getClientRects().length === 1);
      const fits = whole && address.scrollWidth <= address.clientWidth && address.offsetHeight <= innerHeight * 0.6;
      if (fits) least = size;
      else most = size;
    }
    address.style.fontSize = `${least}px`;
    return undefined;
  };

  render() {
    const path = readable(location.pathname);
    // A line may end where a part of the address ends, and else only where it must.
    const parts = path.split(/(?<=\/)/u);
    return html`
      <dialog class="project" aria-labelledby="project-title">
        <button class="icon-button" aria-label=${words.room.projectClose} @click=${() => this.one('dialog', HTMLDialogElement).close()}>${icons.close}</button>
        <h2 id="project-title">${words.room.projectTitle}</h2>
        <p class="big" dir="ltr"><span>${location.host}</span>${parts.map((part) => html`<wbr /><b>${part}</b>`)}</p>
        <p class="quiet">${location.protocol === 'https:' ? words.room.projectHttps : words.room.projectHttp}</p>
      </dialog>
    `;
  }
}

customElements.define('parlor-project', ParlorProject);

export { ParlorProject };
