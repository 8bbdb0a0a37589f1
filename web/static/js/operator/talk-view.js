// Draws a conversation, whole, with what can be done with its session.

import { html, nothing } from '/web/vendor/lit.js';
import { PageElement } from '../element.js';
import { addressesIn } from '../frame/user-text.js';
import { emptyPicture, icons } from '../icons.js';
import { toasts } from '../toasts.js';
import { words } from '../words-operator.js';
import { fileOf, keyOf } from './calls.js';
import './details-view.js';
import './face.js';
import './menu.js';
import { operatorName } from './operator-name.js';
import './since.js';
import { linesOf } from './spoken.js';
import { clockOf, dayOf, laterThan } from './times.js';
import { dots } from './typing-view.js';
import { visitorOf } from './visitor.js';
import './write-view.js';

/** @typedef {import('./inbox.js').Inbox} Inbox */
/** @typedef {import('./inbox.js').Talk} Talk */
/** @typedef {import('./calls.js').Session} Session */
/** @typedef {import('./calls.js').Act} Act */
/** @typedef {import('./spoken.js').Bubble} Bubble */
/** @typedef {import('./spoken.js').Line} Line */

/** So near (px) to its end the conversation stays at it. */
const NEAR = 80;

/** A text with its web addresses as links. @param {string} text */
function linked(text) {
  /** @type {unknown[]} */
  const out = [];
  let done = 0;
  for (const { at, address } of addressesIn(text)) {
    out.push(text.slice(done, at), html`<a href=${address} target="_blank" rel="noopener noreferrer nofollow ugc">${address}</a>`);
    done = at + address.length;
  }
  out.push(text.slice(done));
  return out;
}

export class OperatorTalk extends PageElement {
  static given = ['inbox', 'wide'];
  /** @type {Inbox} */
  inbox;
  /** Whether there is room for the details beside it. */
  wide = false;
  #details = false;
  #shown = '';
  #said = 0;
  /** Whether something is being done: keys that come meanwhile are meant for what comes after, and are let go. */
  acting = false;
  #atEnd = true;
  /** Whether something was said below what is seen. */
  #below = false;

  connectedCallback() {
    super.connectedCallback();
    this.watch(this.inbox);
  }

  willUpdate() {
    const list = this.querySelector('.lines');
    this.#atEnd = !list || list.scrollHeight - list.scrollTop - list.clientHeight < NEAR;
  }

  updated() {
    const { talk } = this.inbox;
    const list = this.querySelector('.lines');
    if (!talk || !list) {
      this.#shown = '';
      return;
    }
    const said = talk.said.length + talk.sending.length;
    const other = this.#shown !== talk.key;
    if (other || said !== this.#said) {
      if (other || this.#atEnd || talk.sending.length > 0) list.scrollTop = list.scrollHeight;
      else if (said > this.#said) this.#say(true);
    }
    this.#said = said;
    // What is not read yet is not shown yet.
    this.#shown = talk.loaded ? talk.key : '';
  }

  /** @param {boolean} below */
  #say(below) {
    if (this.#below === below) return;
    this.#below = below;
    this.requestUpdate();
  }

  render() {
    const { talk, open } = this.inbox;
    if (!talk) return html`<div class="nothing whole">${emptyPicture}<h2>${words.talk.none}</h2><p class="quiet">${words.talk.noneHint}</p></div>`;
    if (talk.gone) return html`<div class="nothing whole"><p role="status">${words.talk.gone}</p><p><a href=${this.inbox.address()}>${words.talk.back}</a></p></div>`;
    if (!open || !talk.loaded) return html`<header class="talk-top">${this.#back()}</header><p class="nothing quiet" role="status">${words.talk.loading}</p>`;
    const beside = this.wide || this.#details;
    return html`
      <div class="talk-in">
        ${this.#top(open)}
        <div class="lines" tabindex="0" role="log" aria-label=${words.inbox.talk} @scroll=${this.#scrolled}>
          ${this.#lines(talk, open)}
          ${talk.sending.map(({ text, note }) => this.#bubble({ by: note ? 'note' : 'operator', name: operatorName.name, at: 0, text, chose: false, choices: [], head: false }))}
        </div>
        ${this.#below ? html`<button class="button go jump" @click=${this.#jump}>${words.talk.newer}</button>` : nothing}
        <p class="typing" role="status">${this.inbox.typing.has(talk.key) ? html`${dots}<span dir="auto">${words.talk.types(visitorOf(open))}</span>` : nothing}</p>
        <parlor-inbox-write .inbox=${this.inbox} .session=${open}></parlor-inbox-write>
      </div>
      <aside class="details" id="details" aria-label=${words.details.title} ?hidden=${!beside} @keydown=${this.#leaveDetails}>
        <parlor-inbox-details .inbox=${this.inbox} .session=${open} .said=${talk.said} .flowTitle=${this.inbox.overview.titleOf(open.flow)} .closes=${!this.wide} @closed=${() => this.#toggle(false)}></parlor-inbox-details>
      </aside>
    `;
  }

  #back() {
    return html`<a class="icon-button back" href=${this.inbox.address()} aria-label=${words.talk.back} title=${words.talk.back}>${icons.back}</a>`;
  }

  /** @param {Session} session */
  #top(session) {
    const { status, waits } = session;
    return html`
      <header class="talk-top">
        ${this.#back()}
        <div class="talk-who">
          <h2 id="talk-title" tabindex="-1"><bdi>${visitorOf(session)}</bdi></h2>
          <p class="quiet"><span class="state" data-status=${status}>${words.details.stateOf[status]}</span>${session.operator && (status === 'open' || status === 'snoozed') ? html` · <bdi>${session.operator === operatorName.name ? words.inbox.you : session.operator}</bdi>` : nothing}${waits !== null && (status === 'pending' || status === 'open') ? html` · <parlor-since .at=${waits}></parlor-since>` : nothing}</p>
        </div>
        <div class="talk-acts" role="group" aria-label=${words.act.actions}>${this.#acts(session)}</div>
        ${this.wide ? nothing : html`<button class="icon-button more-details" aria-label=${words.talk.details} title=${words.talk.details} aria-expanded=${String(this.#details)} aria-controls="details" @click=${() => this.#toggle(!this.#details)}>${icons.info}</button>`}
      </header>
    `;
  }

  /** @param {Session} session */
  #acts(session) {
    const { act } = words;
    const { status, operator } = session;
    const mine = operator === operatorName.name;
    const busy = String(this.inbox.busy.has(keyOf(session)));
    const back = html`<button class="button" aria-disabled=${busy} title=${act.handBackHint} @click=${() => this.act('hand-back')}>${act.handBack}</button>`;
    if (status === 'ended') return nothing;
    if (status === 'open' && mine)
      return html`
        ${back}
        <parlor-inbox-menu .label=${act.snooze} .items=${this.#later()}></parlor-inbox-menu>
        <button class="button go" aria-disabled=${busy} @click=${() => this.act('resolve')}>${act.resolve}</button>
      `;
    return html`${status === 'bot' || status === 'open' ? nothing : back}<button class="button go take" aria-disabled=${busy} @click=${() => this.act('take')}>${status === 'open' ? act.takeOver : act.take}</button>`;
  }

  #later() {
    const { act } = words;
    const until = laterThan(new Date());
    const snooze = (/** @type {number} */ at) => () => void this.act('snooze', { until: at });
    return [
      { label: act.hour, run: snooze(until.hour) },
      { label: act.tomorrow, run: snooze(until.tomorrow) },
      { label: act.monday, run: snooze(until.monday) },
      { label: act.visitor, run: () => void this.act('snooze') },
    ];
  }

  /** Does something with the session that is open, and says so. @param {Act} act @param {{ until?: number }} [more] */
  async act(act, more) {
    const session = this.inbox.open;
    if (!session || this.acting) return;
    this.acting = true;
    try {
      const done = await this.inbox.act(session, act, more);
      if (done && words.act.done[act]) toasts.say(words.act.done[act], act === 'resolve' ? { action: { label: words.act.takeAgain, run: () => void this.inbox.act(session, 'take') } } : {});
      await this.updateComplete;
      await this.#settle(done && act === 'take');
    } finally {
      this.acting = false;
    }
  }

  /** Where the focus goes when the button is gone with which something was done. @param {boolean} taken */
  async #settle(taken) {
    const { activeElement } = document;
    const lost = !activeElement || activeElement === document.body;
    if (taken && (lost || this.contains(activeElement) || activeElement.matches('.row'))) await this.write('reply');
    else if (lost) this.focusTitle();
  }

  focusTitle() {
    const title = this.querySelector('#talk-title');
    if (title instanceof HTMLElement) title.focus();
  }

  /** To the editor. @param {'reply' | 'note'} kind */
  async write(kind) {
    const write = this.querySelector('parlor-inbox-write');
    if (write) await /** @type {import('./write-view.js').OperatorWrite} */ (write).begin(kind);
  }

  /** Opens the moments until which it can be put off. */
  snooze() {
    const menu = this.querySelector('parlor-inbox-menu');
    if (menu) /** @type {import('./menu.js').OperatorMenu} */ (menu).open();
  }

  /** @param {Talk} talk @param {Session} session */
  #lines(talk, session) {
    const lines = linesOf(talk.said, this.inbox.overview.titleOf(session.flow));
    const fresh = talk.seen ? lines.findIndex((line) => line.by === 'visitor' && line.at > talk.seen) : -1;
    return lines.map((line, nth) => html`${nth === fresh ? html`<p class="fresh"><span>${words.talk.fresh}</span></p>` : nothing}${this.#line(line, session)}`);
  }

  /** @param {Line} line @param {Session} session */
  #line(line, session) {
    if (line.by === 'day') return html`<p class="day"><span>${dayOf(line.at)}</span></p>`;
    if (line.by === 'event') return html`<p class="event"><span dir="auto">${line.text}</span> <time>${clockOf(line.at)}</time></p>`;
    return this.#bubble(line.by === 'visitor' ? { ...line, name: visitorOf(session) } : line, line.file ? fileOf(session, line.file) : '');
  }

  /** @param {Bubble} bubble @param {string} [file]  Where the file is that the text is the name of. */
  #bubble({ by, name, at, text, chose, choices, head }, file = '') {
    const says = words.talk;
    return html`
      <article class="said" data-by=${by} ?data-head=${head} ?data-sending=${at === 0}>
        ${head ? html`<parlor-face class="avatar ${by === 'flow' ? 'bot' : ''}" .name=${name}></parlor-face>` : nothing}
        ${head ? html`<p class="said-head"><b dir="auto">${name}</b>${by === 'flow' ? html`<span class="tag">${says.flow}</span>` : nothing}${by === 'note' ? html`<span class="only">${says.note}</span>` : nothing}<time>${clockOf(at)}</time></p>` : nothing}
        <div class="bubble">
          ${text ? html`<p class="text" dir="auto">${chose ? html`<span class="chose" title=${says.chose}>${icons.done}<span class="unseen">${says.chose}: </span></span>` : nothing}${file ? html`<a href=${file} download>${text}</a>` : linked(text)}</p>` : nothing}
          ${choices.length > 0 ? html`<ul class="choices" aria-label=${says.choices}>${choices.map(({ text: choice, taken }) => html`<li ?data-taken=${taken} dir="auto">${choice}${taken ? html`<span class="unseen"> (${says.chosen})</span>` : nothing}</li>`)}</ul>` : nothing}
        </div>
        ${at === 0 ? html`<span class="sending quiet" role="status">${says.sending}</span>` : nothing}
      </article>
    `;
  }

  /** @param {Event} event */
  #scrolled({ target }) {
    const list = /** @type {HTMLElement} */ (target);
    if (list.scrollHeight - list.scrollTop - list.clientHeight < NEAR) this.#say(false);
  }

  #jump() {
    const list = this.one('.lines', HTMLElement);
    list.scrollTop = list.scrollHeight;
    list.focus();
    this.#say(false);
  }

  /** @param {boolean} on */
  async #toggle(on) {
    this.#details = on;
    this.requestUpdate();
    await this.updateComplete;
    const to = this.querySelector(on ? '.details .icon-button' : '.more-details');
    if (to instanceof HTMLElement) to.focus();
  }

  /** @param {KeyboardEvent} event */
  #leaveDetails(event) {
    if (event.key !== 'Escape' || this.wide) return;
    event.stopPropagation();
    void this.#toggle(false);
  }
}

customElements.define('parlor-inbox-talk', OperatorTalk);
