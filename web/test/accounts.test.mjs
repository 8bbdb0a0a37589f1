// Accounts in a browser: coming in, speaking, a login that ends, and axe on the pages around that.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { faults } from './axe.mjs';
import { card, launch, Parlor, signIn as fill, write } from './harness.mjs';

/** @type {import('playwright-core').Browser} */
let browser;
/** @type {Parlor} */
let parlor;

before(async () => {
  parlor = await Parlor.start('127.0.0.1:0', ['--accounts', 'required', '--sign-up']);
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await parlor?.end();
});

test('somebody makes an account, speaks under its name, and is led back in when the login has ended elsewhere', async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${parlor.base}/talk`);
  assert.equal(new URL(page.url()).search, '?next=%2Ftalk');
  assert.deepEqual(await faults(page), []);
  await page.goto(`${parlor.base}/sign-up`);
  assert.deepEqual(await faults(page), []);
  await fill(page, 'Ann Smith');
  await page.goto(`${parlor.base}/talk`);
  await page.locator('.link[data-link="live"]').waitFor();
  assert.equal(await page.locator('.me b').textContent(), 'Ann Smith');
  await write(page, 'hello');
  await card(page, 'hello').waitFor();
  await page.locator('.composer textarea').fill('half a thought');

  const elsewhere = await browser.newContext();
  const other = await elsewhere.newPage();
  await other.goto(`${parlor.base}/login?next=/me`);
  await fill(other, 'Ann Smith');
  await other.waitForURL('**/me');
  assert.deepEqual(await faults(other), []);
  await other.click('text=Log out everywhere else');
  await other.getByRole('status').waitFor();

  await page.locator('.closed a.button.go').click();
  await page.getByText('Your session is over').waitFor();
  await fill(page, 'Ann Smith');
  await page.waitForURL('**/talk');
  await card(page, 'hello').waitFor();
  assert.equal(await page.locator('.composer textarea').inputValue(), 'half a thought');
  await context.close();
  await elsewhere.close();
});

test('the code of a link leaves the address bar before anything asks for an address with it', async () => {
  const link = await parlor.setUp();
  const context = await browser.newContext();
  const page = await context.newPage();
  /** @type {string[]} */
  const asked = [];
  page.on('request', (request) => asked.push(request.url(), ...Object.values(request.headers())));
  await page.goto(link);
  await page.locator('#name').waitFor();
  assert.equal(page.url(), `${parlor.base}/setup`);
  assert.deepEqual(await faults(page), []);
  assert.ok(asked.length > 0 && !asked.some((told) => told.includes('parlor_setup_')), asked.join('\n'));
  // Another link in the same place changes only what is behind the `#`.
  await page.goto(`${parlor.base}/setup#parlor_setup_nobodys`);
  await page.getByRole('alert').waitFor();
  assert.equal(page.url(), `${parlor.base}/setup`);
  assert.deepEqual(await faults(page), []);
  await context.close();

  const plain = await browser.newContext({ javaScriptEnabled: false });
  const still = await plain.newPage();
  await still.goto(link);
  await still.getByLabel('The link').fill(link);
  await still.getByRole('button', { name: 'Go on' }).click();
  await still.getByLabel('Password, again').waitFor();
  await plain.close();
});

test('who runs the server makes a room private in its settings, and who is not on the list stays outside', async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(await parlor.setUp());
  await fill(page, 'Ada');
  await page.waitForURL('**/admin/people');
  assert.deepEqual(await faults(page), []);
  await page.goto(`${parlor.base}/closed`);
  await page.locator('.link[data-link="live"]').waitFor();
  await page.locator('parlor-head button[aria-expanded]').last().click();
  await page.getByRole('tab', { name: 'Room' }).click();
  await page.getByLabel('Those on a list').check();
  await page.getByLabel('The list').fill('ada\n');
  await page.getByRole('button', { name: 'Save the list' }).click();
  await page.waitForFunction(() => /** @type {HTMLTextAreaElement} */ (document.querySelector('#room-members')).value === 'Ada');
  // Somebody else changes something else: the list, which the stream does not tell, is as it was.
  await page.evaluate(() => fetch('/api/actions/room', { method: 'POST', body: JSON.stringify({ room: 'closed', markdown: true }) }));
  await page.waitForFunction(() => /** @type {HTMLInputElement} */ (document.querySelector('[name=markdown]')).checked);
  assert.equal(await page.locator('#room-members').inputValue(), 'Ada');

  const elsewhere = await browser.newContext();
  const other = await elsewhere.newPage();
  await other.goto(`${parlor.base}/sign-up`);
  await fill(other, 'Joel');
  const refused = await other.goto(`${parlor.base}/closed`);
  assert.equal(refused?.status(), 403);
  assert.match(await other.locator('main').innerText(), /list/u);
  await context.close();
  await elsewhere.close();
});
