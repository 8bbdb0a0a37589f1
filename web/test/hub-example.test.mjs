// The example page for the hub, examples/hub/page.html, as it lies on somebody's web server: it chats with the room and comes back.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { card, launch, openRoom, Parlor, write } from './harness.mjs';

const PAGE = new URL('../../examples/hub/page.html', import.meta.url);

/** @type {import('playwright-core').Browser} */
let browser;
/** @type {Parlor} */
let parlor;
/** Where the page is. @type {import('node:http').Server} */
let site;
let address = '';

before(async () => {
  [parlor, browser] = await Promise.all([Parlor.start(), launch()]);
  const page = await readFile(PAGE);
  site = createServer((_, response) => response.setHeader('content-type', 'text/html').end(page)).listen(0, 'localhost');
  await once(site, 'listening');
  address = `http://localhost:${/** @type {import('node:net').AddressInfo} */ (site.address()).port}/page.html`;
});

after(async () => {
  site?.close();
  site?.closeAllConnections();
  await browser?.close();
  await parlor?.end();
});

test('a page anywhere chats with the room, and comes back when the server does', async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  /** @type {Error[]} */
  const errors = [];
  page.on('pageerror', (error) => errors.push(error));
  await page.goto(`${address}?address=${parlor.base.replace('http', 'ws')}/hub/ws`);
  await page.fill('#nickname', 'Zoë <b>');
  await page.click('#join button');
  const say = async (/** @type {string} */ text) => {
    await page.locator('#text:enabled').fill(text);
    await page.press('#text', 'Enter');
  };
  await say('Grüße <i>an alle</i> 👩‍👩‍👧');
  await page.locator('#talk li', { hasText: 'Zoë <b>Grüße <i>an alle</i> 👩‍👩‍👧' }).waitFor();

  const room = await openRoom(context, parlor, '~hub/chat_service');
  await card(room, 'Grüße').waitFor();
  await write(room, 'hello, page');
  await page.locator('#talk li', { hasText: 'Annhello, page' }).waitFor();
  await room.close();

  await say('/about');
  await page.locator('#talk li', { hasText: '(Only you can see this!)' }).waitFor();
  await parlor.down();
  await page.locator('#talk .note', { hasText: '1012' }).waitFor();
  await parlor.up();
  await say('here again');
  await page.locator('#talk li', { hasText: 'Zoë <b>here again' }).waitFor();
  assert.deepEqual(errors, []);
});
