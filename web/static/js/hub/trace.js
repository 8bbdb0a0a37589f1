// What goes through one service, as the server tells it: a stream of events over `fetch`, since it needs a header.

import { at } from '../at.js';
import { pause } from '../stream.js';
import { words } from '../words-hub.js';
import { asSentence } from './link.js';
import { Log } from './log.js';

/** What the server says that trying again would not change. */
const NO = new Set([400, 401, 403, 404]);

export class Trace extends EventTarget {
  /** @type {'off' | 'connecting' | 'live' | 'lost'} */
  state = 'off';
  service = '';
  /** Why there is no trace, in a sentence. */
  trouble = '';
  log = new Log();

  /** @type {AbortController | null} */
  #running = null;

  /**
   * @param {() => string} key  That of the one who asks, for who owns the service; empty without one.
   * @param {(uuid: string) => string} nameOf  How a client is called, if that is known.
   */
  constructor(key, nameOf) {
    super();
    this.key = key;
    this.nameOf = nameOf;
    addEventListener('pagehide', () => this.#running?.abort());
  }

  /** @param {string} service */
  begin(service) {
    this.#running?.abort();
    if (service !== this.service) this.log.clear();
    this.service = service;
    this.trouble = '';
    const running = new AbortController();
    this.#running = running;
    void this.#run(running.signal);
  }

  stop() {
    this.#running?.abort();
    this.#running = null;
    if (this.state !== 'off') this.log.add({ way: 'note', says: words.hub.tracing.stopped });
    this.#be('off');
  }

  /** @param {AbortSignal} signal */
  async #run(signal) {
    this.#be('connecting');
    for (let attempts = 0; !signal.aborted; attempts += 1) {
      const before = performance.now();
      try {
        if (await this.#follow(signal)) return;
      } catch {
        // It broke; the signal says whether somebody wanted that.
      }
      if (signal.aborted) return;
      if (this.state === 'live') this.log.add({ way: 'note', says: words.hub.tracing.lost });
      // One that held for a while is tried again soon.
      if (performance.now() - before > 10_000) attempts = 0;
      this.#be('lost');
      await sleep(pause(attempts), signal);
    }
  }

  /** Until it breaks; true when it is over for good. @param {AbortSignal} signal */
  async #follow(signal) {
    const { tracing } = words.hub;
    const key = this.key();
    const answer = await fetch(at(`/hub/trace?${new URLSearchParams({ service: this.service })}`), {
      signal,
      cache: 'no-store',
      headers: { accept: 'text/event-stream', ...(key && { 'x-fs-key': key }) },
    });
    if (!answer.headers.get('content-type')?.startsWith('text/event-stream')) {
      // What was there before may be on its way back.
      if (this.state === 'lost' && !NO.has(answer.status)) throw new Error(tracing.failed(answer.status));
      this.trouble = await whyNot(answer);
      this.#be('off');
      return true;
    }
    if (!answer.body) throw new Error('a body belongs to every stream');
    this.log.add({ way: 'note', says: tracing.begun(this.service) });
    this.#be('live');
    for await (const data of events(answer.body)) {
      if (signal.aborted) return true;
      this.#take(data);
    }
    return false;
  }

  /** @param {string} data */
  #take(data) {
    const { tracing } = words.hub;
    let event;
    try {
      event = JSON.parse(data);
    } catch {
      return;
    }
    const { at: when, kind, client, to, count } = event;
    const who = client?.nickname || client?.name || '';
    if (kind === 'deleted') this.log.add({ way: 'note', says: tracing.deleted });
    if (kind === 'skipped') this.log.add({ way: 'note', says: tracing.skipped(Number(count)) });
    const base = { at: typeof when === 'number' ? when : Date.now(), type: who };
    if (kind === 'message') {
      const known = to === 'owner' ? tracing.owner : to === 'subscribers' ? tracing.subscribers : this.nameOf(String(to)) || String(to);
      this.log.add({ ...base, way: 'message', says: known, text: dataOf(data, event) });
    }
    if (kind === 'subscribed' || kind === 'unsubscribed') this.log.add({ ...base, way: kind, says: tracing[/** @type {'subscribed' | 'unsubscribed'} */ (kind)] });
  }

  /** @param {Trace['state']} state */
  #be(state) {
    this.state = state;
    this.dispatchEvent(new Event('change'));
  }
}

/** The `data` as it stands at the event's end, so that no number is rounded. @param {string} source @param {any} event */
function dataOf(source, event) {
  const place = source.indexOf('"data":');
  const raw = place < 0 ? '' : source.slice(place + '"data":'.length).replace(/\}\s*$/u, '').trim();
  try {
    if (raw && JSON.stringify(JSON.parse(raw)) === JSON.stringify(event.data)) return raw;
  } catch {
    // It stood elsewhere than at the end.
  }
  return JSON.stringify(event.data ?? null);
}

/** @param {Response} answer */
async function whyNot(answer) {
  const { tracing } = words.hub;
  try {
    const { message, error } = await answer.json();
    const said = message ?? error;
    if (typeof said === 'string' && said) return asSentence(said);
  } catch {
    // It was a page.
  }
  if (answer.status === 401 || answer.status === 403) return tracing.refused;
  return answer.ok || answer.status === 404 ? tracing.noHub : tracing.failed(answer.status);
}

/** The data of each event of a stream. @param {ReadableStream<Uint8Array>} body */
async function* events(body) {
  const reader = body.pipeThrough(/** @type {any} */ (new TextDecoderStream())).getReader();
  let rest = '';
  /** @type {string[]} */
  let data = [];
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const lines = (rest + value).split(/\r?\n/u);
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line.startsWith('data:')) data.push(line.slice('data:'.length).replace(/^ /u, ''));
      if (line !== '' || data.length === 0) continue;
      yield data.join('\n');
      data = [];
    }
  }
}

/** @param {number} ms @param {AbortSignal} signal @returns {Promise<void>} */
const sleep = (ms, signal) =>
  new Promise((done) => {
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      done();
    });
  });
