// The page of the hub: who is here, the console, the trace; with other clients of the hub around it.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { LOOKS, faults } from './axe.mjs';
import { launch, Parlor } from './harness.mjs';

/** @typedef {import('playwright-core').Page} Page */

/** @type {Parlor} */
let parlor;
/** @type {import('playwright-core').Browser} */
let browser;

before(async () => {
  [parlor, browser] = await Promise.all([Parlor.start(), launch()]);
});
after(async () => {
  await browser?.close();
  await parlor?.end();
});

/** Other clients of the hub, in a page of their own. */
class Guests {
  /** @param {Page} page */
  constructor(page) {
    this.page = page;
  }

  static async open(server = parlor) {
    const page = await (await browser.newContext()).newPage();
    await page.goto(`${server.base}/docs/`);
    return new Guests(page);
  }

  /** @param {string} name @param {object} [more] */
  come(name, more = {}) {
    return this.page.evaluate(
      (identify) =>
        new Promise((/** @type {(uuid: string) => void} */ done, fail) => {
          const socket = new WebSocket(`${location.origin.replace('http', 'ws')}/hub/ws`, 'ert-concierge');
          /** @type {any[]} */
          const heard = [];
          Reflect.set(window, identify.name, { socket, heard });
          socket.onopen = () => socket.send(JSON.stringify(identify));
          socket.onclose = ({ code, reason }) => fail(new Error(`${code} ${reason}`));
          socket.onmessage = ({ data }) => {
            heard.push(data);
            const { type, uuid } = JSON.parse(data);
            if (type === 'HELLO') done(uuid);
          };
        }),
      { type: 'IDENTIFY', name, version: '0.2.0', tags: [], ...more },
    );
  }

  /** @param {string} name @param {...(object | string)} payloads  A string goes as it is. */
  say(name, ...payloads) {
    return this.page.evaluate(([who, texts]) => texts.forEach((text) => Reflect.get(window, who).socket.send(text)), /** @type {const} */ ([name, payloads.map((one) => (typeof one === 'string' ? one : JSON.stringify(one)))]));
  }

  /** Waits until somebody has heard this; as it came. @param {string} name @param {string} part @returns {Promise<string>} */
  async heard(name, part) {
    const found = await this.page.waitForFunction(([who, wanted]) => Reflect.get(window, who).heard.find((/** @type {string} */ text) => text.includes(wanted)), [name, part]);
    return found.jsonValue();
  }

  /** @param {string} name */
  go(name) {
    return this.page.evaluate((who) => Reflect.get(window, who).socket.close(), name);
  }
}

/** @param {import('playwright-core').BrowserContextOptions} [options] */
async function open(options, server = parlor) {
  const page = await (await browser.newContext({ reducedMotion: 'reduce', ...options })).newPage();
  await page.goto(`${server.base}/hub`);
  await page.getByRole('button', { name: 'Come in' }).waitFor();
  return page;
}

/** @param {Page} page */
const live = (page) => page.locator('.hub-state [data-link="live"]').waitFor();

/** @param {string} name @param {import('playwright-core').BrowserContextOptions} [options] */
async function enter(name, options) {
  const page = await open(options);
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByRole('button', { name: 'Come in' }).click();
  await live(page);
  return page;
}

/** Sends what is written. @param {Page} page @param {unknown} payload  A string is written as it is. */
async function send(page, payload) {
  await page.getByLabel('JSON').fill(typeof payload === 'string' ? payload : JSON.stringify(payload));
  await page.getByLabel('JSON').press('Control+Enter');
}

/** Lines of the transcript. @param {Page} page @param {string} type */
const entries = (page, type) => page.locator('#log .entry').filter({ has: page.locator('.type', { hasText: new RegExp(`^${type}$`, 'u') }) });

/** A row of who is here. @param {Page} page @param {string} name */
const row = (page, name) => page.locator('parlor-hub-who .one').filter({ has: page.locator('b', { hasText: new RegExp(`^${name}$`, 'u') }) });

test('who is here is seen live: who comes, what they make, who subscribes, who goes', async () => {
  const page = await open();
  assert.match(await page.getByLabel('Name', { exact: true }).inputValue(), /^console_[0-9a-f]{4}$/u);
  await page.getByText('Come in to see who is here.').waitFor();
  await page.getByLabel('Tags').fill('console, test');
  await page.getByRole('button', { name: 'Come in' }).click();
  await live(page);
  const me = page.locator('parlor-hub-who .one[data-me]');
  await me.getByText('you').waitFor();
  assert.deepEqual(await me.locator('.tags .tag').allTextContents(), ['console', 'test']);
  await row(page, 'chat_service').getByText('of the server').waitFor();

  const guests = await Guests.open();
  await guests.come('owner1', { nickname: 'The Owner' });
  await guests.come('listener1', { nickname: 'The <b>Listener</b>', tags: ['<i>x</i>'] });
  await row(page, 'listener1').getByText('The <b>Listener</b>').waitFor();
  await row(page, 'listener1').getByText('<i>x</i>').waitFor();
  await guests.say('owner1', { type: 'SERVICE_CREATE', service: 'live1', nickname: 'Made elsewhere' });
  await row(page, 'live1').getByText('of The Owner · no subscribers').waitFor();
  // The console is told of that by nobody: it asks.
  await guests.say('listener1', { type: 'SELF_SUBSCRIBE', service: 'live1' });
  await row(page, 'live1').getByText('1 subscriber: The <b>Listener</b>').waitFor();
  await page.getByRole('button', { name: 'Subscribe to live1' }).click();
  await row(page, 'live1').getByText('subscribed', { exact: true }).waitFor();
  await guests.go('owner1');
  await row(page, 'live1').waitFor({ state: 'detached' });
  await row(page, 'owner1').waitFor({ state: 'detached' });
});

test('payloads are sent from examples, and answers belong to what they answer', async () => {
  const page = await enter('sender2');
  assert.equal(await page.evaluate(() => document.activeElement?.id), 'hub-payload', 'the way goes on where the form was');
  const guests = await Guests.open();
  const uuid = await guests.come('friend2');
  await row(page, 'friend2').waitFor();
  await page.waitForFunction(() => /** @type {HTMLTextAreaElement} */ (document.querySelector('#hub-json')).value.includes('friend2'));

  await page.getByLabel('Payload', { exact: true }).selectOption('SERVICE_CREATE');
  assert.equal(JSON.parse(await page.getByLabel('JSON').inputValue()).service, 'sender2_service');
  await page.locator('.hub-send .go').click();
  const sent = entries(page, 'SERVICE_CREATE');
  await sent.getByText(/^seq \d+$/u).waitFor();
  const seq = Number((await sent.getByText(/^seq \d+$/u).textContent())?.slice(4));
  const answer = entries(page, 'SERVICE_CREATE_RESULT').filter({ hasText: `answers ${seq}` });
  await answer.waitFor();
  assert.equal(await entries(page, 'SERVICE_CREATE_RESULT').count(), 2, 'the broadcast, and the answer');
  await answer.getByRole('button', { name: `answers ${seq}` }).click();
  assert.equal(await sent.getAttribute('data-marked'), '');
  await sent.getByRole('button', { name: 'answered: SERVICE_CREATE_RESULT' }).click();
  assert.equal(await answer.getAttribute('data-marked'), '');
  assert.equal(JSON.parse(await answer.locator('pre').innerText()).seq, seq);

  // From the list, with data that a number's rounding would change.
  await page.getByRole('button', { name: 'Message to friend2' }).click();
  assert.deepEqual(JSON.parse(await page.getByLabel('JSON').inputValue()).target, { type: 'UUID', uuid });
  await send(page, `{"type": "MESSAGE", "target": {"type": "UUID", "uuid": "${uuid}"}, "data": {"n": 12345678901234567890, "a" : [1.50]}}`);
  assert.match(await guests.heard('friend2', '"MESSAGE"'), /"data":\{"n": 12345678901234567890, "a" : \[1\.50\]\}/u);
  await guests.say('friend2', '{"type":"MESSAGE","target":{"type":"NAME","name":"sender2"},"data":{"back":98765432109876543210}}');
  await entries(page, 'MESSAGE').filter({ hasText: '98765432109876543210' }).waitFor();

  await page.getByLabel('Payload', { exact: true }).selectOption('SELF_SET_SEQ');
  await page.getByLabel('JSON').press('Control+Enter');
  await entries(page, 'OK').filter({ hasText: 'answers 100' }).waitFor();
  await page.getByLabel('Payload', { exact: true }).selectOption('SELF_FETCH');
  await page.getByLabel('JSON').press('Control+Enter');
  await entries(page, 'SELF_FETCH_RESULT').filter({ hasText: /answers 10\d/u }).waitFor();
});

test('what is wrong is said before it is sent, and what the hub says to it', async () => {
  const page = await enter('wrong3');
  // What it sent to come in is in the log by then.
  await entries(page, 'HELLO').first().waitFor();
  const sent = () => page.locator('#log .entry[data-way="sent"]').count();
  const before = await sent();
  await send(page, '{"type": "SELF_FETCH",\n  "x": 1,,\n}');
  await page.getByRole('alert').getByText('This is no JSON, line 2, column 10').waitFor();
  assert.equal(await page.getByLabel('JSON').getAttribute('aria-invalid'), 'true');
  await send(page, '[1]');
  await page.getByRole('alert').getByText('A payload is a JSON object').waitFor();
  await send(page, '{"kind": "x"}');
  await page.getByRole('alert').getByText('A payload has a “type”').waitFor();
  assert.equal(await sent(), before, 'nothing of it was sent');
  await page.getByRole('button', { name: 'Send it as it is' }).click();
  await entries(page, 'ERROR_PROTOCOL').first().waitFor();
  await page.getByLabel('Payload', { exact: true }).selectOption('A type that there is not');
  await page.getByLabel('JSON').press('Control+Enter');
  await entries(page, 'ERROR_UNSUPPORTED').filter({ hasText: /answers \d+/u }).waitFor();
  await send(page, { type: 'MESSAGE', target: { type: 'NAME', name: 'nobody' }, data: null });
  await entries(page, 'INVALID_NAME').waitFor();
  await send(page, { type: 'SERVICE_DELETE', service: 'chat_service' });
  await entries(page, 'BAD').waitFor();
  // What one has typed for a payload is there again, until one wants the example.
  await send(page, '{"type": "DANCE", "mine": 1}');
  await page.getByLabel('Payload', { exact: true }).selectOption('SELF_FETCH');
  await page.getByLabel('Payload', { exact: true }).selectOption('A type that there is not');
  assert.match(await page.getByLabel('JSON').inputValue(), /mine/u);
  await page.getByRole('button', { name: 'Fresh example' }).click();
  assert.doesNotMatch(await page.getByLabel('JSON').inputValue(), /mine/u);
});

test('why one is not let in is said in words, and another name lets one in', async () => {
  const guests = await Guests.open();
  await guests.come('taken4');
  const page = await open();
  const name = page.getByLabel('Name', { exact: true });
  for (const [tried, says] of [['', 'Give yourself a name.'], ['taken4', 'Somebody here is called taken4 already.'], ['no spaces', 'letters, digits and “_” only']]) {
    await name.fill(tried);
    await page.getByRole('button', { name: 'Come in' }).click();
    await page.getByRole('alert').getByText(says).waitFor();
  }
  await name.fill('free4');
  await page.getByRole('button', { name: 'Come in' }).click();
  await live(page);
  await page.getByRole('button', { name: 'Leave' }).click();
  await name.waitFor();
  assert.equal(await page.evaluate(() => document.activeElement?.id), 'hub-name');
  await page.locator('#log').getByText('You left.').waitFor();
});

test('a hub with a secret asks for it, and the transcript does not show it', async () => {
  const settings = join(parlor.folder, 'secret.toml');
  await writeFile(settings, '[hub]\nsecret = "open sesame"\n');
  const closed = await Parlor.start('127.0.0.1:0', ['--config', settings]);
  try {
    const page = await open({}, closed);
    await page.getByRole('button', { name: 'Come in' }).click();
    await page.getByRole('alert').getByText('The hub asks for a secret').waitFor();
    await page.getByLabel('Secret').fill('open sesame');
    await page.getByRole('button', { name: 'Come in' }).click();
    await live(page);
    assert.doesNotMatch(await page.locator('#log').innerText(), /sesame/u);
  } finally {
    await closed.end();
  }
});

test('where there is no hub, the page says so', async () => {
  const without = await Parlor.start('127.0.0.1:0', ['--hub', 'off']);
  try {
    const page = await open({}, without);
    await page.getByRole('button', { name: 'Come in' }).click();
    await page.getByRole('alert').getByText('This server has no hub').waitFor();
    await page.getByRole('tab', { name: 'Trace' }).click();
    await page.getByLabel('Service', { exact: true }).fill('any');
    await page.getByRole('button', { name: 'Trace it' }).click();
    await page.locator('.tracing').getByRole('alert').waitFor();
  } finally {
    await without.end();
  }
});

test('a connection that breaks comes back under the same name, and nothing of the transcript is lost', async () => {
  const server = await Parlor.start();
  try {
    const page = await open({}, server);
    await page.getByLabel('Name', { exact: true }).fill('stays5');
    await page.getByRole('button', { name: 'Come in' }).click();
    await live(page);
    await send(page, { type: 'SELF_FETCH' });
    await entries(page, 'SELF_FETCH_RESULT').waitFor();
    await server.down();
    await page.locator('.hub-state [data-link="lost"]').waitFor();
    await page.locator('#log').getByText('Connection closed').waitFor();
    await page.getByText('You can send when the connection is back.').waitFor();
    await page.getByText('As it was when the connection broke.').waitFor();
    await page.getByLabel('JSON').press('Control+Enter');
    await server.up();
    await page.getByRole('button', { name: 'Try now' }).click().catch(() => {});
    await live(page);
    await page.locator('#log').getByText('You are in again, as stays5').waitFor();
    await entries(page, 'SELF_FETCH_RESULT').waitFor();
    await send(page, { type: 'SELF_FETCH' });
    await entries(page, 'SELF_FETCH_RESULT').nth(1).waitFor();
  } finally {
    await server.end();
  }
});

test('the transcript holds the newest 500, can be filtered, held still, folded, copied and cleared', async () => {
  const page = await enter('many6', { permissions: ['clipboard-read', 'clipboard-write'] });
  const guests = await Guests.open();
  await guests.come('flood6');
  await page.locator('#log').getByText('You are in').waitFor();
  const flood = (/** @type {number} */ n) => guests.page.evaluate((many) => {
    const { socket } = Reflect.get(window, 'flood6');
    for (let nth = 0; nth < many; nth += 1) socket.send(JSON.stringify({ type: 'MESSAGE', target: { type: 'NAME', name: 'many6' }, data: { nth } }));
  }, n);
  await flood(30);
  await entries(page, 'MESSAGE').nth(29).waitFor();
  await page.locator('#log').getByRole('button', { name: 'Pause' }).click();
  await flood(5);
  await page.getByRole('button', { name: 'Go on, 5 new' }).click();
  await entries(page, 'MESSAGE').nth(34).waitFor();
  await page.locator('#log').getByLabel('Filter').fill('"nth":29');
  assert.equal(await page.locator('#log .entry').count(), 1);
  await page.locator('#log').getByRole('button', { name: 'Copy', exact: true }).click();
  const copied = JSON.parse(await page.evaluate(() => navigator.clipboard.readText()));
  assert.deepEqual([copied.way, copied.payload.data], ['received', { nth: 29 }]);
  await page.locator('#log').getByLabel('Filter').fill('');
  await page.locator('#log').getByLabel('Show').selectOption('Sent');
  await entries(page, 'IDENTIFY').waitFor();
  assert.equal(await entries(page, 'MESSAGE').count(), 0);
  await page.locator('#log').getByLabel('Show').selectOption('Everything');
  await page.locator('#log').getByRole('button', { name: 'Fold all' }).click();
  assert.equal(await page.locator('#log pre').count(), 0);
  await flood(600);
  await page.getByText('older ones are gone; the last 500 are kept').waitFor();
  await page.waitForFunction(() => document.querySelector('#log .entry:last-child')?.textContent?.includes('599'));
  assert.equal(await page.locator('#log .entry').count(), 500);
  await page.locator('#log').getByRole('button', { name: 'Clear' }).click();
  await page.getByText('What you send and what comes stands here.').waitFor();
  // What the page asks for by itself is listed for who wants to see it.
  await page.getByLabel('Also what this page asks for by itself').check();
  await entries(page, 'CLIENT_FETCH_ALL_RESULT').filter({ hasText: /answers \d+/u }).first().waitFor();
});

test('a trace shows what goes through a service', async () => {
  const guests = await Guests.open();
  await guests.come('owner7', { nickname: 'Owner' });
  const uuid = await guests.come('listener7', { nickname: 'Listener' });
  await guests.say('owner7', { type: 'SERVICE_CREATE', service: 'traced7' });
  const page = await enter('watcher7');
  await page.getByRole('button', { name: 'Trace traced7' }).click();
  const trace = page.locator('parlor-hub-trace');
  await trace.getByRole('status').getByText('Tracing traced7').waitFor();
  await guests.say('listener7', { type: 'SELF_SUBSCRIBE', service: 'traced7' });
  await trace.locator('[data-way="subscribed"]', { hasText: 'Listener' }).waitFor();
  await guests.say('listener7', '{"type": "MESSAGE", "target": {"type": "SERVICE", "service": "traced7"}, "data": {"up": 12345678901234567890}}');
  await trace.locator('[data-way="message"]', { hasText: /Listener\s*to\s*the owner/u }).filter({ hasText: '12345678901234567890' }).waitFor();
  await guests.say('owner7', { type: 'MESSAGE', target: { type: 'SERVICE', service: 'traced7' }, data: 'down' }, { type: 'MESSAGE', target: { type: 'SERVICE_CLIENT_UUID', service: 'traced7', uuid }, data: 'only you' });
  await trace.locator('[data-way="message"]', { hasText: /Owner\s*to\s*all subscribers/u }).waitFor();
  await trace.locator('[data-way="message"]', { hasText: /Owner\s*to\s*Listener/u }).waitFor();
  await trace.getByLabel('Show').selectOption('Messages');
  assert.equal(await trace.locator('.entry').count(), 3);
  await trace.getByLabel('Show').selectOption('Everything');
  await guests.say('listener7', { type: 'SELF_UNSUBSCRIBE', service: 'traced7' });
  await trace.locator('[data-way="unsubscribed"]', { hasText: 'Listener' }).waitFor();
  await guests.say('owner7', { type: 'SERVICE_DELETE', service: 'traced7' });
  await trace.getByText('The service was deleted.').waitFor();
  await trace.getByRole('button', { name: 'Stop' }).click();
  await trace.getByText('Stopped').waitFor();
});

test('a trace that is not for everybody is asked for with the key of the console, and refused in words', async () => {
  const others = await Parlor.start('0.0.0.0:0');
  try {
    const page = await open({}, others);
    await page.getByRole('button', { name: 'Come in' }).click();
    await live(page);
    const { fs_key } = JSON.parse(await entries(page, 'HELLO').locator('pre').innerText());
    const asked = page.waitForRequest(/\/hub\/trace\?service=chat_service/u);
    await page.getByRole('button', { name: 'Trace chat_service' }).click();
    assert.equal((await asked).headers()['x-fs-key'], fs_key);
    const trace = page.locator('parlor-hub-trace');
    await trace.getByRole('alert').getByText(/operators/u).waitFor();
    assert.equal(await trace.getByRole('button', { name: 'Stop' }).count(), 0);
  } finally {
    await others.end();
  }
});

for (const { device, viewport, colorScheme } of LOOKS) {
  test(`axe finds no fault, and nothing is wider than the screen at ${device}, ${colorScheme}`, async () => {
    const guests = await Guests.open();
    const long = `long_${device.length}_${'name'.repeat(30)}`;
    await guests.come(long, { nickname: 'Nickname'.repeat(12), tags: ['tag'.repeat(20), 'short'] });
    await guests.say(long, { type: 'SERVICE_CREATE', service: `${long}_service`, nickname: 'Service'.repeat(12) });
    const options = { viewport, colorScheme };
    const page = await open(options);
    const wide = () => page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    assert.deepEqual(await faults(page), [], 'the way in');
    assert.equal(await wide(), false);
    await page.getByLabel('Name', { exact: true }).fill(`axe_${device.length}_${'me'.repeat(40)}`);
    await page.getByRole('button', { name: 'Come in' }).click();
    await live(page);
    await send(page, { type: 'MESSAGE', target: { type: 'ALL' }, data: 'x'.repeat(300) });
    await send(page, { type: 'SELF_FETCH' });
    await entries(page, 'SELF_FETCH_RESULT').waitFor();
    await send(page, '{');
    assert.deepEqual(await faults(page), [], 'the console');
    assert.equal(await wide(), false);
    const tab = page.getByRole('tab', { name: 'Who is here' });
    if (await tab.count()) {
      await page.getByRole('tab', { name: 'Console' }).press('ArrowLeft');
      assert.equal(await tab.getAttribute('aria-selected'), 'true');
    }
    await row(page, long).waitFor();
    assert.deepEqual(await faults(page), [], 'who is here');
    assert.equal(await wide(), false);
    await page.getByRole('tab', { name: 'Trace' }).click();
    assert.deepEqual(await faults(page), [], 'the trace');
    assert.equal(await wide(), false);
  });
}
