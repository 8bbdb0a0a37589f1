// Who is here, who types, which bots think: two browsers in one room.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Bots, card, launch, openRoom, Parlor, write } from './harness.mjs';

/** @typedef {import('playwright-core').Page} Page */

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
const enter = async (room, name) => openRoom(await browser.newContext({ viewport: { width: 1400, height: 800 } }), parlor, room, name);

/** @param {Page} page */
const counted = (page) => page.locator('.counts').first();
/** The line above the composer. @param {Page} page */
const line = (page) => page.locator('parlor-happening');
/** What the line says, without the invisible marks around names. @param {Page} page @param {string} what */
const says = (page, what) =>
  page.waitForFunction((said) => document.querySelector('parlor-happening')?.textContent?.replace(/[\u2068\u2069]/gu, '').includes(said), what);

test('who is here is counted, and listed with oneself first and marked', async () => {
  const ann = await enter('here', 'Ann');
  await counted(ann).and(ann.getByText('1 person')).waitFor();
  const joel = await enter('here', 'Joel');
  await counted(ann).and(ann.getByText('2 people')).waitFor();
  await counted(joel).click();
  const rows = joel.locator('.people li');
  await rows.nth(1).waitFor();
  assert.deepEqual(await rows.locator('b').allTextContents(), ['Joel', 'Ann']);
  assert.equal(await rows.first().locator('.tag').textContent(), 'you');
  await ann.close();
  await rows.nth(1).waitFor({ state: 'detached' });
  await counted(joel).and(joel.getByText('1 person')).waitFor();
});

test('one person with two tabs is here once, and a new name takes the place of the old', async () => {
  const context = await browser.newContext({ viewport: { width: 1400, height: 800 } });
  const one = await openRoom(context, parlor, 'tabs', 'Ann');
  await openRoom(context, parlor, 'tabs', 'Ann');
  const joel = await enter('tabs', 'Joel');
  await counted(joel).and(joel.getByText('2 people')).waitFor();
  await counted(joel).click();
  await one.evaluate(() => localStorage.setItem('parlor.name', 'Anna'));
  await one.getByRole('button', { name: 'Your settings' }).click();
  await one.getByLabel('Your name').fill('Grace');
  await one.getByLabel('Your name').press('Tab');
  await joel.locator('.people b', { hasText: 'Grace' }).waitFor();
  await joel.locator('.people b', { hasText: 'Ann' }).waitFor({ state: 'detached' });
  assert.equal(await joel.locator('.people li').count(), 2);
});

test('somebody who has not said a name is counted without one, until they speak', async () => {
  const joel = await enter('unnamed', 'Joel');
  const shy = await (await browser.newContext()).newPage();
  await shy.goto(`${parlor.base}/unnamed`);
  await shy.locator('.link[data-link="live"]').waitFor();
  await counted(joel).and(joel.getByText('2 people')).waitFor();
  await counted(joel).click();
  await joel.getByText('and 1 without a name').waitFor();
  await write(shy, 'hello');
  await joel.locator('.people li').nth(1).waitFor();
});

test('three hundred people are listed, and a name among them is found', async () => {
  const page = await enter('crowd', 'Ann');
  // One browser opens no more than 255 sockets.
  const second = await launch();
  try {
    for (const [from, to, one] of /** @type {const} */ ([[1, 150, browser], [150, 300, second]])) {
      const crowd = await (await one.newContext()).newPage();
      await crowd.goto(`${parlor.base}/docs/`);
      await crowd.evaluate(comeAll, { from, to });
    }
    await counted(page).and(page.getByText('300 people')).waitFor();
    await counted(page).click();
    await page.waitForFunction(() => document.querySelectorAll('.people li').length === 300);
    await page.getByLabel('Find a name').fill('zoe');
    await page.waitForFunction(() => document.querySelectorAll('.people li').length === 1);
    await page.getByLabel('Find a name').fill('nobody at all');
    await page.getByText('Nobody here is called').waitFor();
  } finally {
    await second.close();
  }
});

/** In a page: people of these numbers come into the room. @param {{ from: number, to: number }} numbers */
async function comeAll({ from, to }) {
  const come = (/** @type {number} */ n) => new Promise((go) => {
    const socket = new WebSocket(`${location.origin.replace('http', 'ws')}/ws/crowd?last=0&also=presence`);
    socket.onopen = () => go(socket.send(JSON.stringify({ kind: 'presence', data: { author: `Person ${n}${n === 77 ? ' Zoë' : ''}` } })));
  });
  for (let n = from; n < to; n += 1) await come(n);
}

test('that somebody types is shown to the others, not to oneself, and is over when they have said it', async () => {
  const ann = await enter('typing', 'Ann');
  const joel = await enter('typing', 'Joel');
  const mei = await enter('typing', 'Mei');
  await counted(ann).and(ann.getByText('3 people')).waitFor();
  const height = () => joel.locator('footer').evaluate((it) => it.getBoundingClientRect().height);
  const before = await height();
  await ann.locator('.composer textarea').pressSequentially('he');
  // She goes on typing, however long the others take.
  const keys = await ann.evaluate(() => setInterval(() => document.querySelector('.composer textarea')?.dispatchEvent(new InputEvent('input', { bubbles: true })), 500));
  await says(joel, 'Ann is typing…');
  assert.equal(await height(), before, 'the line has its place already');
  await mei.locator('.composer textarea').pressSequentially('I');
  await says(joel, 'Ann and Mei are typing…');
  assert.doesNotMatch(await line(ann).textContent() ?? '', /Ann/u);
  await ann.evaluate((timer) => clearInterval(timer), keys);
  await ann.locator('.composer textarea').press('Enter');
  await card(joel, 'he').waitFor();
  assert.doesNotMatch(await line(joel).textContent() ?? '', /Ann/u);
  await joel.waitForFunction(() => !document.querySelector('parlor-happening')?.textContent?.includes('typing'));
});

test('with many who type there is one line of them', async () => {
  const page = await enter('many type', 'Ann');
  const others = await (await browser.newContext()).newPage();
  await others.goto(`${parlor.base}/docs/`);
  await others.evaluate((names) => {
    for (const author of names) {
      const socket = new WebSocket(`${location.origin.replace('http', 'ws')}/ws/many%20type?last=0&also=typing`);
      // Nobody types slower than the page forgets.
      socket.onopen = () => setInterval(() => socket.send(JSON.stringify({ kind: 'typing', data: { author } })), 1000);
    }
  }, ['Bo', 'Cy', 'Di', 'Ed']);
  await says(page, '4 people are typing…');
});

test('a bot that thinks is named until it has answered, and one that fails, until it has failed', async () => {
  /** @type {Map<string, (answer: object) => void>} */
  const waiting = new Map();
  for (const name of ['SlowBot', 'SleepyBot']) {
    await parlor.bot('thinking', name, bots.at(`/${name}`, () => new Promise((go) => waiting.set(name, go))), 'both');
  }
  const page = await enter('thinking', 'Ann');
  await write(page, 'both of you');
  await says(page, 'SlowBot');
  waiting.get('SlowBot')?.({ text: 'here I am' });
  await card(page, 'here I am').waitFor();
  await says(page, 'SleepyBot is thinking…');
  waiting.get('SleepyBot')?.([]);
  await card(page, 'list').waitFor();
  await page.waitForFunction(() => !document.querySelector('parlor-happening')?.textContent?.includes('thinking'));
});

test('who comes and goes is told quietly, unless one does not want to know', async () => {
  const page = await enter('door', 'Ann');
  const quiet = await browser.newContext();
  await quiet.addInitScript(() => self === top && localStorage.setItem('parlor.joins', 'false'));
  const other = await openRoom(quiet, parlor, 'door', 'Mei');
  await says(page, 'Mei came in');
  const joel = await enter('door', 'Joel');
  await says(page, 'Joel came in');
  await counted(other).and(other.getByText('3 people')).waitFor();
  assert.equal(await line(other).textContent().then((said) => said?.trim()), '');
  await joel.close();
  await says(page, 'Joel left');
});
