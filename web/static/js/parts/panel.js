// The panel at the right, a drawer on a phone: tabs for bots, the room and the person.

import { html } from '/web/vendor/lit.js';
import { PageElement } from '../element.js';
import { icons } from '../icons.js';
import { words } from '../words.js';
import { ParlorBots } from './bots.js';
import './people.js';
import './settings.js';

/** @typedef {import('../store.js').RoomStore} RoomStore */
/** @typedef {import('../safety.js').Safety} Safety */
/** @typedef {'bots' | 'people' | 'room' | 'you'} Tab */

/** @type {Tab[]} */
const TABS = ['bots', 'people', 'room', 'you'];

class ParlorPanel extends PageElement {
  /** @type {RoomStore} */
  store;
  /** @type {Safety} */
  safety;
  /** @type {(off: boolean) => void} */
  setScripts = () => {};
  /** @type {() => void} */
  close = () => {};
  /** @type {Tab} */
  tab = 'bots';

  /** @param {Tab} tab */
  show(tab) {
    this.tab = tab;
    this.requestUpdate();
  }

  async addBot() {
    this.show('bots');
    await this.updateComplete;
    this.one('parlor-bots', ParlorBots).add();
  }

  /** Puts the focus into the panel, where people who open it by keyboard look for it. */
  async enter() {
    await this.updateComplete;
    this.one('[role="tab"][aria-selected="true"]', HTMLElement).focus();
  }

  render() {
    return html`
      <div class="panel-top">
        <div class="tabs" role="tablist" aria-label=${words.panel.label} @keydown=${this.#key}>${TABS.map((tab) => this.#tab(tab))}</div>
        <button class="icon-button" aria-label=${words.panel.close} @click=${this.close}>${icons.close}</button>
      </div>
      <div class="panel-in" role="tabpanel" id="panel-in" aria-labelledby="tab-${this.tab}">${this.#content()}</div>
    `;
  }

  /** @param {Tab} tab */
  #tab(tab) {
    const chosen = tab === this.tab;
    return html`<button role="tab" id="tab-${tab}" aria-controls="panel-in" aria-selected=${chosen ? 'true' : 'false'} tabindex=${chosen ? 0 : -1} @click=${() => this.show(tab)}>${words.panel[tab]}</button>`;
  }

  #content() {
    if (this.tab === 'bots') return html`<parlor-bots .store=${this.store}></parlor-bots>`;
    if (this.tab === 'people') return html`<parlor-people .signals=${this.store.signals}></parlor-people>`;
    if (this.tab === 'you') return html`<parlor-you .store=${this.store}></parlor-you>`;
    return html`<parlor-room-settings .store=${this.store} .safety=${this.safety} .setScripts=${this.setScripts}></parlor-room-settings>`;
  }

  /** @param {KeyboardEvent} event */
  async #key(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    this.show(TABS[(TABS.indexOf(this.tab) + step + TABS.length) % TABS.length]);
    await this.enter();
  }
}

customElements.define('parlor-panel', ParlorPanel);

export { ParlorPanel };
