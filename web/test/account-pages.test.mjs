// The pages of accounts and of those who run the server, in each state: what axe finds, and that none is wider than its screen.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { LOOKS, faults } from './axe.mjs';
import { launch, Parlor, signIn } from './harness.mjs';

/** As long as a name may be, without a place to break. */
const LONG = 'W'.repeat(32);

/** @type {import('playwright-core').Browser} */
let browser;
/** @type {Parlor} */
let parlor;
/** The link of an invitation that is good, and of the set-up when it was. */
let invitation = '';
let setUp = '';

before(async () => {
  [parlor, browser] = await Promise.all([Parlor.start('127.0.0.1:0', ['--accounts', 'required', '--sign-up']), launch()]);
  setUp = await parlor.setUp();
});
after(async () => {
  await browser?.close();
  await parlor?.end();
});

/** @param {import('playwright-core').Page} page @param {string} what */
async function fine(page, what) {
  assert.deepEqual(await faults(page), [], what);
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${what} is wider than the screen`);
}

/** Posts a form as the page would. @param {import('playwright-core').Page} page @param {string} path @param {Record<string, string>} fields @returns {Promise<string>} What was answered. */
const send = (page, path, fields) => page.evaluate(async ([path, fields]) => (await fetch(path, { method: 'POST', body: new URLSearchParams(fields) })).text(), /** @type {const} */ ([path, fields]));

/** @param {import('playwright-core').Page} page @param {string} name @param {string} password */
async function logIn(page, name, password) {
  await page.fill('#name', name);
  await page.fill('#password', password);
  await page.click('.door-card button.go');
}

test('the pages with which a server begins are fine in every look', async () => {
  for (const { device, viewport, colorScheme } of LOOKS) {
    const page = await (await browser.newContext({ viewport, colorScheme })).newPage();
    await page.goto(setUp);
    await fine(page, `the set-up at ${device}`);
    await page.fill('#name', LONG);
    await page.fill('#password', 'correct horse battery');
    await page.fill('#again', 'correct horse buttery');
    await page.click('.door-card button.go');
    await page.locator('p.wrong').waitFor();
    await fine(page, `the set-up with two passwords at ${device}`);
  }
});

test('there are people, rooms, bots, tokens and invitations to be shown', async () => {
  const page = await (await browser.newContext()).newPage();
  await page.goto(setUp);
  await signIn(page, LONG);
  await send(page, '/admin/people', { name: 'Disabled Dora', password: 'correct horse battery', role: 'member' });
  await send(page, '/admin/people/disabled', { name: 'Disabled Dora', disabled: 'yes' });
  for (let n = 0; n < 3; n += 1) await send(page, '/admin/people', { name: `Person ${n}`, password: 'correct horse battery', role: 'operator' });
  await page.goto(`${parlor.base}/admin/people`);
  await page.getByRole('button', { name: 'Make the link' }).click();
  invitation = (await page.locator('#made').textContent()) ?? '';
  assert.match(invitation, /join#/u);
  await send(page, '/me/tokens', { name: LONG, scope: 'read', days: '30' });
  await page.evaluate(async (room) => {
    /** @param {string} path @param {unknown} body */
    const call = (path, body) => fetch(path, { method: 'POST', body: JSON.stringify(body) });
    await call('/api/actions/message', { room, author: '', text: 'hello' });
    await call('/api/actions/bot', { room, name: 'B'.repeat(60), url: `https://example.org/${'deep'.repeat(30)}` });
    await call('/api/actions/bot', { room, name: 'Not there', url: 'socket:' });
    await call('/api/actions/room', { room, access: 'private', members: [] });
  }, 'long'.repeat(40));
  await page.goto(`${parlor.base}/admin/bots`);
  await page.getByText('Not there').waitFor();
});

for (const { device, viewport, colorScheme } of LOOKS) {
  test(`the doors are fine at ${device}, ${colorScheme}`, async () => {
    const page = await (await browser.newContext({ viewport, colorScheme })).newPage();
    await page.goto(`${parlor.base}/login?ended`);
    await fine(page, 'a login that is asked for again');
    await logIn(page, 'Person 0', 'not the password');
    await page.locator('p.wrong').waitFor();
    await fine(page, 'a login that failed');
    await logIn(page, 'Disabled Dora', 'correct horse battery');
    await page.locator('p.wrong').waitFor();
    await fine(page, 'a login of somebody who is disabled');
    await page.goto(`${parlor.base}/sign-up`);
    await fine(page, 'the sign-up');
    // The code behind the # is sent by a script, which leads to another page.
    await page.goto(invitation);
    await page.locator('#again').waitFor();
    await fine(page, 'an invitation');
    await page.goto('about:blank');
    await page.goto(`${parlor.base}/join`);
    await fine(page, 'a page that asks for an invitation');
    await page.fill('#code', 'nothing');
    await page.click('.door-card button.go');
    await page.locator('.wrong, .status').waitFor();
    await fine(page, 'an invitation that is none');
    await page.goto(`${parlor.base}/setup`);
    await fine(page, 'the set-up that is over');
  });

  test(`the pages of one’s own and of those who run the server are fine at ${device}, ${colorScheme}`, async () => {
    const page = await (await browser.newContext({ viewport, colorScheme })).newPage();
    await page.goto(`${parlor.base}/login?next=/me`);
    await signIn(page, LONG);
    await fine(page, 'one’s own page');
    await page.getByText('Make a token', { exact: true }).click();
    await page.fill('#token-name', 'Report');
    await page.getByRole('button', { name: 'Make it' }).click();
    await page.locator('.made').waitFor();
    await fine(page, 'a token that was made');
    for (const tab of ['people', 'rooms', 'bots', 'audit']) {
      await page.goto(`${parlor.base}/admin/${tab}`);
      await fine(page, tab);
    }
    await page.goto(`${parlor.base}/admin/rooms?q=nothing-like-it`);
    await fine(page, 'rooms that were not found');
    await page.goto(`${parlor.base}/admin/people`);
    await page.getByText('New password', { exact: true }).first().click();
    await page.locator('#add-name').fill('Person 1');
    await page.locator('#add-password').fill('correct horse battery');
    await page.getByRole('button', { name: 'Make it' }).click();
    await page.locator('p.wrong').waitFor();
    await fine(page, 'a name that is taken');
  });
}
