// What the browser tests stand on: a server of their own, bots of their own, a browser.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'node:test';
import { createInterface } from 'node:readline';
import { chromium } from 'playwright-core';

/** @typedef {import('playwright-core').Page} Page */
/** @typedef {import('playwright-core').BrowserContext} BrowserContext */

const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

/** As browsers that people use have it: a frame without an origin is in a process of its own. It takes a third more of the processor. */
export const APART = ['--site-per-process'];

/** How long (ms) may be waited for something: what fails is said late, but a machine with much else to do is no failure. */
const PATIENCE = 120_000;

/** Those of this file. @type {import('playwright-core').Browser[]} */
const browsers = [];

/** @param {string[]} [flags]  More of the browser's; `APART` where what the frame can do to the page counts. */
export async function launch(flags = []) {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || '/usr/bin/chromium', args: [...FLAGS, ...flags] });
  const { newContext } = browser;
  browser.newContext = async (options) => {
    const context = await newContext.call(browser, options);
    context.setDefaultTimeout(PATIENCE);
    return context;
  };
  browsers.push(browser);
  return browser;
}

// What a test has open is its own: pages that nobody looks at any more go on drawing and asking, and slow the others down.
afterEach(() => Promise.all(browsers.flatMap((browser) => browser.contexts()).map((context) => context.close())));

/** The binary, running on a folder that can outlive it. */
export class Parlor {
  /** @type {import('node:child_process').ChildProcess | null} */
  #process = null;
  #log = '';
  /** @type {string[]} */
  #args = [];
  #listen = '';
  base = '';

  /** @param {string} folder */
  constructor(folder) {
    this.folder = folder;
  }

  /** @param {string} [listen]  `0.0.0.0:0`: as a server that others reach. */
  static async start(listen = '127.0.0.1:0', args = /** @type {string[]} */ ([])) {
    const parlor = new Parlor(await mkdtemp(join(tmpdir(), 'parlor-web-')));
    parlor.#listen = listen;
    parlor.#args = args;
    await parlor.up();
    return parlor;
  }

  /** Starts it; again on the address that it had, so that open pages find it. */
  async up() {
    const binary = process.env.PARLOR_BIN;
    assert.ok(binary, 'PARLOR_BIN names the binary to test');
    const listen = this.base ? new URL(this.base).host : this.#listen;
    const child = spawn(binary, ['serve', '--listen', listen, '--data', this.folder, ...this.#args], { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#process = child;
    child.stderr.on('data', (part) => (this.#log += part));
    const ended = once(child, 'exit').then(([code]) => {
      throw new Error(`the server ended with ${code} before it listened:\n${this.#log}`);
    });
    ended.catch(() => {});
    this.base = await Promise.race([this.#address(child.stdout), ended]);
  }

  /** @param {import('node:stream').Readable} output @returns {Promise<string>} */
  async #address(output) {
    output.on('data', (part) => (this.#log += part));
    const lines = createInterface({ input: output });
    for await (const line of lines) {
      // Behind a proxy the first line says where others reach it; the second one where it listens.
      const listening = /^Listening on ([\w.:[\]-]+:\d+)/u.exec(line)?.[1];
      const behind = this.#args.includes('--public-url');
      const address = listening ? `http://${listening}` : !behind && /http:\/\/[\w.:[\]-]+/u.exec(line)?.[0];
      if (!address) continue;
      // The rest must be read too, or the server would wait for somebody to do so.
      output.resume();
      return address.replace('//0.0.0.0', '//127.0.0.1');
    }
    throw new Error(`the server did not say where it listens:\n${this.#log}`);
  }

  /** The link that makes the first admin, once it was said. */
  async setUp() {
    for (;;) {
      const link = /http:\S+\/setup#\S+/u.exec(this.#log)?.[0];
      if (link) return link;
      await once(/** @type {import('node:stream').Readable} */ (this.#process?.stdout), 'data');
    }
  }

  /** @param {NodeJS.Signals} [signal] */
  async down(signal = 'SIGTERM') {
    const child = this.#process;
    this.#process = null;
    if (!child || child.exitCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  }

  async end() {
    await this.down();
    await rm(this.folder, { recursive: true, force: true });
  }

  /**
   * @param {string} path @param {unknown} [body]
   * @returns {Promise<any>}
   */
  async call(path, body) {
    const request = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
    const answer = await fetch(this.base + path, request);
    const said = await answer.json();
    assert.ok(answer.ok, `${path} answered ${answer.status}: ${JSON.stringify(said)}`);
    return said;
  }

  /** Posts a message and waits for its bots. @param {string} room @param {string} author @param {string} text */
  say(room, author, text) {
    return this.call('/api/actions/message', { room, author, text });
  }

  /** @param {string} room @returns {Promise<any[]>} */
  messages(room) {
    return this.call(`/api/messages?${new URLSearchParams({ room })}`);
  }

  /** @param {string} room @param {string} name @param {string} url @param {string | null} [responds_to] */
  bot(room, name, url, responds_to = null) {
    return this.call('/api/actions/bot', { room, name, url, responds_to });
  }
}

/**
 * A web server of bots: what it answers for a path is what the path's function returns; every activation is kept.
 */
export class Bots {
  /** @type {Map<string, (body: any, request: import('node:http').IncomingMessage) => unknown>} */
  #answers = new Map();
  /** @type {Map<string, { type: string, text: string }>} */
  #files = new Map();
  /** @type {{ path: string, body: any }[]} */
  heard = [];
  /** @type {string[]} Paths of files that were asked for. */
  fetched = [];
  base = '';
  #server = createServer((request, response) => void this.#serve(request, response));

  static async start() {
    const bots = new Bots();
    bots.#server.listen(0, '127.0.0.1');
    await once(bots.#server, 'listening');
    const address = bots.#server.address();
    assert.ok(address && typeof address === 'object');
    bots.base = `http://127.0.0.1:${address.port}`;
    return bots;
  }

  /** @param {string} path @param {(body: any, request: import('node:http').IncomingMessage) => unknown} answer @returns {string} The bot's url. */
  at(path, answer) {
    this.#answers.set(path, answer);
    return this.base + path;
  }

  /** @param {string} path @param {string} type @param {string} text */
  file(path, type, text) {
    this.#files.set(path, { type, text });
  }

  /** @param {import('node:http').IncomingMessage} request @param {import('node:http').ServerResponse} response */
  async #serve(request, response) {
    const path = request.url ?? '/';
    const file = this.#files.get(path);
    if (request.method === 'GET') {
      this.fetched.push(path);
      response.writeHead(file ? 200 : 404, { 'content-type': file?.type ?? 'text/plain', 'access-control-allow-origin': '*' });
      return response.end(file?.text);
    }
    let text = '';
    for await (const part of request) text += part;
    const body = JSON.parse(text);
    this.heard.push({ path, body });
    const answer = this.#answers.get(path);
    const said = await answer?.(body, request);
    response.writeHead(answer ? 200 : 404, { 'content-type': 'application/json' });
    return response.end(JSON.stringify(answer ? said : {}));
  }

  async end() {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

/**
 * A room's page, open and live, under a name of its own.
 * @param {BrowserContext} context @param {Parlor} parlor @param {string} room @param {string} [name]
 */
export async function openRoom(context, parlor, room, name = 'Ann') {
  const page = await context.newPage();
  await page.addInitScript((me) => {
    // The frame runs this too, and has no storage.
    if (self === top) localStorage.setItem('parlor.name', me);
  }, name);
  await page.goto(`${parlor.base}/${room.split('/').map(encodeURIComponent).join('/')}`);
  await page.locator('.link[data-link="live"]').waitFor();
  // What is said from now on is news: all that was there before has come.
  await page.waitForFunction(() => Reflect.get(document.querySelector('parlor-room') ?? {}, 'store').settled);
  return page;
}

/** The one that everybody has here. */
export const PASSWORD = 'correct horse battery';

/** Fills in the form at an entrance: the login, or one with which an account is made. @param {Page} page @param {string} name */
export async function signIn(page, name) {
  await page.fill('#name', name);
  await page.fill('#password', PASSWORD);
  if (await page.locator('#again').count()) await page.fill('#again', PASSWORD);
  await page.click('.door-card button.go');
  await page.waitForURL((url) => !/\/(login|sign-up|join|setup)$/u.test(url.pathname));
}

/** The frame's cards. @param {Page} page */
export const talk = (page) => page.frameLocator('parlor-talk iframe');

/** The frame itself, once it is there. @param {Page} page */
export async function frameOf(page) {
  const iframe = await page.waitForSelector('parlor-talk iframe');
  const frame = await iframe.contentFrame();
  assert.ok(frame, 'the page has its frame');
  return frame;
}

/** A card that holds this text. @param {Page} page @param {string | RegExp} text */
export const card = (page, text) => talk(page).locator('.message-card', { hasText: text });

/** Says something as the person at the page would. @param {Page} page @param {string} text */
export async function write(page, text) {
  await page.locator('.composer textarea').fill(text);
  await page.locator('.composer textarea').press('Enter');
}

/** A text, not a pattern, that a locator finds as a whole. @param {string} text */
export const exactly = (text) => new RegExp(`^${text.replace(/[.*+?^${}()|[\]\\]/gu, '\\$&')}$`, 'u');

/** A student's program: Flask, started as students start it. */
export class Flask {
  /** @type {import('node:child_process').ChildProcess} */
  #process;
  #folder = '';
  /** What it has printed. */
  printed = '';
  base = '';

  /** @param {string} source  The lines below `app = Flask(__name__)`. */
  static async start(source) {
    const python = process.env.PARLOR_TEST_PYTHON;
    assert.ok(python, 'PARLOR_TEST_PYTHON names a Python that has Flask');
    const flask = new Flask();
    flask.#folder = await mkdtemp(join(tmpdir(), 'parlor-flask-'));
    await writeFile(join(flask.#folder, 'bots.py'), `from flask import Flask, request\n\napp = Flask(__name__)\n\n${source}\n`);
    const child = spawn(python, ['-m', 'flask', '--app', 'bots', 'run', '--port', '0'], { cwd: flask.#folder, stdio: ['ignore', 'pipe', 'pipe'] });
    flask.#process = child;
    const ended = once(child, 'exit').then(([code]) => {
      throw new Error(`Flask ended with ${code}:\n${flask.printed}`);
    });
    ended.catch(() => {});
    flask.base = await Promise.race([flask.#address(child), ended]);
    return flask;
  }

  /** Goes on reading, for Flask would wait for that. @param {import('node:child_process').ChildProcess} child @returns {Promise<string>} */
  #address(child) {
    return new Promise((resolve) => {
      for (const output of [child.stdout, child.stderr]) {
        output?.on('data', (part) => {
          this.printed += part;
          const [, address] = /Running on (http:\/\/[\w.:]+)/u.exec(this.printed) ?? [];
          if (address) resolve(address);
        });
      }
    });
  }

  async end() {
    if (this.#process.exitCode === null) {
      const exited = once(this.#process, 'exit');
      this.#process.kill('SIGKILL');
      await exited;
    }
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/**
 * What an element says next, in `data-said` or as its text. It may do so for a moment only, which who looks now and then
 * misses on a busy machine: begin before what makes it speak.
 * @param {import('playwright-core').Locator} element @returns {Promise<() => Promise<string>>}
 */
export async function saysNext(element) {
  const heard = await element.evaluateHandle((one) => ({
    next: new Promise((done) => {
      const says = () => done(/** @type {HTMLElement} */ (one).dataset.said ?? one.textContent);
      new MutationObserver(says).observe(one, { attributeFilter: ['data-said'], childList: true, characterData: true, subtree: true });
    }),
  }));
  return () => heard.evaluate(({ next }) => next);
}
