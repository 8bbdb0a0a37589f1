// Bots managed in the panel: the form with everything that a bot has, patterns tried as one types, tests that post nothing,
// and nothing lost when somebody else, or oneself, is elsewhere meanwhile.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, test } from 'node:test';
import { Bots, card, Flask, launch, openRoom, Parlor, write } from './harness.mjs';

/** @type {Parlor} */
let parlor;
/** @type {Bots} */
let bots;
/** @type {Flask} */
let flask;
/** @type {import('playwright-core').Browser} */
let browser;

const PROGRAM = `
@app.post('/weather')
def weather():
    return {'text': '<b>' + (request.json['params'].get('city') or '?') + '</b>', 'state': {'asked': 1}}

@app.get('/wrong')
def wrong():
    return {'text': 'never'}
`;

before(async () => {
  [parlor, bots, flask, browser] = await Promise.all([Parlor.start(), Bots.start(), Flask.start(PROGRAM), launch()]);
});
after(async () => {
  await browser?.close();
  await bots?.end();
  await flask?.end();
  await parlor?.end();
});

/** @typedef {import('playwright-core').Page} Page */

/** The page of a room with the list of its bots. @param {string} room @param {import('playwright-core').BrowserContext} [context] */
async function enter(room, context) {
  const page = await openRoom(context ?? (await browser.newContext({ permissions: ['clipboard-read', 'clipboard-write'] })), parlor, room);
  await page.getByRole('button', { name: 'Bots and settings' }).click();
  await page.locator('parlor-bots').waitFor();
  return page;
}

/** @param {Page} page */
const formOf = (page) => page.locator('parlor-bot-form');

/** A field of the form. @param {Page} page @param {string} label */
const field = (page, label) => formOf(page).getByLabel(label, { exact: true });

/** @param {Page} page @param {string} name */
async function edit(page, name) {
  await page.getByRole('button', { name: `Edit ${name}` }).click();
  await formOf(page).waitFor();
}

/** @param {Page} page */
const save = (page) => formOf(page).getByRole('button', { name: 'Save', exact: true }).click();

/** @param {string} room @returns {Promise<any[]>} */
const botsOf = (room) => parlor.call(`/api/bots?${new URLSearchParams({ room })}`);

test('a new bot has a name suggested that no bot of the room has', async () => {
  await parlor.bot('suggested', 'EchoBot', '');
  const page = await enter('suggested');
  await page.locator('.add-bot').click();
  assert.equal(await field(page, 'Name').inputValue(), 'WeatherBot');
  await field(page, 'Name').fill('echobot');
  await formOf(page).getByText('Another bot here has this name').waitFor();
});

test('while one types a pattern, the room’s last messages show what it finds, group by group', async () => {
  await parlor.say('live', 'Joel', 'weather in New York, please');
  await parlor.say('live', 'Mei', 'nothing of that kind');
  await parlor.bot('live', 'SkyBot', '');
  const page = await enter('live');
  await edit(page, 'SkyBot');
  await formOf(page).getByText('None of the last 2 messages would.').waitFor();
  await field(page, 'Responds to').fill('weather in (?P<city>[A-Z]\\w+( [A-Z]\\w+)?)');
  await formOf(page).getByText('1 of the last 2 messages would.').waitFor();
  const found = formOf(page).locator('.tried > li[data-matched="true"]');
  assert.equal((await found.locator('mark').allTextContents()).join('').replaceAll(/[12]/gu, ''), 'weather in New York');
  assert.equal((await found.locator('.groups > div').first().textContent())?.replaceAll(/\s+/gu, ' ').trim(), '1 city New York');
  await found.locator('.groups', { hasText: 'no name: not sent' }).waitFor();
  await write(page, 'weather in Oslo');
  await formOf(page).getByText('2 of the last 3 messages would.').waitFor();
});

test('a bot without a pattern is tried by its name in the same way', async () => {
  await parlor.say('by name', 'Joel', 'hello C++ (bot, how are you');
  await parlor.bot('by name', 'Other', '');
  const page = await enter('by name');
  await edit(page, 'Other');
  await formOf(page).getByText('The last message would not.').waitFor();
  await field(page, 'Name').fill('c++ (BOT');
  await formOf(page).locator('.tried mark', { hasText: 'C++ (bot' }).waitFor();
});

test('a pattern is tried again when something is said, but not while the panel is closed', async () => {
  await parlor.bot('unseen', 'SkyBot', '', 'sky');
  const page = await enter('unseen');
  await edit(page, 'SkyBot');
  await formOf(page).getByText('Nobody has written anything here yet').waitFor();
  await page.evaluate(() => {
    const asked = /** @type {unknown[]} */ ([]);
    new MutationObserver((all) => asked.push(...all)).observe(/** @type {Node} */ (document.querySelector('parlor-bot-try')), { attributeFilter: ['data-stale'] });
    Object.assign(window, { asked });
  });
  await page.getByRole('button', { name: 'Close', exact: true }).click();
  await parlor.say('unseen', 'Ann', 'the sky is blue');
  await card(page, 'the sky is blue').waitFor();
  assert.equal(await page.evaluate(() => Reflect.get(window, 'asked').length), 0);
  await page.getByRole('button', { name: 'Bots and settings' }).click();
  await page.locator('parlor-bot-try mark', { hasText: 'sky' }).waitFor();
});

test('a sentence of one’s own is tried too, and says which groups it fills', async () => {
  await parlor.bot('own', 'SkyBot', '', 'weather in (?P<city>\\w+)(?: on (?P<day>\\w+))?');
  const page = await enter('own');
  await edit(page, 'SkyBot');
  await field(page, 'Try a sentence of your own').fill('what is the weather in Kiel 🌧');
  await formOf(page).getByText('This would wake it.').waitFor();
  const own = formOf(page).locator('.try-own .groups');
  await own.locator('div', { hasText: 'city' }).getByText('Kiel').waitFor();
  await own.locator('div', { hasText: 'day' }).getByText('null: took no part').waitFor();
  await field(page, 'Try a sentence of your own').fill('no such thing');
  await formOf(page).getByText('This would not wake it.').waitFor();
});

test('a pattern’s fault is marked at its place, and goes away with the fault', async () => {
  await parlor.bot('fault', 'SkyBot', '');
  const page = await enter('fault');
  await edit(page, 'SkyBot');
  await field(page, 'Responds to').fill('a😀*+?b');
  const fault = formOf(page).locator('.fault');
  await fault.waitFor();
  assert.equal(await fault.locator('[aria-hidden]').textContent(), 'a😀*+?b');
  assert.equal(await fault.locator('b').textContent(), '?');
  await fault.getByText('The fault is at character 6.').waitFor();
  assert.equal(await field(page, 'Responds to').getAttribute('aria-invalid'), 'true');
  await field(page, 'Responds to').fill('ab');
  await fault.waitFor({ state: 'detached' });
});

test('what was asked for earlier keystrokes never shows over what was asked last', async () => {
  await parlor.say('order', 'Joel', 'alpha beta');
  await parlor.bot('order', 'SkyBot', '');
  const page = await enter('order');
  // The first question is answered after the second.
  /** @type {() => void} */
  let release = () => {};
  const released = new Promise((resolve) => (release = () => resolve(null)));
  /** @type {() => void} */
  let told = () => {};
  const held = new Promise((resolve) => (told = () => resolve(null)));
  await page.route('**/api/actions/match', async (route) => {
    if (route.request().postDataJSON().responds_to !== 'alpha') return route.continue();
    told();
    await released;
    return route.continue();
  });
  await edit(page, 'SkyBot');
  await field(page, 'Responds to').fill('alpha');
  await held;
  await field(page, 'Responds to').fill('beta');
  await formOf(page).locator('.tried mark', { hasText: 'beta' }).waitFor();
  const late = page.waitForResponse((response) => response.request().postDataJSON()?.responds_to === 'alpha');
  release();
  await (await late).finished();
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
  assert.equal(await formOf(page).locator('.tried mark').textContent(), 'beta');
});

test('a test sends one delivery with values that are not saved, shows the answer as text, and posts nothing', async () => {
  const saved = await parlor.bot('tested', 'SkyBot', 'http://localhost:9/nowhere');
  const page = await enter('tested');
  await edit(page, 'SkyBot');
  await field(page, 'URL').fill(`${flask.base}/weather`);
  await field(page, 'Responds to').fill('in (?P<city>\\w+)');
  await field(page, 'What somebody writes').fill('in Kiel');
  const composes = (/** @type {Element} */ it) => it.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', isComposing: true, bubbles: true, cancelable: true }));
  assert.equal(await field(page, 'What somebody writes').evaluate(composes), true, 'Enter is left to a writing aid that composes');
  await formOf(page).getByRole('button', { name: 'Send a test' }).click();
  const result = formOf(page).locator('.test-result');
  await result.locator('.would .body-text', { hasText: '<b>Kiel</b>' }).waitFor();
  assert.equal(await result.locator('.would b b, .would .body-text b').count(), 0);
  await result.getByText('{"asked":1}').waitFor();
  await result.locator('.body-text', { hasText: '"text": "in Kiel"' }).waitFor();
  assert.equal(await result.locator('.note').count(), 0);
  assert.deepEqual(await parlor.messages('tested'), []);
  assert.equal((await botsOf('tested'))[0].url, saved.url);

  await field(page, 'What somebody writes').fill('no city');
  await formOf(page).getByRole('button', { name: 'Send a test' }).click();
  await result.locator('.note', { hasText: 'This text would not have woken it' }).waitFor();

  await field(page, 'URL').fill(`${flask.base}/wrong`);
  await field(page, 'What somebody writes').press('Enter');
  await result.locator('.help', { hasText: "@app.post('/wrong')" }).waitFor();
  assert.deepEqual(await parlor.messages('tested'), []);
});

test('a bot is switched off and on in the list', async () => {
  await parlor.bot('paused', 'NapBot', bots.at('/nap', () => ({ text: 'awake' })));
  const page = await enter('paused');
  const toggle = page.getByRole('switch', { name: 'NapBot listens' });
  assert.equal(await toggle.getAttribute('aria-checked'), 'true');
  await toggle.click();
  await page.locator('.bot-row .tag', { hasText: 'paused' }).waitFor();
  await parlor.say('paused', 'Joel', 'napbot?');
  assert.equal((await parlor.messages('paused')).length, 1);
  await toggle.click();
  await page.locator('.bot-row .tag').waitFor({ state: 'detached' });
  await parlor.say('paused', 'Joel', 'napbot?');
  await card(page, 'awake').waitFor();
});

test('a secret is set, replaced and removed, signs what is sent, and is never shown', async () => {
  /** @type {import('node:http').IncomingHttpHeaders[]} */
  const seen = [];
  const url = bots.at('/signed', (_, request) => {
    seen.push(request.headers);
    return { text: 'signed' };
  });
  await parlor.bot('secret', 'SignBot', url);
  const page = await enter('secret');
  await edit(page, 'SignBot');
  await formOf(page).locator('summary', { hasText: 'Time-out, secret, events' }).click();
  await formOf(page).getByText('No secret is set.').waitFor();
  await formOf(page).getByRole('button', { name: 'Set a secret' }).click();
  await field(page, 'New secret').fill('opens sesame');
  await save(page);
  await formOf(page).waitFor({ state: 'detached' });
  await parlor.say('secret', 'Joel', 'signbot');
  const [{ 'webhook-id': delivery, 'webhook-timestamp': time, 'webhook-signature': signature }] = seen;
  const body = JSON.stringify(bots.heard.find(({ path }) => path === '/signed')?.body);
  const expected = createHmac('sha256', 'opens sesame').update(`${delivery}.${time}.${body}`).digest('base64');
  assert.equal(signature, `v1,${expected}`);

  await edit(page, 'SignBot');
  await formOf(page).locator('summary', { hasText: 'Time-out, secret, events' }).click();
  await formOf(page).getByText('A secret is set.').waitFor();
  assert.doesNotMatch(await page.content(), /opens sesame/u);
  assert.doesNotMatch(await page.evaluate(() => JSON.stringify(localStorage)), /opens sesame/u);
  await formOf(page).getByRole('button', { name: 'Replace' }).click();
  await formOf(page).getByRole('button', { name: 'Make one up' }).click();
  assert.match(await field(page, 'New secret').inputValue(), /^[0-9a-f]{32}$/u);
  await formOf(page).getByRole('button', { name: 'Leave it as it is' }).click();
  await formOf(page).getByRole('button', { name: 'Remove' }).click();
  await formOf(page).getByText('The secret is removed when you save.').waitFor();
  await save(page);
  await formOf(page).waitFor({ state: 'detached' });
  assert.equal((await botsOf('secret'))[0].signed, false);
  await parlor.say('secret', 'Joel', 'signbot again');
  assert.equal(seen.at(-1)?.['webhook-signature'], undefined);
});

test('time-out and events are set, and a wrong one is told at its place', async () => {
  await parlor.bot('more', 'TimeBot', '');
  const page = await enter('more');
  await edit(page, 'TimeBot');
  await formOf(page).locator('summary', { hasText: 'Time-out, secret, events' }).click();
  await field(page, 'Time-out in seconds').fill('soon');
  await save(page);
  await formOf(page).locator('.wrong', { hasText: 'Give a number of seconds' }).waitFor();
  await field(page, 'Time-out in seconds').and(page.locator(':focus')).waitFor();
  await field(page, 'Time-out in seconds').fill('2.5');
  await formOf(page).getByLabel('Every message').check();
  await formOf(page).getByLabel('A command').check();
  await field(page, 'Word of the command').fill('!roll !dice');
  await formOf(page).getByLabel('The clock').check();
  await field(page, 'How often').fill('2s');
  await save(page);
  await formOf(page).locator('.wrong', { hasText: 'Write 30s, 5m or 1h' }).first().waitFor();
  await field(page, 'How often').fill('10m');
  await save(page);
  await formOf(page).waitFor({ state: 'detached' });
  const [bot] = await botsOf('more');
  assert.equal(bot.timeout, 2.5);
  assert.deepEqual(bot.events.toSorted(), ['command:!dice', 'command:!roll', 'every:10m', 'message']);
});

test('a bot may be built in, and a web address that lacks its beginning is helped along', async () => {
  const page = await enter('kinds');
  await page.locator('.add-bot').click();
  await field(page, 'URL').fill('localhost:5000/echo');
  await formOf(page).getByText('Do you mean http://localhost:5000/echo?').waitFor();
  await formOf(page).getByText('Built in', { exact: true }).click();
  await field(page, 'Which one').selectOption('Menu: asks with a form');
  await formOf(page).getByText('Web address', { exact: true }).click();
  assert.equal(await field(page, 'URL').inputValue(), 'localhost:5000/echo');
  await formOf(page).getByText('Built in', { exact: true }).click();
  await formOf(page).getByRole('button', { name: 'Add', exact: true }).click();
  await page.locator('.bot-row', { hasText: 'built in: form' }).waitFor();
});

test('a bot without an address gets the line to paste, and its token once', async () => {
  const page = await enter('no address');
  await page.locator('.add-bot').click();
  await field(page, 'Name').fill('LapBot');
  await formOf(page).getByText('No address', { exact: true }).click();
  await formOf(page).getByRole('button', { name: 'Add', exact: true }).click();
  const line = formOf(page).locator('.code-line code').first();
  await line.waitFor();
  assert.equal(await line.textContent(), `parlor relay --server ${parlor.base} --room 'no address' --name LapBot http://localhost:5000/`);
  await formOf(page).getByRole('button', { name: 'Copy the line' }).click();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), await line.textContent());
  await formOf(page).getByText('No program is connected yet.').waitFor();
  await formOf(page).locator('summary', { hasText: 'its token' }).click();
  await formOf(page).getByRole('button', { name: 'Make a token' }).click();
  await formOf(page).getByText('This token is shown only now.').waitFor();
  const token = (await formOf(page).locator('.code-line code').nth(1).textContent()) ?? '';
  assert.ok(token.length >= 20);
  await formOf(page).getByRole('button', { name: 'Cancel' }).click();
  await edit(page, 'LapBot');
  assert.equal(await formOf(page).getByText(token).count(), 0);
});

test('what is typed is still there after another tab of the panel, after closing it, and after a reload', async () => {
  await parlor.bot('kept', 'SkyBot', '');
  const page = await enter('kept');
  await edit(page, 'SkyBot');
  await field(page, 'Responds to').fill('half a pat');
  await page.getByRole('tab', { name: 'Room' }).click();
  await page.getByRole('tab', { name: 'Bots' }).click();
  assert.equal(await field(page, 'Responds to').inputValue(), 'half a pat');
  await page.reload();
  await page.locator('.bot-row .tag', { hasText: 'not saved' }).waitFor();
  await edit(page, 'SkyBot');
  assert.equal(await field(page, 'Responds to').inputValue(), 'half a pat');
  await field(page, 'Responds to').press('Escape');
  await page.locator('.toast', { hasText: 'Your changes to SkyBot are discarded.' }).getByRole('button', { name: 'Undo' }).click();
  await edit(page, 'SkyBot');
  assert.equal(await field(page, 'Responds to').inputValue(), 'half a pat');
});

test('when somebody else changes the same field, one is told, keeps what one typed, and decides', async () => {
  const { id } = await parlor.bot('both', 'SkyBot', 'http://localhost:5000/one', 'one');
  const page = await enter('both');
  await edit(page, 'SkyBot');
  await field(page, 'Responds to').fill('mine');
  await parlor.call('/api/actions/bot', { id, responds_to: 'theirs', url: 'http://localhost:5000/two' });
  const note = formOf(page).locator('[data-theirs="responds_to"]');
  await note.getByText('theirs', { exact: true }).waitFor();
  assert.equal(await field(page, 'Responds to').inputValue(), 'mine');
  assert.equal(await field(page, 'URL').inputValue(), 'http://localhost:5000/two', 'a field that one did not touch follows');
  await note.getByRole('button', { name: 'Keep mine' }).click();
  await note.waitFor({ state: 'detached' });
  await parlor.call('/api/actions/bot', { id, responds_to: 'theirs again' });
  await note.getByRole('button', { name: 'Take theirs' }).click();
  assert.equal(await field(page, 'Responds to').inputValue(), 'theirs again');
  await field(page, 'Responds to').fill('mine at last');
  await parlor.call('/api/actions/bot', { id, url: 'http://localhost:5000/three', timeout: 9 });
  await page.waitForFunction(() => document.querySelector('[name="url"]') instanceof HTMLInputElement && /** @type {HTMLInputElement} */ (document.querySelector('[name="url"]')).value.endsWith('three'));
  await save(page);
  await formOf(page).waitFor({ state: 'detached' });
  const [bot] = await botsOf('both');
  assert.deepEqual([bot.responds_to, bot.url, bot.timeout], ['mine at last', 'http://localhost:5000/three', 9]);
});

test('when somebody else deletes the bot that one edits, what one typed can be added again', async () => {
  const { id } = await parlor.bot('deleted', 'SkyBot', 'http://localhost:5000/one');
  const page = await enter('deleted');
  await edit(page, 'SkyBot');
  await field(page, 'Responds to').fill('mine');
  await fetch(`${parlor.base}/api/actions/bot`, { method: 'DELETE', body: JSON.stringify({ id }), headers: { 'content-type': 'application/json' } });
  await formOf(page).getByText('Somebody deleted SkyBot while you were editing it.').waitFor();
  assert.equal(await field(page, 'Responds to').inputValue(), 'mine');
  await formOf(page).getByRole('button', { name: 'Add it again' }).click();
  await page.locator('.bot-row', { hasText: 'mine' }).waitFor();
  const [bot] = await botsOf('deleted');
  assert.deepEqual([bot.name, bot.responds_to, bot.url], ['SkyBot', 'mine', 'http://localhost:5000/one']);
  assert.notEqual(bot.id, id);
});

test('a bot is added by keyboard alone', async () => {
  const page = await openRoom(await browser.newContext(), parlor, 'keys');
  await page.getByRole('button', { name: 'Bots and settings' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('tab', { name: 'Bots' }).and(page.locator(':focus')).waitFor();
  await page.locator('.add-bot').waitFor();
  // Past the link to the guide, which a room without bots has.
  for (const key of ['Tab', 'Tab', 'Tab']) await page.keyboard.press(key);
  await page.locator('.add-bot:focus').waitFor();
  await page.keyboard.press('Enter');
  await field(page, 'Name').and(page.locator(':focus')).waitFor();
  await page.keyboard.insertText('KeyBot');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await field(page, 'URL').and(page.locator(':focus')).waitFor();
  await page.keyboard.insertText('http://localhost:5000/key');
  await page.keyboard.press('Enter');
  await page.locator('.bot-row', { hasText: 'http://localhost:5000/key' }).waitFor();
  assert.equal((await botsOf('keys'))[0].name, 'KeyBot');
});
