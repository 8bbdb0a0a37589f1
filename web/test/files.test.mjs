// Files of bots without an address, in a room that is not for everybody: who sees them, and a key that outlives the page's first.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { after, before, test } from 'node:test';
import { card, launch, Parlor, signIn, talk, write } from './harness.mjs';

const EXAMPLES = fileURLToPath(new URL('../../examples/python', import.meta.url));
const ROOM = 'studio';

/** @type {import('playwright-core').Browser} */
let browser;
/** @type {Parlor} */
let parlor;
/** @type {import('node:child_process').ChildProcess} */
let painter;
/** The painter's id. */
let bot = 0;
/** A home of its own, for what it keeps. */
let home = '';

before(async () => {
  [parlor, browser, home] = await Promise.all([Parlor.start('127.0.0.1:0', ['--accounts', 'required', '--sign-up']), launch(), mkdtemp(join(tmpdir(), 'parlor-painter-'))]);
  const page = await (await browser.newContext()).newPage();
  await page.goto(await parlor.setUp());
  await signIn(page, 'Ada');
  const token = await page.evaluate(async (room) => {
    /** @param {string} path @param {unknown} body */
    const call = async (path, body) => (await fetch(path, { method: 'POST', body: JSON.stringify(body) })).json();
    const { id } = await call('/api/actions/bot', { room, name: 'PaintBot', url: 'socket:' });
    await call('/api/actions/room', { room, access: 'private', members: ['Ada'] });
    return { id, ...(await call('/api/actions/bot-token', { id })) };
  }, ROOM);
  bot = token.id;
  await page.context().close();
  const source = `
import sys
sys.path.insert(0, ${JSON.stringify(EXAMPLES)})
from parlor_bot import FunctionBot, run
def paint(message):
    return {"text": "Look", "image": "square.png"}
run(${JSON.stringify(parlor.base)}, room=${JSON.stringify(ROOM)}, bots=[FunctionBot(paint, name="PaintBot", token=${JSON.stringify(token.token)}, files=${JSON.stringify(join(EXAMPLES, 'static'))})])
`;
  painter = spawn(process.env.PARLOR_TEST_PYTHON ?? 'python3', ['-c', source], { stdio: 'ignore', env: { ...process.env, HOME: home, XDG_STATE_HOME: home } });
});
after(async () => {
  if (painter && painter.exitCode === null) {
    const ended = once(painter, 'exit');
    painter.kill('SIGKILL');
    await ended;
  }
  await browser?.close();
  await parlor?.end();
  await rm(home, { recursive: true, force: true });
});

/** @param {string} name */
async function loggedIn(name) {
  const page = await (await browser.newContext()).newPage();
  await page.goto(`${parlor.base}/login?next=/${ROOM}`);
  await signIn(page, name);
  return page;
}

/** The room's page, live. @param {import('playwright-core').Page} page */
const live = (page) => page.locator('.link[data-link="live"]').waitFor();

/** The painter is there. @param {import('playwright-core').Page} page */
const painting = (page) =>
  page.waitForFunction(async (id) => (await fetch(`/bot-assets/${id}/square.png`)).ok, bot, { polling: 200 });

/** @param {import('playwright-core').Page} page @param {number} nth @returns {Promise<string>} The address of a picture that is drawn. */
async function drawn(page, nth) {
  const picture = talk(page).locator('.picture img').nth(nth);
  await picture.waitFor();
  assert.ok(await picture.evaluate((/** @type {HTMLImageElement} */ image) => image.decode().then(() => image.naturalWidth > 0)), 'it has arrived');
  return picture.evaluate((/** @type {HTMLImageElement} */ image) => image.src);
}

test('a picture of a bot without an address is shown to those who are on the room’s list, and to nobody else', async () => {
  const page = await loggedIn('Ada');
  await live(page);
  await painting(page);
  await write(page, 'paintbot, please');
  const address = await drawn(page, 0);
  assert.match(address, /\/bot-assets\/~[^/]+\/\d+\/square\.png$/u, 'the frame has a key');
  const outside = await (await browser.newContext()).newPage();
  await outside.goto(`${parlor.base}/sign-up`);
  await signIn(outside, 'Bo');
  const plain = `${parlor.base}/bot-assets/${bot}/square.png`;
  assert.equal((await outside.goto(plain))?.status(), 403, 'somebody else');
  assert.equal((await outside.request.get(`${parlor.base}/api/files-key?room=${ROOM}`)).status(), 403, 'and they get no key');
  assert.equal((await fetch(plain)).status, 401, 'nobody');
  assert.equal((await fetch(address.replace('~', '~f'))).status, 401, 'a key that is none');
});

test('after the server was started again, a page that is still open has a key that opens', async () => {
  const page = await loggedIn('Ada');
  await live(page);
  await painting(page);
  const first = await drawn(page, 0);
  await parlor.down();
  await page.locator('.link[data-link="offline"]').waitFor();
  const renewed = page.waitForResponse((answer) => answer.url().includes('/api/files-key'));
  await parlor.up();
  await renewed;
  assert.equal((await fetch(first)).status, 401, 'the old one opens nothing');
  await painting(page);
  await write(page, 'paintbot, again');
  assert.notEqual(new URL(await drawn(page, 1)).pathname.split('/')[2], new URL(first).pathname.split('/')[2]);
});

test('a page that is open for half a day asks for another key, and the frame takes it, also for a picture that did not come', async () => {
  const page = await loggedIn('Ada');
  await page.clock.install();
  /** How often a key was asked for. */
  let asked = 0;
  await page.route('**/api/files-key?*', (route) => {
    asked += 1;
    return route.continue();
  });
  // What the first key asks for does not come, as if it were over.
  let shut = '';
  await page.route('**/bot-assets/~*/**', (route) => {
    shut ||= route.request().url().split('/')[4];
    return route.request().url().includes(`/${shut}/`) ? route.abort() : route.continue();
  });
  await page.reload();
  await live(page);
  await painting(page);
  await write(page, 'paintbot, once more');
  await card(page, 'paintbot, once more').waitFor();
  await talk(page).locator('.broken').last().waitFor();
  await page.clock.fastForward('06:00:00');
  assert.equal(asked, 0, 'not yet');
  await page.clock.fastForward('06:30:00');
  const address = await drawn(page, 0);
  assert.ok(shut.startsWith('~') && !address.includes(shut), 'with the new key');
  assert.equal(asked, 1);
  assert.equal(await talk(page).locator('.broken').count(), 0);
});
