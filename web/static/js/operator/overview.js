// How many sessions there are in each state, since when the one who waits longest waits, and which flows and queues there are.

import { calls } from './calls.js';

/** @typedef {import('./calls.js').Status} Status */
/** @typedef {{ flow: string, queue: string }} Narrow */

/** How often (ms) it is asked for at most, however much happens. */
const BEAT = 1000;

export class Overview extends EventTarget {
  /** Null until it has been read. @type {Record<Status, number> | null} */
  counts = null;
  /** @type {number | null} */
  waits = null;
  /** @type {{ flow: string, title: string }[]} */
  flows = [];
  /** @type {string[]} */
  queues = [];
  #timer = 0;
  #asked = 0;

  /** Reads it; what is asked for later is what counts. @param {Narrow} narrow */
  async read(narrow) {
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#asked += 1;
    const asked = this.#asked;
    const { counts, waits, flows, queues } = await calls.overview(narrow);
    if (asked !== this.#asked) return;
    Object.assign(this, { counts, waits, flows, queues });
    this.dispatchEvent(new Event('change'));
  }

  /** Reads it in a moment. The lists say what is wrong, if something is. @param {() => Narrow} narrow */
  soon(narrow) {
    this.#timer ||= setTimeout(() => void this.read(narrow()).catch(() => {}), BEAT);
  }

  /** What a flow is called. @param {string} flow */
  titleOf(flow) {
    return this.flows.find((one) => one.flow === flow)?.title || flow;
  }
}
