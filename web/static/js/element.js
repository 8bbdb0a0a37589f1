// The base of the pages' elements: Lit in light DOM, so that the style sheets of the page reach them.

import { LitElement } from '/web/vendor/lit.js';

export class PageElement extends LitElement {
  /** Fields that whoever draws this element sets: it draws itself again when one of them changes. @type {string[]} */
  static given = [];

  /** @type {(() => void)[]} */
  #unwatch = [];

  createRenderRoot() {
    return this;
  }

  connectedCallback() {
    super.connectedCallback();
    for (const field of /** @type {typeof PageElement} */ (this.constructor).given) this.#heed(field);
  }

  /** Class fields are plain; from here on this one tells when it is set anew. @param {string} field */
  #heed(field) {
    if (Object.getOwnPropertyDescriptor(this, field)?.set) return;
    let value = Reflect.get(this, field);
    Object.defineProperty(this, field, {
      get: () => value,
      set: (next) => {
        if (Object.is(value, next)) return;
        value = next;
        this.requestUpdate();
      },
    });
  }

  /**
   * Draws again whenever `target` says `change`.
   * @param {EventTarget} target
   * @param {string} [event]
   * @param {(event: any) => void} [also]
   */
  watch(target, event = 'change', also) {
    const heard = (/** @type {Event} */ happened) => {
      also?.(happened);
      this.requestUpdate();
    };
    target.addEventListener(event, heard);
    this.#unwatch.push(() => target.removeEventListener(event, heard));
  }

  /** Whether the part of the page that it is in is open, not put away. */
  get shown() {
    return !this.closest('[hidden], [inert]');
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    for (const stop of this.#unwatch.splice(0)) stop();
  }

  /** @template {Element} E @param {string} selector @param {new () => E} type @returns {E} */
  one(selector, type) {
    const found = this.querySelector(selector);
    if (!(found instanceof type)) throw new Error(`There is no ${selector} in ${this.localName}.`);
    return found;
  }
}
