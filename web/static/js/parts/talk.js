// The talk: the frame with the messages, what stands in its place while there are none, and the questions that the page
// asks before it does what a script wants.

import { html, nothing } from '/web/vendor/lit.js';
import { api, sentenceOf } from '../api.js';
import { PageElement } from '../element.js';
import { emptyPicture } from '../icons.js';
import { me } from '../me.js';
import { toasts } from '../toasts.js';
import { words } from '../words.js';
import { FramePort } from './frame-port.js';

/** @typedef {import('../store.js').RoomStore} RoomStore */
/** @typedef {import('../safety.js').Safety} Safety */
/** @typedef {import('./frame-port.js').Wish} Wish */
/** @typedef {import('../types.js').Message} Message */

/** So many older messages are fetched at once. */
const OLDER = 100;
/** How long (ms) browsers count a key as a sign of a person. */
const LASTS = 6000;
/** How long the browser may take to say that the focus is in the frame, in milliseconds. */
const NEWS = 500;

class ParlorTalk extends PageElement {
  /** @type {RoomStore} */
  store;
  /** @type {Safety} */
  safety;
  /** The newest message that was read at an earlier visit. */
  readTo = 0;
  /** @type {(text: string) => void} Puts text into the composer. */
  write = () => {};
  /** @type {(text: string) => void} Says something in the room. */
  say = () => {};
  /** @type {() => void} */
  addBot = () => {};
  /** @type {() => void} */
  changed = () => {};

  /** @type {FramePort | null} */
  #frame = null;
  #oldest = 0;
  #gone = false;
  #stuck = false;
  /** @type {Wish | null} */
  #wish = null;
  /** Whether something has happened since the page was opened; what scripts of past messages want is not worth asking. */
  #begun = false;
  /** When a key was last pressed in the page. */
  #lastKey = -LASTS;

  connectedCallback() {
    super.connectedCallback();
    this.watch(this.store);
    this.watch(this.store, 'messages', ({ detail }) => this.#show(detail, this.store.settled));
    this.watch(this.store, 'clear', () => {
      this.#oldest = 0;
      this.#frame?.tell({ kind: 'clear' });
    });
    this.watch(this.store, 'gap', ({ detail }) => {
      this.readTo = detail.after;
      this.load();
    });
    this.watch(me, 'change', () => this.#frame?.tell({ kind: 'look', look: me.look() }));
    addEventListener('keydown', ({ key }) => (this.#lastKey = key === 'Tab' || key === 'F6' ? -LASTS : performance.now()), true);
  }

  firstUpdated() {
    this.load();
  }

  /** Makes the frame anew and draws what the page has. */
  load() {
    this.#frame?.destroy();
    this.#gone = this.#stuck = false;
    this.#wish = null;
    this.#oldest = 0;
    const frame = new FramePort(this.safety, me.look(), {
      older: () => this.#older(frame),
      wish: (wish, acted) => void this.#take(wish, acted),
      gone: () => this.#lost(),
      alive: (alive) => this.#alive(alive),
    });
    this.#frame = frame;
    frame.iframe.title = words.talk.label;
    this.one('.frame-host', HTMLElement).replaceChildren(frame.iframe);
    frame.draw({ kind: 'start', look: me.look(), readTo: this.readTo });
    this.#show(this.store.messages, false);
    this.requestUpdate();
  }

  /** @param {boolean} off */
  setScripts(off) {
    this.safety.choose({ off, hung: false });
    this.load();
    this.changed();
  }

  /** Shows the end of the talk, as after having said something. */
  toBottom() {
    this.#begun = true;
    this.#frame?.tell({ kind: 'bottom' });
  }

  /** @param {Message[]} messages @param {boolean} fresh */
  #show(messages, fresh) {
    if (messages.length === 0 || !this.#frame) return;
    this.#oldest ||= messages[0].id;
    this.#begun ||= fresh;
    this.#frame.draw({ kind: 'add', messages, fresh });
  }

  /** @param {FramePort} frame */
  async #older(frame) {
    if (this.#oldest === 0) return frame.tell({ kind: 'older-failed' });
    try {
      const messages = await api.older(this.store.room, this.#oldest, OLDER);
      if (messages.length > 0) this.#oldest = messages[0].id;
      frame.draw({ kind: 'older', messages, beginning: messages.length < OLDER });
    } catch {
      frame.tell({ kind: 'older-failed' });
    }
    return undefined;
  }

  #lost() {
    this.#frame = null;
    this.#gone = true;
    this.requestUpdate();
  }

  /** @param {boolean} alive */
  #alive(alive) {
    if (this.#stuck === !alive) return;
    this.#stuck = !alive;
    this.requestUpdate();
  }

  /**
   * Whether a person did this in the frame, just now. Activation lasts some seconds after typing in the page, too, so
   * where the browser does not say where it was, keys typed lately in the page make it doubtful.
   * @param {boolean | null} acted
   */
  #meant(acted) {
    const iframe = this.#frame?.iframe;
    if (!iframe || document.activeElement !== iframe || !navigator.userActivation?.isActive) return false;
    return acted ?? (performance.now() - this.#lastKey > LASTS || iframe.matches(':hover'));
  }

  /** @param {Wish} wish @param {boolean | null} acted */
  async #take(wish, acted) {
    // The frame is another process: its message may be here before the news that the focus went there.
    for (let waited = 0; acted && !this.#meant(acted) && waited < NEWS; waited += 20) {
      await new Promise((go) => setTimeout(go, 20));
    }
    if (this.#meant(acted)) this.#grant(wish);
    else if (this.#wish || !this.#begun) this.#refuse(wish);
    else this.#wish = wish;
    this.requestUpdate();
  }

  /** @param {Wish} wish */
  #grant(wish) {
    if (wish.kind === 'focus') this.write(wish.text);
    else if (wish.kind === 'open') window.open(wish.href, '_blank', 'noopener,noreferrer');
    else void this.#submit(wish);
  }

  /** @param {Wish} wish */
  #refuse(wish) {
    if (wish.kind === 'submit') this.#frame?.tell({ kind: 'submitted', form: wish.form, error: null });
  }

  /** @param {Extract<Wish, { kind: 'submit' }>} wish */
  async #submit({ form, bot_id, action_url, form_data }) {
    let error = null;
    try {
      await api.submitForm({ room: this.store.room, author: me.name, bot_id, action_url, form_data });
    } catch (problem) {
      error = sentenceOf(problem);
    }
    this.#frame?.tell({ kind: 'submitted', form, error });
  }

  /** @param {(wish: Wish) => void} what */
  #answer(what) {
    const wish = this.#wish;
    this.#wish = null;
    if (wish) what.call(this, wish);
    this.requestUpdate();
  }

  render() {
    return html`
      ${this.#notice()}
      <div class="frame-host" ?inert=${this.#empty}></div>
      ${this.#stands()} ${this.#question()}
    `;
  }

  get #empty() {
    return this.store.settled && this.store.messages.length === 0;
  }

  #notice() {
    if (!this.safety.off) return nothing;
    return html`
      <div class="strip">
        <p>${this.safety.hung ? words.talk.scriptsOffHang : words.talk.scriptsOff}</p>
        <button class="button" @click=${() => this.setScripts(false)}>${words.talk.allowScripts}</button>
      </div>
    `;
  }

  /** What stands in the place of the messages. */
  #stands() {
    if (this.#gone) {
      return html`
        <div class="stands" role="alert">
          <p>${words.talk.gone}</p>
          <p class="buttons">
            <button class="button go" @click=${() => this.setScripts(true)}>${words.talk.reloadWithout}</button>
            <button class="button" @click=${() => this.load()}>${words.talk.reload}</button>
          </p>
        </div>
      `;
    }
    if (this.#empty) return this.#emptyRoom();
    if (!this.store.settled && this.store.messages.length === 0) return this.#loading();
    return nothing;
  }

  #loading() {
    const line = html`<div class="ghost"><i></i><div><b></b><b></b></div></div>`;
    return html`<div class="stands loading" role="status"><span class="unseen">${words.talk.loading}</span>${line}${line}${line}</div>`;
  }

  #emptyRoom() {
    const [bot] = this.store.botList.filter((one) => !one.responds_to);
    return html`
      <div class="stands empty">
        ${emptyPicture}
        <h2>${words.talk.emptyTitle}</h2>
        <p>${bot ? words.talk.emptyBots(bot.name) : words.talk.emptyNoBots}</p>
        <p class="buttons">
          ${bot
            ? html`<button class="button go" @click=${() => this.say(words.talk.hello(bot.name))}>${words.talk.sayHello(bot.name)}</button>`
            : html`<button class="button go" @click=${() => this.addBot()}>${words.talk.addBot}</button>`}
          <button class="button" @click=${copyAddress}>${words.talk.copyAddress}</button>
        </p>
      </div>
    `;
  }

  #question() {
    if (this.#wish) return this.#askWish(this.#wish);
    if (!this.#stuck) return nothing;
    return html`
      <div class="strip ask" role="alert">
        <p>${words.talk.stuck}</p>
        <button class="button go" @click=${() => this.setScripts(true)}>${words.talk.stopScripts}</button>
        <button class="button" @click=${() => this.#alive(true)}>${words.talk.wait}</button>
      </div>
    `;
  }

  /** @param {Wish} wish */
  #askWish(wish) {
    const [asks, yes] =
      wish.kind === 'submit'
        ? [words.talk.askSubmit, words.talk.askSubmitYes]
        : wish.kind === 'open'
          ? [words.talk.askOpen(wish.href), words.talk.askOpenYes]
          : [words.talk.askFocus(wish.text), words.talk.askFocusYes];
    return html`
      <div class="strip ask" role="alert">
        <p dir="auto">${asks}</p>
        <button class="button go" @click=${() => this.#answer(this.#grant)}>${yes}</button>
        <button class="button" @click=${() => this.#answer(this.#refuse)}>${words.talk.no}</button>
        <button class="button bare" @click=${() => this.setScripts(true)}>${words.talk.stopScripts}</button>
      </div>
    `;
  }
}

/** Copies where this room is; on plain http browsers do not allow it, so that it is shown instead. */
export async function copyAddress() {
  const address = location.href.replace(/#.*$/u, '');
  try {
    await navigator.clipboard.writeText(address);
    toasts.say(words.talk.copied);
  } catch {
    toasts.say(words.talk.notCopied(address));
  }
}

customElements.define('parlor-talk', ParlorTalk);

export { ParlorTalk };
