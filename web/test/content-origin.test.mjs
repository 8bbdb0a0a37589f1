// With a host of its own for bots' content: players and storage work in the frame, and the page stays out of its reach.
import assert from 'node:assert/strict';
import { request } from 'node:http';
import { after, before, test } from 'node:test';
import { APART, Bots, card, frameOf, launch, openRoom, Parlor, talk } from './harness.mjs';

/** @type {Parlor} */
let parlor;
/** @type {Bots} */
let bots;
/** @type {import('playwright-core').Browser} */
let browser;
let content = '';
/** The pages, by a name that only browsers need to know. @type {any} */
let pages;

before(async () => {
  [parlor, bots, browser] = await Promise.all([Parlor.start('127.0.0.1:0', ['--content-origin', 'http://content.parlor.localhost:0']), Bots.start(), launch(APART)]);
  // Names of one site, as chat.example.org and content.example.org are: between two sites browsers withhold storage.
  content = parlor.base.replace('127.0.0.1', 'content.parlor.localhost');
  pages = { base: parlor.base.replace('127.0.0.1', 'parlor.localhost') };
});
after(async () => {
  await browser?.close();
  await bots?.end();
  await parlor?.end();
});

/** What the server answers under another Host. @param {string} path @param {{ method?: string, headers?: Record<string, string> }} [more] */
const ask = (path, { method = 'GET', headers = {} } = {}) =>
  new Promise((/** @type {(answer: { status: number, text: string, csp: string }) => void} */ done, fail) => {
    const asked = request({ host: '127.0.0.1', port: new URL(parlor.base).port, path, method, headers: { host: new URL(content).host, ...headers } }, async (answer) => {
      let text = '';
      for await (const part of answer) text += part;
      done({ status: answer.statusCode ?? 0, text, csp: String(answer.headers['content-security-policy'] ?? '') });
    });
    asked.on('error', fail);
    asked.end();
  });

test('scripts of a message have storage and players there, and can’t reach the page', async () => {
  bots.file('/player', 'text/html', '<p>The player plays</p>');
  const said = `<iframe src="${bots.base}/player" title="player"></iframe><output id="found"></output><script>
    localStorage.setItem('score', '3');
    const found = [origin, localStorage.getItem('score')];
    for (const reach of [() => parent.document.body, () => top.localStorage, () => parent.location.href]) {
      try { reach(); found.push('reached'); } catch (error) { found.push(error.name); }
    }
    found.push(document.cookie);
    document.querySelector('#found').textContent = JSON.stringify(found);
  </script>`;
  await parlor.bot('players', 'VideoBot', bots.at('/video', () => ({ text: said })));
  await parlor.say('players', 'Ann', 'videobot');
  const page = await openRoom(await browser.newContext(), pages, 'players');
  const found = talk(page).locator('#found');
  await found.filter({ hasText: content }).waitFor();
  assert.deepEqual(JSON.parse((await found.textContent()) ?? ''), [content, '3', 'SecurityError', 'SecurityError', 'SecurityError', '']);
  await talk(page).frameLocator('iframe[title="player"]').getByText('The player plays').waitFor();
  assert.equal(await page.evaluate(() => localStorage.getItem('score')), null);
  assert.ok((await frameOf(page)).url().startsWith(`${content}/frame`));
  await page.context().close();
});

test('a script there can change nothing through the API', async () => {
  const before = (await parlor.messages('quiet')).length;
  await parlor.call('/api/actions/message', { room: 'quiet', author: 'Ann', text: 'hello' });
  const page = await openRoom(await browser.newContext(), pages, 'quiet');
  await card(page, 'hello').waitFor();
  const frame = await frameOf(page);
  const answers = await frame.evaluate(async (main) => {
    const post = (/** @type {string} */ base) => fetch(`${base}/api/actions/message`, { method: 'POST', body: JSON.stringify({ room: 'quiet', author: 'Ann', text: 'forged' }) }).then((answer) => answer.status, () => 'refused');
    return [await post(main), await post('')];
  }, pages.base);
  assert.deepEqual(answers, [403, 421]);
  assert.equal((await parlor.messages('quiet')).length, before + 1);
  await page.context().close();
});

test('nothing but content is answered at that host', async () => {
  for (const path of ['/', '/quiet', '/docs/', '/guide/', '/api/messages?room=quiet', '/healthz', '/ws/quiet']) {
    const { status, text } = await ask(path);
    assert.equal(status, 421, path);
    assert.match(text, /The rooms are at http:/u);
  }
  assert.equal((await ask('/frame', { method: 'POST' })).status, 421);
  assert.equal((await ask('/web/js/words.js', { headers: { 'service-worker': 'script' } })).status, 421);
  const frame = await ask('/frame');
  assert.equal(frame.status, 200);
  assert.match(frame.csp, /allow-same-origin/u);
  assert.match(frame.csp, /form-action 'none'/u);
  assert.ok(frame.csp.includes(`http://*.localhost:${new URL(content).port}`), frame.csp);
  assert.ok(!frame.csp.includes(content), 'and not by itself');
});

test('at the pages’ own host the frame stays without an origin', async () => {
  const own = await ask('/frame', { headers: { host: new URL(parlor.base).host } });
  assert.ok(!own.csp.includes('allow-same-origin'), own.csp);
  const page = await browser.newPage();
  await page.goto(`${parlor.base}/frame`);
  assert.equal(await page.evaluate(() => origin), 'null');
  await page.close();
});
