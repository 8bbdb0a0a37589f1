// The stage of the pictures: a real server, real bots, a real browser, and a clock that stands still.
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Bots, launch, Parlor, talk } from '../test/harness.mjs';

/** @typedef {import('playwright-core').Page} Page */
/** @typedef {import('playwright-core').BrowserContextOptions} ContextOptions */

/** What the clock shows in every picture. */
const NOW = new Date('2026-05-12T10:24:00Z');
/** How long after a message its bots seem to have answered, in seconds. */
const THOUGHT = 0.4;
/** Where the bots seem to live. */
const BOTS = 'http://localhost:5000';

export const DESK = { width: 1280, height: 800 };
export const PHONE = { width: 390, height: 844 };

/**
 * How a picture is seen.
 * @typedef {object} View
 * @property {{ width: number, height: number }} [size]
 * @property {'light' | 'dark'} [scheme]
 * @property {string} [name]  Under which name the person writes.
 * @property {Record<string, unknown>} [kept]  What the browser remembers (`parlor.KEY`).
 * @property {string[]} [args]  More for the server's command line.
 */

export class Stage {
  /** @type {Map<number, number>} When messages seem to have been written, in seconds since 1970. */
  #times = new Map();
  #isDown = false;

  /** @param {Parlor} parlor @param {Bots} bots @param {import('playwright-core').Browser} browser */
  constructor(parlor, bots, browser) {
    this.parlor = parlor;
    this.bots = bots;
    this.browser = browser;
  }

  static async set() {
    const [parlor, bots, browser] = await Promise.all([Parlor.start(), Bots.start(), launch()]);
    return new Stage(parlor, bots, browser);
  }

  async strike() {
    await this.browser.close();
    await this.bots.end();
    await this.parlor.end();
  }

  /** Takes the server away, until the next picture. */
  async goDown() {
    this.#isDown = true;
    await this.parlor.down();
  }

  /** Everything as it was before a picture. */
  async clear() {
    await Promise.all(this.browser.contexts().map((context) => context.close()));
    if (this.#isDown) await this.parlor.up();
    this.#isDown = false;
  }

  /** Says something so many minutes ago, and waits for the bots. @param {string} room @param {string} author @param {string} text @param {number} [ago] @param {object} [more] */
  async say(room, author, text, ago = 1, more = {}) {
    const message = await this.parlor.call('/api/actions/message', { room, author, text, ...more });
    const when = NOW.getTime() / 1000 - ago * 60 - 5;
    this.#times.set(message.id, when);
    const answers = (await this.parlor.messages(room)).filter(({ id, kind }) => id > message.id && kind !== 'user');
    answers.forEach(({ id }, nth) => this.#times.set(id, when + THOUGHT * (nth + 1)));
    return message;
  }

  /**
   * Opens a page with the clock standing still.
   * @param {string} path @param {View} [view]
   * @returns {Promise<Page>}
   */
  async open(path, { size = DESK, scheme = 'light', name = 'Ada', kept = {} } = {}) {
    const phone = size.width < 600;
    /** @type {ContextOptions} */
    const options = { viewport: size, colorScheme: scheme, reducedMotion: 'reduce', locale: 'en-GB', timezoneId: 'UTC', hasTouch: phone, isMobile: phone };
    const context = await this.browser.newContext({ ...options, deviceScaleFactor: phone ? 2 : 1 });
    await context.clock.setFixedTime(NOW);
    await context.routeWebSocket(/\/ws\//u, (socket) => {
      const server = socket.connectToServer();
      server.onMessage((frame) => socket.send(typeof frame === 'string' ? this.#retimed(frame) : frame));
    });
    await context.route(/\/api\/messages/u, async (route) => {
      try {
        const response = await route.fetch();
        await route.fulfill({ response, json: (await response.json()).map((/** @type {any} */ one) => this.#then(one)) });
      } catch {
        // The server is down, as a picture wants it to be.
        await route.abort('connectionrefused');
      }
    });
    await context.route(/\/api\/activations/u, async (route) => {
      const response = await route.fetch();
      const json = JSON.parse((await response.text()).replaceAll(this.bots.base, BOTS).replaceAll(new URL(this.bots.base).host, new URL(BOTS).host));
      await route.fulfill({ response, json: Array.isArray(json) ? json.map((one) => this.#delivered(one)) : json });
    });
    await context.addInitScript((remembered) => {
      // The frame runs this too, and has no storage.
      if (self === top) for (const [key, value] of Object.entries(remembered)) localStorage.setItem(`parlor.${key}`, typeof value === 'string' ? value : JSON.stringify(value));
    }, { name, ...kept });
    const page = await context.newPage();
    await page.goto(this.parlor.base + path);
    return page;
  }

  /** A room's page, with its messages drawn. @param {string} room @param {View} [view] */
  async room(room, view) {
    const page = await this.open(`/${room.split('/').map(encodeURIComponent).join('/')}`, view);
    await page.locator('.link[data-link="live"]').waitFor({ state: 'attached' });
    const messages = await this.parlor.messages(room);
    if (messages.length > 0) await talk(page).locator('.message-card').last().waitFor();
    return page;
  }

  /** @param {string} frame */
  #retimed(frame) {
    const { kind, data } = JSON.parse(frame);
    if (kind === 'message') return JSON.stringify({ kind, data: this.#then(data) });
    return frame.replaceAll(this.bots.base, BOTS);
  }

  /** A delivery as it seems to have gone. @param {{ message: number | null, started: number, took: number | null }} delivery */
  #delivered(delivery) {
    return { ...delivery, started: this.#times.get(delivery.message ?? 0) ?? delivery.started, took: delivery.took === null ? null : THOUGHT };
  }

  /** A message as it seems to have been written. @param {{ id: number, when: number, text: string }} message */
  #then(message) {
    const when = this.#times.get(message.id) ?? NOW.getTime() / 1000 - 5;
    return { ...message, when, text: message.text.replaceAll(this.bots.base, BOTS) };
  }
}

/** Pictures are there, and what the last answer changed has been laid out and painted. */
async function settled() {
  await document.fonts.ready;
  const seen = (/** @type {Element} */ one) => one.getBoundingClientRect().bottom > 0 && one.getBoundingClientRect().top < innerHeight;
  const loads = [...document.images].filter((image) => !image.complete && seen(image)).map((image) => new Promise((go) => ['load', 'error'].forEach((event) => image.addEventListener(event, go))));
  await Promise.all(loads);
  await new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(go)));
}

/**
 * Takes a picture: as PNG, or small as WebP where the name ends so.
 * @param {Page} page @param {string} file
 */
export async function take(page, file) {
  await page.waitForLoadState('load');
  for (const frame of page.frames()) await frame.evaluate(settled);
  await mkdir(dirname(file), { recursive: true });
  if (!file.endsWith('.webp')) {
    await page.screenshot({ path: file, caret: 'hide', animations: 'disabled' });
    return;
  }
  const session = await page.context().newCDPSession(page);
  const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: 84 });
  await writeFile(file, Buffer.from(data, 'base64'));
}
