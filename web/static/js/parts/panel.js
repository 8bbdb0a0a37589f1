// The panel at the right, a drawer on a phone: tabs for bots, the inspector, people, the room and oneself. What is in them is
// loaded when the panel is opened for the first time, and stays as they left it while they look elsewhere.

import { html, nothing } from '/web/vendor/lit.js';
import { sentenceOf } from '../api.js';
import { Deliveries } from '../deliveries.js';
import { PageElement } from '../element.js';
import { icons } from '../icons.js';
import { words } from '../words.js';

/** @typedef {import('../store.js').RoomStore} RoomStore */
/** @typedef {import('../safety.js').Safety} Safety */
/** @typedef {'bots' | 'inspector' | 'people' | 'room' | 'you'} Tab */

/** @type {Tab[]} */
const TABS = ['bots', 'inspector', 'people', 'room', 'you'];
/** Those whose elements come later. */
const workshop = () => Promise.all([import('./bots.js'), import('./inspector.js'), import('./people.js'), import('./settings.js')]);

class ParlorPanel extends PageElement {
  /** @type {RoomStore} */
  store;
  /** @type {Safety} */
  safety;
  /** @type {(off: boolean) => void} */
  setScripts = () => {};
  /** @type {() => void} */
  close = () => {};
  /** Told which message the inspector looks at. @type {(message: number | null) => void} */
  looking = () => {};
  /** @type {Tab} */
  tab = 'bots';

  /** @type {Deliveries | null} */
  #kept = null;
  #open = false;
  #wasOpen = false;
  /** @type {Tab | null} */
  #shown = null;
  /** @type {Promise<boolean> | null} */
  #loading = null;
  #loaded = false;
  /** @type {string | null} */
  #wrong = null;
  /** Tabs that have been looked at, and so are kept. @type {Set<Tab>} */
  #seen = new Set();

  get open() {
    return this.#open;
  }

  /** Whether it can be seen. */
  set open(open) {
    this.#open = open;
    this.requestUpdate();
  }

  willUpdate() {
    if (this.open === this.#wasOpen) return;
    this.#wasOpen = this.open;
    if (this.open) void this.#load();
    else this.#deliveries.stop();
  }

  /** Those of the room, for the list of bots and the inspector; kept up to date while the panel is open. */
  get #deliveries() {
    this.#kept ??= new Deliveries(this.store);
    return this.#kept;
  }

  /** Fetches what bots' authors use. @returns {Promise<boolean>} Whether it is there. */
  #load() {
    this.#loading ??= workshop()
      .then(() => {
        this.#loaded = true;
        this.#wrong = null;
        return true;
      })
      .catch((error) => {
        this.#wrong = sentenceOf(error);
        this.#loading = null;
        return false;
      })
      .finally(() => this.requestUpdate());
    if (this.open) this.#deliveries.start();
    return this.#loading;
  }

  /** Fetches what is in it, for it is likely to be opened. */
  prepare() {
    void this.#load();
  }

  /** @param {Tab} tab */
  show(tab) {
    this.tab = tab;
    this.requestUpdate();
  }

  /**
   * @param {Tab} tab @param {string} element
   * @returns {Promise<any>} The element of a tab, once it is there; null if it can't be loaded.
   */
  async #opened(tab, element) {
    this.show(tab);
    if (!(await this.#load())) return null;
    await this.updateComplete;
    return this.one(element, HTMLElement);
  }

  async addBot() {
    (await this.#opened('bots', 'parlor-bots'))?.add();
  }

  /** Shows in the inspector what a message did. @param {number} message */
  async inspect(message) {
    await (await this.#opened('inspector', 'parlor-inspector'))?.showMessage(message);
  }

  /** Shows in the inspector what a bot was asked. @param {number} bot */
  async inspectBot(bot) {
    (await this.#opened('inspector', 'parlor-inspector'))?.showBot(bot);
    await this.enter();
  }

  /** Puts the focus into the panel, where people who open it by keyboard look for it. */
  async enter() {
    await this.updateComplete;
    this.one('[role="tab"][aria-selected="true"]', HTMLElement).focus();
  }

  updated() {
    const shown = this.open ? this.tab : null;
    if (shown === this.#shown) return;
    this.#shown = shown;
    // These ask the server again and again, but only while they are shown.
    for (const asking of this.querySelectorAll('parlor-bot-try, parlor-inspector')) /** @type {PageElement} */ (asking).requestUpdate();
  }

  render() {
    if (this.open) this.#seen.add(this.tab);
    return html`
      <div class="panel-top">
        <div class="tabs" role="tablist" aria-label=${words.panel.label} @keydown=${this.#key}>${TABS.map((tab) => this.#tab(tab))}</div>
        <button class="icon-button" aria-label=${words.panel.close} @click=${this.close}>${icons.close}</button>
      </div>
      ${TABS.map((tab) => html`<div class="panel-in" role="tabpanel" id="panel-${tab}" aria-labelledby="tab-${tab}" ?hidden=${tab !== this.tab}>${this.#seen.has(tab) ? this.#content(tab) : nothing}</div>`)}
    `;
  }

  /** @param {Tab} tab */
  #tab(tab) {
    const chosen = tab === this.tab;
    return html`<button role="tab" id="tab-${tab}" aria-controls="panel-${tab}" aria-selected=${chosen ? 'true' : 'false'} tabindex=${chosen ? 0 : -1} @click=${() => this.show(tab)}>${words.panel[tab]}</button>`;
  }

  /** @param {Tab} tab */
  #content(tab) {
    if (!this.#loaded) return this.#waiting();
    if (tab === 'people') return tab === this.tab ? html`<parlor-people .signals=${this.store.signals}></parlor-people>` : nothing;
    if (tab === 'you') return tab === this.tab ? html`<parlor-you .store=${this.store}></parlor-you>` : nothing;
    if (tab === 'room') {
      return tab === this.tab ? html`<parlor-room-settings .store=${this.store} .safety=${this.safety} .setScripts=${this.setScripts}></parlor-room-settings>` : nothing;
    }
    if (tab === 'bots') return html`<parlor-bots .store=${this.store} .deliveries=${this.#deliveries} .inspectBot=${(/** @type {number} */ bot) => this.inspectBot(bot)}></parlor-bots>`;
    return html`<parlor-inspector .store=${this.store} .deliveries=${this.#deliveries} .looking=${this.looking}></parlor-inspector>`;
  }

  #waiting() {
    if (!this.#wrong) return html`<div class="loading" role="status"><span class="unseen">${words.panel.loading}</span><i></i><i></i><i></i></div>`;
    return html`<p class="wrong" role="alert">${words.panel.failed(this.#wrong)}</p><p><button class="button" @click=${() => this.#load()}>${words.panel.retry}</button></p>`;
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
