// The field one writes in: grows with the text, keeps drafts and what one replies to, goes back to what one said before,
// shows what still waits.

import { html, nothing, repeat } from '/web/vendor/lit.js';
import { Draft, remembered } from '../draft.js';
import { PageElement } from '../element.js';
import { bytesLeft, caretAt, grow, MARKS, replace, wrap } from '../field.js';
import { icons } from '../icons.js';
import { kept } from '../kept.js';
import { me } from '../me.js';
import { quoteOf } from '../plain.js';
import { toasts } from '../toasts.js';
import { words } from '../words.js';
import { ParlorAloud, ParlorDictation } from './speech.js';
import { ParlorSuggestions } from './suggestions.js';

/** @typedef {import('../outbox.js').Outbox} Outbox */
/** @typedef {import('../outbox.js').Letter} Letter */
/** @typedef {import('../store.js').RoomStore} RoomStore */
/** @typedef {import('../types.js').Message} Message */

class ParlorComposer extends PageElement {
  room = '';
  /** @type {RoomStore} */
  store;
  /** @type {Outbox} */
  outbox;
  /** @type {() => void} Runs when a message was handed in. */
  sent = () => {};

  /** @type {Draft} */
  #draft;
  /** What was said in this room, newest last. */
  #said = /** @type {string[]} */ ([]);
  /** How far back one has gone with the up key; 0 is what one is writing. */
  #back = 0;
  #writing = '';
  #picking = false;
  /** Bytes that the text may still have; null while there is plenty. @type {number | null} */
  #left = null;
  #empty = true;

  connectedCallback() {
    super.connectedCallback();
    this.#draft = new Draft(this.room);
    this.#empty = this.#draft.text.trim() === '';
    this.#left = bytesLeft(this.#draft.text);
    this.#said = kept.get(`said.${this.room}`, /** @type {string[]} */ ([]));
    this.watch(me);
    this.watch(this.store);
    this.watch(this.store.signals, 'settings');
    this.watch(this.outbox);
    this.watch(this.outbox, 'refused', ({ detail }) => this.#takeBack(detail.letter));
  }

  firstUpdated() {
    this.#field.value = this.#draft.text;
    grow(this.#field);
    if (matchMedia('(pointer: fine)').matches) this.focus();
  }

  get #field() {
    return this.one('.composer textarea', HTMLTextAreaElement);
  }

  get #suggestions() {
    return this.one('parlor-suggestions', ParlorSuggestions);
  }

  get #dictation() {
    return this.one('parlor-dictation', ParlorDictation);
  }

  get #listens() {
    return this.hasUpdated && this.#dictation.on;
  }

  get #placeholder() {
    if (this.#listens) return words.speech.speakNow;
    return me.lecture ? words.lecture.placeholder : words.composer.placeholder(this.room);
  }

  get #tooLong() {
    return this.#left !== null && this.#left < 0;
  }

  focus() {
    this.#field.focus();
  }

  /** Puts text into the place of what one was writing, which can be undone; without any it only leads here. @param {string} text */
  offer(text) {
    if (text === '') return this.focus();
    return replace(this.#field, 0, this.#field.value.length, text);
  }

  /** @param {string} text @param {boolean} [keep]  Whether it is what one is writing. */
  #write(text, keep = true) {
    const field = this.#field;
    field.value = text;
    field.focus();
    field.setSelectionRange(text.length, text.length);
    this.#suggestions.close();
    this.#wrote(keep);
  }

  /**
   * What is sent next answers this message.
   * @param {Pick<Message, 'id' | 'author' | 'kind' | 'text'>} message
   */
  startReply(message) {
    this.#draft.answer({ id: message.id, author: message.author, text: quoteOf(message) });
    this.requestUpdate();
    this.focus();
  }

  #endReply() {
    this.#draft.answer(null);
    this.requestUpdate();
    this.focus();
  }

  /** What the server refused is given back, if nothing else was begun. @param {Letter} letter */
  #takeBack(letter) {
    if (this.#field.value !== '') return;
    this.#write(letter.text);
    const answered = this.store.messages.find(({ id }) => id === letter.reply_to);
    if (answered) this.startReply(answered);
  }

  render() {
    return html`
      <parlor-aloud .store=${this.store}></parlor-aloud>
      ${this.#waiting()} ${me.named ? nothing : this.#askName()} ${this.#replying()}
      <div class="above">
        <parlor-suggestions .store=${this.store} .field=${() => this.#field}></parlor-suggestions>
        ${this.#picking ? this.#picker() : nothing}
      </div>
      <form class="composer" @submit=${this.#submit}>
        <button class="icon-button" type="button" aria-label=${words.emoji.open} title=${words.emoji.open} aria-haspopup="dialog"
          aria-expanded=${this.#picking ? 'true' : 'false'} @click=${() => this.#pick(!this.#picking)}>${icons.emoji}</button>
        ${this.#text()}
        <parlor-dictation .field=${() => this.#field} .changed=${() => this.#wrote()}></parlor-dictation>
        ${this.#send()}
      </form>
      ${this.#notes()}
    `;
  }

  #text() {
    return html`<textarea
      id="write"
      rows="1"
      dir="auto"
      enterkeyhint=${me.enterSends ? 'send' : 'enter'}
      autocomplete="off"
      aria-label=${me.lecture ? words.lecture.placeholder : words.composer.label(this.room)}
      aria-describedby="composer-left"
      aria-invalid=${this.#tooLong ? 'true' : 'false'}
      placeholder=${this.#placeholder}
      title=${me.enterSends ? words.composer.hint : words.composer.hintLine}
      @input=${this.#typed}
      @keydown=${this.#key}
      @blur=${() => this.#suggestions.close()}
    ></textarea>`;
  }

  #send() {
    const says = this.store.link === 'offline' ? words.composer.sendLater : words.composer.send;
    // Not `disabled`: that would throw the focus away.
    return html`<button class="button go send" aria-disabled=${this.#empty || this.#tooLong ? 'true' : 'false'} aria-label=${says} title=${says}>
      <span>${words.composer.send}</span>${icons.send}
    </button>`;
  }

  /** What one should know about the text. */
  #notes() {
    const near = this.#left !== null && !this.#tooLong;
    return html`
      <p class="left" id="composer-left">${near ? words.composer.left(this.#left ?? 0) : nothing}</p>
      <p class="wrong" role="alert" ?hidden=${!this.#tooLong}>${this.#tooLong ? words.composer.tooLong(-(this.#left ?? 0)) : nothing}</p>
      ${this.#marks && !this.#empty ? html`<p class="marks" aria-hidden="true">${words.composer.markdown.map((mark, at) => html`<span title=${words.composer.markdownKeys[at]}>${mark}</span>`)}</p>` : nothing}
    `;
  }

  /** Whether what people write is drawn as Markdown here. */
  get #marks() {
    return Boolean(this.store.signals.settings?.markdown);
  }

  #replying() {
    const { answered } = this.#draft;
    if (!answered) return nothing;
    return html`
      <div class="replying">
        <p><b dir="auto">${words.composer.replying(answered.author)}</b> <q dir="auto">${answered.text}</q></p>
        <button class="icon-button" aria-label=${words.composer.noReply} title=${words.composer.noReply} @click=${this.#endReply}>${icons.close}</button>
      </div>
    `;
  }

  /** Asks once, gently: a name is there already, and whoever writes under it has answered. */
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

  #picker() {
    return html`<parlor-emoji
      .pick=${(/** @type {string} */ sign) => this.#put(sign)}
      .close=${() => this.#pick(false)}
      @focusout=${this.#leftPicker}
    ></parlor-emoji>`;
  }

  /** @param {boolean} open */
  async #pick(open) {
    // Most who open a room open no picker.
    if (open) {
      try {
        await import('./emoji.js');
      } catch {
        toasts.wrong(words.emoji.failed);
        return;
      }
    }
    this.#picking = open;
    this.requestUpdate();
    if (!open) this.focus();
  }

  /** @param {FocusEvent} event */
  #leftPicker({ currentTarget, relatedTarget }) {
    const to = relatedTarget instanceof Node ? relatedTarget : null;
    // A click on the button that opened it closes it by itself.
    if (to && (/** @type {Node} */ (currentTarget).contains(to) || to === this.querySelector('.composer > .icon-button'))) return;
    if (!to && document.hasFocus() && document.activeElement !== document.body) return;
    this.#picking = false;
    this.requestUpdate();
  }

  /** Puts text where the caret is. @param {string} text */
  #put(text) {
    const field = this.#field;
    this.#pick(false);
    replace(field, field.selectionStart, field.selectionEnd, text);
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
    this.#dictation.stop();
    if (text.trim() === '' || this.#tooLong) return this.focus();
    const reply = this.#draft.answered?.id ?? null;
    this.#draft.answer(null);
    // Who sends again what was said before goes on with what was begun.
    this.#write(this.#back > 0 ? this.#writing : '');
    this.say(text, reply);
    return undefined;
  }

  /** Says something in the room, whatever stands in the field. @param {string} text @param {number | null} [reply] */
  say(text, reply = null) {
    const asked = this.querySelector('#ask-name');
    if (asked instanceof HTMLInputElement) me.rename(asked.value.trim() || me.name);
    this.outbox.post(me.name, text, reply);
    this.#said = remembered(this.#said, text);
    kept.set(`said.${this.room}`, this.#said);
    this.sent();
  }

  #typed() {
    this.#dictation.stop();
    this.one('parlor-aloud', ParlorAloud).stop();
    this.#wrote();
    void this.#suggestions.look();
  }

  #wrote(keep = true) {
    const text = this.#field.value;
    if (keep) {
      this.#back = 0;
      this.#draft.write(text);
    }
    this.#empty = text.trim() === '';
    this.#left = bytesLeft(text);
    this.requestUpdate();
    grow(this.#field);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    // What a writing aid for Chinese or Japanese takes for itself; Safari says so only by the number.
    if (event.isComposing || event.keyCode === 229) return undefined;
    if (this.#suggestions.key(event)) return undefined;
    if (event.key === 'Enter') return this.#enter(event);
    if (event.key === 'Escape' && this.#draft.answered) return this.#endReply();
    if (event.key === 'ArrowUp' && caretAt(this.#field, 'first')) return this.#goBack(1, event);
    if (event.key === 'ArrowDown' && this.#back > 0 && caretAt(this.#field, 'last')) return this.#goBack(-1, event);
    const mark = this.#marks && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && MARKS[event.key.toLowerCase()];
    if (!mark) return undefined;
    event.preventDefault();
    return wrap(this.#field, mark);
  }

  /** @param {KeyboardEvent} event */
  #enter(event) {
    const { shiftKey, altKey, ctrlKey, metaKey } = event;
    const sends = me.enterSends ? !(shiftKey || altKey || ctrlKey) : ctrlKey || metaKey;
    if (sends) this.#submit(event);
  }

  /** @param {number} step @param {KeyboardEvent} event */
  #goBack(step, event) {
    const to = this.#back + step;
    if (to < 0 || to > this.#said.length) return;
    event.preventDefault();
    if (this.#back === 0) this.#writing = this.#field.value;
    const text = to === 0 ? this.#writing : this.#said[this.#said.length - to];
    this.#write(text, false);
    this.#back = to;
  }
}

customElements.define('parlor-composer', ParlorComposer);

export { ParlorComposer };
