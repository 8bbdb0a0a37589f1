// Export and import of the room's bots: a file or the clipboard, with a choice for each bot, and nothing written before
// one has seen what would be.

import { html, nothing } from '/web/vendor/lit.js';
import { api, Refused, sentenceOf } from '../api.js';
import { FILE_MAX, readBots, writeBots } from '../bot-list.js';
import { copyText } from '../copy-text.js';
import { PageElement } from '../element.js';
import { icons } from '../icons.js';
import { words } from '../words-bots.js';
import { whereOf } from './bot-notes.js';

/** @typedef {import('../store.js').RoomStore} RoomStore */
/** @typedef {import('../bot-list.js').Entry} Entry */
/** @typedef {import('../bot-list.js').Choice} Choice */
/** @typedef {import('../bot-list.js').Format} Format */

/** @typedef {{ label: string, said: string, bad: boolean }} Result */

class ParlorBotExchange extends PageElement {
  /** @type {RoomStore} */
  store;
  /** @type {() => void} */
  done = () => {};

  /** Bots that are not taken along. @type {Set<number>} */
  #left = new Set();
  /** @type {Format} */
  #format = 'parlor';
  /** @type {Entry[] | null} */
  #entries = null;
  #checking = false;
  #turn = 0;
  /** @type {string | null} */
  #wrong = null;
  #over = false;
  /** @type {{ done: number, of: number } | null} */
  #progress = null;
  /** @type {Result[] | null} */
  #results = null;

  connectedCallback() {
    super.connectedCallback();
    this.watch(this.store);
  }

  firstUpdated() {
    this.one('.back', HTMLElement).focus();
  }

  render() {
    return html`
      <p><button class="button bare back" @click=${this.done}>${icons.back}${words.exchange.close}</button></p>
      ${this.#entries || this.#results ? nothing : this.#out()}
      <section class="exchange-in">
        <h2>${words.exchange.in}</h2>
        ${this.#results ? this.#resultList(this.#results) : this.#entries ? this.#preview(this.#entries) : this.#in()}
      </section>
    `;
  }

  #out() {
    const bots = this.store.botList;
    const chosen = bots.filter(({ id }) => !this.#left.has(id));
    if (bots.length === 0) return html`<section><h2>${words.exchange.out}</h2><p class="quiet">${words.exchange.outNone}</p></section>`;
    return html`
      <section class="exchange-out">
        <h2>${words.exchange.out}</h2>
        <div class="choose-bots">
          ${bots.length > 1
            ? html`<label class="check"><input type="checkbox" .checked=${chosen.length === bots.length} .indeterminate=${chosen.length > 0 && chosen.length < bots.length} @change=${this.#takeAll} />${words.exchange.all}</label>`
            : nothing}
          ${bots.map(({ id, name }) => html`<label class="check"><input type="checkbox" .checked=${!this.#left.has(id)} @change=${() => this.#take(id)} /><span dir="auto">${name}</span></label>`)}
        </div>
        <div class="field">
          <span class="label" id="exchange-format">${words.exchange.format}</span>
          <div><div class="segments" role="radiogroup" aria-labelledby="exchange-format">
            ${/** @type {Format[]} */ (['parlor', 'necsus']).map((one) => html`<label><input type="radio" name="format" value=${one} .checked=${one === this.#format} @change=${() => this.#write(one)} />${words.exchange.formats[one]}</label>`)}
          </div></div>
          <p class="hint">${words.exchange.formatHints[this.#format]}</p>
        </div>
        <p class="buttons">
          <button class="button" ?disabled=${chosen.length === 0} @click=${() => this.#download()}>${words.exchange.download}</button>
          <button class="button" ?disabled=${chosen.length === 0} @click=${() => this.#copy()}>${icons.copy}${words.exchange.copy}</button>
        </p>
      </section>
    `;
  }

  /** @param {number} id */
  #take(id) {
    if (!this.#left.delete(id)) this.#left.add(id);
    this.requestUpdate();
  }

  /** @param {Event} event */
  #takeAll(event) {
    this.#left = new Set(/** @type {HTMLInputElement} */ (event.target).checked ? [] : this.store.bots.keys());
    this.requestUpdate();
  }

  /** @param {Format} format */
  #write(format) {
    this.#format = format;
    this.requestUpdate();
  }

  get #chosen() {
    return this.store.botList.filter(({ id }) => !this.#left.has(id));
  }

  #download() {
    const url = URL.createObjectURL(new Blob([writeBots(this.#chosen, this.#format)], { type: 'application/json' }));
    const link = document.createElement('a');
    link.href = url;
    link.download = `${this.store.room.replaceAll('/', '-')}-bots.json`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
  }

  #copy() {
    const bots = this.#chosen;
    return copyText(writeBots(bots, this.#format), words.exchange.copied(bots.length), words.botRelay.notCopied);
  }

  #in() {
    return html`
      <div class="drop" data-over=${this.#over} @dragover=${this.#dragOver} @dragleave=${() => this.#hover(false)} @drop=${this.#drop}>
        <p class="quiet">${this.#over ? words.exchange.dropHere : words.exchange.inHint}</p>
        <p><label class="button file-button">${words.exchange.choose}<input class="unseen" type="file" accept=".json,application/json,text/plain" @change=${this.#chosenFile} /></label></p>
      </div>
      <div class="field">
        <label for="exchange-text">${words.exchange.paste}</label>
        <textarea id="exchange-text" class="input mono" rows="4" dir="ltr" spellcheck="false" autocomplete="off"></textarea>
        <p><button class="button" @click=${() => this.#read(this.one('#exchange-text', HTMLTextAreaElement).value)}>${words.exchange.read}</button></p>
      </div>
      ${this.#wrong ? html`<p class="wrong" role="alert">${this.#wrong}</p>` : nothing}
    `;
  }

  /** @param {DragEvent} event */
  #dragOver(event) {
    event.preventDefault();
    this.#hover(true);
  }

  /** @param {boolean} over */
  #hover(over) {
    if (over === this.#over) return;
    this.#over = over;
    this.requestUpdate();
  }

  /** @param {DragEvent} event */
  #drop(event) {
    event.preventDefault();
    this.#hover(false);
    const file = event.dataTransfer?.files[0];
    if (file) void this.#file(file);
    else void this.#read(event.dataTransfer?.getData('text/plain') ?? '');
  }

  /** @param {Event} event */
  #chosenFile(event) {
    const input = /** @type {HTMLInputElement} */ (event.target);
    const file = input.files?.[0];
    if (file) void this.#file(file);
    // The same file may be chosen again once it has been mended.
    input.value = '';
  }

  /** @param {File} file */
  async #file(file) {
    if (file.size > FILE_MAX) return this.#refuse(words.exchange.tooLarge);
    try {
      await this.#read(await file.text());
    } catch {
      this.#refuse(words.exchange.unreadable);
    }
  }

  /** @param {string} sentence */
  #refuse(sentence) {
    this.#wrong = sentence;
    this.requestUpdate();
  }

  /** @param {string} source */
  async #read(source) {
    const turn = ++this.#turn;
    let entries;
    try {
      entries = readBots(source, this.store.botList);
    } catch (error) {
      return this.#refuse(sentenceOf(error));
    }
    this.#wrong = null;
    this.#entries = entries;
    this.#checking = true;
    this.requestUpdate();
    await this.updateComplete;
    this.one('.entries', HTMLElement).focus();
    for (const entry of entries) {
      await this.#check(entry);
      if (turn !== this.#turn) return;
    }
    this.#checking = false;
    this.requestUpdate();
  }

  /** Asks the server whether the pattern can be used. @param {Entry} entry */
  async #check(entry) {
    if (!entry.bot?.responds_to) return;
    try {
      const { error } = await api.tryPattern({ room: this.store.room, name: entry.bot.name, responds_to: entry.bot.responds_to, text: '' });
      if (error) Object.assign(entry, { wrong: error.message, choice: 'skip' });
    } catch (error) {
      if (error instanceof Refused && error.status === 400) Object.assign(entry, { wrong: error.message, choice: 'skip' });
    }
  }

  /** @param {Entry[]} entries */
  #preview(entries) {
    const n = entries.filter(({ choice }) => choice !== 'skip').length;
    const busy = this.#progress !== null;
    return html`
      <ul class="entries" tabindex="-1">${entries.map((entry) => this.#entry(entry, busy))}</ul>
      ${this.#checking ? html`<p class="quiet" role="status">${words.exchange.checking}</p>` : nothing}
      ${this.#progress ? html`<p role="status"><progress max=${this.#progress.of} .value=${this.#progress.done} aria-label=${words.exchange.in}></progress> ${words.exchange.progress(this.#progress.done, this.#progress.of)}</p>` : nothing}
      <p class="form-foot">
        <button class="button go" ?disabled=${n === 0 || busy || this.#checking} @click=${() => this.#run(entries)}>${words.exchange.run(n)}</button>
        <button class="button" ?disabled=${busy} @click=${() => this.#restart()}>${words.exchange.cancel}</button>
      </p>
    `;
  }

  /** @param {Entry} entry @param {boolean} busy */
  #entry(entry, busy) {
    const { bot, label, wrong, note } = entry;
    const choices = /** @type {Choice[]} */ (['add', 'replace', 'skip']).filter((choice) => choice !== 'replace' || entry.here !== null);
    return html`
      <li data-wrong=${wrong !== null}>
        <div class="entry-words">
          <p><b dir="auto">${label}</b></p>
          ${bot ? html`<p class="quiet">${words.botForm.respondsTo.toLowerCase()} ${bot.responds_to ? html`<code dir="ltr">${bot.responds_to}</code>` : words.bots.toName}</p>${whereOf({ url: bot.url })}` : nothing}
          ${note ? html`<p class="entry-note">${note}</p>` : nothing} ${wrong ? html`<p class="wrong">${wrong}</p>` : nothing}
        </div>
        ${wrong
          ? html`<span class="tag">${words.exchange.results.skipped}</span>`
          : html`<select class="input" aria-label=${words.exchange.doWhat(label)} ?disabled=${busy} @change=${(/** @type {Event} */ event) => this.#decide(entry, event)}>
              ${choices.map((choice) => html`<option value=${choice} ?selected=${choice === entry.choice}>${words.exchange.choices[choice]}</option>`)}
            </select>`}
      </li>
    `;
  }

  /** @param {Entry} entry @param {Event} event */
  #decide(entry, event) {
    entry.choice = /** @type {Choice} */ (/** @type {HTMLSelectElement} */ (event.target).value);
    this.requestUpdate();
  }

  #restart() {
    this.#turn += 1;
    this.#entries = null;
    this.#results = null;
    this.#checking = false;
    this.requestUpdate();
  }

  /** @param {Entry[]} entries */
  async #run(entries) {
    /** @type {Result[]} */
    const results = [];
    const wanted = entries.filter(({ choice }) => choice !== 'skip').length;
    this.#progress = { done: 0, of: wanted };
    this.requestUpdate();
    for (const entry of entries) {
      results.push(await this.#import(entry));
      if (entry.choice !== 'skip') this.#progress = { done: this.#progress.done + 1, of: wanted };
      this.requestUpdate();
    }
    this.#progress = null;
    this.#entries = null;
    this.#results = results;
    this.requestUpdate();
    await this.updateComplete;
    this.one('.results', HTMLElement).focus();
  }

  /** @param {Entry} entry @returns {Promise<Result>} */
  async #import({ label, bot, choice, here }) {
    if (!bot || choice === 'skip') return { label, said: words.exchange.results.skipped, bad: false };
    const replaced = choice === 'replace' && here !== null;
    try {
      await api.saveBot({ ...(replaced ? { id: here } : {}), room: this.store.room, ...bot });
      return { label, said: replaced ? words.exchange.results.replaced : words.exchange.results.added, bad: false };
    } catch (error) {
      return { label, said: sentenceOf(error), bad: true };
    }
  }

  /** @param {Result[]} results */
  #resultList(results) {
    const wrong = results.filter(({ bad }) => bad).length;
    const skipped = results.filter(({ said }) => said === words.exchange.results.skipped).length;
    return html`
      <div class="results" tabindex="-1" role="status">
        <p><b>${words.exchange.done(results.length - wrong - skipped, wrong)}</b></p>
        <ul>${results.map(({ label, said, bad }) => html`<li><b dir="auto">${label}</b> <span class=${bad ? 'wrong' : 'quiet'}>${said}</span></li>`)}</ul>
      </div>
      <p class="buttons">
        <button class="button go" @click=${this.done}>${words.exchange.close}</button>
        <button class="button" @click=${() => this.#restart()}>${words.exchange.again}</button>
      </p>
    `;
  }
}

customElements.define('parlor-bot-exchange', ParlorBotExchange);
