// The pages on which flows are written: a flow from its name to a visitor who gets it, what is wrong in it, and who else changes it.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { LOOKS, faults } from './axe.mjs';
import { launch, Parlor, signIn } from './harness.mjs';

/** @typedef {import('playwright-core').Page} Page */
/** @typedef {import('playwright-core').BrowserContextOptions} Options */

/** A flow that asks a server, then for a person. */
const ASKS = `{
  "hello": {"sendRequest": {"kind": "BotText", "content": "Hello from the file."}, "next": "name"},
  "name": {"sendRequest": {"kind": "StartChatSession", "sessionId": "name", "chatPrompt": "Your name", "as": "name"}},
  "named": {"matchResponse": {"kind": "UserText", "sessionId": "name"}, "next": "look"},
  "look": {"request": {"url": "https://boats.example/free", "query": {"for": "{{name}}"}, "keep": {"boat": "/boat"}, "else": "sorry"}, "next": "person"},
  "sorry": {"sendRequest": {"kind": "BotText", "content": "No boats today."}},
  "person": {"sendRequest": {"kind": "Handoff", "message": "It is the {{boat}}.", "queue": "harbour"}, "next": "bye"},
  "bye": {"sendRequest": {"kind": "BotText", "content": "Fair winds, {{name}}."}}
}
`;

/** @type {Parlor} */
let parlor;
/** @type {import('playwright-core').Browser} */
let browser;
let flows = '';

before(async () => {
  flows = await mkdtemp(join(tmpdir(), 'parlor-flows-'));
  await writeFile(join(flows, 'boats.json'), ASKS);
  [parlor, browser] = await Promise.all([Parlor.start('127.0.0.1:0', ['--flows', flows]), launch()]);
});
after(async () => {
  await browser?.close();
  await parlor?.end();
  await rm(flows, { recursive: true, force: true });
});

/** @param {Options} [options] */
const someone = async (options) => (await browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce', locale: 'en', ...options })).newPage();

const field = '#flow-text';

/** The page of a flow, which has been checked. @param {Page} page @param {string} name */
async function open(page, name) {
  await page.goto(`${parlor.base}/admin/flows/${name}`);
  await checked(page);
}

/** @param {Page} page */
const checked = (page) => page.waitForFunction(() => {
  const writing = Reflect.get(document.querySelector('parlor-flow') ?? {}, 'writing');
  return writing?.flow && writing.isChecked;
});

/** A flow with the text that a new one begins with. @param {string} name @param {string} [text] */
const made = (name, text) => parlor.call('/api/admin/flows', { name, text });

/** @param {Page} page @param {string} from @param {string} to */
async function replace(page, from, to) {
  const text = await page.inputValue(field);
  assert.ok(text.includes(from), `${from} is in the text`);
  await page.fill(field, text.replace(from, to));
  await checked(page);
}

/** @param {Page} page @param {string} view */
const show = (page, view) => page.getByRole('navigation', { name: 'What is shown' }).getByRole('button', { name: view }).click();

/** What the widget says. @param {Page} page @param {string} text */
const reads = (page, text) => page.locator('.list .bubble', { hasText: text }).last().waitFor();

/** @param {Page} page @param {string} text */
async function write(page, text) {
  await page.locator('.field:visible:not([readonly])').last().fill(text);
  await page.locator('.field:visible').last().press('Enter');
}

/** @param {Page} page */
const found = (page) => page.locator('.found li').allTextContents().then((all) => all.map((one) => one.replace(/\s+/gu, ' ').trim()));

test('a flow is named, broken, mended, tried, published, and a visitor gets it', async () => {
  const page = await someone();
  await page.goto(`${parlor.base}/admin/flows`);
  await page.fill('#new-name', 'my shop');
  await page.keyboard.press('Enter');
  await page.getByText('Use up to 64 letters').waitFor();
  await page.fill('#new-name', 'shop');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/admin/flows/shop');
  await checked(page);
  await page.getByText('Nothing is wrong.').waitFor();
  assert.deepEqual(await found(page), []);

  // Broken: a mark beside the line, one below the word, and one in the list that leads there.
  await replace(page, '"next": "ask"', '"next": "aks"');
  await page.getByText('1 error, 7 warnings').waitFor();
  assert.match((await found(page))[0], /Line 6.*hello.*Did you mean `ask`\?/u);
  const line = page.locator('.line[data-mark="error"]');
  assert.equal(await line.getAttribute('data-line'), '6');
  assert.equal(await line.locator('.error').textContent(), '"aks"');
  await page.locator('.found button').first().click();
  assert.equal(await page.evaluate((at) => {
    const area = /** @type {HTMLTextAreaElement} */ (document.querySelector(at));
    return document.activeElement === area && area.value.slice(area.selectionStart, area.selectionEnd);
  }, field), '    "next": "aks"');
  await show(page, 'Graph');
  assert.equal(await page.locator('.state[data-mark="error"]').getAttribute('data-state'), 'hello');
  await page.getByRole('button', { name: 'Publish' }).click({ force: true });
  await page.getByText('Not published: mend the error first.').waitFor();
  assert.equal((await fetch(`${parlor.base}/assistant/shop`)).status, 404);

  // Mended: the graph is whole, and a state leads to its line.
  await replace(page, '"aks"', '"ask"');
  assert.equal(await page.locator('.state').count(), 8);
  assert.equal(await page.locator('.state[data-mark]').count(), 0);
  assert.ok(await page.locator('.way').count() >= 8);
  await page.locator('.state[data-state="thanks"]').click();
  assert.match(await page.evaluate((at) => {
    const area = /** @type {HTMLTextAreaElement} */ (document.querySelector(at));
    return area.value.slice(area.selectionStart, area.selectionEnd);
  }, field), /"thanks"/u);

  // The preview begins again with what is typed, and knows what was said.
  await show(page, 'Preview');
  await replace(page, 'What can I do for you?', 'What shall it be?');
  await reads(page, 'What shall it be?');
  await page.getByRole('button', { name: 'Write to me' }).click();
  await reads(page, 'With pleasure.');
  await write(page, 'nobody');
  await reads(page, 'That is no e-mail address.');
  await write(page, 'ann@example.org');
  await reads(page, 'We write to ann@example.org.');
  await page.locator('.behind dl', { hasText: 'ann@example.org' }).waitFor();
  await page.getByText('The flow is at its end.').waitFor();

  await page.keyboard.press('Control+s');
  await page.locator('.saved', { hasText: /^Saved$/u }).waitFor();
  await page.getByRole('button', { name: 'Publish' }).click();
  await page.getByText('New visitors get it from now on.').waitFor();
  const visitor = await someone();
  await visitor.goto(`${parlor.base}/assistant/shop`);
  await reads(visitor, 'What shall it be?');
  assert.deepEqual((await parlor.call('/api/operator/sessions')).sessions, [], 'the preview has left nothing');

  // A version comes back into the editor, and goes nowhere before it is saved.
  await replace(page, 'What shall it be?', 'And now?');
  await page.getByRole('button', { name: 'Publish' }).click();
  await page.locator('.chip', { hasText: /^published$/u }).waitFor();
  await show(page, 'Versions');
  assert.equal(await page.locator('.versions li').count(), 2);
  await page.locator('.versions li').last().getByRole('button').click();
  await page.waitForFunction((at) => /** @type {HTMLTextAreaElement} */ (document.querySelector(at)).value.includes('What shall it be?'), field);
  await visitor.getByRole('button', { name: 'Start over' }).click();
  await reads(visitor, 'And now?');

  // Taken back, and deleted.
  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: 'Take back' }).click();
  await page.locator('.toast', { hasText: 'new visitors do not get it' }).waitFor();
  assert.equal((await fetch(`${parlor.base}/assistant/shop`)).status, 404);
  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await page.waitForURL('**/admin/flows');
  await page.getByRole('link', { name: 'boats' }).waitFor();
  assert.equal(await page.getByRole('link', { name: 'shop' }).count(), 0);
});

test('a file is shown and tried, and changed where it is', async () => {
  const page = await someone();
  await page.goto(`${parlor.base}/admin/flows`);
  await page.getByRole('link', { name: 'boats' }).click();
  await page.getByText(/This flow is the file .*boats\.json.* Change it there/u).waitFor();
  assert.ok(await page.locator(field).evaluate((area) => /** @type {HTMLTextAreaElement} */ (area).readOnly));
  assert.equal(await page.getByRole('button', { name: 'Publish' }).count(), 0);

  await reads(page, 'Hello from the file.');
  await write(page, 'Ann & Bo');
  const request = page.getByRole('form', { name: 'The flow asks another server' });
  await request.getByText('https://boats.example/free?for=Ann%20%26%20Bo').waitFor();
  await request.getByRole('button', { name: 'Let it fail' }).click();
  await reads(page, 'No boats today.');

  await page.getByRole('button', { name: 'Start over' }).click();
  await page.locator('.small.go').click();
  await write(page, 'Cy');
  await request.locator('textarea').fill('{"boat": "Heron"}');
  await request.getByRole('button', { name: 'Take this answer' }).click();
  await reads(page, 'It is the Heron.');
  await page.getByText(/A person of .*harbour.* would be called here/u).waitFor();
  await page.getByRole('button', { name: 'Hand back' }).click();
  await reads(page, 'Fair winds, Cy.');
});

test('two who write at once: nothing is overwritten unseen', async () => {
  await made('shared');
  const [ann, bo] = await Promise.all([someone(), someone()]);
  await open(ann, 'shared');
  await open(bo, 'shared');
  await replace(bo, 'Monday', 'Tuesday');
  await bo.keyboard.press('Control+s');
  await bo.locator('.saved', { hasText: /^Saved$/u }).waitFor();
  await replace(ann, 'Friday', 'Thursday');
  await ann.keyboard.press('Control+s');
  await ann.getByText('has changed this flow since you began').waitFor();
  assert.match((await parlor.call('/api/admin/flows/shared')).text, /From Tuesday to Friday/u);
  await ann.getByRole('button', { name: 'Take theirs' }).click();
  assert.match(await ann.inputValue(field), /From Tuesday to Friday/u);
  await ann.getByRole('button', { name: 'Undo' }).click();
  assert.match(await ann.inputValue(field), /From Monday to Thursday/u, 'what was typed is not lost');
  await ann.keyboard.press('Control+s');
  await ann.locator('.saved', { hasText: /^Saved$/u }).waitFor();

  // Not saved, and the page goes away: it is here again, and so is what happened meanwhile.
  await replace(bo, 'Tuesday', 'Sunday');
  await bo.reload();
  await bo.getByText('has changed this flow since you began').waitFor();
  assert.match(await bo.inputValue(field), /From Sunday to Friday/u);
  await bo.getByRole('button', { name: 'Save mine over it' }).click();
  await bo.locator('.saved', { hasText: /^Saved$/u }).waitFor();
  assert.match((await parlor.call('/api/admin/flows/shared')).text, /From Sunday to Friday/u);

  await replace(bo, 'Sunday', 'Saturday');
  await bo.goto(`${parlor.base}/admin/flows`);
  await bo.locator('tr', { hasText: 'shared' }).getByText('unsaved text in this browser').waitFor();
  await open(bo, 'shared');
  await bo.getByText('Text that you had not saved is here again.').waitFor();
  await bo.locator('.bar').getByRole('button', { name: 'Throw it away' }).click();
  assert.match(await bo.inputValue(field), /From Sunday to Friday/u);
});

test('keys: Tab indents and does not hold, Enter keeps the indent', async () => {
  await made('keys', '{\n  "a": {"sendRequest": {"kind": "BotText", "content": "x"}}\n}\n');
  const page = await someone();
  await open(page, 'keys');
  const at = (/** @type {number} */ from, to = from) => page.locator(field).evaluate((area, [a, b]) => {
    const text = /** @type {HTMLTextAreaElement} */ (area);
    text.focus();
    text.setSelectionRange(a, b);
  }, [from, to]);
  await at(1);
  await page.keyboard.press('Enter');
  assert.ok((await page.inputValue(field)).startsWith('{\n  \n'), 'behind a brace');
  await page.keyboard.press('Tab');
  assert.ok((await page.inputValue(field)).startsWith('{\n    \n'));
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Shift+Tab');
  assert.ok((await page.inputValue(field)).startsWith('{\n\n'));
  await page.keyboard.press('Control+Z');
  assert.ok((await page.inputValue(field)).startsWith('{\n  \n'), 'the browser’s own undo');
  await page.keyboard.press('Control+A');
  await page.keyboard.press('Tab');
  assert.match(await page.inputValue(field), /^ {2}\{\n/u);
  assert.match(await page.inputValue(field), /\n {4}"a": /u);
  await page.keyboard.press('Escape');
  await page.keyboard.press('Tab');
  assert.ok(await page.evaluate((one) => document.activeElement !== document.querySelector(one), field), 'it leaves');
});

test('what is drawn lies under what is typed, letter on letter', async () => {
  await made('lines', `{"a": {"sendRequest": {"kind": "BotText", "content": "${'long words '.repeat(60)} عربي 漢字 🙂"}}}\n\n\n`);
  const page = await someone();
  await open(page, 'lines');
  for (const width of [1280, 390]) {
    await page.setViewportSize({ width, height: 800 });
    if (width < 900) await show(page, 'Text');
    const [drawn, typed] = await page.evaluate((at) => {
      const area = /** @type {HTMLTextAreaElement} */ (document.querySelector(at));
      const lines = /** @type {HTMLElement} */ (document.querySelector('.lines'));
      area.style.height = '0';
      const high = area.scrollHeight;
      area.style.height = '';
      const last = /** @type {HTMLElement} */ (lines.lastElementChild);
      return [last.offsetTop + last.offsetHeight + parseFloat(getComputedStyle(lines).paddingBlockEnd), high];
    }, field);
    assert.ok(Math.abs(drawn - typed) < 2, `${drawn} and ${typed} at ${width}`);
  }
});

test('admins only, where people have accounts', async () => {
  const server = await Parlor.start('127.0.0.1:0', ['--accounts', 'optional']);
  const page = await someone();
  await page.goto(await server.setUp());
  await signIn(page, 'Ada');
  await page.goto(`${server.base}/admin/flows`);
  await page.getByRole('navigation', { name: 'Admin' }).getByRole('link', { name: 'Flows' }).waitFor();
  await page.fill('#new-name', 'hers');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/admin/flows/hers');
  await page.goto(`${server.base}/admin/flows`);
  await page.locator('tr', { hasText: 'hers' }).getByText('by').getByText('Ada').waitFor();
  await page.goto(`${server.base}/operator`);
  await page.getByRole('link', { name: 'Write flows' }).waitFor();
  const other = await someone();
  await other.goto(`${server.base}/admin/flows`);
  await other.waitForURL('**/login?*');
  await server.end();
});

const LONG = 'a'.repeat(64);

for (const { device, viewport, colorScheme } of LOOKS) {
  test(`axe finds nothing at ${device}`, async () => {
    const there = await parlor.call('/api/admin/flows');
    if (!there.flows.some((/** @type {{ name: string }} */ { name }) => name === LONG)) {
      await made(LONG, ASKS.replace('"next": "name"', '"next": "nam"').replace('"hello"', `"${'hello'.repeat(30)}"`));
    }
    const page = await someone({ viewport, colorScheme });
    await page.goto(`${parlor.base}/admin/flows`);
    await page.getByRole('link', { name: 'boats' }).waitFor();
    assert.deepEqual(await faults(page), []);
    await open(page, LONG);
    assert.deepEqual(await faults(page), [], 'with errors');
    for (const view of ['Graph', 'Versions', 'Preview']) {
      await show(page, view);
      assert.deepEqual(await faults(page), [], view);
    }
    await open(page, 'boats');
    await show(page, 'Preview');
    await write(page, 'Ann');
    await page.getByRole('form', { name: 'The flow asks another server' }).waitFor();
    assert.deepEqual(await faults(page), [], 'a request');
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.equal(wide, 0, 'nothing is wider than the screen');
  });
}
