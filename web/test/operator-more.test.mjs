// The operators' inbox before a server that plays Parlor: counts, filters, who types, what is exported and deleted.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { LOOKS, faults } from './axe.mjs';
import { launch, Parlor } from './harness.mjs';
import { Desk, session } from './operator-stage.mjs';

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

function desk() {
  const stage = new Desk();
  stage.sessions = [session('aaa', 'pending'), session('bbb', 'pending', { flow: 'boats', queue: null, variables: { name: 'Bo' } }), session('ccc', 'open'), session('ddd', 'ended')];
  return stage;
}

/** @param {Desk} stage @param {string} [hash] @param {import('playwright-core').BrowserContextOptions & { clock?: boolean }} [options] */
async function open(stage, hash = '', { clock = false, ...options } = {}) {
  const context = await browser.newContext({ reducedMotion: 'reduce', locale: 'en', ...options });
  await context.addInitScript(() => localStorage.setItem('parlor.operator.name', 'Mei'));
  const page = await context.newPage();
  if (clock) await page.clock.install();
  await stage.play(page);
  await page.goto(`${parlor.base}/operator${hash}`);
  await page.waitForFunction(() => Reflect.get(document.querySelector('parlor-inbox') ?? {}, 'inbox')?.loaded);
  return page;
}

/** @param {Page} page @param {string} name */
const row = (page, name) => page.locator('.row').filter({ has: page.locator('.row-name', { hasText: name }) });

/** @param {Page} page @param {string} state */
const badge = (page, state) => page.getByRole('navigation', { name: 'Sessions by state' }).getByRole('link', { name: state }).locator('.badge');

/** The names in the list, once they are these. @param {Page} page @param {string[]} names */
const listed = (page, names) => page.waitForFunction((these) => JSON.stringify([...document.querySelectorAll('.row-name')].map((one) => one.textContent)) === these, JSON.stringify(names));

/** @param {() => boolean} it */
async function until(it) {
  while (!it()) await new Promise((resolve) => setTimeout(resolve, 20));
}

test('the counts beside the states are the server’s, and it is asked for no list but those that are looked at', async () => {
  const stage = desk();
  const page = await open(stage);
  await badge(page, 'Ended').getByText('1234', { exact: true }).waitFor();
  await badge(page, 'Bot').getByText('3', { exact: true }).waitFor();
  assert.equal(await badge(page, 'Snoozed').count(), 0, 'nothing is no number');
  await page.locator('.views parlor-since').getByText('waits 1 h 6 min').waitFor();
  assert.deepEqual([...new Set(stage.of('GET', '/sessions').map(({ asked }) => asked.get('status')))].sort(), ['open', 'pending', 'snoozed']);
  stage.counts.ended = 1235;
  await stage.tell({ flow: 'desk', id: 'zzz', status: 'ended' });
  await badge(page, 'Ended').getByText('1235', { exact: true }).waitFor();
});

test('a flow is called by its title, and one can write to an address that was left', async () => {
  const page = await open(desk(), '#/waiting/desk/aaa');
  await row(page, 'Ada aaa').getByText('Help desk').waitFor();
  await page.locator('.details').getByRole('link', { name: 'Help desk' }).waitFor();
  await page.locator('.said-head b', { hasText: 'Help desk' }).waitFor();
  assert.equal(await page.getByRole('link', { name: 'ada@example.org' }).getAttribute('href'), 'mailto:ada@example.org');
});

test('the lists are narrowed to a flow and to who is asked for; the address keeps it', async () => {
  const stage = desk();
  const page = await open(stage);
  await row(page, 'Bo').waitFor();
  await page.getByRole('button', { name: 'Find and filter' }).click();
  await page.getByLabel('Flow', { exact: true }).selectOption('Help desk');
  await listed(page, ['Ada aaa']);
  await page.getByLabel('Asked for').selectOption('billing');
  await page.waitForFunction(() => location.hash === '#/waiting?flow=desk&queue=billing');
  await until(() => stage.of('GET', '/overview').some(({ asked }) => asked.get('flow') === 'desk' && asked.get('queue') === 'billing'));
  // What happens elsewhere does not come into the list.
  stage.sessions.push(session('eee', 'pending', { flow: 'boats', variables: { name: 'Eve' } }), session('fff', 'pending', { variables: { name: 'Fay' } }));
  await stage.tell({ flow: 'boats', id: 'eee', status: 'pending' });
  await stage.tell({ flow: 'desk', id: 'fff', status: 'pending' });
  await row(page, 'Fay').waitFor();
  assert.equal(await row(page, 'Eve').count(), 0);
  await page.getByRole('link', { name: 'Open' }).click();
  await listed(page, ['Ada ccc']);
  await page.reload();
  await listed(page, ['Ada ccc']);
  await page.getByRole('link', { name: 'Waiting' }).click();
  await page.getByRole('button', { name: 'Take away “Help desk”' }).click();
  await page.getByRole('button', { name: 'Take away “billing”' }).click();
  await row(page, 'Eve').waitFor();
  await page.waitForFunction(() => location.hash === '#/waiting');
});

test('a visitor is found by an answer, in every state, and all of theirs exported and deleted', async () => {
  const stage = desk();
  const page = await open(stage);
  await row(page, 'Bo').waitFor();
  await page.keyboard.press('f');
  await page.locator('#find:focus').waitFor();
  await page.keyboard.type(' ada@example.org ');
  await page.keyboard.press('Enter');
  await page.locator('#list-title', { hasText: 'Found' }).waitFor();
  await listed(page, ['Ada aaa', 'Ada ccc', 'Ada ddd']);
  await badge(page, 'Found').getByText('3', { exact: true }).waitFor();
  await row(page, 'Ada ddd').getByText('Ended').waitFor();
  assert.equal(await page.getByRole('link', { name: 'Export all' }).getAttribute('href'), '/api/operator/export?with=ada%40example.org');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Find and filter' }).and(page.locator(':focus')).waitFor();
  await page.getByRole('button', { name: 'Delete all' }).click();
  await page.getByRole('dialog').getByText('can’t be undone').waitFor();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByText('3 sessions are deleted.').waitFor();
  assert.deepEqual(stage.of('DELETE', '/sessions').map(({ asked }) => asked.toString()), ['with=ada%40example.org']);
  await page.waitForFunction(() => location.hash === '#/waiting');
  await listed(page, ['Bo']);
  // Nobody is found: that is said, and how it is looked for.
  await page.goto(`${parlor.base}/operator#/found?with=nobody`);
  await page.getByText('Nobody was found').waitFor();
});

test('that a visitor types is told in the list and in the conversation, until they write or stop', async () => {
  const stage = desk();
  const page = await open(stage, '#/waiting/desk/aaa', { clock: true });
  await page.locator('#talk-title', { hasText: 'Ada aaa' }).waitFor();
  await stage.tell({ flow: 'desk', id: 'aaa', status: 'pending', typing: true });
  await row(page, 'Ada aaa').getByText('is typing').waitFor();
  await page.locator('.typing').getByText('is typing').waitFor();
  await page.clock.runFor(7000);
  await page.locator('.typing').getByText('is typing').waitFor({ state: 'detached' });
  await row(page, 'Ada aaa').getByText('The one of May').waitFor();
  await stage.tell({ flow: 'desk', id: 'aaa', status: 'pending', typing: true });
  await page.locator('.typing').getByText('is typing').waitFor();
  const at = Date.now() / 1000;
  stage.said.push({ at, kind: 'Response', message: { kind: 'UserText', content: 'And of June' } });
  stage.sessions[0].last_at = at;
  await stage.tell({ flow: 'desk', id: 'aaa', status: 'pending' });
  await page.clock.runFor(1000);
  await page.locator('.said', { hasText: 'And of June' }).waitFor();
  await page.locator('.typing').getByText('is typing').waitFor({ state: 'detached' });
});

test('that the operator types is told every three seconds at most, and never of a note', async () => {
  const stage = desk();
  const page = await open(stage, '#/mine/desk/ccc', { clock: true });
  const field = page.locator('#write-text');
  const told = () => stage.of('POST', '/sessions/desk/ccc/typing');
  await page.getByRole('radio', { name: 'Note' }).check();
  await field.pressSequentially('not for them');
  assert.equal(told().length, 0);
  await page.getByRole('radio', { name: 'Reply' }).check();
  await page.clock.pauseAt(Date.now() + 60_000);
  await field.pressSequentially('hello');
  await until(() => told().length === 1);
  assert.deepEqual(told()[0].body, { author: 'Mei' });
  await field.pressSequentially(' there');
  await page.clock.runFor(3100);
  await field.pressSequentially('!');
  await until(() => told().length > 1);
  assert.equal(told().length, 2);
});

test('a session is exported, and deleted after a question', async () => {
  const stage = desk();
  const page = await open(stage, '#/waiting/desk/aaa');
  const details = page.locator('.details');
  assert.equal(await details.getByRole('link', { name: 'Export' }).getAttribute('href'), '/api/operator/sessions/desk/aaa/export');
  await details.getByRole('button', { name: 'Delete' }).click();
  const dialog = page.getByRole('dialog', { name: 'Delete this session?' });
  await dialog.getByText('This can’t be undone.').waitFor();
  await dialog.getByRole('button', { name: 'Cancel' }).and(page.locator(':focus')).waitFor();
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'hidden' });
  assert.equal(stage.of('DELETE', '/sessions/desk/aaa').length, 0);
  // Refused: the question stays, and why is said.
  stage.refusals.set('DELETE /sessions/desk/aaa', { status: 409, message: 'Somebody was quicker.' });
  await details.getByRole('button', { name: 'Delete' }).click();
  await dialog.getByRole('button', { name: 'Delete' }).click();
  await dialog.getByRole('alert').getByText('Somebody was quicker.').waitFor();
  stage.refusals.clear();
  await dialog.getByRole('button', { name: 'Delete' }).click();
  await page.getByText('The session is deleted.').waitFor();
  await listed(page, ['Bo']);
  await page.waitForFunction(() => location.hash === '#/waiting');
  await page.getByText('Choose a session').waitFor();
  await page.locator('.row:focus').waitFor();
});

for (const { device, viewport, colorScheme } of LOOKS) {
  test(`axe finds no fault, and nothing is wider than the screen at ${device}, ${colorScheme}`, async () => {
    const stage = desk();
    const long = 'Wolfeschlegelsteinhausenbergerdorff'.repeat(4);
    stage.flows[0].title = long;
    stage.queues.push(long);
    stage.sessions[0].queue = long;
    stage.sessions[0].variables.email = `${long}@example.org`;
    const page = await open(stage, `#/found?with=${encodeURIComponent(`${long}@example.org`)}`, { viewport, colorScheme });
    const fits = async (/** @type {string} */ what) => {
      assert.deepEqual(await faults(page), [], what);
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth), false, what);
    };
    await row(page, 'Ada aaa').waitFor();
    await fits('who was found');
    await page.keyboard.press('f');
    await page.locator('#find:focus').waitFor();
    await fits('the filter');
    await row(page, 'Ada aaa').click();
    await page.locator('#talk-title', { hasText: 'Ada aaa' }).waitFor();
    await stage.tell({ flow: 'desk', id: 'aaa', status: 'pending', typing: true });
    await page.locator('.typing').getByText('is typing').waitFor();
    if (viewport.width < 1180) await page.getByRole('button', { name: 'Details' }).click();
    await page.locator('.details').getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('dialog').waitFor();
    await fits('the question before it is deleted');
  });
}
