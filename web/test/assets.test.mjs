// What a browser is sent: how much of it at the first load, in which order, and that what is sent is what was written.
import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { transform } from 'esbuild';
import { Bots, card, launch, openRoom, Parlor } from './harness.mjs';

/** The most bytes that the first load of a room may take, compressed; and where brotli is not to be had. */
const BUDGET = 100_000;
const BUDGET_GZIP = 115_000;

/** @type {Parlor} */
let parlor;
/** @type {Bots} */
let bots;
/** @type {import('playwright-core').Browser} */
let browser;

before(async () => {
  [parlor, bots, browser] = await Promise.all([Parlor.start(), Bots.start(), launch()]);
});
after(async () => {
  await browser?.close();
  await bots?.end();
  await parlor?.end();
});

/** @typedef {{ url: string, type: string, size: number, coding: string | undefined }} Sent */

/**
 * Everything that a room's page and its frame load until a message is drawn.
 * @param {Record<string, string>} [extraHTTPHeaders]
 * @returns {Promise<Sent[]>}
 */
async function firstLoad(extraHTTPHeaders = {}) {
  const room = `first load ${Math.random()}`;
  await parlor.say(room, 'Ann', 'hello');
  const context = await browser.newContext({ extraHTTPHeaders });
  /** @type {Promise<Sent>[]} */
  const sent = [];
  context.on('requestfinished', (request) => sent.push(measure(request)));
  const page = await openRoom(context, parlor, room);
  await card(page, 'hello').waitFor();
  await page.waitForLoadState('networkidle');
  const all = await Promise.all(sent);
  await context.close();
  return all.filter(({ url }) => !url.includes('/api/'));
}

/** @param {import('playwright-core').Request} request */
async function measure(request) {
  const [sizes, answer] = await Promise.all([request.sizes(), request.response()]);
  return { url: request.url(), type: request.resourceType(), size: sizes.responseBodySize, coding: answer?.headers()['content-encoding'] };
}

/** @param {Sent[]} sent */
const weight = (sent) => sent.reduce((sum, { size }) => sum + size, 0);

test('the first load of a room takes less than 100 kB, and nothing from elsewhere', async (t) => {
  const sent = await firstLoad();
  assert.ok(sent.some(({ url }) => url.endsWith('/frame') || url.includes('/frame#')), 'the frame is counted');
  assert.ok(sent.some(({ url }) => url.endsWith('/js/frame/main.js')), 'and what it loads');
  t.diagnostic(`${sent.length} files, ${weight(sent)} bytes`);
  assert.ok(weight(sent) < BUDGET, `${weight(sent)} bytes: ${JSON.stringify(sent.toSorted((a, b) => b.size - a.size).slice(0, 12), null, 1)}`);
  for (const { url, type, coding } of sent) {
    assert.ok(url.startsWith(parlor.base) || url.startsWith('data:'), url);
    if (type === 'script' || type === 'stylesheet') assert.ok(coding === 'br' || coding === undefined, `${url} comes as ${coding}`);
  }
});

test('with gzip alone, as over plain http in a classroom, it is little more', async (t) => {
  let whole = 0;
  for (const url of new Set((await firstLoad()).map(({ url }) => url.replace(/#.*/u, '')))) {
    if (!url.startsWith(parlor.base)) continue;
    const answer = await raw(new URL(url).pathname, 'gzip');
    whole += answer.body.length;
    if (answer.coding) assert.ok(gunzipSync(answer.body).length > answer.body.length);
  }
  t.diagnostic(`${whole} bytes`);
  assert.ok(whole < BUDGET_GZIP, `${whole} bytes`);
});

/** What comes over the wire, not decoded. @param {string} path @param {string} coding */
async function raw(path, coding) {
  const { get } = await import('node:http');
  return new Promise((/** @type {(answer: { body: Buffer, coding: string | undefined }) => void} */ done, fail) => {
    get(parlor.base + path, { headers: { 'accept-encoding': coding } }, async (answer) => {
      const parts = [];
      for await (const part of answer) parts.push(part);
      done({ body: Buffer.concat(parts), coding: answer.headers['content-encoding'] });
    }).on('error', fail);
  });
}

for (const path of ['/', '/a-room', '/docs/', '/hub', '/operator', '/operator/flows', '/admin/flows', '/admin/flows/none', '/frame']) {
  test(`every module of ${path} is named in its head`, async () => {
    const html = await (await fetch(parlor.base + path)).text();
    const named = new Set([...html.matchAll(/<link rel="modulepreload" href="([^"]*)">/gu)].map(([, href]) => href));
    const entry = /<script type="module" src="([^"]*)">/u.exec(html)?.[1];
    assert.ok(entry);
    const page = await browser.newPage();
    const loaded = new Set();
    page.on('response', (answer) => {
      if (answer.request().frame() === page.mainFrame() && answer.headers()['content-type']?.startsWith('text/javascript')) loaded.add(new URL(answer.url()).pathname);
    });
    await page.goto(parlor.base + path);
    await page.waitForLoadState('networkidle');
    await page.close();
    // Those are no modules.
    for (const script of ['/web/js/theme.js', '/assistant.js']) loaded.delete(script);
    loaded.delete(entry);
    assert.deepEqual([...named].toSorted(), [...loaded].toSorted());
  });
}

test('scripts are sent without their comments, and are otherwise what was written, line by line', async () => {
  const folder = new URL('../static/js/', import.meta.url);
  const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.js'));
  assert.ok(names.length > 20);
  let [before, after] = [0, 0];
  for (const name of names) {
    const written = await readFile(new URL(name, folder), 'utf8');
    const sent = await (await fetch(`${parlor.base}/web/js/${name}`)).text();
    assert.equal(sent.split('\n').length, written.split('\n').length, `${name}: lines keep their numbers`);
    const [a, b] = await Promise.all([written, sent].map((code) => transform(code, { minifyWhitespace: true, legalComments: 'none' })));
    assert.equal(b.code, a.code, name);
    [before, after] = [before + written.length, after + sent.length];
  }
  assert.ok(after < before * 0.9, 'comments are left out');
});
