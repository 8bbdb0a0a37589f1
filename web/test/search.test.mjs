// The search in a room: by keyboard, highlighted, on to more, and to the message.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, openRoom, Parlor, talk } from './harness.mjs';

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

/** @param {string} room */
const enter = async (room) => openRoom(await browser.newContext(), parlor, room, 'Ann');
/** @param {Page} page */
const results = (page) => page.locator('.search [role="option"]');
/** @param {Page} page @param {string} words */
async function search(page, words) {
  await page.keyboard.press('Control+k');
  await page.locator('.search input').fill(words);
}

test('what was said is found by its words, whatever their case and accents, and they are marked', async () => {
  await parlor.say('found', 'Zoë', 'The Café opens at nine');
  await parlor.say('found', 'Joel', 'nothing of that kind');
  const page = await enter('found');
  await search(page, 'cafe op');
  await results(page).first().waitFor();
  assert.equal(await results(page).count(), 1);
  assert.deepEqual(await results(page).locator('mark').allTextContents(), ['Café', 'op']);
  assert.equal(await results(page).locator('.found-top b').textContent(), 'Zoë');
  await page.getByText('1 message', { exact: true }).waitFor();
  await search(page, 'from:Joel kind');
  await results(page).getByText('nothing of that').waitFor();
});

test('the search is opened by a button, too, closed by Escape, and gives the focus back', async () => {
  const page = await enter('opened');
  await page.getByRole('button', { name: 'Search this room' }).click();
  await page.locator('.search input').fill('something');
  await page.keyboard.press('Escape');
  await page.locator('.search').waitFor({ state: 'hidden' });
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('aria-label')), 'Search this room');
});

test('its key works while the focus is in the talk, too', async () => {
  await parlor.say('focus', 'Joel', 'something to click on');
  const page = await enter('focus');
  await talk(page).getByText('something to click on').click();
  await page.keyboard.press('Control+k');
  await page.locator('.search input').waitFor();
  await page.waitForFunction(() => document.activeElement?.matches('.search input'));
});

test('by keyboard one goes down and up in what was found, and Enter shows the message', async () => {
  for (let n = 1; n <= 120; n += 1) await parlor.say('keys', 'Joel', n % 40 === 1 ? `a needle, number ${n}` : `hay ${n}`);
  const page = await enter('keys');
  await search(page, 'needle');
  await results(page).nth(2).waitFor();
  const chosen = page.locator('.search [aria-selected="true"]');
  assert.match(await chosen.textContent() ?? '', /number 81/u, 'the newest is the first');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowUp');
  await chosen.getByText('number 41').waitFor();
  assert.equal(await page.locator('.search input').getAttribute('aria-activedescendant'), await chosen.getAttribute('id'));
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.locator('.search').waitFor({ state: 'hidden' });
  const card = talk(page).locator('.message-card', { hasText: 'number 1' }).first();
  await card.waitFor();
  assert.match(page.url(), /#m\d+$/u);
  const frame = page.frames().find((one) => one.url().includes('/frame'));
  await frame?.waitForFunction(() => [...document.querySelectorAll('.message-card')].some((it) => {
    const { top, bottom } = it.getBoundingClientRect();
    return /needle, number 1$/u.test(it.querySelector('.body')?.textContent ?? '') && top >= 0 && bottom <= innerHeight;
  }));
});

test('more comes while one scrolls in what was found', async () => {
  for (let n = 1; n <= 50; n += 1) await parlor.say('more', 'Joel', `straw ${n}`);
  const page = await enter('more');
  await search(page, 'straw');
  await results(page).nth(19).waitFor();
  assert.equal(await results(page).count(), 20);
  await page.waitForFunction(() => {
    document.querySelector('#search-found')?.scrollTo(0, 1e6);
    return document.querySelectorAll('.search [role="option"]').length === 50;
  });
  await page.getByText('50 messages').waitFor();
});

test('that nothing was found is said, and so is that the search failed', async () => {
  const page = await enter('nothing');
  await search(page, 'unheard');
  await page.locator('.search').getByText('Nothing here for').waitFor();
  await page.route(/\/api\/search/u, (route) => route.abort());
  await search(page, 'unheard of');
  await page.locator('.search').getByText('Parlor can’t be reached').waitFor();
});

test('what a bot’s HTML says is shown as text', async () => {
  const page = await enter('html');
  await page.route(/\/api\/search/u, (route) => route.fulfill({ json: [{ id: 1, room: 'html', author: 'B', kind: 'bot', text: '<style>b{}</style><b>fish</b> &amp; <i onclick="x">chips</i>', when: 1, from_bot: 1 }] }));
  await search(page, 'fish');
  await results(page).first().waitFor();
  assert.equal(await results(page).locator('.found-text').textContent(), 'fish & chips');
});
