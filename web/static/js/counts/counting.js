// What is counted: which flow and how many days, kept in the page's address, and what the server has answered.

import { Refused, call, sentenceOf } from '../api.js';
import { at } from '../at.js';
import { asked, calls } from '../operator/calls.js';

/** @typedef {import('./figures.js').Flow} Flow */

export const PERIODS = /** @type {const} */ ([7, 30, 90]);
const USUAL = 30;

export class Counting extends EventTarget {
  flow = '';
  /** @type {number} */
  days = USUAL;
  /** Those that can be chosen. @type {{ flow: string, title: string }[]} */
  choices = [];
  /** What was answered last, and for how many days; null until there is something. @type {{ days: number, flows: Flow[], at: number } | null} */
  counted = null;
  busy = false;
  wrong = '';
  /** Why nothing can be shown, if so. @type {Refused | null} */
  refused = null;
  #asked = 0;

  /** Begins where the address says. */
  begin() {
    const said = new URLSearchParams(location.search);
    this.flow = said.get('flow') ?? '';
    this.days = PERIODS.find((days) => `${days}` === said.get('days')) ?? USUAL;
    return this.read();
  }

  /** Where programs get the same. */
  get address() {
    return at(`/api/operator/counts?${asked({ flow: this.flow, days: this.days })}`);
  }

  /** Other days are counted anew; of the flows all are known. @param {{ flow?: string, days?: number }} change */
  choose(change) {
    const again = change.days !== undefined && change.days !== this.days;
    Object.assign(this, change);
    const said = asked({ flow: this.flow, days: this.days === USUAL ? undefined : this.days });
    history.replaceState(null, '', said ? `?${said}` : location.pathname);
    if (again) void this.read();
    this.#changed();
  }

  async read() {
    this.#asked += 1;
    const turn = this.#asked;
    this.busy = true;
    this.wrong = '';
    this.#changed();
    try {
      const [counts, { flows }] = await Promise.all([call('GET', `/api/operator/counts?${asked({ days: this.days })}`), calls.overview({})]);
      if (turn !== this.#asked) return;
      this.counted = { ...counts, at: Date.now() };
      this.#offer([...flows, ...counts.flows]);
      this.refused = null;
    } catch (error) {
      if (turn !== this.#asked) return;
      if (error instanceof Refused && (error.status === 401 || error.status === 403)) this.refused = error;
      this.wrong = sentenceOf(error);
    }
    this.busy = false;
    this.#changed();
  }

  /** @param {{ flow: string, title: string }[]} flows  Those of which there are sessions, and those that are offered or were counted. */
  #offer(flows) {
    const known = new Map(flows.map(({ flow, title }) => [flow, title || flow]));
    if (this.flow && !known.has(this.flow)) known.set(this.flow, this.flow);
    this.choices = [...known].map(([flow, title]) => ({ flow, title }));
  }

  /** What is shown: of all flows those that anybody has seen, of one that was chosen also that nobody has. @returns {Flow[]} */
  get flows() {
    const flows = this.counted?.flows ?? [];
    if (!this.flow) return flows.filter(({ opened, steps }) => opened > 0 || steps.some(({ reached }) => reached > 0));
    const chosen = flows.find(({ flow }) => flow === this.flow);
    const title = this.choices.find(({ flow }) => flow === this.flow)?.title ?? this.flow;
    return [chosen ?? { flow: this.flow, title, opened: 0, began: 0, ended: 0, handed_off: 0, steps: [] }];
  }

  /** Deletes all sessions of a flow; how many there were. @param {string} flow */
  async erase(flow) {
    const { deleted } = await calls.eraseAll({ flow });
    void this.read();
    return deleted;
  }

  #changed() {
    this.dispatchEvent(new Event('change'));
  }
}
