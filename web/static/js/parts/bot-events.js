// What a bot hears of besides the messages that match: checkable, each with a word of what it is.

import { html, nothing } from '/web/vendor/lit.js';
import { PageElement } from '../element.js';
import { words } from '../words-bots.js';

/** Those without anything to fill in. */
const PLAIN = ['message', 'join', 'leave', 'nick'];
/** @typedef {'command' | 'every'} Filled */
/** @type {Filled[]} */
const FILLED = ['command', 'every'];
const EVERY = /^(?:\d+)(?:s|m|h)$/u;
const LEAST = 5;
const SECONDS = /** @type {Record<string, number>} */ ({ s: 1, m: 60, h: 3600 });

/** @param {string} events @param {Filled} kind */
const after = (events, kind) => events.slice(kind.length + 1);

/** @param {string} time */
const isTime = (time) => EVERY.test(time) && Number.parseInt(time, 10) * SECONDS[time.slice(-1)] >= LEAST;

class ParlorBotEvents extends PageElement {
  static given = ['events'];

  /** @type {string[]} */
  events = [];
  /** @type {(events: string[]) => void} */
  changed = () => {};

  #shown = '';
  /** @type {Record<Filled, { on: boolean, text: string }>} */
  #filled = { command: { on: false, text: '!help' }, every: { on: false, text: '10m' } };

  willUpdate() {
    const given = JSON.stringify(this.events);
    if (given === this.#shown) return;
    this.#shown = given;
    for (const kind of FILLED) {
      const mine = this.events.filter((event) => event.startsWith(`${kind}:`)).map((event) => after(event, kind));
      this.#filled[kind] = { on: mine.length > 0, text: mine.join(' ') || this.#filled[kind].text };
    }
  }

  /** What is wrong with what was filled in. @returns {string | null} */
  get problem() {
    const { command, every } = this.#filled;
    if (command.on && !command.text.trim()) return words.botForm.commandWrong;
    if (every.on && !(every.text.trim() && every.text.trim().split(/[\s,]+/u).every(isTime))) return words.botForm.everyWrong;
    return null;
  }

  render() {
    return html`
      <fieldset class="field events">
        <legend class="label">${words.botForm.events}</legend>
        <p class="hint">${words.botForm.eventsHint}</p>
        ${PLAIN.map((kind) => this.#check(kind, this.events.includes(kind)))} ${FILLED.map((kind) => this.#fill(kind))}
      </fieldset>
    `;
  }

  /** @param {string} kind @param {boolean} on */
  #check(kind, on) {
    const [label, more] = words.botForm.eventKinds[kind];
    return html`
      <label class="event"><input type="checkbox" name="event-${kind}" .checked=${on} @change=${(/** @type {Event} */ event) => this.#toggle(kind, event)} /><span>${label}<small>${more}</small></span></label>
    `;
  }

  /** @param {Filled} kind */
  #fill(kind) {
    const { on, text } = this.#filled[kind];
    const label = kind === 'command' ? words.botForm.command : words.botForm.every;
    const wrong = on && kind === 'every' && !text.trim().split(/[\s,]+/u).every(isTime);
    return html`
      ${this.#check(kind, on)}
      ${on
        ? html`<div class="event-more">
            <input class="input mono" aria-label=${label} aria-invalid=${wrong ? 'true' : 'false'} .value=${text} autocapitalize="off" autocomplete="off" spellcheck="false" dir="ltr"
              @input=${(/** @type {Event} */ event) => this.#write(kind, event)} />
            ${wrong ? html`<p class="wrong">${words.botForm.everyWrong}</p>` : nothing}
          </div>`
        : nothing}
    `;
  }

  /** @param {string} kind @param {Event} event */
  #toggle(kind, event) {
    const on = /** @type {HTMLInputElement} */ (event.target).checked;
    if (kind === 'command' || kind === 'every') this.#filled[kind].on = on;
    const plain = PLAIN.filter((one) => (one === kind ? on : this.events.includes(one)));
    this.#tell(plain);
  }

  /** @param {Filled} kind @param {Event} event */
  #write(kind, event) {
    this.#filled[kind].text = /** @type {HTMLInputElement} */ (event.target).value;
    this.#tell(PLAIN.filter((one) => this.events.includes(one)));
  }

  /** @param {string[]} plain */
  #tell(plain) {
    const filled = FILLED.flatMap((kind) => {
      const { on, text } = this.#filled[kind];
      return on ? text.trim().split(/[\s,]+/u).filter(Boolean).map((one) => `${kind}:${one}`) : [];
    });
    this.events = [...plain, ...filled].sort();
    this.#shown = JSON.stringify(this.events);
    this.changed(this.events);
    this.requestUpdate();
  }
}

customElements.define('parlor-bot-events', ParlorBotEvents);

export { ParlorBotEvents };
