// The inspector: what a student finds there who made a mistake in a Flask route, and what anybody sees of a message's way.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { Bots, card, Flask, launch, openRoom, Parlor, talk, write } from './harness.mjs';

/** @type {Parlor} */
let parlor;
/** @type {Bots} */
let bots;
/** @type {Flask} */
let flask;
/** @type {import('playwright-core').Browser} */
let browser;

const MISTAKES = `
@app.post('/echo')
def echo():
    return {'text': request.json['text']}

@app.route('/get-only')
def get_only():
    return {'text': 'never'}

@app.post('/crash')
def crash():
    return {'text': 1 / 0}

@app.post('/string')
def string():
    return 'Hello there'

@app.post('/no-text')
def no_text():
    return {'answer': 'Hello', 'state': 1}

@app.post('/number')
def number():
    return {'text': 42}
`;

before(async () => {
  [parlor, bots, flask, browser] = await Promise.all([Parlor.start(), Bots.start(), Flask.start(MISTAKES), launch()]);
});
after(async () => {
  await browser?.close();
  await bots?.end();
  await flask?.end();
  await parlor?.end();
});

/** @typedef {import('playwright-core').Page} Page */

/** @param {string} room */
const enter = async (room) => openRoom(await browser.newContext({ permissions: ['clipboard-read', 'clipboard-write'] }), parlor, room);

/** @param {Page} page */
async function openInspector(page) {
  await page.getByRole('button', { name: 'Bots and settings' }).click();
  await page.getByRole('tab', { name: 'Inspector' }).click();
  return page.locator('parlor-inspector');
}

/** @param {Page} page */
const clipboard = (page) => page.evaluate(() => navigator.clipboard.readText());

/** What a mistake is, where it is, and what the help must hold. */
const FIVE = /** @type {const} */ ([
  ['a route that is not there', '/ecco', ['404', 'Compare the path', "@app.post('/ecco')"], '404'],
  ['@app.route, which takes GET only', '/get-only', ['405', "@app.route('/get-only')", "@app.post('/get-only')"], '405'],
  ['an exception in the function', '/crash', ['500', 'terminal where your program runs'], '500'],
  ['a text that was returned instead of a dict', '/string', ['invalid JSON', "return 'Hello there'", "return {'text': 'Hello there'}"], '200'],
  ['an answer without the key text', '/no-text', ['text key', "{'answer', 'state'}", "return {'text': 'Hello'}"], '200'],
  ['a text that is a number', '/number', ['wrong type', 'a number', "return {'text': str(value)}"], '200'],
]);

for (const [mistake, path, help, status] of FIVE) {
  test(`the inspector explains ${mistake}, and shows what was sent and what came back`, async () => {
    const room = `mistake${path}`;
    await parlor.bot(room, 'MyBot', flask.base + path);
    const page = await enter(room);
    const inspector = await openInspector(page);
    await write(page, 'hello mybot');
    const delivery = inspector.locator('li[data-status="failed"]');
    await delivery.locator('.delivery-head').click();
    for (const part of help) await delivery.locator('.help', { hasText: part }).waitFor();
    await delivery.locator('.first-line', { hasText: `POST ${flask.base}${path}` }).waitFor();
    await delivery.locator('.body-text', { hasText: '"text": "hello mybot"' }).waitFor();
    await delivery.locator('.first-line', { hasText: status }).waitFor();
    await delivery.locator('.headers', { hasText: 'webhook-id' }).waitFor({ state: 'attached' });
    await delivery.locator('.headers', { hasText: 'Werkzeug' }).waitFor({ state: 'attached' });
  });
}

test('a server that is not running is explained with the command that starts it', async () => {
  const gone = await Bots.start();
  const { port } = new URL(gone.base);
  await gone.end();
  await parlor.bot('not running', 'MyBot', `http://localhost:${port}/echo`);
  const page = await enter('not running');
  const inspector = await openInspector(page);
  await write(page, 'hello mybot');
  await inspector.locator('.delivery-head').click();
  await inspector.locator('.help', { hasText: 'could not connect' }).waitFor();
  await inspector.locator('.advice', { hasText: `run --port ${port}` }).waitFor();
  await inspector.getByText('Nothing came back.').waitFor();
});

test('a delivery is seen while it happens, and its end appears by itself', async () => {
  /** @type {(answer: unknown) => void} */
  let answer = () => {};
  const answered = new Promise((resolve) => (answer = resolve));
  const url = bots.at('/slow', () => answered);
  await parlor.bot('live', 'SlowBot', url);
  const page = await enter('live');
  const inspector = await openInspector(page);
  await write(page, 'slowbot?');
  const running = inspector.locator('li[data-status="running"]');
  await running.locator('.delivery-head').click();
  await running.getByText('No answer yet.').waitFor();
  answer({ text: 'at last' });
  await inspector.locator('li[data-status="answered"] .body-text', { hasText: 'at last' }).waitFor();
});

test('a failed delivery is sent again once the bot is mended, and the answer comes into the room', async () => {
  await parlor.bot('mended', 'FlipBot', bots.at('/flip', () => ({ wrong: 1 })));
  const page = await enter('mended');
  const inspector = await openInspector(page);
  await write(page, 'flipbot, please');
  await inspector.locator('li[data-status="failed"] .delivery-head').click();
  bots.at('/flip', ({ text }) => ({ text: `mended: ${text}` }));
  await inspector.getByRole('button', { name: 'Send again' }).click();
  await card(page, 'mended: flipbot, please').waitFor();
  await inspector.locator('li[data-status="answered"]', { hasText: 'mended: flipbot' }).waitFor();
  assert.equal(await inspector.locator('li[data-status]').count(), 2);
});

test('the curl command comes through the shell unchanged, and asks the bot the same', async () => {
  const said = `it's "50 %" of $HOME \\n \`id\` ; rm -rf x && é 🙂 <b>`;
  const url = bots.at('/curl?a=1&b[]=2', () => ({ text: 'ok' }));
  await parlor.call('/api/actions/bot', { room: 'curl', name: 'CurlBot', url, responds_to: '50', secret: 'very-secret-value' });
  const page = await enter('curl');
  const inspector = await openInspector(page);
  await write(page, said);
  await inspector.locator('li[data-status="answered"] .delivery-head').click();
  await inspector.getByRole('button', { name: 'Copy as curl' }).click();
  await page.locator('.toast', { hasText: 'curl command' }).waitFor();
  const command = await clipboard(page);
  assert.doesNotMatch(command, /very-secret|signature/iu);
  const { stdout } = await promisify(execFile)('/bin/sh', ['-c', `curl() { for one; do printf '%s\\0' "$one"; done; }\n${command}`]);
  const words = stdout.split('\0');
  assert.equal(words[words.indexOf('--request') + 2], url);
  assert.ok(words.includes('--globoff'));
  assert.ok(words.includes('content-type: application/json'));
  const body = JSON.parse(words[words.indexOf('--data-raw') + 1]);
  assert.deepEqual(body, bots.heard.find(({ path }) => path.startsWith('/curl'))?.body);
  assert.equal(body.text, said);
});

test('the list is filtered by bot and by what failed, and a bot that failed leads there from the list of bots', async () => {
  await parlor.bot('filter', 'GoodBot', bots.at('/good', () => ({ text: 'fine' })));
  await parlor.bot('filter', 'BadBot', flask.base + '/crash');
  await parlor.say('filter', 'Ann', 'goodbot and badbot');
  const page = await enter('filter');
  const inspector = await openInspector(page);
  const rows = inspector.locator('li[data-status]');
  await rows.nth(1).waitFor();
  await inspector.getByLabel('Only failed').check();
  await rows.nth(1).waitFor({ state: 'detached' });
  assert.match((await rows.textContent()) ?? '', /BadBot/u);
  await inspector.getByLabel('Only failed').uncheck();
  await inspector.getByLabel('Bot', { exact: true }).selectOption('GoodBot');
  await rows.nth(1).waitFor({ state: 'detached' });
  assert.match((await rows.textContent()) ?? '', /GoodBot/u);
  await page.getByRole('tab', { name: 'Bots' }).click();
  await page.locator('.bot-row', { hasText: 'BadBot' }).getByRole('button', { name: 'its last delivery failed' }).click();
  await rows.filter({ hasText: 'BadBot' }).waitFor();
  assert.equal(await rows.count(), 1);
});

test('what a bot sent is shown as text: nothing in it becomes part of the page', async () => {
  const hostile = '<img src=x onerror="document.title=1"><script>document.title=2</script>';
  await parlor.bot('hostile', 'EvilBot', bots.at('/evil', () => ({ text: hostile, author: '<b>Evil</b>' })));
  const page = await enter('hostile');
  const inspector = await openInspector(page);
  await write(page, 'evilbot');
  await inspector.locator('.delivery-head').click();
  await inspector.locator('.body-text', { hasText: '<script>' }).waitFor();
  assert.equal(await inspector.locator('img, script, b b').count(), 0);
  assert.match(await page.title(), /hostile/u);
});

test('bodies are set out in lines with every value as it was, and can be seen as they are', async () => {
  const odd = '{"text":"a","n":12345678901234567890,"f":1.0,"e":[],"u":"\\u00fc","o":{"deep":[1,2]}}';
  const server = await Flask.start(`@app.post('/odd')\ndef odd():\n    return app.response_class(${JSON.stringify(odd)}, mimetype='application/json')`);
  try {
    await parlor.bot('odd', 'OddBot', `${server.base}/odd`);
    const page = await enter('odd');
    const inspector = await openInspector(page);
    await write(page, 'oddbot');
    await inspector.locator('.delivery-head').click();
    const body = inspector.locator('section', { hasText: 'It answered' }).locator('.body-text');
    await body.filter({ hasText: '"n": 12345678901234567890,\n' }).waitFor();
    await body.filter({ hasText: '"f": 1.0,\n  "e": [],\n  "u": "\\u00fc",\n  "o": {\n    "deep": [\n' }).waitFor();
    await inspector.getByRole('button', { name: 'Bodies as they are' }).click();
    await body.filter({ hasText: odd }).waitFor();
  } finally {
    await server.end();
  }
});

/** @param {Page} page */
const deliveries = (page) => page.locator('parlor-inspector li');

test('“why” on a message leads to each bot of the room: which heard it, what its pattern found, and why the others did not', async () => {
  await parlor.bot('why', 'CityBot', bots.at('/city', () => ({ text: 'sunny' })), 'weather in (?P<city>\\w+)');
  await parlor.bot('why', 'OtherBot', bots.at('/other', () => ({ text: 'no' })));
  await parlor.call('/api/actions/bot', { room: 'why', name: 'NapBot', url: bots.base, responds_to: 'weather', paused: true });
  const page = await enter('why');
  await write(page, 'the weather in Kiel?');
  await card(page, 'sunny').waitFor();
  await card(page, 'the weather in Kiel?').hover();
  await talk(page).getByRole('button', { name: 'Why did bots answer, or not?' }).click();
  const inspector = page.locator('parlor-inspector');
  await inspector.locator('blockquote mark', { hasText: 'weather in Kiel' }).waitFor();
  await inspector.locator('blockquote .group', { hasText: 'Kiel' }).waitFor();
  await deliveries(page).filter({ hasText: 'CityBot was asked' }).locator('.body-text', { hasText: '"city": "Kiel"' }).waitFor();
  await deliveries(page).filter({ hasText: 'OtherBot has no pattern' }).waitFor();
  await deliveries(page).filter({ hasText: 'NapBot is paused' }).waitFor();
  assert.match(page.url(), /#inspect=\d+$/u);
  await inspector.getByRole('button', { name: 'All deliveries' }).click();
  await inspector.getByLabel('Only failed').waitFor();
  assert.doesNotMatch(page.url(), /#/u);
});

test('“open in the inspector” on a failure leads to the message that asked, with the failed delivery open', async () => {
  await parlor.bot('failure', 'GoodBot', bots.at('/fine', () => ({ text: 'fine' })), 'both');
  await parlor.bot('failure', 'BadBot', `${flask.base}/get-only`, 'both');
  const page = await enter('failure');
  await write(page, 'both of you');
  await card(page, '405').getByRole('button', { name: 'Open in the inspector' }).click();
  await page.locator('parlor-inspector blockquote', { hasText: 'both of you' }).waitFor();
  await page.locator('li[data-status="failed"] .help', { hasText: "@app.post('/get-only')" }).waitFor();
  assert.equal(await page.locator('parlor-delivery').count(), 1);
});

test('an address with #inspect opens the inspector on that message, also on an old one, and says so if it is gone', async () => {
  const { id } = await parlor.say('address', 'Ann', 'the very first');
  for (let n = 0; n < 120; n += 1) await parlor.say('address', 'Ann', `later ${n}`);
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${parlor.base}/address#inspect=${id}`);
  await page.locator('parlor-inspector blockquote', { hasText: 'the very first' }).waitFor();
  await page.evaluate(() => (location.hash = '#inspect=999999999'));
  await page.locator('parlor-inspector .wrong', { hasText: 'not in the room any more' }).waitFor();
});

test('a message’s own deliveries are seen while they happen', async () => {
  /** @type {(answer: unknown) => void} */
  let answer = () => {};
  const answered = new Promise((resolve) => (answer = resolve));
  await parlor.bot('watched', 'SlowBot', bots.at('/watched', () => answered));
  const page = await enter('watched');
  await write(page, 'slowbot, take your time');
  await card(page, 'take your time').hover();
  await talk(page).getByRole('button', { name: 'Why did bots answer, or not?' }).click();
  await page.locator('parlor-inspector li[data-status="running"]').waitFor();
  answer({ text: 'done' });
  await page.locator('parlor-inspector li[data-status="answered"] .body-text', { hasText: '"done"' }).waitFor();
});

test('the inspector works by keyboard alone', async () => {
  await parlor.bot('keys', 'MyBot', `${flask.base}/crash`);
  await parlor.say('keys', 'Ann', 'mybot');
  const page = await enter('keys');
  await page.getByRole('button', { name: 'Bots and settings' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('tab', { name: 'Bots' }).and(page.locator(':focus')).waitFor();
  await page.keyboard.press('ArrowRight');
  await page.getByRole('tab', { name: 'Inspector' }).and(page.locator(':focus')).waitFor();
  const head = page.locator('.delivery-head');
  await head.waitFor();
  for (let n = 0; n < 8 && !(await head.evaluate((it) => it === document.activeElement)); n += 1) await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.locator('.help', { hasText: '500' }).waitFor();
  const again = page.getByRole('button', { name: 'Send again' });
  for (let n = 0; n < 12 && !(await again.evaluate((it) => it === document.activeElement)); n += 1) await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.locator('li[data-status="failed"]').nth(1).waitFor();
});

test('what a bot was told of beside messages is in the list, too', async () => {
  await parlor.call('/api/actions/bot', { room: 'events', name: 'DoorBot', url: bots.at('/door', () => ({ text: '' })), events: ['join'] });
  const page = await enter('events');
  const inspector = await openInspector(page);
  const visitor = await openRoom(await browser.newContext(), parlor, 'events', 'Joel');
  await inspector.locator('li[data-status="answered"]', { hasText: 'Joel came' }).locator('.delivery-head').click();
  await inspector.locator('.body-text', { hasText: '"event": "join"' }).waitFor();
  await visitor.close();
});

test('a closed panel asks for no deliveries, and an open one for those of one message at a time', async () => {
  const { id } = await parlor.say('closed', 'Ann', 'first');
  const second = await parlor.say('closed', 'Ann', 'second');
  const page = await enter('closed');
  await page.evaluate(() => {
    const { store } = /** @type {any} */ (document.querySelector('parlor-room'));
    const { addEventListener, removeEventListener } = store.signals;
    const listening = new Set();
    store.signals.addEventListener = (/** @type {any} */ kind, /** @type {any} */ run) => (kind === 'activation' && listening.add(run), addEventListener.call(store.signals, kind, run));
    store.signals.removeEventListener = (/** @type {any} */ kind, /** @type {any} */ run) => (listening.delete(run), removeEventListener.call(store.signals, kind, run));
    Object.assign(window, { listening });
  });
  /** @param {number} count */
  const listening = (count) => page.waitForFunction((wanted) => Reflect.get(window, 'listening').size === wanted, count);
  for (const one of [id, second.id, id]) {
    await page.evaluate((message) => (location.hash = `#inspect=${message}`), one);
    await page.locator('parlor-inspector blockquote', { hasText: one === id ? 'first' : 'second' }).waitFor();
    await listening(2);
  }
  await page.getByRole('tab', { name: 'Bots' }).click();
  await listening(1);
  await page.getByRole('tab', { name: 'Inspector' }).click();
  await listening(2);
  await page.getByRole('button', { name: 'Close', exact: true }).click();
  await listening(0);
});
