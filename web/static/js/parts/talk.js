// The talk: the frame with the messages, what stands in its place while there are none, and the questions that the page
// asks before it does what a script wants.

import { html, nothing } from '/web/vendor/lit.js';
import { api, sentenceOf } from '../api.js';
import { copyAddress, copyMessageAddress } from '../copy-address.js';
import { PageElement } from '../element.js';
import { emptyPicture } from '../icons.js';
import { me } from '../me.js';
import { words } from '../words.js';
import { Consent } from './consent.js';
import { FocusGuard } from './focus-guard.js';
import { FrameLoads } from './frame-loads.js';
import { FramePort } from './frame-port.js';

/** @typedef {import('../store.js').RoomStore} RoomStore */
/** @typedef {import('../safety.js').Safety} Safety */
/** @typedef {import('./frame-port.js').Wish} Wish */
/** @typedef {import('../types.js').Message} Message */

/** How long (ms) a process in which a script hangs takes to die; a frame made earlier would be put into it, and hang, too. */
const DYING = 1500;
/** How long (ms) a frame may take to load, the first time; longer ones follow. */
const LOADING = 10_000;

/** So many of the newest are given to a frame that is made anew. */
const AT_FIRST = 100;

class ParlorTalk extends PageElement {
  /** @type {RoomStore} */
  store;
  /** @type {Safety} */
  safety;
  /** The newest message that was read at an earlier visit. */
  readTo = 0;
  /** What opens bots' files for the frame, where not everybody may read the room. */
  filesKey = document.querySelector('parlor-room')?.getAttribute('files-key') ?? '';
  /** @type {(text: string) => void} Puts text into the composer. */
  write = () => {};
  /** @type {(text: string) => void} Says something in the room. */
  say = () => {};
  /** @type {() => void} */
  addBot = () => {};
  /** @type {() => void} */
  changed = () => {};
  /** @type {(message: Message) => void} The person wants to reply to this message. */
  reply = () => {};
  /** @type {(id: number) => void} The person wants to know why bots answered this message, or how this answer came about. */
  inspect = () => {};
  /** @type {(id: number) => void} The person wants the address of this message. */
  link = (id) => void copyMessageAddress(id);
  /** The person wants to search the room. */
  search = () => {};
  /** @type {(id: number) => void} The newest message that has been on the screen. */
  seen = () => {};

  /** @type {FramePort | null} */
  #frame = null;
  /** @type {FrameLoads} */
  #loads;
  #gone = false;
  #live = false;
  #hasBeenLive = false;
  #stuck = false;
  /** Whether something has happened since the page was opened. */
  #begun = false;
  /** Whether the frame was made for a room that lets bots send neither scripts nor styles. */
  #strict = false;
  /** Where to go once there is a frame; 0 is nowhere. */
  #goal = 0;

  #guard = new FocusGuard(() => this.#frame?.iframe);

  #consent = new Consent({
    iframe: () => this.#frame?.iframe,
    begun: () => this.#begun,
    grant: (wish) => void this.#grant(wish),
    refuse: (wish) => wish.kind === 'submit' && this.#frame?.tell({ kind: 'submitted', form: wish.form, error: null }),
    changed: () => this.requestUpdate(),
  });

  connectedCallback() {
    super.connectedCallback();
    this.#loads = new FrameLoads(this.store);
    this.watch(this.store, 'change', () => this.#revive());
    this.watch(this.store, 'messages', ({ detail }) => this.#show(detail, this.store.settled));
    this.watch(this.store, 'clear', () => this.#frame?.tell({ kind: 'clear' }));
    this.watch(this.store, 'gap', ({ detail }) => this.#frame?.tell({ kind: 'gap', after: detail.after }));
    this.watch(this.store.signals, 'settings', () => this.#settings());
    this.watch(me, 'change', () => this.#wear());
  }

  /** Gives the frame a key in place of the one before. @param {string} key */
  openFiles(key) {
    this.filesKey = key;
    this.#wear();
  }

  #wear() {
    this.#frame?.tell({ kind: 'look', look: me.look(), filesKey: this.filesKey });
  }

  firstUpdated() {
    void this.safety.ready.then(() => {
      this.load();
      this.changed();
    });
  }

  /** Makes the frame anew and draws what the page has. */
  load() {
    const hung = this.#stuck;
    this.#frame?.destroy();
    this.#frame = null;
    this.#gone = this.#stuck = false;
    this.#consent.forget();
    if (hung) this.#makeLater(DYING, LOADING);
    else this.#make(LOADING);
    this.requestUpdate();
  }

  /** Makes the frame when the process of one that hung should be gone. @param {number} wait @param {number} patience */
  #makeLater(wait, patience) {
    setTimeout(() => {
      if (this.isConnected && !this.#frame) this.#make(patience);
    }, wait);
  }

  /** Makes the frame; a new one if it does not load, for then it is in the process of one that hung. @param {number} patience */
  #make(patience) {
    const frame = this.#newFrame();
    this.#frame = frame;
    setTimeout(() => {
      if (frame !== this.#frame || frame.loaded) return;
      frame.destroy();
      this.#frame = null;
      this.#makeLater(DYING, patience * 2);
    }, patience);
    frame.iframe.title = words.talk.label;
    this.one('.frame-host', HTMLElement).replaceChildren(frame.iframe);
    frame.draw({ kind: 'start', look: me.look(), filesKey: this.filesKey, readTo: this.readTo, markdown: this.#markdown });
    this.#show(this.store.messages.slice(-AT_FIRST), false);
    if (this.#goal > 0) this.goTo(this.#goal);
    this.requestUpdate();
  }

  #newFrame() {
    this.#strict = this.#isStrict;
    const origin = document.querySelector('parlor-room')?.getAttribute('content-origin') ?? '';
    const frame = new FramePort(this.safety, { look: me.look(), strict: this.#strict, origin }, {
      load: (load) => void this.#loads.serve(load).then((loaded) => frame.draw(loaded)),
      seen: (id) => this.#saw(id),
      wish: (...wish) => void this.#consent.take(...wish),
      pressed: () => this.#guard.pressed(),
      gone: () => this.#lost(),
      alive: (alive) => this.#alive(alive),
    });
    return frame;
  }

  /** Whether the room lets bots send neither scripts nor styles. */
  get #isStrict() {
    const said = this.store.signals.settings?.content;
    return said ? said !== 'open' : this.store.messages.some(({ content }) => content === 'formatted' || content === 'plain');
  }

  get #markdown() {
    return this.store.signals.settings?.markdown === true;
  }

  #settings() {
    if (!this.#frame) return;
    if (this.#isStrict !== this.#strict) this.load();
    else this.#frame.tell({ kind: 'markdown', on: this.#markdown });
  }

  /** @param {boolean} off */
  setScripts(off) {
    this.safety.choose({ off, hung: false });
    this.load();
    this.changed();
  }

  /** Puts the focus into the messages, or onto what stands in their place. */
  enter() {
    if (this.#frame && !this.#empty) this.#guard.lead();
    else this.querySelector('button')?.focus();
  }

  /** Shows the end of the talk, as after having said something. */
  toBottom() {
    this.#begun = true;
    this.#frame?.tell({ kind: 'bottom' });
  }

  /** Shows a message and what stands around it, however old it is. @param {number} id */
  goTo(id) {
    this.#goal = this.#frame ? 0 : id;
    this.#frame?.tell({ kind: 'go', id });
  }

  /** @param {Message[]} messages @param {boolean} fresh */
  #show(messages, fresh) {
    if (messages.length === 0 || !this.#frame) return;
    this.#begun ||= fresh;
    this.#loads.sent = Math.max(this.#loads.sent, messages[messages.length - 1].id);
    this.#frame.draw({ kind: 'add', messages, fresh });
  }

  /** @param {number} id */
  #saw(id) {
    if (id <= this.store.newest) this.seen(id);
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

  /** A frame whose scripts did not arrive, since the server went away just then, is made anew when it is back. */
  #revive() {
    const live = this.store.link === 'live';
    if (live && !this.#live && this.#hasBeenLive && this.#frame && !this.#frame.works) this.load();
    this.#live = live;
    this.#hasBeenLive ||= live;
  }

  /** @param {Wish} wish */
  async #grant(wish) {
    switch (wish.kind) {
      case 'focus':
        return this.write(wish.text);
      case 'open':
        return void window.open(wish.href, '_blank', 'noopener,noreferrer');
      case 'submit':
        return this.#submit(wish);
      case 'permalink':
        return this.link(wish.id);
      case 'inspect':
        return this.inspect(wish.id);
      case 'search':
        return this.search();
      case 'reply': {
        const message = await this.#message(wish.id);
        return message && this.reply(message);
      }
    }
  }

  /** A message as the server has it; what the frame says of it counts for nothing. @param {number} id */
  async #message(id) {
    const here = this.store.messages.find((message) => message.id === id);
    const [found] = here ? [here] : await api.older(this.store.room, id + 1, 1).catch(() => []);
    return found?.id === id ? found : null;
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
    if (!this.#frame || (!this.store.settled && this.store.messages.length === 0)) return this.#loading();
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
          <button class="button" @click=${() => copyAddress()}>${words.talk.copyAddress}</button>
        </p>
      </div>
    `;
  }

  #question() {
    if (this.#consent.wish) return this.#askWish(this.#consent.wish);
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
          : [words.talk.askFocus(wish.kind === 'focus' ? wish.text : ''), words.talk.askFocusYes];
    return html`
      <div class="strip ask" role="alert">
        <p dir="auto">${asks}</p>
        <button class="button go" @click=${() => this.#consent.answer(true)}>${yes}</button>
        <button class="button" @click=${() => this.#consent.answer(false)}>${words.talk.no}</button>
        <button class="button bare" @click=${() => this.setScripts(true)}>${words.talk.stopScripts}</button>
      </div>
    `;
  }
}

customElements.define('parlor-talk', ParlorTalk);

export { ParlorTalk };
