// The assistant before Parlor itself: a flow from its greeting to its end, and all that comes between.
//
// Needs a server that has flows: `--flows FOLDER`, in which `welcome.json` is the flow `welcome`.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { isDeepStrictEqual } from 'node:util';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { faults } from './axe.mjs';
import { Stage, strict } from './assistant-stage.mjs';
import { launch, Parlor } from './harness.mjs';

/** @typedef {import('playwright-core').Page} Page */
/** @typedef {import('playwright-core').BrowserContext} BrowserContext */

/** The example that the format comes from. */
const FLOW = {
  greetings: { sendRequest: { kind: 'BotText', content: 'Hi, I’m <b>Bot</b>! Nice to meet you.' }, next: 'langChoices' },
  langChoices: { sendRequest: { kind: 'ChoiceRequest', groupId: 'lang', question: 'Which language do you use?', choices: [{ itemId: 'rust', content: 'Rust' }, { itemId: 'go', content: 'Go' }, { itemId: 'other', content: 'Other' }] } },
  langChoiceRust: { matchResponse: { kind: 'ChoiceResponse', groupId: 'lang', itemId: 'rust' }, next: 'anyOtherChoices' },
  langChoiceGo: { matchResponse: { kind: 'ChoiceResponse', groupId: 'lang', itemId: 'go' }, next: 'anyOtherChoices' },
  langChoiceOther: { matchResponse: { kind: 'ChoiceResponse', groupId: 'lang', itemId: 'other' }, next: 'startSession' },
  startSession: { sendRequest: { kind: 'StartChatSession', sessionId: 'pref', chatPrompt: 'Type your language', chatText: 'I opened the editor' } },
  text: { matchResponse: { kind: 'UserText', sessionId: 'pref' }, next: 'endSession' },
  endSession: { sendRequest: { kind: 'EndChatSession', sessionId: 'pref' }, next: 'anyOtherChoices' },
  anyOtherChoices: { sendRequest: { kind: 'ChoiceRequest', groupId: 'others', question: 'Any other?', choices: [{ itemId: 'yes', content: 'Yes' }, { itemId: 'no', content: 'No' }] } },
  anyOtherYes: { matchResponse: { kind: 'ChoiceResponse', groupId: 'others', itemId: 'yes' }, next: 'langChoices' },
  anyOtherNo: { matchResponse: { kind: 'ChoiceResponse', groupId: 'others', itemId: 'no' }, next: 'done' },
  done: { sendRequest: { kind: 'BotText', content: 'Great, thanks!' } },
};
const GREETING = ['Hi, I’m Bot! Nice to meet you.', 'Which language do you use?'];

/** @type {Parlor} */
let parlor;
/** @type {Stage} Of it only the page of another origin is used. */
let stage;
/** @type {import('playwright-core').Browser} */
let browser;
let flows = '';

before(async () => {
  flows = await mkdtemp(join(tmpdir(), 'parlor-flows-'));
  await writeFile(join(flows, 'welcome.json'), JSON.stringify(FLOW));
  [parlor, stage, browser] = await Promise.all([Parlor.start('127.0.0.1:0', ['--flows', flows]), Stage.start(), launch()]);
});
after(async () => {
  await browser?.close();
  await stage?.end();
  await parlor?.end();
  await rm(flows, { recursive: true, force: true });
});
beforeEach(() => stage.clear());

/** Who comes with a browser of their own. */
const visitor = () => browser.newContext({ reducedMotion: 'reduce', locale: 'en' });

/** The flow's own page. @param {BrowserContext} [context] */
async function visit(context) {
  const page = await (context ?? (await visitor())).newPage();
  await page.goto(`${parlor.base}/assistant/welcome`);
  return page;
}

/** @param {Page} page @param {string} text */
const choose = (page, text) => page.getByRole('button', { name: text, exact: true }).click();

/** @param {Page} page @param {string} text */
async function write(page, text) {
  await page.locator('.field:visible:not([readonly])').fill(text);
  await page.locator('.field:visible').press('Enter');
}

/** Waits until this is all that is said. @param {Page} page @param {string[]} texts */
async function says(page, texts) {
  const all = page.locator('.list .bubble');
  const end = Date.now() + 30_000;
  for (;;) {
    const now = await all.allTextContents();
    if (isDeepStrictEqual(now, texts)) return;
    if (Date.now() > end) assert.deepEqual(now, texts);
    await page.waitForTimeout(50);
  }
}

/** @param {Page} page @param {string} placeholder @param {boolean} open */
async function editor(page, placeholder, open) {
  await page.locator(`.field:visible[placeholder="${placeholder}"]${open ? ':not([readonly])' : '[readonly]'}`).waitFor();
}

test('a flow greets, asks, opens the editor and closes it, loops, and ends', async () => {
  const page = await visit();
  await says(page, GREETING);
  await editor(page, 'Choose an option', false);
  await choose(page, 'Other');
  await says(page, [...GREETING, 'Other', 'I opened the editor']);
  await editor(page, 'Type your language', true);
  await write(page, 'Zig & <b>C</b>');
  const first = [...GREETING, 'Other', 'I opened the editor', 'Zig & <b>C</b>', 'Any other?'];
  await says(page, first);
  await editor(page, 'Choose an option', false);
  await choose(page, 'Yes');
  await says(page, [...first, 'Yes', GREETING[1]]);
  await choose(page, 'Rust');
  await says(page, [...first, 'Yes', GREETING[1], 'Rust', 'Any other?']);
  await choose(page, 'No');
  await says(page, [...first, 'Yes', GREETING[1], 'Rust', 'Any other?', 'No', 'Great, thanks!']);
  assert.equal(await page.locator('.choices').count(), 0);
  assert.equal(await page.locator('.notice').isVisible(), false, 'no error on the way');
});

test('the flow’s page has no fault that axe finds, and the line to paste', async () => {
  const page = await visit();
  await says(page, GREETING);
  assert.deepEqual(await faults(page), []);
  assert.equal(await page.locator('figure.code code').textContent(), `<script src="${parlor.base}/assistant.js" data-flow="welcome" async></script>`);
});

test('a page that is loaded again in the middle goes on where it was', async () => {
  const page = await visit();
  await choose(page, 'Other');
  await says(page, [...GREETING, 'Other', 'I opened the editor']);
  await page.reload();
  await says(page, [...GREETING, 'Other', 'I opened the editor']);
  await write(page, 'OCaml');
  await says(page, [...GREETING, 'Other', 'I opened the editor', 'OCaml', 'Any other?']);
  await page.reload();
  await says(page, [...GREETING, 'Other', 'I opened the editor', 'OCaml', 'Any other?']);
  await choose(page, 'No');
  await says(page, [...GREETING, 'Other', 'I opened the editor', 'OCaml', 'Any other?', 'No', 'Great, thanks!']);
});

test('a server that restarts in the middle is waited for, and what was typed stays', async () => {
  const page = await visit();
  await choose(page, 'Other');
  await editor(page, 'Type your language', true);
  await page.locator('.field:visible').fill('half a tho');
  await parlor.down();
  await page.getByText('Connection lost').waitFor();
  await parlor.up();
  await page.getByText('Online').waitFor();
  assert.equal(await page.locator('.field:visible').inputValue(), 'half a tho');
  await write(page, 'Zig');
  await says(page, [...GREETING, 'Other', 'I opened the editor', 'Zig', 'Any other?']);
});

test('an answer that is given while the server is away is sent when it is back', async () => {
  const page = await visit();
  await choose(page, 'Rust');
  await says(page, [...GREETING, 'Rust', 'Any other?']);
  await parlor.down();
  await page.getByText('Connection lost').waitFor();
  await choose(page, 'No');
  await page.getByText('Not sent yet').waitFor();
  await parlor.up();
  await says(page, [...GREETING, 'Rust', 'Any other?', 'No', 'Great, thanks!']);
  await page.reload();
  await says(page, [...GREETING, 'Rust', 'Any other?', 'No', 'Great, thanks!']);
});

test('a second tab shows the same session, live', async () => {
  const context = await visitor();
  const one = await visit(context);
  await choose(one, 'Other');
  await editor(one, 'Type your language', true);
  const two = await visit(context);
  await says(two, [...GREETING, 'Other', 'I opened the editor']);
  await write(two, 'Zig');
  const all = [...GREETING, 'Other', 'I opened the editor', 'Zig', 'Any other?'];
  await says(two, all);
  await says(one, all);
  await choose(one, 'No');
  await says(one, [...all, 'No', 'Great, thanks!']);
  await says(two, [...all, 'No', 'Great, thanks!']);
  assert.equal(await two.locator('.choices').count(), 0);
});

test('another visitor has another session', async () => {
  const page = await visit();
  await choose(page, 'Rust');
  await says(page, [...GREETING, 'Rust', 'Any other?']);
  await says(await visit(), GREETING);
});

test('starting over begins again, in every tab', async () => {
  const context = await visitor();
  const one = await visit(context);
  // Whoever opens both before the first has its cookie has two sessions.
  await says(one, GREETING);
  const two = await visit(context);
  await choose(one, 'Rust');
  await says(two, [...GREETING, 'Rust', 'Any other?']);
  await one.locator('.restart').click();
  await one.getByRole('group', { name: /Start over/u }).getByRole('button', { name: 'Start over' }).click();
  await says(one, GREETING);
  await says(two, GREETING);
  await choose(two, 'Go');
  await says(one, [...GREETING, 'Go', 'Any other?']);
});

test('a page of another origin with a strict policy holds it, and a reload there goes on', async () => {
  stage.pages.set('/', { html: `<script src="${parlor.base}/assistant.js" data-flow="welcome" data-lang="en" async></script>`, policy: strict(parlor.base) });
  const page = await (await visitor()).newPage();
  /** @type {string[]} */
  const noise = [];
  page.on('console', (message) => noise.push(message.text()));
  page.on('pageerror', (error) => noise.push(String(error)));
  // The same site, so that the cookie goes along without TLS; another port is another origin.
  await page.goto(`${stage.site.replace('localhost', '127.0.0.1')}/`);
  await page.getByRole('button', { name: 'Open the assistant' }).click();
  await says(page, GREETING);
  await choose(page, 'Other');
  await write(page, 'Zig');
  const all = [...GREETING, 'Other', 'I opened the editor', 'Zig', 'Any other?'];
  await says(page, all);
  await page.reload();
  await page.getByRole('button', { name: 'Open the assistant' }).click();
  await says(page, all);
  assert.deepEqual(noise, []);
});

test('a flow that is not there can’t be reached', async () => {
  stage.pages.set('/', { html: `<script src="${parlor.base}/assistant.js" data-flow="nothing-here" data-lang="en" async></script>` });
  const page = await (await visitor()).newPage();
  await page.goto(`${stage.site}/`);
  await page.getByRole('button', { name: 'Open the assistant' }).click();
  await page.getByText('The assistant can’t be reached.').waitFor();
});

test('what does not fit is answered with an error, and the session goes on', async () => {
  const page = await visit();
  await choose(page, 'Other');
  await editor(page, 'Type your language', true);
  await write(page, 'x'.repeat(200_000));
  await page.getByRole('alert').waitFor();
  assert.equal((await page.locator('.field:visible').inputValue()).length, 200_000);
  await write(page, 'Zig');
  await says(page, [...GREETING, 'Other', 'I opened the editor', 'Zig', 'Any other?']);
});

test('the script is sent compressed, for every origin, and not kept without asking', async () => {
  const answer = await fetch(`${parlor.base}/assistant.js`, { headers: { origin: 'https://shop.example' } });
  assert.match(answer.headers.get('content-type') ?? '', /^text\/javascript/u);
  assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
  assert.notEqual(answer.headers.get('cross-origin-resource-policy'), 'same-origin', 'other sites load it');
  assert.ok(['br', 'gzip'].includes(answer.headers.get('content-encoding') ?? ''));
});
