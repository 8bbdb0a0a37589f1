// The states of the panel for everybody: what axe finds in them, at a desk and on a phone, in both themes, and that what is
// long stays inside its box; that the panel's parts are fetched only when it is opened.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { LOOKS, faults } from './axe.mjs';
import { Bots, launch, openRoom, Parlor } from './harness.mjs';

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

/** @typedef {import('playwright-core').Page} Page */

const LONG = 'unbreakable'.repeat(30);

/** What axe finds, and whether something stands out of the panel. @param {Page} page @param {string} state */
async function check(page, state) {
  assert.deepEqual(await faults(page), [], state);
  const wide = await page.locator('.panel-in:not([hidden])').evaluate((it) => it.scrollWidth > it.clientWidth || document.documentElement.scrollWidth > innerWidth);
  assert.equal(wide, false, `${state}: nothing stands out of the panel`);
}

/** @param {string} room */
async function furnish(room) {
  const { id } = await parlor.say(room, 'Ann', `weather in ${LONG}, please`);
  const rich = await parlor.bot(room, 'B'.repeat(120), bots.at('/rich', () => ({ text: LONG, state: { long: LONG } })), 'weather in (?P<city>\\w+)(, (please))?');
  await parlor.bot(room, 'BadBot', `${bots.base}/${LONG}`, 'weather');
  await parlor.bot(room, 'LapBot', 'socket:', '^weather');
  await parlor.say(room, LONG, `weather in ${LONG}, please`);
  return { id, rich };
}

for (const { device, viewport, colorScheme } of LOOKS) {
  test(`axe finds no fault in the panel's states, and long values stay in their box, at ${device}, ${colorScheme}`, async () => {
    const room = `panel ${device} ${colorScheme}`;
    const { rich } = await furnish(room);
    const page = await openRoom(await browser.newContext({ viewport, colorScheme, reducedMotion: 'reduce' }), parlor, room);
    await page.getByRole('button', { name: 'Bots and settings' }).click();
    await page.locator('.trouble').first().waitFor();
    await check(page, 'the list of bots');

    await page.getByRole('button', { name: `Edit ${rich.name}` }).click();
    const form = page.locator('parlor-bot-form');
    await form.getByLabel('Try a sentence of your own').fill(`weather in ${LONG}`);
    await form.locator('.try-own mark').waitFor();
    await form.locator('summary', { hasText: 'Time-out, secret, events' }).click();
    await form.getByLabel('The clock').check();
    await form.getByRole('button', { name: 'Send a test' }).click();
    await form.locator('.would').waitFor();
    await check(page, 'a bot’s form with all open, tried and tested');
    await form.getByLabel('Responds to', { exact: true }).fill(`(${LONG}`);
    await form.locator('.fault').waitFor();
    await parlor.call('/api/actions/bot', { id: rich.id, responds_to: LONG });
    await form.locator('[data-theirs]').waitFor();
    await check(page, 'a pattern that can’t be used, and somebody else’s change');
    await form.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: 'Edit LapBot' }).click();
    await form.locator('summary', { hasText: 'its token' }).click();
    await form.getByRole('button', { name: 'Make a token' }).click();
    await form.getByText('This token is shown only now.').waitFor();
    await check(page, 'a bot without an address');
    await form.getByRole('button', { name: 'Cancel' }).click();

    await page.getByRole('button', { name: 'Import, export' }).click();
    await page.locator('.exchange-out').waitFor();
    await check(page, 'import and export');
    await page.getByLabel('Or paste the text').fill(JSON.stringify([{ name: LONG, responds_to: LONG, url: LONG }, { name: LONG }, 5]));
    await page.getByRole('button', { name: 'Look at it' }).click();
    await page.locator('.entries .wrong').first().waitFor();
    await check(page, 'what would be imported');

    await page.getByRole('tab', { name: 'Inspector' }).click();
    await page.locator('.delivery-head').first().waitFor();
    await check(page, 'all deliveries');
    for (const head of await page.locator('.delivery-head').all()) await head.click();
    for (const headers of await page.locator('.headers summary').all()) await headers.click();
    await check(page, 'deliveries, all open');
    await page.locator('.to-message button').first().click();
    await page.locator('blockquote').waitFor();
    await page.locator('li[data-status]').first().waitFor();
    await check(page, 'what a message did');
  });
}

test('what could not be fetched for the panel comes once the server is back', async () => {
  const page = await openRoom(await browser.newContext(), parlor, 'later');
  await page.context().setOffline(true);
  await page.getByRole('button', { name: 'Bots and settings' }).click();
  await page.getByText('This part of the page could not be loaded').first().waitFor();
  await page.context().setOffline(false);
  await page.getByRole('button', { name: 'Try again' }).first().click();
  await page.locator('parlor-bots').waitFor();
});

test('what bots’ authors use is fetched when the panel is opened, and not before', async () => {
  const page = await (await browser.newContext()).newPage();
  /** @type {string[]} */
  const fetched = [];
  page.on('request', (request) => fetched.push(new URL(request.url()).pathname));
  await page.goto(`${parlor.base}/lazy`);
  await page.locator('.link[data-link="live"]').waitFor();
  assert.ok(!fetched.includes('/web/js/parts/inspector.js') && !fetched.includes('/web/js/parts/bot-form.js'));
  await page.getByRole('button', { name: 'Bots and settings' }).click();
  await page.locator('parlor-bots').waitFor();
  assert.ok(fetched.includes('/web/js/parts/inspector.js') && fetched.includes('/web/js/parts/bot-form.js'));
});

test('what is in the panel is fetched when one is about to open it; until it is there, something stands in its place', async () => {
  const page = await openRoom(await browser.newContext(), parlor, 'prepared');
  let release = () => {};
  const released = new Promise((done) => (release = () => done(null)));
  const asked = page.waitForRequest('**/js/parts/bots.js');
  await page.route('**/js/parts/bots.js', (route) => void released.then(() => route.continue()));
  const button = page.getByRole('button', { name: 'Bots and settings' });
  await button.hover();
  await asked;
  await button.click();
  await page.locator('#panel-bots .loading').waitFor({ state: 'attached' });
  assert.deepEqual(await faults(page), [], 'while it is loaded');
  release();
  await page.locator('#panel-bots').getByRole('button', { name: 'Add a bot' }).waitFor();
  assert.equal(await page.locator('#panel-bots .loading').count(), 0);
});
