// How far visitors come: the page before made-up counts, in all its states.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { LOOKS, faults } from './axe.mjs';
import { launch, Parlor } from './harness.mjs';
import { Desk } from './operator-stage.mjs';

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

/** @param {string} step @param {number} reached @param {object} [more] */
const step = (step, reached, more) => ({ step, kind: 'ChoiceRequest', text: `What of ${step}?`, reached, answered: 0, left: 0, here: 0, handed_off: 0, ended: 0, seconds: null, ...more });

const DESK = {
  flow: 'desk',
  title: 'Help desk',
  opened: 1200,
  began: 900,
  ended: 500,
  handed_off: 3,
  steps: [
    step('ask', 1200, { text: 'Which tea do you drink?', answered: 900, left: 250, here: 50, seconds: 4.23 }),
    step('mail', 600, { kind: 'StartChatSession', answered: 600, seconds: 75.5 }),
    step('person', 3, { kind: 'Handoff', text: '', handed_off: 3 }),
    step('hello', 1200, { kind: 'BotText', text: 'Good morning' }),
    step('bye', 500, { kind: 'BotText', text: 'Goodbye', ended: 500 }),
    step('unused', 0),
    step('old', 1, { left: 1, gone: true }),
    step('typed', 600, { kind: 'UserText' }),
  ],
};
const ONE = { flow: 'boats', title: 'Book a boat', opened: 1, began: 0, ended: 0, handed_off: 0, steps: [step('only', 1, { here: 1 })] };
const MANY = { flow: 'many', title: 'Many', opened: 100_000, began: 99_999, ended: 1, handed_off: 0, steps: Array.from({ length: 100 }, (_, n) => step(`state${n}`, 100_000 - n * 990, { text: `${n} ${'verylongword'.repeat(n % 30)}`, answered: 99_000 - n * 990, left: 1000 })) };

/** @param {object[]} flows */
function desk(...flows) {
  const stage = new Desk();
  stage.numbers = { days: 30, flows };
  return stage;
}

/** @param {Desk} stage @param {string} [query] @param {import('playwright-core').BrowserContextOptions} [options] */
async function open(stage, query = '', options) {
  const page = await (await browser.newContext({ reducedMotion: 'reduce', locale: 'en', ...options })).newPage();
  await stage.play(page);
  await page.goto(`${parlor.base}/operator/flows${query}`);
  await page.waitForFunction(() => Reflect.get(document.querySelector('parlor-counts') ?? {}, 'counting')?.busy === false);
  return page;
}

/** What stands somewhere, as one line. @param {import('playwright-core').Locator} where */
const line = async (where) => (await where.innerText()).replace(/\s+/gu, ' ').trim();

test('the figures of a flow, and what became of visitors at each step, in words and as bars', async () => {
  const page = await open(desk(DESK));
  assert.equal(await page.title(), 'How far visitors come · Parlor');
  assert.equal(await line(page.locator('.figures')), 'Were shown it 1,200 Gave an answer 900 75% Came to an end 500 42% Asked for a person 3 < 1%');
  assert.match(await line(page.locator('.most')), /^Most go away at “\p{Cf}?Which tea do you drink\?\p{Cf}?”: 250 of 1,200\.$/u);
  const steps = page.locator('.step');
  assert.equal(await line(steps.nth(0).locator('.parts')), '1,200 came here 900 answered 75% 50 are there now 4% 250 went away 21% 4.2 s until the answer');
  assert.equal(await line(steps.nth(1).locator('.parts')), '600 came here 600 answered 100% 1 min until the answer');
  assert.equal(await line(steps.nth(2).locator('.step-text')), 'person', 'what says nothing is called by its name');
  assert.equal(await line(steps.nth(2).locator('.parts')), '3 came here 3 asked for a person 100%');
  assert.equal(await line(steps.nth(3).locator('.parts')), '1,200 came here 1,200 went on 100%');
  assert.equal(await line(steps.nth(4).locator('.parts')), '500 came here 500 came to the end 100%');
  assert.equal(await line(steps.nth(5).locator('.parts')), 'Nobody came here');
  assert.match(await line(steps.nth(6).locator('.step-name')), /no longer in the file$/u);
  assert.equal(await steps.count(), 7, 'what was typed is told with its question');
  const widths = await page.locator('parlor-bar').evaluateAll((bars) => bars.map((bar) => Math.round((100 * (bar.firstElementChild?.getBoundingClientRect().width ?? 0)) / bar.getBoundingClientRect().width)));
  assert.deepEqual(widths.slice(0, 6), [100, 50, 0, 100, 42, 0]);
  const kinds = await page.locator('parlor-bar').first().locator('i').evaluateAll((parts) => parts.map((part) => /** @type {HTMLElement} */ (part).dataset.kind));
  assert.deepEqual(kinds, ['answered', 'here', 'left']);
});

test('the same as a table', async () => {
  const page = await open(desk(DESK));
  await page.getByText('As a table').click();
  const rows = await page.getByRole('row').allInnerTexts();
  assert.equal(rows.length, 9);
  assert.equal(rows[1].replace(/\s+/gu, ' '), 'Which tea do you drink? ask 1,200 900 0 0 50 250 4.2 s');
});

test('flow and period are asked for, and the address keeps them', async () => {
  const stage = desk(DESK, ONE);
  const page = await open(stage);
  assert.deepEqual(await page.locator('.flow h2').allTextContents(), ['Help desk', 'Book a boat']);
  await page.getByRole('combobox', { name: 'Flow' }).selectOption('Book a boat');
  await page.waitForURL('**/operator/flows?flow=boats');
  await page.getByRole('radio', { name: '7 days' }).check();
  await page.waitForURL('**/operator/flows?flow=boats&days=7');
  await page.getByRole('heading', { name: 'Help desk' }).waitFor({ state: 'detached' });
  await page.waitForFunction(() => Reflect.get(document.querySelector('parlor-counts') ?? {}, 'counting')?.busy === false);
  assert.deepEqual(stage.of('GET', '/counts').map(({ asked }) => asked.toString()), ['days=30', 'days=7'], 'all flows at once');
  assert.equal(await page.getByRole('link', { name: 'As JSON' }).getAttribute('href'), '/api/operator/counts?flow=boats&days=7');
  await page.reload();
  await page.getByRole('radio', { name: '7 days', checked: true }).waitFor();
  assert.equal(await page.getByRole('combobox', { name: 'Flow' }).inputValue(), 'boats');
  const before = stage.of('GET', '/counts').length;
  await page.getByRole('button', { name: 'Count again' }).click();
  await page.waitForFunction(() => Reflect.get(document.querySelector('parlor-counts') ?? {}, 'counting')?.busy === false);
  assert.ok(stage.of('GET', '/counts').length > before);
  await page.getByRole('link', { name: 'Inbox' }).click();
  await page.getByRole('link', { name: 'How far visitors come' }).click();
  await page.getByRole('heading', { name: 'How far visitors come' }).waitFor();
});

test('many steps are folded, and shown all', async () => {
  const page = await open(desk(MANY));
  assert.equal(await page.locator('.step').count(), 12);
  await page.getByRole('button', { name: 'Show all 100 steps' }).click();
  await page.locator('.step').nth(99).waitFor();
  await page.getByRole('button', { name: 'Show fewer steps' }).click();
  await page.locator('.step').nth(99).waitFor({ state: 'detached' });
  assert.match(await line(page.locator('.figures')), /99,999 > 99% Came to an end 1 < 1%/u, 'nearly all is not all, and one is not none');
});

test('nobody has come, there is no flow, the counts can’t be read, this page is not for you', async () => {
  const stage = desk();
  const page = await open(stage);
  await page.getByText('No visitor in the last 30 days').waitFor();
  await page.getByRole('combobox', { name: 'Flow' }).selectOption('Help desk');
  await page.getByText('Nobody was shown this flow in the last 30 days.').waitFor();
  stage.flows = [];
  await page.goto(`${parlor.base}/operator/flows`);
  await page.getByText('There is no flow to count').waitFor();
  // What was read stays where it is while something is wrong for a moment.
  stage.numbers = { days: 30, flows: [ONE] };
  await page.reload();
  await page.getByRole('heading', { name: 'Book a boat' }).waitFor();
  stage.refusals.set('GET /counts', { status: 500, message: 'The store is away.' });
  await page.getByRole('button', { name: 'Count again' }).click();
  await page.getByRole('alert').getByText('The store is away.').waitFor();
  await page.getByRole('heading', { name: 'Book a boat' }).waitFor();
  stage.refusals.clear();
  await page.getByRole('button', { name: 'Count again' }).click();
  await page.getByRole('alert').waitFor({ state: 'detached' });
  stage.refusals.set('GET /counts', { status: 403, message: 'this needs accounts' });
  await page.getByRole('button', { name: 'Count again' }).click();
  await page.getByText('This needs accounts.').waitFor();
  await page.getByRole('heading', { name: 'Turn accounts on' }).waitFor();
});

test('all sessions of a flow are exported, and deleted when its name is typed', async () => {
  const stage = desk(DESK);
  const page = await open(stage);
  assert.equal(await page.getByRole('link', { name: 'Export all sessions' }).getAttribute('href'), '/api/operator/export?flow=desk');
  await page.getByRole('button', { name: 'Delete all sessions' }).click();
  const dialog = page.getByRole('dialog', { name: /Delete all sessions of “.?Help desk/u });
  const last = dialog.getByRole('button', { name: 'Delete', exact: true });
  assert.ok(await last.isDisabled());
  await page.keyboard.type('dess');
  await page.keyboard.press('Enter');
  assert.ok(await last.isDisabled());
  await page.keyboard.press('Backspace');
  await page.keyboard.type('k');
  stage.refusals.set('DELETE /sessions', { status: 403, message: 'Only admins may do that.' });
  await page.keyboard.press('Enter');
  await dialog.getByRole('alert').getByText('Only admins may do that.').waitFor();
  stage.refusals.clear();
  await last.click();
  await page.getByText('0 sessions are deleted.').waitFor();
  assert.deepEqual(stage.of('DELETE', '/sessions').map(({ asked }) => asked.toString()), ['flow=desk', 'flow=desk']);
  await dialog.waitFor({ state: 'hidden' });
});

for (const { device, viewport, colorScheme } of LOOKS) {
  test(`axe finds no fault, and nothing is wider than the screen at ${device}, ${colorScheme}`, async () => {
    const stage = desk(DESK, ONE, { ...MANY, title: `مرحبا ${'Wolfeschlegelsteinhausenbergerdorff'.repeat(4)}` });
    const page = await open(stage, '', { viewport, colorScheme });
    const fits = async (/** @type {string} */ what) => {
      assert.deepEqual(await faults(page), [], what);
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth), false, what);
    };
    await fits('the flows');
    await page.getByText('As a table').first().click();
    await page.getByRole('button', { name: 'Show all 100 steps' }).click();
    await fits('all steps, and a table');
    await page.evaluate(() => (document.documentElement.dir = 'rtl'));
    await fits('mirrored');
    await page.getByRole('button', { name: 'Delete all sessions' }).first().click();
    await page.getByRole('dialog').waitFor();
    await fits('the question before they are deleted');
    stage.numbers = { days: 30, flows: [] };
    await page.reload();
    await page.getByText('No visitor in the last 30 days').waitFor();
    await fits('nobody');
    stage.refusals.set('GET /counts', { status: 500, message: 'The store is away.' });
    await page.reload();
    await page.getByRole('alert').waitFor();
    await fits('an error');
  });
}

test('without colours the parts of a bar are told apart by what they are filled with', async () => {
  const steps = [step('all', 6, { answered: 1, handed_off: 1, ended: 1, here: 1, left: 1 })];
  const page = await open(desk({ ...ONE, steps }), '', { forcedColors: 'active' });
  const fills = await page.locator('parlor-bar i').evaluateAll((parts) => parts.map((part) => getComputedStyle(part).backgroundImage + getComputedStyle(part).backgroundColor));
  assert.equal(new Set(fills).size, 6, fills.join('\n'));
});
