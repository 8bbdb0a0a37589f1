// A person's way through a room: writing, bots, forms, conversations, a server that goes away and comes back.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Bots, card, exactly, frameOf, launch, openRoom, Parlor, talk, write } from './harness.mjs';

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

/** @param {string} room @param {string} [name] */
const enter = async (room, name) => openRoom(await browser.newContext(), parlor, room, name);

test('a message that is sent appears once, under its author’s name', async () => {
  const page = await enter('sending');
  await write(page, 'hello there');
  await card(page, 'hello there').waitFor();
  assert.equal(await card(page, 'hello there').count(), 1);
  assert.equal(await card(page, 'hello there').locator('.author').textContent(), 'Ann');
  assert.equal(await page.locator('.composer textarea').inputValue(), '');
});

test('a room’s name may hold slashes, spaces and any letters', async () => {
  const room = 'küche/tee & kuchen 100%';
  const page = await enter(room);
  assert.equal(await page.locator('header h1').textContent(), room);
  await write(page, 'in here');
  await card(page, 'in here').waitFor();
  assert.equal((await parlor.messages(room)).length, 1);
});

test('what a person writes is text, and its addresses are links', async () => {
  const page = await enter('text');
  await write(page, '<b>bold</b> see https://example.org/a_(b), please');
  const body = card(page, 'please').locator('.body');
  await body.waitFor();
  assert.equal(await body.textContent(), '<b>bold</b> see https://example.org/a_(b), please');
  assert.equal(await body.locator('b').count(), 0);
  assert.equal(await body.locator('a').getAttribute('href'), 'https://example.org/a_(b)');
});

test('a bot’s answer is HTML whose links start from the bot', async () => {
  const url = bots.at('/deep/rich', () => ({ text: '<i class="lead">Lasagna</i> <a href="more">more</a>', author: 'Emmy' }));
  await parlor.bot('rich', 'RichBot', url);
  const page = await enter('rich');
  await write(page, 'richbot, please');
  const answer = talk(page).locator('.message-card[data-necsus-author="Emmy"]');
  await answer.waitFor();
  assert.equal(await answer.locator('i.lead').textContent(), 'Lasagna');
  assert.equal(await answer.locator('.body a').getAttribute('href'), `${bots.base}/deep/more`);
});

test('a form goes to its bot, with the button that was pressed', async () => {
  const form = `<form action="/ordered"><input name="who" value="Joel"><input type="checkbox" name="top" value="cheese" checked>
    <input type="checkbox" name="top" value="olives" checked><button name="go" value="no">No</button><button name="go" value="yes">Yes</button></form>`;
  await parlor.bot('forms', 'FormBot', bots.at('/form', () => ({ text: form })));
  bots.at('/ordered', ({ form_data }) => ({ text: `Ordered by ${form_data.who}` }));
  const page = await enter('forms');
  await write(page, 'formbot');
  await talk(page).getByRole('button', { name: 'Yes' }).click();
  await card(page, 'Ordered by Joel').waitFor();
  const sent = bots.heard.find(({ path }) => path === '/ordered');
  assert.deepEqual(sent?.body.form_data, { who: 'Joel', top: ['cheese', 'olives'], go: 'yes' });
  assert.equal(sent?.body.author, 'Ann');
});

test('a form that asks for a file is refused with a sentence', async () => {
  await parlor.bot('files', 'FileBot', bots.at('/file', () => ({ text: '<form><input type="file" name="f" required><button>Upload</button></form>' })));
  const page = await enter('files');
  await write(page, 'filebot');
  await talk(page).getByRole('button', { name: 'Upload' }).click();
  await talk(page).locator('form .wrong', { hasText: 'files can’t be sent' }).waitFor();
});

test('a conversation can be left', async () => {
  await parlor.bot('cats', 'CatBot', bots.at('/cat', () => ({ text: 'Where did you see the cat?', state: { cat: 1 } })));
  const page = await enter('cats');
  await write(page, 'catbot, I saw a cat');
  await page.getByRole('button', { name: 'Leave conversation with CatBot' }).click();
  await card(page, 'The room state has been cleared').waitFor();
  await page.locator('.conversation').waitFor({ state: 'detached' });
});

test('the up key brings back what one said', async () => {
  const page = await enter('history');
  const field = page.locator('.composer textarea');
  await write(page, 'first');
  await write(page, 'second');
  await card(page, 'second').waitFor();
  await field.press('ArrowUp');
  assert.equal(await field.inputValue(), 'second');
  await field.press('ArrowUp');
  assert.equal(await field.inputValue(), 'first');
  await field.press('ArrowDown');
  await field.press('ArrowDown');
  assert.equal(await field.inputValue(), '');
  await field.press('ArrowUp');
  await field.press('Enter');
  await card(page, 'second').nth(1).waitFor();
  await field.press('ArrowUp');
  assert.equal(await field.inputValue(), 'second', 'after sending one begins at the newest again');
});

test('what one is writing outlives a look at what one said before', async () => {
  const page = await enter('begun');
  const field = page.locator('.composer textarea');
  await write(page, 'said');
  await field.fill('half a thought');
  await field.press('ArrowUp');
  assert.equal(await field.inputValue(), 'said');
  await page.reload();
  await page.waitForFunction(() => document.querySelector('textarea')?.value === 'half a thought');
  await field.press('ArrowUp');
  await field.press('Enter');
  await card(page, 'said').nth(1).waitFor();
  assert.equal(await field.inputValue(), 'half a thought');
});

test('a draft is still there after the page was closed', async () => {
  const page = await enter('draft');
  await page.locator('.composer textarea').fill('not yet sent');
  await page.reload();
  await page.waitForFunction(() => document.querySelector('textarea')?.value === 'not yet sent');
});

test('older messages come while one scrolls up', async () => {
  for (let n = 1; n <= 230; n += 1) await parlor.say('long', n % 2 ? 'Ann' : 'Joel', `number ${n}.`);
  const page = await enter('long');
  await card(page, 'number 230.').waitFor();
  assert.equal(await card(page, exactly('number 100.')).count(), 0);
  const frame = page.frames().find((one) => one.url().includes('/frame'));
  assert.ok(frame);
  const first = talk(page).locator('.body', { hasText: exactly('number 1.') });
  await frame.waitForFunction(() => {
    scrollTo(0, 0);
    return [...document.querySelectorAll('.body')].some(({ textContent }) => textContent === 'number 1.');
  });
  await first.waitFor();
  await talk(page).getByRole('button', { name: 'Jump to newest' }).click();
  await frame.waitForFunction(() => document.documentElement.scrollTop + innerHeight >= document.documentElement.scrollHeight - 2);
});

test('what is new since the last visit is marked', async () => {
  await parlor.say('again', 'Joel', 'already read');
  const context = await browser.newContext();
  const page = await openRoom(context, parlor, 'again');
  await card(page, 'already read').waitFor();
  await page.waitForFunction(() => JSON.parse(localStorage.getItem('parlor.rooms') ?? '[]')[0]?.read > 0);
  await page.close();
  await parlor.say('again', 'Joel', 'not yet read');
  const later = await openRoom(context, parlor, 'again');
  await card(later, 'not yet read').waitFor();
  const marked = talk(later).locator('.row', { hasText: 'New since you were here' });
  assert.equal(await marked.locator('.body').textContent(), 'not yet read');
});

test('what one never scrolled to is new at the next visit', async () => {
  for (let n = 1; n <= 30; n += 1) await parlor.say('scrolled', 'Joel', `line ${n}.\nanother line\nand another`);
  const context = await browser.newContext();
  const page = await openRoom(context, parlor, 'scrolled');
  await card(page, 'line 30.').waitFor();
  const read = () => page.evaluate(() => JSON.parse(localStorage.getItem('parlor.rooms') ?? '[]')[0]?.read);
  const { id } = (await parlor.messages('scrolled')).at(-1);
  await page.waitForFunction((wanted) => JSON.parse(localStorage.getItem('parlor.rooms') ?? '[]')[0]?.read === wanted, id);
  const frame = await frameOf(page);
  await frame.evaluate(() => scrollTo(0, 0));
  await talk(page).getByRole('button', { name: 'Jump to newest' }).waitFor();
  await parlor.say('scrolled', 'Joel', 'said below the screen');
  await talk(page).getByRole('button', { name: '1 new message' }).waitFor();
  assert.equal(await read(), id);
  assert.equal(await page.title(), 'scrolled · Parlor', 'one is there, so nothing calls one back');
  await page.close();
  const later = await openRoom(context, parlor, 'scrolled');
  const marked = talk(later).locator('.row', { hasText: 'New since you were here' });
  assert.equal(await marked.locator('.body').textContent(), 'said below the screen');
});

test('what is written while the server is away is sent once, and nothing is missed', async () => {
  const own = await Parlor.start();
  try {
    const page = await openRoom(await browser.newContext(), own, 'away');
    await write(page, 'before');
    await card(page, 'before').waitFor();
    await own.down();
    await page.locator('.link:not([data-link="live"])').waitFor();
    await write(page, 'meanwhile');
    await page.locator('.waiting', { hasText: 'meanwhile' }).waitFor();
    await own.up();
    await own.say('away', 'Joel', 'after');
    await card(page, 'meanwhile').waitFor();
    await card(page, 'after').waitFor();
    await page.locator('.link[data-link="live"]').waitFor();
    await page.locator('.waiting').waitFor({ state: 'detached' });
    const texts = (await own.messages('away')).map(({ text }) => text).toSorted();
    assert.deepEqual(texts, ['after', 'before', 'meanwhile']);
    assert.equal(await card(page, 'meanwhile').count(), 1);
    assert.equal(await card(page, 'before').count(), 1);
  } finally {
    await own.end();
  }
});

test('a bot is added, changed in place, deleted, and the deletion taken back', async () => {
  const page = await enter('bots');
  await page.locator('.stands').getByRole('button', { name: 'Add a bot' }).click();
  const form = page.locator('parlor-bot-form');
  await form.getByLabel('Name', { exact: true }).fill('EchoBot');
  await form.getByLabel('URL', { exact: true }).fill('http://localhost:5000/echo');
  await form.getByRole('button', { name: 'Add', exact: true }).click();
  await page.locator('.bot-row', { hasText: 'EchoBot' }).waitFor();

  await page.getByRole('button', { name: 'Edit EchoBot' }).click();
  await form.getByLabel('Responds to', { exact: true }).fill('(');
  await form.getByRole('button', { name: 'Save' }).click();
  const wrong = form.locator('.field', { has: page.locator('[name="responds_to"]') }).locator('.wrong');
  await wrong.waitFor();
  await form.getByLabel('Responds to', { exact: true }).fill('echo (?P<what>.+)');
  await form.getByRole('button', { name: 'Save' }).click();
  await page.locator('.bot-row code', { hasText: 'echo (?P<what>.+)' }).waitFor();

  await page.getByRole('button', { name: 'Delete EchoBot' }).click();
  await page.locator('.bot-row').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.locator('.bot-row', { hasText: 'EchoBot' }).waitFor();

  await page.getByRole('button', { name: 'Delete EchoBot' }).click();
  await page.locator('.toast', { hasText: 'EchoBot is deleted' }).getByRole('button', { name: 'Dismiss' }).click();
  await page.locator('.counts', { hasText: 'no bots' }).waitFor();
  assert.deepEqual(await parlor.call('/api/bots?room=bots'), []);
});

test('a bot that is on its way out when one leaves the page is deleted once', async () => {
  await parlor.bot('leaving', 'EchoBot', 'http://localhost:5000/echo');
  const page = await enter('leaving');
  const deleted = /** @type {string[]} */ ([]);
  page.on('request', (request) => request.method() === 'DELETE' && deleted.push(request.url()));
  await page.getByRole('button', { name: 'Bots and settings' }).click();
  await page.getByRole('button', { name: 'Delete EchoBot' }).click();
  const undo = page.getByRole('button', { name: 'Undo' });
  await undo.waitFor();
  // The browser may keep the page, and bring it back.
  const [answer] = await Promise.all([
    page.waitForResponse((response) => response.request().method() === 'DELETE'),
    page.evaluate(() => dispatchEvent(new Event('pagehide'))),
  ]);
  assert.equal(answer.ok(), true);
  await undo.waitFor({ state: 'detached' });
  await page.evaluate(() => dispatchEvent(new Event('pagehide')));
  assert.equal(deleted.length, 1);
  assert.deepEqual(await parlor.call('/api/bots?room=leaving'), []);
});

test('a room is cleared only after its name was typed', async () => {
  const page = await enter('clearing');
  await write(page, 'soon gone');
  await card(page, 'soon gone').waitFor();
  await page.getByRole('button', { name: 'Bots and settings' }).click();
  await page.getByRole('tab', { name: 'Room' }).click();
  const button = page.getByRole('button', { name: 'Clear all messages' });
  assert.equal(await button.isDisabled(), true);
  await page.getByLabel('Type the room’s name').fill('clearing');
  await button.click();
  await page.getByText('Nobody has said anything here yet').waitFor();
  assert.equal(await talk(page).locator('.message-card').count(), 0);
});

test('the lobby leads into a room, and refuses a name that can’t be one', async () => {
  const page = await (await browser.newContext()).newPage();
  await page.goto(`${parlor.base}/`);
  await page.getByLabel('Go to a room').fill('a//b');
  await page.getByRole('button', { name: 'Go' }).click();
  await page.getByText('Between slashes there must be something').waitFor();
  await page.getByLabel('Go to a room').fill('from/the lobby');
  await page.getByRole('button', { name: 'Go' }).click();
  await page.locator('.link[data-link="live"]').waitFor();
  assert.equal(new URL(page.url()).pathname, '/from/the%20lobby');
  await page.goBack();
  await page.locator('.rooms', { hasText: 'from/the lobby' }).waitFor();
});
