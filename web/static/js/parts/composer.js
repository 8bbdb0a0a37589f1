// The field one writes in: grows with the text, keeps drafts, goes back to what one said before, shows what still waits.

import { html, nothing, repeat } from '/web/vendor/lit.js';
import { PageElement } from '../element.js';
import { icons } from '../icons.js';
import { kept } from '../kept.js';
import { me } from '../me.js';
import { words } from '../words.js';

/** @typedef {import('../outbox.js').Outbox} Outbox */
/** @typedef {import('../outbox.js').Letter} Letter */

/** How many of one's own messages are remembered. */
const MOST_SAID = 50;
/** The server's limit for a person's text, in bytes. */
const MOST_BYTES = 16 * 1024;

class ParlorComposer extends PageElement {
  room = '';
  /** @type {Outbox} */
  outbox;
  /** @type {() => void} Runs when a message was handed in. */
  sent = () => {};

  /** What was said in this room, newest last. */
  #said = /** @type {string[]} */ ([]);
  /** How far back one has gone with the up key; 0 is what one is writing. */
  #back = 0;
  #writing = '';

  connectedCallback() {
    super.connectedCallback();
    this.#said = kept.get(`said.${this.room}`, /** @type {string[]} */ ([]));
    this.watch(me);
    this.watch(this.outbox);
    this.watch(this.outbox, 'refused', ({ detail }) => {
      if (this.#field.value === '') this.write(detail.letter.text);
    });
  }

  firstUpdated() {
    this.#field.value = kept.get(`draft.${this.room}`, '');
    this.#grow();
    if (matchMedia('(pointer: fine)').matches) this.focus();
  }

  get #field() {
    return this.one('textarea', HTMLTextAreaElement);
  }

  focus() {
    this.#field.focus();
  }

  /** Puts text into the field, for the person to send or to change. @param {string} text */
  write(text) {
    const field = this.#field;
    field.value = text;
    field.focus();
    field.setSelectionRange(text.length, text.length);
    this.#wrote();
  }

  render() {
    return html`
      ${this.#waiting()} ${me.named ? nothing : this.#askName()}
      <form class="composer" @submit=${this.#submit}>
        <textarea
          rows="1"
          dir="auto"
          enterkeyhint="send"
          autocomplete="off"
          aria-label=${words.composer.label(this.room)}
          placeholder=${words.composer.placeholder(this.room)}
          title=${words.composer.hint}
          @input=${this.#typed}
          @keydown=${this.#key}
        ></textarea>
        <button class="button go send" aria-label=${words.composer.send}>
          <span>${words.composer.send}</span>${icons.send}
        </button>
      </form>
      <p class="wrong" role="alert" ?hidden=${!this.#tooLong}>${words.composer.tooLong}</p>
    `;
  }

  /** Asks once, gently: a name is there already, and one may go on without answering. */
  #askName() {
    return html`
      <form class="ask-name" @submit=${this.#named}>
        <label for="ask-name">${words.composer.youAre}</label>
        <input id="ask-name" class="input" name="name" dir="auto" autocomplete="nickname" maxlength="80" .value=${me.name} />
        <button class="button">${words.composer.thatsMe}</button>
      </form>
    `;
  }

  #waiting() {
    const { letters } = this.outbox;
    if (letters.length === 0 || !this.#late) return nothing;
    return html`
      <div class="waiting" role="status">
        <p>${words.composer.waiting(letters.length)}</p>
        <ul>
          ${repeat(letters, ({ key }) => key, (letter) => this.#letter(letter))}
        </ul>
      </div>
    `;
  }

  /** @param {Letter} letter */
  #letter(letter) {
    return html`<li>
      <span dir="auto">${letter.text}</span>
      <button class="icon-button" aria-label=${words.composer.discard} title=${words.composer.discard} @click=${() => this.outbox.discard(letter)}>${icons.close}</button>
    </li>`;
  }

  /** What goes out at once must not flash up as waiting. */
  #late = false;
  #lateTimer = 0;

  /** @param {Map<PropertyKey, unknown>} changed */
  willUpdate(changed) {
    super.willUpdate(changed);
    const any = this.outbox.letters.length > 0;
    if (!any) {
      this.#late = false;
      clearTimeout(this.#lateTimer);
      this.#lateTimer = 0;
    } else if (!this.#late && !this.#lateTimer) {
      this.#lateTimer = setTimeout(() => {
        this.#lateTimer = 0;
        this.#late = true;
        this.requestUpdate();
      }, 600);
    }
  }

  /** @param {SubmitEvent} event */
  #named(event) {
    event.preventDefault();
    const name = this.one('#ask-name', HTMLInputElement).value.trim();
    if (name) me.rename(name);
    this.focus();
  }

  /** @param {Event} event */
  #submit(event) {
    event.preventDefault();
    const text = this.#field.value;
    if (text.trim() === '' || this.#tooLong) return;
    this.write('');
    this.say(text);
  }

  /** Says something in the room, whatever stands in the field. @param {string} text */
  say(text) {
    const asked = this.querySelector('#ask-name');
    if (asked instanceof HTMLInputElement && asked.value.trim() && asked.value.trim() !== me.name) me.rename(asked.value.trim());
    this.outbox.post(me.name, text);
    this.#said = [...this.#said.filter((one) => one !== text), text].slice(-MOST_SAID);
    kept.set(`said.${this.room}`, this.#said);
    this.sent();
  }

  #tooLong = false;

  #typed() {
    this.#back = 0;
    this.#wrote();
  }

  #wrote() {
    const text = this.#field.value;
    if (text) kept.set(`draft.${this.room}`, text);
    else kept.remove(`draft.${this.room}`);
    const tooLong = text.length > MOST_BYTES / 4 && new TextEncoder().encode(text).length > MOST_BYTES;
    if (tooLong !== this.#tooLong) {
      this.#tooLong = tooLong;
      this.requestUpdate();
    }
    this.#grow();
  }

  #grow() {
    const field = this.#field;
    field.style.height = 'auto';
    field.style.height = `${field.scrollHeight}px`;
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.isComposing) return;
    if (event.key === 'Enter' && !event.shiftKey && !event.ctrlKey && !event.altKey) return this.#submit(event);
    if (event.key === 'ArrowUp' && this.#caretAt('first')) return this.#goBack(1, event);
    if (event.key === 'ArrowDown' && this.#back > 0 && this.#caretAt('last')) return this.#goBack(-1, event);
    return undefined;
  }

  /** Whether the arrow would leave the text instead of moving in it. @param {'first' | 'last'} line */
  #caretAt(line) {
    const { value, selectionStart, selectionEnd } = this.#field;
    if (selectionStart !== selectionEnd) return false;
    return line === 'first' ? !value.slice(0, selectionStart).includes('\n') : !value.slice(selectionEnd).includes('\n');
  }

  /** @param {number} step @param {KeyboardEvent} event */
  #goBack(step, event) {
    const to = this.#back + step;
    if (to < 0 || to > this.#said.length) return;
    event.preventDefault();
    if (this.#back === 0) this.#writing = this.#field.value;
    const text = to === 0 ? this.#writing : this.#said[this.#said.length - to];
    this.write(text);
    this.#back = to;
  }
}

customElements.define('parlor-composer', ParlorComposer);

export { ParlorComposer };
