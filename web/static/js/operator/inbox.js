// The sessions that the page knows: read by state, kept right by what the server tells, and by asking where it tells nothing.

import { Refused, sentenceOf } from '../api.js';
import { at } from '../at.js';
import { kept } from '../kept.js';
import { toasts } from '../toasts.js';
import { calls, keyOf, partsOf } from './calls.js';
import { keep } from './drafts.js';
import { operatorName } from './operator-name.js';
import { Overview } from './overview.js';
import { EVERYTHING, addressOf } from './place.js';
import { spoken } from './spoken.js';
import { Typing } from './typing.js';

/** @typedef {import('./calls.js').Session} Session */
/** @typedef {import('./calls.js').Said} Said */
/** @typedef {import('./calls.js').Status} Status */
/** @typedef {import('./calls.js').Act} Act */
/** @typedef {import('./place.js').Filter} Filter */
/** @typedef {import('./place.js').View} View */
/** @typedef {{ text: string, note: boolean }} Sending */
/** @typedef {{ key: string, said: Said[], seen: number, sending: Sending[], gone: boolean, loaded: boolean }} Talk */

/** Where the sessions of a view are. @type {Record<View, Status | undefined>} */
const STATUS = { waiting: 'pending', mine: 'open', open: 'open', snoozed: 'snoozed', bot: 'bot', resolved: 'resolved', ended: 'ended', found: undefined };
/** Those that operators have to do with: always known whole. */
const LED = /** @type {const} */ (['pending', 'open', 'snoozed']);

/** How many of those are read at most, and how many of the others at a time. */
const MOST_LED = 200;
const PAGE = 50;
/** How often (ms) everything is looked at while the server tells what changes, and while it does not. */
const LOOK = 30_000;
const LOOK_ALONE = 2_000;
/** So long (ms) changes are gathered before they are asked for. */
const GATHER = 40;
/** From so many on, all lists are read instead. */
const MANY = 12;
/** How many sessions' looks are remembered. */
const MOST_SEEN = 500;

export class Inbox extends EventTarget {
  /** @type {Map<string, Session>} */
  sessions = new Map();
  /** Where the next older ones of a state begin, for those that have been read; without a state, of those that were found. @type {Map<Status | undefined, number | undefined>} */
  #before = new Map();
  /** @type {Filter} */
  filter = EVERYTHING;
  overview = new Overview();
  typing = new Typing();
  /** @type {View} */
  view = 'waiting';
  /** The session that is open. @type {Talk | null} */
  talk = null;
  /** Why nothing can be shown, if so. @type {Refused | null} */
  refused = null;
  /** Whether the server can't be reached now. */
  lost = false;
  loaded = false;
  /** What is done right now, by session. @type {Set<string>} */
  busy = new Set();
  /** When one has last looked at a session. @type {Record<string, number>} */
  #seen = kept.get('operator.seen', {});
  /** @type {Set<string>} */
  #dirty = new Set();
  #gathering = 0;
  #timer = 0;
  /** @type {EventSource | null} */
  #source = null;
  #reading = false;
  #again = false;

  begin() {
    this.#listen();
    for (const part of [this.overview, this.typing]) part.addEventListener('change', () => this.#changed());
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState !== 'visible') return;
      this.#look();
      void this.refresh();
    });
    kept.watch((key) => {
      if (key === 'operator.seen') this.#seen = kept.get('operator.seen', {});
      this.#changed();
    });
  }

  /** The server tells which sessions change; when it begins to, everything is read. */
  #listen() {
    this.#source?.close();
    const source = new EventSource(at('/api/operator/events'));
    this.#source = source;
    source.onmessage = ({ data }) => this.#told(data);
    // Refused for good; the calls say why, and a login may come back.
    source.onerror = () => {
      if (source.readyState === EventSource.CLOSED) setTimeout(() => this.#source === source && this.#listen(), LOOK_ALONE * 5);
      this.#later();
    };
    void this.refresh();
  }

  get #hears() {
    return this.#source?.readyState === EventSource.OPEN;
  }

  /** @param {string} data */
  #told(data) {
    const { flow, id, status, typing } = JSON.parse(data);
    if (!id) return void this.refresh();
    const key = keyOf({ flow, id });
    if (typing) return this.typing.begin(key, this.sessions.get(key)?.last_at ?? 0);
    this.overview.soon(() => this.#narrow());
    const moved = this.sessions.has(key) && this.sessions.get(key)?.status !== status;
    // Who is with a flow is asked for only where it is looked at: there may be many.
    const found = this.view === 'found' && this.sessions.has(key);
    if (status && !moved && !found && !this.#wants(status) && this.talk?.key !== key) return;
    this.#dirty.add(key);
    this.#gathering ||= setTimeout(() => this.#gather(), GATHER);
  }

  /** @param {Status} status */
  #wants(status) {
    return STATUS[this.view] === status || LED.some((led) => led === status);
  }

  #gather() {
    this.#gathering = 0;
    const keys = [...this.#dirty];
    this.#dirty.clear();
    if (keys.length > MANY) return void this.refresh();
    for (const key of keys) void this.read(key);
  }

  #later() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.refresh(), this.#hears ? LOOK : LOOK_ALONE);
  }

  /**
   * Reads everything that is looked at. One reading at a time, and one more if something happened meanwhile.
   */
  async refresh() {
    if (this.#reading) {
      this.#again = true;
      return;
    }
    this.#reading = true;
    clearTimeout(this.#timer);
    const known = new Map(this.sessions);
    const { filter } = this;
    try {
      const wanted = new Set([...LED, STATUS[this.view]]);
      // Without counts there are still sessions: the lists say what is wrong.
      const [lists] = await Promise.all([Promise.all([...wanted].map(async (status) => ({ status, ...(await calls.list(this.#wanted(status), this.#limit(status))) }))), this.overview.read(this.#narrow()).catch(() => {})]);
      // Meanwhile something else is looked for.
      if (filter !== this.filter) this.#again = true;
      else for (const { status, sessions, before } of lists) {
        const there = new Set(sessions.map(keyOf));
        // What was told meanwhile is newer than this list.
        for (const [key, session] of known) if ((status ? session.status === status : this.#matches(session, true)) && !there.has(key) && key !== this.talk?.key && this.sessions.get(key) === session) this.sessions.delete(key);
        for (const session of sessions) this.#put(keyOf(session), session);
        this.#before.set(status, before);
      }
      this.lost = false;
      this.refused = null;
      this.loaded ||= filter === this.filter;
      if (this.talk) await this.read(this.talk.key);
    } catch (error) {
      this.#failed(error);
    } finally {
      this.#reading = false;
    }
    this.#changed();
    if (this.#again) {
      this.#again = false;
      await this.refresh();
    } else this.#later();
  }

  /** @param {Status | undefined} status @returns {import('./calls.js').Wanted} */
  #wanted(status) {
    const { flow, queue, with: text } = this.filter;
    return status ? { status, flow, queue } : { flow, queue, with: text };
  }

  #narrow() {
    const { flow, queue } = this.filter;
    return { flow, queue };
  }

  /** Whether a session is one of those that the lists are narrowed to. @param {Session} session @param {boolean} [found] */
  #matches({ flow, queue, variables }, found = false) {
    const { filter } = this;
    if (filter.flow && filter.flow !== flow) return false;
    if (filter.queue && filter.queue !== queue) return false;
    return !found || Object.values(variables).includes(filter.with);
  }

  /** As many as are known already. @param {Status | undefined} status */
  #limit(status) {
    if (LED.some((led) => led === status)) return MOST_LED;
    const known = [...this.sessions.values()].filter((session) => (status ? session.status === status : this.#matches(session, true))).length;
    return Math.min(Math.max(PAGE, known), MOST_LED);
  }

  /** @param {unknown} error */
  #failed(error) {
    this.lost = !(error instanceof Refused);
    // What went wrong for a moment is no reason to put away what is shown.
    if (error instanceof Refused && (error.status === 403 || error.status === 401)) this.refused = error;
    else if (error instanceof Refused) toasts.wrong(error.message);
  }

  /** Sessions that began before those that are known. */
  async older() {
    const status = STATUS[this.view];
    const before = this.#before.get(status);
    if (before === undefined) return;
    try {
      const found = await calls.list(this.#wanted(status), PAGE, before);
      for (const session of found.sessions) this.sessions.set(keyOf(session), session);
      this.#before.set(status, found.before);
    } catch (error) {
      toasts.wrong(sentenceOf(error));
    }
    this.#changed();
  }

  /** Whether a view has more than what is known of it. @param {View} view */
  hasMore(view) {
    return this.#before.get(STATUS[view]) !== undefined;
  }

  /** Reads one session again. @param {string} key */
  async read(key) {
    try {
      const { session, said } = await calls.one(partsOf(key));
      this.#put(key, { ...session, last: spoken(said) });
      if (said.some(({ at, kind }) => kind === 'Response' && at > this.typing.since(key))) this.typing.end(key);
      if (this.talk?.key === key) {
        Object.assign(this.talk, { said, loaded: true, gone: false });
        this.#look();
      }
    } catch (error) {
      if (error instanceof Refused && error.status === 404) {
        this.sessions.delete(key);
        if (this.talk?.key === key) Object.assign(this.talk, { gone: true, loaded: true });
      } else this.#failed(error);
    }
    this.#changed();
  }

  /** An answer that was overtaken by a newer one says nothing new. @param {string} key @param {Session} session */
  #put(key, session) {
    const known = this.sessions.get(key);
    if (!known || known.last_at <= session.last_at) this.sessions.set(key, session);
  }

  /** The address of a view, and of a session in it. @param {View} [view] @param {string} [key] */
  address(view = this.view, key = '') {
    return addressOf(view, key, this.filter);
  }

  /** Shows a view, and in it a session. @param {View} view @param {string} key @param {Filter} [filter] */
  show(view, key, filter = this.filter) {
    const narrow = Object.entries(filter).some(([name, text]) => Reflect.get(this.filter, name) !== text);
    const other = this.view !== view || narrow;
    this.view = view;
    if (narrow) {
      this.filter = filter;
      this.#before.clear();
    }
    if (key !== (this.talk?.key ?? '')) {
      this.talk = key ? { key, said: [], seen: this.#seen[key] ?? 0, sending: [], gone: false, loaded: false } : null;
      if (key) void this.read(key);
    }
    if (other && this.loaded) void this.refresh();
    this.#changed();
  }

  /** Whether a view has been read. @param {View} view */
  isRead(view) {
    return this.#before.has(STATUS[view]);
  }

  /** What belongs to a view, in its order; what is open stays where one looks. @param {View} view */
  of(view) {
    const me = operatorName.name;
    const belongs = (/** @type {Session} */ session) => this.#matches(session, view === 'found') && (view === 'found' || session.status === STATUS[view]) && (view !== 'mine' || session.operator === me);
    const here = [...this.sessions].filter(([key, session]) => belongs(session) || (view === this.view && key === this.talk?.key)).map(([, session]) => session);
    const waits = (/** @type {Session} */ { waits: since }) => since ?? Number.POSITIVE_INFINITY;
    if (view === 'waiting' || view === 'mine' || view === 'open') return here.sort((a, b) => waits(a) - waits(b) || b.last_at - a.last_at);
    return here.sort((a, b) => b.last_at - a.last_at);
  }

  /** How many are in a view; null if that is not known. @param {View} view @returns {[number, boolean] | null} */
  count(view) {
    const status = STATUS[view];
    if (status && view !== 'mine') return this.overview.counts && [this.overview.counts[status], false];
    if (!this.isRead(view)) return null;
    const me = operatorName.name;
    const count = [...this.sessions.values()].filter((session) => this.#matches(session, !status) && (!status || (session.status === status && session.operator === me))).length;
    return [count, this.hasMore(view)];
  }

  /** The session that is open, as far as it is known. */
  get open() {
    return this.talk ? (this.sessions.get(this.talk.key) ?? null) : null;
  }

  /** Whether a visitor waits for a word that one has not looked at. @param {Session} session */
  isUnread(session) {
    const mine = session.operator === operatorName.name;
    return session.waits !== null && (session.status === 'pending' || (session.status === 'open' && mine)) && session.last_at > (this.#seen[keyOf(session)] ?? 0);
  }

  /** How many visitors one is called by: those whom nobody has, and one's own whose words one has not seen. */
  get called() {
    let called = 0;
    for (const session of this.sessions.values()) if (this.#matches(session) && (session.status === 'pending' || this.isUnread(session))) called += 1;
    return called;
  }

  /** What is open is looked at. */
  #look() {
    const { open } = this;
    if (!open || document.visibilityState !== 'visible') return;
    const key = keyOf(open);
    if ((this.#seen[key] ?? 0) >= open.last_at) return;
    const { [key]: _, ...others } = this.#seen;
    this.#seen = Object.fromEntries([...Object.entries(others).slice(-MOST_SEEN), [key, open.last_at]]);
    kept.set('operator.seen', this.#seen);
  }

  /**
   * Does something with a session; whether it was done.
   * @param {{ flow: string, id: string }} session @param {Act} act @param {{ text?: string, until?: number }} [more]
   */
  async act(session, act, more = {}) {
    const key = keyOf(session);
    const writes = act === 'say' || act === 'note';
    if (!writes && this.busy.has(key)) return false;
    const sending = { text: more.text ?? '', note: act === 'note' };
    const talk = this.talk?.key === key ? this.talk : null;
    if (writes) talk?.sending.push(sending);
    else this.busy.add(key);
    this.#changed();
    let done = true;
    try {
      await calls.act(session, act, { ...more, ...(operatorName.account ? {} : { author: operatorName.name }) });
    } catch (error) {
      done = false;
      toasts.wrong(sentenceOf(error));
    }
    await this.read(key);
    this.busy.delete(key);
    if (talk) talk.sending = talk.sending.filter((one) => one !== sending);
    this.#changed();
    return done;
  }

  /** One writes to the visitor of a session. @param {Session} session */
  type(session) {
    this.typing.tell(keyOf(session), session, operatorName.account ? undefined : operatorName.name);
  }

  /** Deletes a session, with all that was said in it. Why it could not be is thrown. @param {Session} session */
  async erase(session) {
    const key = keyOf(session);
    await calls.erase(session);
    this.#forget(key);
    keep(key, { reply: '', note: '', kind: 'reply' });
    void this.refresh();
  }

  /** Deletes all sessions of the visitor who was found. */
  async eraseFound() {
    const { deleted } = await calls.eraseAll({ with: this.filter.with });
    for (const session of this.of('found')) this.#forget(keyOf(session));
    void this.refresh();
    return deleted;
  }

  /** @param {string} key */
  #forget(key) {
    this.sessions.delete(key);
    this.typing.end(key);
    const { [key]: _, ...others } = this.#seen;
    this.#seen = others;
    kept.set('operator.seen', others);
    this.#changed();
  }

  #changed() {
    this.dispatchEvent(new Event('change'));
  }
}
