// A flow that is written: its text, what was saved of it, what the checker says, and what others have done meanwhile.

import { Refused, sentenceOf } from '../api.js';
import { kept } from '../kept.js';
import { toasts } from '../toasts.js';
import { words } from '../words-flows.js';
import { calls } from './calls.js';

/** @typedef {import('./calls.js').Flow} Flow */
/** @typedef {import('./calls.js').Finding} Finding */
/** @typedef {import('./calls.js').Drawing} Drawing */

/** So long (ms) nothing is typed before the text is checked. */
const CALM = 250;
const CONFLICT = 409;
const BROKEN = 422;

/** What is typed and not saved, by flow. @param {string} name */
const keyOf = (name) => `flow.text.${name}`;

/** Whether this browser has text of a flow that is not saved. @param {string} name */
export const hasUnsaved = (name) => Boolean(kept.get(keyOf(name), { text: '', base: '' }).base);

export class Writing extends EventTarget {
  /** As it was read or saved last. @type {Flow | null} */
  flow = null;
  text = '';
  /** The version that the text was made from. */
  #base = '';
  /** @type {Finding[]} */
  findings = [];
  /** @type {Drawing | null} */
  drawing = null;
  /** Whether the drawing is of this text. */
  drawn = false;
  /** The last text without errors; empty if there was none. */
  runs = '';
  /** The text that was checked last. */
  #checked = '';
  /** What others have made of it, while it was written here. @type {Flow | null} */
  theirs = null;
  /** Text that was not saved is here again. */
  restored = false;
  /** @type {Refused | null} */
  refused = null;
  busy = false;
  #timer = 0;
  #turn = 0;

  /** @param {string} name */
  constructor(name) {
    super();
    this.name = name;
  }

  async begin() {
    document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && void this.#look());
    try {
      this.#take(await calls.one(this.name));
    } catch (error) {
      if (!(error instanceof Refused)) return this.#wait();
      this.refused = error;
    }
    return this.#changed();
  }

  /** The server can't be reached: it is tried until it can. */
  #wait() {
    setTimeout(() => void this.begin(), 2_000);
  }

  get isFile() {
    return this.flow?.stands === 'file';
  }

  get dirty() {
    return !this.isFile && this.flow !== null && this.text !== this.flow.text;
  }

  get errors() {
    return this.findings.filter(({ severity }) => severity === 'error').length;
  }

  /** Whether what is known of the text is of what stands there now. */
  get isChecked() {
    return this.#checked === this.text;
  }

  /** A flow as it was read at the beginning. @param {Flow} flow */
  #take(flow) {
    const unsaved = kept.get(keyOf(this.name), { text: '', base: '' });
    this.flow = flow;
    this.#base = flow.version;
    this.text = flow.text;
    if (unsaved.base && unsaved.text !== flow.text && flow.stands !== 'file') {
      this.text = unsaved.text;
      this.restored = true;
      if (unsaved.base !== flow.version) [this.theirs, this.#base] = [flow, unsaved.base];
    }
    void this.#check();
  }

  /** Whether somebody has changed it, while one looked elsewhere. */
  async #look() {
    const now = await calls.one(this.name).catch(() => null);
    if (!now || !this.flow || this.busy || now.version === this.#base) return;
    if (this.dirty) this.theirs = now;
    else this.#replace(now);
    this.#changed();
  }

  /** @param {Flow} flow */
  #replace(flow) {
    this.flow = flow;
    this.#base = flow.version;
    this.text = flow.text;
    this.theirs = null;
    this.#keep();
    void this.#check();
  }

  /** @param {string} text */
  type(text) {
    if (this.isFile) return;
    this.text = text;
    this.restored = false;
    this.#keep();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#check(), CALM);
    this.#changed();
  }

  #keep() {
    if (this.dirty) kept.set(keyOf(this.name), { text: this.text, base: this.#base });
    else kept.remove(keyOf(this.name));
  }

  async #check() {
    this.#turn += 1;
    const turn = this.#turn;
    const { text } = this;
    const judged = await calls.check(this.name, text).catch(() => null);
    if (turn !== this.#turn) return;
    if (!judged) {
      this.#timer = setTimeout(() => void this.#check(), 2_000);
      return;
    }
    this.#checked = text;
    this.findings = judged.findings;
    this.drawn = judged.drawing !== null;
    this.drawing = judged.drawing ?? this.drawing;
    if (!this.errors) this.runs = text;
    this.#changed();
  }

  /** @returns {Promise<boolean>} Whether it was done. */
  save() {
    if (this.theirs || !this.dirty) return Promise.resolve(!this.theirs);
    return this.#send(calls.save);
  }

  /** @returns {Promise<boolean>} */
  async publish() {
    if (this.theirs) return false;
    const done = await this.#send(calls.publish);
    if (done) toasts.say(words.write.published);
    return done;
  }

  /** @param {typeof calls.save} send */
  async #send(send) {
    const { text } = this;
    return this.#do(async () => {
      this.flow = await send(this.name, { text, base: this.#base });
      this.#base = this.flow.version;
      this.restored = false;
      this.#keep();
    });
  }

  /** @returns {Promise<boolean>} */
  async withdraw() {
    const done = await this.#do(async () => {
      this.flow = await calls.withdraw(this.name);
    });
    if (done) toasts.say(words.write.withdrawn);
    return done;
  }

  /** @returns {Promise<boolean>} */
  remove() {
    return this.#do(async () => {
      await calls.remove(this.name, this.flow?.version ?? '');
      kept.remove(keyOf(this.name));
    });
  }

  /** @param {() => Promise<void>} act */
  async #do(act) {
    if (this.busy) return false;
    this.busy = true;
    this.#changed();
    try {
      await act();
      return true;
    } catch (error) {
      if (error instanceof Refused && error.status === CONFLICT) await this.#overtaken(error);
      // It was saved before it was refused.
      else if (error instanceof Refused && error.status === BROKEN) await this.#reread(error);
      else toasts.wrong(sentenceOf(error));
      return false;
    } finally {
      this.busy = false;
      this.#changed();
    }
  }

  /** @param {Refused} error */
  async #overtaken(error) {
    const now = await calls.one(this.name).catch(() => null);
    if (now && now.stands !== 'file' && now.version !== this.#base) this.theirs = now;
    else toasts.wrong(error.message);
  }

  /** @param {Refused} error */
  async #reread(error) {
    toasts.wrong(error.message);
    const now = await calls.one(this.name);
    [this.flow, this.#base] = [now, now.version];
    this.#keep();
  }

  /** What stands here is to stay. */
  keepMine() {
    if (!this.theirs) return;
    [this.flow, this.#base, this.theirs] = [this.theirs, this.theirs.version, null];
    void this.save();
  }

  takeTheirs() {
    if (!this.theirs) return;
    const mine = this.text;
    this.#replace(this.theirs);
    this.restored = false;
    this.#changed();
    toasts.say(words.write.tookTheirs, { action: { label: words.write.undo, run: () => this.type(mine) } });
  }

  /** What was saved, in place of what was typed. */
  throwAway() {
    if (!this.flow) return;
    const mine = this.text;
    this.type(this.flow.text);
    toasts.say(words.write.thrown, { action: { label: words.write.undo, run: () => this.type(mine) } });
  }

  #changed() {
    this.dispatchEvent(new Event('change'));
  }
}
