// A face: the first letter of a name in the colour of that name, or of a flow. It is for the eyes only.

import { hueOf, initialOf } from '../person.js';

class ParlorFace extends HTMLElement {
  #name = '';

  get name() {
    return this.#name;
  }

  set name(name) {
    this.#name = name;
    this.textContent = initialOf(name);
    // Not as an attribute: the page's policy lets no inline style through.
    this.style.setProperty('--hue', `${hueOf(name)}`);
  }

  connectedCallback() {
    this.setAttribute('aria-hidden', 'true');
  }
}

customElements.define('parlor-face', ParlorFace);
