// Speech around the composer: the button that takes dictation, and the line that says what is being read aloud.

import { html, nothing } from '/web/vendor/lit.js';
import { PageElement } from '../element.js';
import { icons } from '../icons.js';
import { canListen, canSpeak, Dictation, ReadAloud } from '../speech.js';
import { toasts } from '../toasts.js';
import { words } from '../words.js';

/** @typedef {import('../store.js').RoomStore} RoomStore */

class ParlorDictation extends PageElement {
  /** @type {() => HTMLTextAreaElement} */
  field;
  /** @type {() => void} Runs when the text has changed, or the state. */
  changed = () => {};

  #dictation = new Dictation();
  /** Where in the text the part stands that is still being understood. */
  #from = 0;
  #to = 0;

  get on() {
    return this.#dictation.on;
  }

  connectedCallback() {
    super.connectedCallback();
    this.watch(this.#dictation, 'change', () => this.#tell());
    this.watch(this.#dictation, 'heard', ({ detail }) => this.#write(detail));
  }

  stop() {
    if (this.on) this.#dictation.stop();
  }

  #toggle() {
    if (this.on) return this.stop();
    const field = this.field();
    [this.#from, this.#to] = [field.selectionStart, field.selectionEnd];
    this.#dictation.start();
    field.focus();
    return undefined;
  }

  /** @param {{ text: string, final: boolean }} heard */
  #write({ text, final }) {
    const field = this.field();
    const before = field.value.slice(0, this.#from);
    const put = (before && !/\s$/u.test(before) ? ' ' : '') + text;
    field.setRangeText(put, this.#from, this.#to, 'end');
    this.#to = this.#from + put.length;
    if (final) this.#from = this.#to;
    this.changed();
  }

  #tell() {
    const { state } = this.#dictation;
    if (state !== 'off' && state !== 'listening') toasts.say(words.speech.ended[state], { bad: state === 'denied' });
    this.changed();
  }

  render() {
    if (!canListen) return nothing;
    const says = this.on ? words.speech.stopListening : words.speech.listen;
    return html`
      <button class="icon-button microphone" type="button" aria-label=${says} title=${says} aria-pressed=${this.on ? 'true' : 'false'} @click=${this.#toggle}>${icons.microphone}</button>
      <span class="unseen" role="status">${this.on ? words.speech.listening : nothing}</span>
    `;
  }
}

class ParlorAloud extends PageElement {
  /** @type {RoomStore} */
  store;
  /** @type {ReadAloud} */
  #aloud;

  connectedCallback() {
    super.connectedCallback();
    this.#aloud = new ReadAloud(this.store);
    this.watch(this.#aloud);
  }

  stop() {
    this.#aloud.stop();
  }

  render() {
    if (!canSpeak || !this.#aloud.author) return nothing;
    // No live region: it is being read aloud already.
    return html`
      <div class="aloud">
        ${icons.sound}
        <p dir="auto">${words.speech.reading(this.#aloud.author)}</p>
        <button class="button" @click=${() => this.stop()}>${words.speech.stopReading}</button>
      </div>
    `;
  }
}

customElements.define('parlor-dictation', ParlorDictation);
customElements.define('parlor-aloud', ParlorAloud);

export { ParlorAloud, ParlorDictation };
