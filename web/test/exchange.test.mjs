// Export and import of a room's bots: by file, by clipboard and by dropping, in our form and in NeCSuS's, with a choice for
// each; and what somebody gets to read who brings something else.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { launch, openRoom, Parlor } from './harness.mjs';

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

/** @typedef {import('playwright-core').Page} Page */

/** The page of a room, at its import and export. @param {string} room */
async function enter(room) {
  const context = await browser.newContext({ permissions: ['clipboard-read', 'clipboard-write'] });
  const page = await openRoom(context, parlor, room);
  await page.getByRole('button', { name: 'Bots and settings' }).click();
  await page.getByRole('button', { name: 'Import, export' }).click();
  await page.locator('parlor-bot-exchange').waitFor();
  return page;
}

/** @param {Page} page @param {unknown} list */
async function paste(page, list) {
  await page.getByLabel('Or paste the text').fill(typeof list === 'string' ? list : JSON.stringify(list));
  await page.getByRole('button', { name: 'Look at it' }).click();
}

/** @param {string} room @returns {Promise<any[]>} */
const botsOf = (room) => parlor.call(`/api/bots?${new URLSearchParams({ room })}`);

/** @param {Page} page @param {string} text */
const entry = (page, text) => page.locator('.entries > li', { hasText: text });

test('a room’s bots are downloaded, and come into another room as they were', async () => {
  await parlor.call('/api/actions/bot', { room: 'from', name: 'Naïve "Bot"', url: 'http://localhost:5000/a', responds_to: 'über (?P<was>.+)', timeout: 5, paused: true, secret: 'not-in-the-file' });
  await parlor.bot('from', 'PlainBot', 'socket:');
  const page = await enter('from');
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Download' }).click()]);
  assert.equal(download.suggestedFilename(), 'from-bots.json');
  const path = await download.path();
  const file = await readFile(path, 'utf8');
  assert.doesNotMatch(file, /not-in-the-file|secret/u);
  const other = await enter('to');
  await other.locator('input[type="file"]').setInputFiles(path);
  await other.getByRole('button', { name: 'Import 2 bots' }).click();
  await other.locator('.results', { hasText: '2 bots are here now.' }).waitFor();
  /** @param {any} bot */
  const what = ({ name, responds_to, url, timeout, paused, events }) => ({ name, responds_to, url, timeout, paused, events });
  assert.deepEqual((await botsOf('to')).map(what), (await botsOf('from')).map(what));
});

test('in NeCSuS’s form there are name, responds_to and url of the bots that one chose, and nothing else', async () => {
  await parlor.bot('chosen', 'OneBot', 'http://localhost:5000/one', 'one');
  await parlor.bot('chosen', 'TwoBot', 'http://localhost:5000/two');
  await parlor.bot('chosen', 'ThreeBot', '');
  const page = await enter('chosen');
  await page.getByText('As NeCSuS has it').click();
  await page.getByRole('checkbox', { name: 'ThreeBot' }).uncheck();
  await page.getByRole('button', { name: 'Copy', exact: true }).click();
  await page.locator('.toast', { hasText: '2 bots are on your clipboard' }).waitFor();
  assert.deepEqual(JSON.parse(await page.evaluate(() => navigator.clipboard.readText())), [
    { name: 'OneBot', responds_to: 'one', url: 'http://localhost:5000/one' },
    { name: 'TwoBot', responds_to: '', url: 'http://localhost:5000/two' },
  ]);
});

test('for each bot of a file one chooses to add it, to put it in the place of the one of its name, or to leave it', async () => {
  const old = await parlor.call('/api/actions/bot', { room: 'choices', name: 'OldBot', url: 'http://localhost:5000/old', timeout: 7 });
  await parlor.bot('choices', 'SameBot', 'http://localhost:5000/same');
  const page = await enter('choices');
  await paste(page, [
    { name: 'OldBot', responds_to: 'new', url: 'http://localhost:5000/new' },
    { name: 'SameBot', responds_to: '', url: 'http://localhost:5000/same' },
    { name: 'NewBot', responds_to: null, url: '' },
    { name: 'OtherBot', url: 'http://localhost:5000/other' },
  ]);
  await entry(page, 'OldBot').getByText('its values differ').waitFor();
  await entry(page, 'SameBot').getByText('Already here, the same.').waitFor();
  assert.equal(await page.getByLabel('What to do with OldBot').inputValue(), 'replace');
  assert.equal(await page.getByLabel('What to do with SameBot').inputValue(), 'skip');
  assert.equal(await page.getByLabel('What to do with NewBot').inputValue(), 'add');
  await page.getByLabel('What to do with OtherBot').selectOption('Skip');
  assert.equal((await botsOf('choices')).length, 2, 'nothing is written before one has said so');
  await page.getByRole('button', { name: 'Import 2 bots' }).click();
  const results = page.locator('.results');
  for (const said of ['OldBot replaced', 'SameBot skipped', 'NewBot added', 'OtherBot skipped']) await results.getByText(said).waitFor();
  const bots = await botsOf('choices');
  assert.deepEqual(bots.map(({ name }) => name).sort(), ['NewBot', 'OldBot', 'SameBot']);
  const replaced = bots.find(({ id }) => id === old.id);
  assert.deepEqual([replaced.responds_to, replaced.url, replaced.timeout], ['new', 'http://localhost:5000/new', 7]);
});

test('what is wrong with an entry stands beside it before anything is written, and the others are imported', async () => {
  const page = await enter('faults');
  await paste(page, [
    { name: 'BadPattern', responds_to: '(oh', url: '' },
    { responds_to: 'x', url: 'http://localhost/' },
    { name: 'NoUrl' },
    { name: 5, url: '' },
    { name: 'Times', url: '', timeout: 'long' },
    { name: '   ', url: '' },
    'a text',
    null,
    { name: 'Fine', url: '' },
    { name: 'Fine', url: 'http://localhost/2' },
  ]);
  await entry(page, 'BadPattern').locator('.wrong').waitFor();
  await entry(page, 'Entry 2').getByText('“name” is missing.').waitFor();
  await entry(page, 'NoUrl').getByText('“url” is missing.').waitFor();
  await entry(page, 'Entry 4').getByText('“name” is a number; it must be a text.').waitFor();
  await entry(page, 'Times').getByText('“timeout” is a text; it must be a number.').waitFor();
  await entry(page, 'Entry 6').getByText('Its name is empty.').waitFor();
  await entry(page, 'Entry 7').getByText('This entry is a text').waitFor();
  await entry(page, 'Entry 8').getByText('This entry is null').waitFor();
  await page.getByText('This name comes twice in the file.').waitFor();
  await page.getByRole('button', { name: 'Import 1 bot', exact: true }).click();
  await page.locator('.results', { hasText: '1 bot is here now.' }).waitFor();
  assert.deepEqual((await botsOf('faults')).map(({ name, url }) => [name, url]), [['Fine', '']]);
});

test('what the server refuses is told for that bot, and the rest comes in', async () => {
  const page = await enter('refused');
  await paste(page, [{ name: 'Slow', url: '', timeout: 1e9 }, { name: 'Fine', url: '' }]);
  await page.getByRole('button', { name: 'Import 2 bots' }).click();
  await page.locator('.results', { hasText: '1 bot is here now, 1 could not be imported.' }).waitFor();
  await page.locator('.results li', { hasText: 'Slow' }).locator('.wrong', { hasText: 'timeout' }).waitFor();
});

const HOSTILE = /** @type {[string, string, string][]} */ ([
  ['nothing', '   ', 'There is no text in it'],
  ['a web page', '<!doctype html><script>alert(1)</script>', 'That is not JSON'],
  ['half a file', '[{"name": "A", ', 'That is not JSON'],
  ['an object', '{"name": "A", "url": ""}', 'A list of bots was expected, and this is a single object.'],
  ['a number', '7', 'and this is a number.'],
  ['null', 'null', 'and this is null.'],
  ['an empty list', '[]', 'The list is empty'],
  ['far too many', JSON.stringify(Array(5000).fill(0)), 'That list has 5000 entries'],
  ['a huge file', `["${'x'.repeat(1_100_000)}"]`, 'larger than 1 MB'],
]);

test('whoever brings something that is no list of bots gets a sentence', async () => {
  const page = await enter('hostile');
  const errors = /** @type {string[]} */ ([]);
  page.on('pageerror', ({ message }) => errors.push(message));
  for (const [what, text, sentence] of HOSTILE) {
    await page.locator('input[type="file"]').setInputFiles({ name: 'bots.json', mimeType: 'application/json', buffer: Buffer.from(text) });
    await page.locator('.exchange-in [role="alert"]', { hasText: sentence }).waitFor().catch(() => assert.fail(`no sentence for ${what}`));
  }
  await page.locator('input[type="file"]').setInputFiles({ name: 'deep.json', mimeType: 'application/json', buffer: Buffer.from('['.repeat(100_000) + ']'.repeat(100_000)) });
  await page.locator('.exchange-in .wrong', { hasText: /list/u }).waitFor();
  assert.deepEqual(errors, []);
  assert.deepEqual(await botsOf('hostile'), []);
});

test('names that try to be more than names stay text', async () => {
  const page = await enter('names');
  await paste(page, `[{"name":"<img src=x onerror=alert(1)>","url":"javascript:alert(1)","__proto__":{"paused":true},"constructor":1}]`);
  await entry(page, '<img src=x').waitFor();
  assert.equal(await page.locator('parlor-bot-exchange img').count(), 0);
  assert.equal(await page.locator('parlor-bot-exchange a').count(), 0);
  assert.equal(await page.evaluate(() => Reflect.get({}, 'paused')), undefined);
});

test('a file can be dropped', async () => {
  const page = await enter('dropped');
  const transfer = await page.evaluateHandle(() => {
    const given = new DataTransfer();
    given.items.add(new File(['[{"name": "DroppedBot", "responds_to": "", "url": ""}]'], 'bots.json', { type: 'application/json' }));
    return given;
  });
  await page.dispatchEvent('.drop', 'dragover', { dataTransfer: transfer });
  await page.getByText('Drop the file here').waitFor();
  await page.dispatchEvent('.drop', 'drop', { dataTransfer: transfer });
  await entry(page, 'DroppedBot').waitFor();
});

test('import and export work by keyboard alone', async () => {
  const page = await enter('keyboard');
  await page.locator('.back').and(page.locator(':focus')).waitFor();
  await page.keyboard.press('Tab');
  await page.locator('input[type="file"]').and(page.locator(':focus')).waitFor();
  await page.keyboard.press('Tab');
  await page.keyboard.insertText('[{"name": "KeyBot", "responds_to": "", "url": ""}]');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await entry(page, 'KeyBot').waitFor();
  await page.locator('.entries:focus').waitFor();
  await page.keyboard.press('Tab');
  await page.getByLabel('What to do with KeyBot').and(page.locator(':focus')).waitFor();
  await page.locator('.exchange-in .button.go:not([disabled])').waitFor();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.locator('.results', { hasText: '1 bot is here now.' }).waitFor();
});
