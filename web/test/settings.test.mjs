// Settings of the room and of the person, lecture mode, the line for bots without an address, the keys.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { card, launch, openRoom, Parlor, write } from './harness.mjs';

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

/** @param {string} room @param {string} [name] */
const enter = async (room, name) => openRoom(await browser.newContext(), parlor, room, name);

/** Opens the panel at a tab. @param {Page} page @param {'Room' | 'You'} tab */
async function open(page, tab) {
  await page.getByRole('button', { name: 'Your settings' }).click();
  await page.getByRole('tab', { name: tab, exact: true }).click();
}

/** @param {string} room */
const settings = (room) => parlor.call(`/api/actions/room?${new URLSearchParams({ room })}`);

/** Waits until the server has what is expected. @param {() => Promise<boolean>} holds */
async function until(holds) {
  const late = Date.now() + 20_000;
  while (!(await holds())) assert.ok(Date.now() < late, 'in time');
}

test('what bots may send, and Markdown, are set for the room', async () => {
  const page = await enter('content');
  await open(page, 'Room');
  await page.getByRole('radio', { name: 'Everything' }).and(page.locator(':checked')).waitFor();
  await page.getByRole('radio', { name: 'Plain text' }).check();
  await until(async () => (await settings('content')).content === 'plain');
  await page.getByLabel('Draw what people write as Markdown').check();
  await until(async () => (await settings('content')).markdown === true);
  assert.equal((await settings('content')).content, 'plain');
  await page.reload();
  await open(page, 'Room');
  await page.getByRole('radio', { name: 'Plain text' }).and(page.locator(':checked')).waitFor();
});

test('where only an admin may change the room, the settings are shown with the reason and can’t be changed', async () => {
  const own = await Parlor.start('0.0.0.0:0');
  try {
    const context = await browser.newContext();
    const page = await openRoom(context, own, 'served');
    await open(page, 'Room');
    await page.locator('.refused', { hasText: 'admin' }).waitFor();
    assert.equal(await page.getByRole('radio', { name: 'Plain text' }).isDisabled(), true);
    assert.equal(await page.getByLabel('Draw what people write as Markdown').isDisabled(), true);
    for (const field of ['Days', 'Newest messages']) assert.equal(await page.getByLabel(field).isDisabled(), true, field);
    assert.equal(await page.getByRole('button', { name: 'Save', exact: true }).count(), 0);
    await page.getByRole('radio', { name: 'Everything' }).and(page.locator(':checked')).waitFor();
  } finally {
    await own.end();
  }
});

test('how long messages are kept is set for the room, and what that erases is said before', async () => {
  for (const text of ['one', 'two', 'three']) await parlor.say('kept', 'Joel', text);
  const page = await enter('kept');
  await open(page, 'Room');
  const [days, most] = [page.getByLabel('Days'), page.getByLabel('Newest messages')];
  const save = page.getByRole('button', { name: 'Save', exact: true });
  await save.waitFor();
  assert.equal(await days.getAttribute('placeholder'), 'for ever');
  for (const wrong of ['0', '-1', '1.5', 'soon', '99999999999']) {
    await days.fill(wrong);
    await save.click();
    await page.locator('.field', { has: days }).getByText(/Give (a whole number|at most)/u).last().waitFor();
    assert.equal(await days.getAttribute('aria-invalid'), 'true', wrong);
    assert.equal(await days.evaluate((it) => it === document.activeElement), true, 'the focus is where it is wrong');
  }
  // Nothing here is so old: it is saved without a question.
  await days.fill('30');
  await save.click();
  await page.getByText('Saved.').waitFor();
  assert.deepEqual([(await settings('kept')).keep, (await settings('kept')).keep_messages ?? null], [30, null]);
  await most.fill('2');
  await save.click();
  await page.getByText('Everything but the newest 2 messages').waitFor();
  await page.getByRole('button', { name: 'Change nothing' }).click();
  assert.equal(await most.inputValue(), '');
  assert.equal((await settings('kept')).keep_messages ?? null, null);
  await most.fill('2');
  await save.click();
  await page.getByRole('button', { name: 'Erase and save' }).click();
  await page.getByText('Saved.').waitFor();
  assert.equal((await settings('kept')).keep_messages, 2);
  // Somebody else changes something: what is typed here stays.
  await days.fill('7');
  await parlor.call('/api/actions/room', { room: 'kept', markdown: true });
  await page.getByLabel('Draw what people write as Markdown').and(page.locator(':checked')).waitFor();
  assert.equal(await days.inputValue(), '7');
  await days.fill('');
  await most.fill('');
  await save.click();
  await until(async () => (await settings('kept')).keep === null);
});

test('the line for a bot without an address comes through each terminal’s shell unchanged', async () => {
  const room = `it's "big" $HOME/100% & more`;
  const page = await enter(room);
  await open(page, 'Room');
  await page.getByText('Bots without an address').click();
  await page.getByLabel('Where your program listens').fill('http://localhost:5000/echo?a=1&b=2');
  await page.getByRole('radio', { name: 'Mac, Linux' }).check({ force: true });
  const line = await page.locator('.relay .line').textContent();
  assert.ok(line);
  // What stands in the place of the program says what it was given.
  const { stdout } = await promisify(execFile)('/bin/sh', ['-c', `parlor() { printf '%s\\n' "$@"; }\n${line}`]);
  assert.deepEqual(stdout.trimEnd().split('\n'), ['relay', '--server', parlor.base, '--room', room, 'http://localhost:5000/echo?a=1&b=2']);
  await page.getByRole('radio', { name: 'Windows' }).check({ force: true });
  assert.match(await page.locator('.relay .line').textContent() ?? '', /--room \^"it's \\\^"big\\\^" \$HOME\/100\^%\^ \^& more\^" \^"http:\/\/localhost:5000\/echo\?a=1\^&b=2\^"$/u);
  await page.getByRole('radio', { name: 'PowerShell' }).check({ force: true });
  assert.match(await page.locator('.relay .line').textContent() ?? '', /--room 'it''s \\"big\\" \$HOME\/100% & more'/u);
});

test('the line can be copied', async () => {
  const context = await browser.newContext({ permissions: ['clipboard-read', 'clipboard-write'] });
  const page = await openRoom(context, parlor, 'copy');
  await open(page, 'Room');
  await page.getByText('Bots without an address').click();
  await page.getByRole('button', { name: 'Copy the line' }).click();
  await page.getByText('The line is on your clipboard').waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), `parlor relay --server ${parlor.base} --room copy http://localhost:5000/echo`);
});

test('where the browser has no clipboard for pages, as on plain http, what is copied is selected for it; and no note shows a hidden address', async () => {
  const context = await browser.newContext();
  await context.addInitScript(() => {
    Object.defineProperty(navigator, 'clipboard', { value: undefined });
    addEventListener('copy', () => Object.assign(window, { copied: /** @type {HTMLTextAreaElement} */ (document.activeElement).value }));
  });
  const page = await openRoom(context, parlor, 'plain');
  const copied = () => page.evaluate(() => Reflect.get(window, 'copied'));
  await open(page, 'Room');
  await page.getByText('Bots without an address').click();
  await page.getByRole('button', { name: 'Copy the line' }).click();
  await page.getByText('The line is on your clipboard').waitFor();
  assert.equal(await copied(), `parlor relay --server ${parlor.base} --room plain http://localhost:5000/echo`);
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('aria-label')), 'Copy the line', 'the focus comes back');
  await page.locator('.panel-in:not([hidden])').getByRole('button', { name: 'Copy the address' }).click();
  await page.getByText('The address is on your clipboard').waitFor();
  assert.equal(await copied(), `${parlor.base}/plain`);
  await page.evaluate(() => (document.execCommand = () => false));
  await page.getByRole('tab', { name: 'You' }).click();
  await page.getByLabel('Lecture mode').check();
  await page.getByRole('tab', { name: 'Room' }).click();
  await page.locator('.panel-in:not([hidden])').getByRole('button', { name: 'Copy the address' }).click();
  const note = page.locator('.toast', { hasText: 'does not allow copying' });
  await note.waitFor();
  assert.doesNotMatch(await note.textContent() ?? '', /plain/u);
});

test('what is chosen in one tab holds in the others', async () => {
  const context = await browser.newContext();
  const other = await context.newPage();
  await other.goto(`${parlor.base}/tabs`);
  const ask = other.locator('.ask-name');
  await ask.waitFor();
  await other.locator('.link[data-link="live"]').waitFor();
  const page = await openRoom(context, parlor, 'tabs', 'Ann');
  await open(page, 'You');
  await page.getByLabel('Your name').fill('Anna');
  await page.keyboard.press('Enter');
  await ask.waitFor({ state: 'detached' });
  await page.getByRole('radio', { name: 'Compact' }).check({ force: true });
  await other.frameLocator('parlor-talk iframe').locator('html[data-density="compact"]').waitFor();
});

test('the room’s address can be shown as large as the screen allows', async () => {
  for (const room of ['tea', `long/${'name '.repeat(20)}end`]) {
    const page = await enter(room);
    await open(page, 'Room');
    await page.getByRole('button', { name: 'Show the address large' }).click();
    const big = page.locator('.project .big');
    await big.waitFor();
    assert.equal(await big.textContent(), `${new URL(parlor.base).host}/${room}`);
    assert.equal(await big.evaluate((/** @type {HTMLElement} */ it) => it.scrollWidth <= it.clientWidth && it.offsetHeight < innerHeight), true);
    await page.keyboard.press('Escape');
    await big.waitFor({ state: 'hidden' });
    assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('aria-label')), 'Show the address large');
    await page.close();
  }
});

test('one’s name is kept in the browser, and used for what one writes', async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${parlor.base}/named`);
  await page.locator('.link[data-link="live"]').waitFor();
  await open(page, 'You');
  await page.getByLabel('Your name').fill('Grace H.');
  await page.getByLabel('Your name').press('Tab');
  await write(page, 'it is me');
  await card(page, 'it is me').waitFor();
  assert.equal((await parlor.messages('named'))[0].author, 'Grace H.');
  await page.reload();
  await page.locator('.me', { hasText: 'Grace H.' }).waitFor();
});

test('Enter can be made to start a new line; Ctrl and Enter then send', async () => {
  const page = await enter('lines');
  await open(page, 'You');
  await page.getByRole('radio', { name: 'Starts a new line' }).check({ force: true });
  const field = page.locator('.composer textarea');
  await field.pressSequentially('one');
  await field.press('Enter');
  await field.pressSequentially('two');
  await field.press('Control+Enter');
  await card(page, 'two').waitFor();
  assert.equal((await parlor.messages('lines'))[0].text, 'one\ntwo');
});

test('the question mark shows all keys, but not while one writes', async () => {
  const page = await enter('keys');
  const keys = page.getByRole('dialog', { name: 'Keys' });
  await page.locator('.composer textarea').pressSequentially('really?');
  assert.equal(await keys.isVisible(), false);
  await page.getByRole('button', { name: 'Your settings' }).focus();
  await page.keyboard.press('?');
  await keys.waitFor();
  await keys.getByText('Complete a name').waitFor();
  await page.keyboard.press('Escape');
  await keys.waitFor({ state: 'hidden' });
  assert.equal(await page.evaluate(() => document.activeElement?.className), 'me');
  await open(page, 'You');
  await page.getByRole('button', { name: 'Keys', exact: true }).click();
  await keys.waitFor();
});

test('marks for Markdown go around the selection by keys, and away again', async () => {
  await parlor.call('/api/actions/room', { room: 'marks', markdown: true });
  const page = await enter('marks');
  const field = page.locator('.composer textarea');
  await field.fill('so bold');
  await page.locator('.marks').waitFor();
  await field.evaluate((/** @type {HTMLTextAreaElement} */ it) => it.setSelectionRange(3, 7));
  await field.press('Control+b');
  assert.equal(await field.inputValue(), 'so **bold**');
  await field.press('Control+i');
  assert.equal(await field.inputValue(), 'so ***bold***');
  await field.press('Control+i');
  assert.equal(await field.inputValue(), 'so **bold**');
  await field.press('Control+b');
  await field.press('Control+e');
  assert.equal(await field.inputValue(), 'so `bold`');
});
test('lecture mode hides the room’s name everywhere on the page, in this tab only', async () => {
  const room = 'group7-secret';
  await parlor.bot(room, 'EchoBot', 'http://127.0.0.1:1/echo');
  await parlor.say(room, 'Joel', 'echobot?');
  const context = await browser.newContext();
  const page = await openRoom(context, parlor, room);
  await open(page, 'You');
  await page.getByLabel('Lecture mode').check();
  await page.locator('header h1', { hasText: 'This room' }).waitFor();
  const shown = () => page.evaluate((name) => {
    const said = [document.title, document.body.innerText];
    for (const one of document.body.querySelectorAll('*')) for (const { name: attribute, value } of one.attributes) if (['title', 'placeholder', 'aria-label'].includes(attribute)) said.push(value);
    return said.filter((one) => one.includes(name));
  }, room);
  await page.waitForFunction((name) => !document.title.includes(name), room);
  assert.deepEqual(await shown(), []);
  await page.getByRole('tab', { name: 'Room', exact: true }).click();
  await page.getByText('Hidden in lecture mode').waitFor();
  await page.getByText('Bots without an address').click();
  await page.locator('.relay .line').waitFor();
  assert.deepEqual(await shown(), []);
  await page.getByRole('tab', { name: 'Inspector', exact: true }).click();
  await page.getByRole('button', { name: /EchoBot/u }).first().click();
  await page.locator('.body-text', { hasText: 'echobot?' }).first().waitFor();
  await page.locator('details.headers summary').first().click();
  assert.deepEqual(await shown(), []);
  await page.reload();
  await page.locator('header h1', { hasText: 'This room' }).waitFor();
  const other = await openRoom(context, parlor, room);
  await other.locator('header h1', { hasText: room }).waitFor();
  await other.goto(`${parlor.base}/${room}?lecture`);
  await other.locator('header h1', { hasText: 'This room' }).waitFor();
});

