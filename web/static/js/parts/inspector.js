// The inspector: the newest deliveries of the room, or for one message which bots it was for, why not for the others, and
// what came of it. It goes on while things happen.

import { html, nothing, repeat } from '/web/vendor/lit.js';
import { api, sentenceOf } from '../api.js';
import { Deliveries, isFailed, isGoingOn } from '../deliveries.js';
import { PageElement } from '../element.js';
import { ago, exactly } from '../frame/time.js';
import { icons } from '../icons.js';
import { words } from '../words-bots.js';
import { matchedText } from './matched.js';
import './delivery.js';

/** @typedef {import('../store.js').RoomStore} RoomStore */
/** @typedef {import('../types.js').Delivery} Delivery */
/** @typedef {import('../types.js').Message} Message */
/** @typedef {import('../types.js').Reason} Reason */
/** @typedef {import('../types.js').Tried} Tried */

/** @param {Delivery} record */
const keyOf = ({ id, attempt }) => `${id} ${attempt}`;

/** How a delivery is, as the shape and colour of its dot. @param {Delivery} record */
function dotOf(record) {
  if (isGoingOn(record)) return 'going';
  return isFailed(record) ? 'bad' : 'good';
}

/** What a bot was told to have happened, in a line. @param {string} body */
function happened(body) {
  const { event, author, every } = /** @type {Record<string, unknown>} */ (parsed(body) ?? {});
  const said = words.inspector.events[`${event}`];
  return said ? said(`${author ?? every ?? ''}`) : words.inspector.byEvent;
}

/** @param {string} body @returns {unknown} */
function parsed(body) {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}

class ParlorInspector extends PageElement {
  /** @type {RoomStore} */
  store;
  /** Those of the room, which others look at too. @type {Deliveries} */
  deliveries;
  /** Told which message is looked at. @type {(message: number | null) => void} */
  looking = () => {};

  /** Those of the message that is looked at. @type {Deliveries | null} */
  #its = null;
  /** @type {Message | null} */
  #message = null;
  /** @type {string | null} */
  #wrong = null;
  /** What the pattern of the bot whose delivery is open found in the message. @type {{ bot: number, found: Tried } | null} */
  #tried = null;
  /** @type {Set<string>} */
  #open = new Set();
  /** Whether one has opened or closed something; until then what needs a look is open by itself. */
  #touched = false;
  #bot = '';
  #failed = false;
  #turn = 0;

  connectedCallback() {
    super.connectedCallback();
    this.watch(this.store);
    this.watch(this.deliveries);
  }

  updated() {
    if (this.shown) this.#its?.start();
    else this.#its?.stop();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#its?.stop();
  }

  /** Shows the deliveries of one bot. @param {number} bot */
  showBot(bot) {
    this.showAll();
    this.#bot = `${bot}`;
    this.requestUpdate();
  }

  showAll() {
    this.#turn += 1;
    this.#leave();
    this.looking(null);
  }

  /**
   * Shows what a message did. For what a bot or the system said: what the message that asked did, with the delivery
   * open that it came from.
   * @param {number} id
   */
  async showMessage(id) {
    const turn = ++this.#turn;
    this.#leave();
    this.#wrong = null;
    try {
      const asked = await this.#find(id);
      if (turn !== this.#turn) return;
      if (asked.kind === 'user') return this.#look(asked);
      if (asked.activation) this.#toggle(asked.activation, true);
      const cause = asked.reply_to ? await this.#find(asked.reply_to) : null;
      if (turn !== this.#turn) return;
      if (cause) this.#look(cause);
      else if (asked.activation) this.requestUpdate();
      else this.#look(asked);
    } catch (error) {
      if (turn !== this.#turn) return;
      this.#wrong = sentenceOf(error);
      this.requestUpdate();
    }
  }

  /** @param {number} id @returns {Promise<Message>} */
  async #find(id) {
    const known = this.store.messages.find((message) => message.id === id);
    const message = known ?? (await api.older(this.store.room, id + 1, 1)).find((one) => one.id === id);
    if (!message) throw new Error(words.inspector.messageGone);
    return message;
  }

  /** @param {Message} message */
  #look(message) {
    this.#message = message;
    this.#its = new Deliveries(this.store, message.id);
    this.#its.addEventListener('change', () => this.#arrived());
    this.looking(message.id);
    this.requestUpdate();
  }

  #leave() {
    this.#its?.stop();
    this.#its = null;
    this.#message = null;
    this.#tried = null;
    this.#wrong = null;
    this.#touched = false;
    this.#open.clear();
    this.requestUpdate();
  }

  /** Opens what needs a look, as long as one has not chosen oneself: what failed, or else what came first. */
  #arrived() {
    const records = this.#its?.records ?? [];
    if (!this.#touched && this.#open.size === 0) {
      const worth = records.find(isFailed) ?? records.at(-1);
      if (worth) this.#open.add(worth.id);
    }
    this.requestUpdate();
    void this.#mark();
  }

  /** Marks in the message what woke the bot. */
  async #mark() {
    const message = this.#message;
    const bot = this.#its?.reasons.find(({ matched, activation }) => matched && activation && this.#open.has(activation));
    const known = bot && this.store.bots.get(bot.bot);
    if (!message || !known || this.#tried?.bot === known.id) return;
    const trial = { room: this.store.room, name: known.name, responds_to: known.responds_to, text: message.text };
    const answer = await api.tryPattern(trial).catch(() => null);
    if (message !== this.#message || !answer?.messages[0]) return;
    this.#tried = { bot: known.id, found: answer.messages[0] };
    this.requestUpdate();
  }

  /** @param {string} id @param {boolean} [open] */
  #toggle(id, open = !this.#open.has(id)) {
    this.#touched = true;
    if (open) this.#open.add(id);
    else this.#open.delete(id);
    this.requestUpdate();
    void this.#mark();
  }

  render() {
    return this.#message || this.#wrong ? this.#ofMessage() : this.#all();
  }

  #ofMessage() {
    return html`
      <p><button class="button bare back" @click=${() => this.showAll()}>${icons.back}${words.inspector.back}</button></p>
      ${this.#wrong ? html`<p class="wrong" role="alert">${this.#wrong}</p>` : nothing} ${this.#message ? this.#what(this.#message) : nothing}
    `;
  }

  /** @param {Message} message */
  #what(message) {
    const tried = this.#tried?.found ?? { text: message.text, span: null, groups: [] };
    return html`
      <figure class="asked">
        <figcaption><span dir="auto">${words.inspector.whoseMessage(message.author)}</span> <time title=${exactly(message.when)}>${ago(message.when)}</time></figcaption>
        <blockquote dir="auto" tabindex="0">${matchedText(tried)}</blockquote>
      </figure>
      <h2>${words.inspector.whoHeard}</h2>
      ${this.#its?.loaded ? this.#heard(this.#its) : html`<p class="quiet" role="status">${words.inspector.loading}</p>`}
    `;
  }

  /** @param {Deliveries} its */
  #heard({ records, reasons, wrong }) {
    if (wrong) return html`<p class="wrong" role="alert">${wrong}</p>`;
    const slowest = Math.max(0, ...records.map(({ took }) => took ?? 0));
    const asked = new Set(records.map(({ bot }) => bot));
    const others = reasons.filter(({ bot }) => !asked.has(bot));
    if (records.length === 0 && others.length === 0) return html`<p class="quiet">${words.inspector.noBots}</p>`;
    return html`
      <ul class="deliveries">
        ${repeat(records.toReversed(), keyOf, (record) => this.#record(record, slowest, reasons.find(({ bot }) => bot === record.bot)?.why ?? ''))}
        ${repeat(others, ({ bot }) => bot, (reason) => this.#unasked(reason))}
      </ul>
    `;
  }

  /** @param {Reason} reason */
  #unasked({ name, why, matched }) {
    return html`
      <li class="unasked">
        <span class="dot" data-dot=${matched ? 'good' : 'none'}></span>
        <div><p><b dir="auto">${name}</b></p><p class="quiet" dir="auto">${why}</p></div>
      </li>
    `;
  }

  #all() {
    const { records, loaded, wrong, mayHaveMore } = this.deliveries;
    const fitting = records.filter((record) => (!this.#bot || `${record.bot}` === this.#bot) && (!this.#failed || isFailed(record)));
    const slowest = Math.max(0, ...fitting.map(({ took }) => took ?? 0));
    return html`
      <h2 class="unseen">${words.inspector.title}</h2>
      <p class="hint">${words.inspector.what}</p>
      ${records.length > 0 ? this.#filters() : nothing} ${wrong ? html`<p class="wrong" role="alert">${wrong}</p>` : nothing}
      ${loaded ? nothing : html`<p class="quiet" role="status">${words.inspector.loading}</p>`}
      ${loaded && !wrong && fitting.length === 0 ? this.#nothingHere(records.length > 0) : nothing}
      <ul class="deliveries" ?hidden=${fitting.length === 0}>${repeat(fitting, keyOf, (record) => this.#record(record, slowest, this.#cause(record)))}</ul>
      ${mayHaveMore ? html`<p><button class="button" @click=${() => this.deliveries.more()}>${words.inspector.more}</button></p>` : nothing}
    `;
  }

  /** @param {boolean} filtered */
  #nothingHere(filtered) {
    if (filtered) return html`<p class="quiet" role="status">${words.inspector.noneFound}</p>`;
    return html`<div class="none"><h3>${words.inspector.none}</h3><p class="quiet">${words.inspector.noneMore}</p></div>`;
  }

  #filters() {
    const gone = this.deliveries.records.map(({ bot }) => bot).filter((bot) => !this.store.bots.has(bot));
    const bots = [...this.store.botList.map(({ id }) => id), ...new Set(gone)];
    return html`
      <div class="filters">
        <select class="input" aria-label=${words.inspector.filterBot} @change=${this.#choose}>
          <option value="" ?selected=${this.#bot === ''}>${words.inspector.allBots}</option>
          ${bots.map((bot) => html`<option value=${bot} ?selected=${this.#bot === `${bot}`}>${this.#nameOf(bot)}</option>`)}
        </select>
        <label class="check"><input type="checkbox" .checked=${this.#failed} @change=${this.#chooseFailed} />${words.inspector.onlyFailed}</label>
      </div>
    `;
  }

  /** @param {Event} event */
  #choose(event) {
    this.#bot = /** @type {HTMLSelectElement} */ (event.target).value;
    this.requestUpdate();
  }

  /** @param {Event} event */
  #chooseFailed(event) {
    this.#failed = /** @type {HTMLInputElement} */ (event.target).checked;
    this.requestUpdate();
  }

  /** A bot's name, also of one that is gone. @param {number} bot */
  #nameOf(bot) {
    return this.store.bots.get(bot)?.name ?? this.deliveries.records.find((record) => record.bot === bot)?.name ?? words.inspector.unknownBot(bot);
  }

  /** What asked for a delivery, in a line. @param {Delivery} record */
  #cause({ message, trigger, again, request }) {
    const asked = message === null ? null : this.store.messages.find(({ id }) => id === message);
    if (again) return asked ? words.inspector.byAgainOf(`${asked.author}: ${asked.text}`) : words.inspector.byAgain;
    if (trigger.startsWith('form')) return words.inspector.byForm;
    if (asked) return `${asked.author}: ${asked.text}`;
    return trigger.startsWith('event') ? happened(request?.body ?? '') : words.inspector.aMessage;
  }

  /** @param {Delivery} record @param {number} slowest @param {string} why */
  #record(record, slowest, why) {
    const open = this.#open.has(record.id);
    const { name } = record;
    const { status, response, took } = record;
    const short = [response ? `${response.status}` : words.inspector.status[status], took === null ? '' : words.inspector.took(took)].filter(Boolean);
    return html`
      <li data-delivery=${record.id} data-status=${status}>
        <button class="delivery-head" aria-expanded=${open ? 'true' : 'false'} @click=${() => this.#toggle(record.id)}>
          <span class="dot" data-dot=${dotOf(record)}></span>
          <span class="delivery-words"><b dir="auto">${name}</b><span class="quiet" dir="auto">${why}</span></span>
          <span class="delivery-facts">${isFailed(record) && response ? html`<span class="unseen">${words.inspector.status[status]}</span>` : nothing}${short.join(', ')}</span>
        </button>
        ${open
          ? html`<parlor-delivery .activation=${record} .name=${name} .url=${this.store.bots.get(record.bot)?.url ?? ''} .slowest=${slowest} .repeated=${(/** @type {string} */ id) => this.#repeated(id)}></parlor-delivery>
              ${this.#message || record.message === null ? nothing : html`<p class="to-message"><button class="button bare" @click=${() => this.showMessage(/** @type {number} */ (record.message))}>${words.inspector.openMessage}</button></p>`}`
          : nothing}
      </li>
    `;
  }

  /** @param {string} id */
  #repeated(id) {
    this.#open.add(id);
    void this.#its?.refresh();
    void this.deliveries.refresh();
  }
}

customElements.define('parlor-inspector', ParlorInspector);

export { ParlorInspector };
