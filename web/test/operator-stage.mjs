// A server's answers to the operators' pages, made up: what is seldom or many is there at once, and what the page asks is kept.

/** @typedef {import('playwright-core').Page} Page */

/** @typedef {{ method: string, path: string, asked: URLSearchParams, body: any }} Asked */

const now = Date.now() / 1000;

/** @param {string} id @param {string} status @param {object} [more] */
export const session = (id, status, more) => ({
  flow: 'desk',
  id,
  status,
  since: now - 900,
  operator: status === 'open' ? 'Mei' : null,
  queue: 'billing',
  until: null,
  waits: status === 'pending' ? now - 400 : null,
  variables: { name: `Ada ${id}`, email: 'ada@example.org' },
  last_at: now - 100,
  last: { author: '', text: 'The one of May' },
  ...more,
});

/** @typedef {ReturnType<typeof session>} Session */

/** What the inbox reads and does, played on a page. */
export class Desk {
  /** @type {Session[]} */
  sessions = [];
  said = [
    { at: now - 900, kind: 'Request', message: { kind: 'BotText', content: 'Good morning' } },
    { at: now - 100, kind: 'Response', message: { kind: 'UserText', content: 'The one of May' } },
  ];
  counts = { bot: 3, pending: 1, open: 1, snoozed: 0, resolved: 4, ended: 1234 };
  flows = [{ flow: 'desk', title: 'Help desk' }, { flow: 'boats', title: 'Book a boat' }];
  queues = ['billing', 'sales'];
  /** @type {any} */
  numbers = { days: 30, flows: [] };
  /** Refusals, by method and path. @type {Map<string, { status: number, message: string }>} */
  refusals = new Map();
  /** What was asked that changes something, or leaves something out. @type {Asked[]} */
  heard = [];
  /** Those who listen. @type {((news: object) => void)[]} */
  #listeners = [];

  /** @param {Page} page */
  async play(page) {
    await page.route('**/api/operator/**', async (route) => {
      const request = route.request();
      const url = new URL(request.url());
      const path = decodeURIComponent(url.pathname.replace('/api/operator', ''));
      const asked = { method: request.method(), path, asked: url.searchParams, body: request.postDataJSON() };
      this.heard.push(asked);
      const refusal = this.refusals.get(`${asked.method} ${path}`);
      if (refusal) return route.fulfill({ status: refusal.status, contentType: 'application/json', body: JSON.stringify({ message: refusal.message }) });
      if (path === '/events') return route.fulfill({ contentType: 'text/event-stream', body: `retry: 50\ndata: ${JSON.stringify(await this.#news())}\n\n` });
      const answer = this.#answer(asked);
      return route.fulfill(answer === null ? { status: 204 } : { contentType: 'application/json', body: JSON.stringify(answer) });
    });
  }

  /** @returns {Promise<object>} */
  #news() {
    return new Promise((resolve) => this.#listeners.push(resolve));
  }

  /** Tells those who listen, once somebody does. @param {object} news */
  async tell(news) {
    while (this.#listeners.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    for (const listener of this.#listeners.splice(0)) listener(news);
  }

  /** What was asked so. @param {string} method @param {string} path */
  of(method, path) {
    return this.heard.filter((one) => one.method === method && one.path === path);
  }

  /** @param {Asked} asked @returns {unknown} */
  #answer({ method, path, asked }) {
    const [, what, , id, act] = path.split('/');
    if (what === 'overview') return { counts: this.counts, waits: now - 4000, flows: this.flows, queues: this.queues };
    if (what === 'counts') return this.numbers;
    if (method === 'DELETE') {
      const gone = this.sessions.filter((one) => (id ? one.id === id : asked.get('flow') === one.flow || Object.values(one.variables).includes(asked.get('with') ?? '')));
      this.sessions = this.sessions.filter((one) => !gone.includes(one));
      return id ? null : { deleted: gone.length };
    }
    if (act) return null;
    if (id) return { session: this.sessions.find((one) => one.id === id), said: this.said };
    const fits = (/** @type {string} */ name, /** @type {string | null} */ value) => !asked.get(name) || asked.get(name) === value;
    const found = (/** @type {Session} */ one) => !asked.get('with') || Object.values(one.variables).includes(asked.get('with') ?? '');
    return { sessions: this.sessions.filter((one) => fits('status', one.status) && fits('flow', one.flow) && fits('queue', one.queue) && found(one)) };
  }
}
