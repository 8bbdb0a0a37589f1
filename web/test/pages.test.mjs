// Every page for everybody: no fault that axe finds, at a desk and on a phone, in both themes; and the page of calls.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { LOOKS, faults } from './axe.mjs';
import { Bots, card, launch, openRoom, Parlor, talk, write } from './harness.mjs';

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

/** Rules about whole pages, which the frame is none of. */
const OF_PAGES = { 'landmark-one-main': { enabled: false }, 'page-has-heading-one': { enabled: false }, region: { enabled: false } };

for (const { device, viewport, colorScheme } of LOOKS) {
  const context = () => browser.newContext({ viewport, colorScheme, reducedMotion: 'reduce' });

  test(`axe finds no fault at ${device}, ${colorScheme}`, async () => {
    const room = `axe ${device} ${colorScheme}`;
    await parlor.bot(room, 'TalkBot', bots.at('/talk', () => ({ text: '<form><label>Name <input name="n"></label><button>Send it</button></form>', state: 1 })));
    const page = await openRoom(await context(), parlor, room);
    assert.deepEqual(await faults(page), [], 'the empty room');
    await write(page, 'talkbot, see https://example.org/');
    await card(page, 'Send it').waitFor();
    await page.locator('.conversation').waitFor();
    await page.getByRole('button', { name: 'Bots and settings' }).click();
    await page.getByRole('button', { name: 'Edit TalkBot' }).click();
    assert.deepEqual(await faults(page), [], 'the room with the form of a bot');
    for (const tab of ['Room', 'You']) {
      await page.getByRole('tab', { name: tab }).click();
      assert.deepEqual(await faults(page), [], tab);
    }
    const frame = page.frames().find((one) => one.url().includes('/frame'));
    assert.ok(frame);
    assert.deepEqual(await faults(frame, OF_PAGES), [], 'the messages');
    await page.goto(`${parlor.base}/`);
    await page.getByLabel('Go to a room').waitFor();
    assert.deepEqual(await faults(page), [], 'the lobby');
    await page.goto(`${parlor.base}/docs/`);
    await page.locator('.call summary').first().click();
    assert.deepEqual(await faults(page), [], 'the calls');
    await page.goto(`${parlor.base}/a//b`);
    assert.deepEqual(await faults(page), [], 'an error');
  });

  test(`nothing is wider than the screen at ${device}, ${colorScheme}`, async () => {
    const room = `wide ${device} ${colorScheme} ${'long'.repeat(40)}`;
    const page = await openRoom(await context(), parlor, room, 'Somebody with quite a long name');
    await write(page, 'Donaudampfschifffahrtsgesellschaft'.repeat(8));
    await card(page, 'Donau').waitFor();
    await parlor.bot(room, 'B'.repeat(60), `http://localhost:5000/${'deep'.repeat(40)}`, '(?:[a-z]+)'.repeat(20));
    await page.locator('.counts', { hasText: '1 bot' }).waitFor({ state: 'attached' });
    const wide = () => document.documentElement.scrollWidth > innerWidth;
    assert.equal(await page.evaluate(wide), false);
    assert.equal(await talk(page).locator('html').evaluate(wide), false);
    await page.getByRole('button', { name: 'Bots and settings' }).click();
    assert.equal(await page.evaluate(wide), false);
    assert.equal(await page.locator('.panel-in:not([hidden])').evaluate((it) => it.scrollWidth > it.clientWidth), false);
  });
}

test('a call can be tried on the page of calls', async () => {
  const page = await (await browser.newContext()).newPage();
  await page.goto(`${parlor.base}/docs/`);
  await page.locator('parlor-call').first().waitFor();
  assert.deepEqual(await page.locator('parlor-docs h2').allTextContents(), ['rooms', 'bots', 'account', 'admin'], 'what a first program needs comes first');
  const call = page.locator('parlor-call', { has: page.locator('summary .method', { hasText: 'POST' }) }).filter({ has: page.locator('summary code', { hasText: /^\/api\/actions\/message$/u }) });
  await call.locator('summary').click();
  await call.getByLabel('Body').fill(JSON.stringify({ room: 'tried', author: 'Ann', text: 'from the page of calls' }));
  await call.getByRole('button', { name: 'Send' }).click();
  await call.locator('.answer', { hasText: '200' }).waitFor();
  assert.equal((await parlor.messages('tried'))[0].text, 'from the page of calls');
  await call.getByLabel('Body').fill('{');
  await call.getByRole('button', { name: 'Send' }).click();
  await call.locator('.answer', { hasText: '400' }).waitFor();
});
