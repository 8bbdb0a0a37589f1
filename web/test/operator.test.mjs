// The operators' inbox before Parlor: a visitor with a flow in one browser, an operator in another.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { LOOKS, faults } from './axe.mjs';
import { launch, Parlor } from './harness.mjs';

/** @typedef {import('playwright-core').Page} Page */
/** @typedef {import('playwright-core').BrowserContextOptions} Options */

const FLOW = {
  hello: { sendRequest: { kind: 'BotText', content: 'Hi, I’m <b>Bot</b>!' }, next: 'name' },
  name: { sendRequest: { kind: 'StartChatSession', sessionId: 'name', chatPrompt: 'Your name', chatText: 'What is your name?', as: 'name' } },
  named: { matchResponse: { kind: 'UserText', sessionId: 'name' }, next: 'nameEnd' },
  nameEnd: { sendRequest: { kind: 'EndChatSession', sessionId: 'name' }, next: 'what' },
  what: { sendRequest: { kind: 'ChoiceRequest', groupId: 'what', question: 'What is it about?', as: 'topic', choices: [{ itemId: 'bill', content: 'A <i>bill</i>' }, { itemId: 'other', content: 'Something else' }] } },
  bill: { matchResponse: { kind: 'ChoiceResponse', groupId: 'what', itemId: 'bill' }, next: 'person' },
  other: { matchResponse: { kind: 'ChoiceResponse', groupId: 'what', itemId: 'other' }, next: 'person' },
  person: { sendRequest: { kind: 'Handoff', message: 'I ask a person for you.', queue: 'billing' }, next: 'after' },
  after: { sendRequest: { kind: 'BotText', content: 'Was that of help?' } },
};

/** @type {Parlor} */
let parlor;
/** @type {import('playwright-core').Browser} */
let browser;
let flows = '';

before(async () => {
  flows = await mkdtemp(join(tmpdir(), 'parlor-flows-'));
  await writeFile(join(flows, 'support.json'), JSON.stringify(FLOW));
  [parlor, browser] = await Promise.all([Parlor.start('127.0.0.1:0', ['--flows', flows]), launch()]);
});
after(async () => {
  await browser?.close();
  await parlor?.end();
  await rm(flows, { recursive: true, force: true });
});

/** A visitor who has said their name. @param {string} name */
async function visitor(name, server = parlor) {
  const page = await (await browser.newContext({ reducedMotion: 'reduce', locale: 'en' })).newPage();
  await page.goto(`${server.base}/assistant/support`);
  await write(page, name);
  await page.getByRole('button', { name: 'A bill' }).waitFor();
  return page;
}

/** One who waits for a person. @param {string} name */
async function waiting(name, server = parlor) {
  const page = await visitor(name, server);
  await page.getByRole('button', { name: 'A bill' }).click();
  await reads(page, 'I ask a person for you.');
  return page;
}

/** @param {Page} page @param {string} text */
async function write(page, text) {
  await page.locator('.field:visible:not([readonly])').fill(text);
  await page.locator('.field:visible').press('Enter');
}

/** What stands in the widget. @param {Page} page @param {string} text */
const reads = (page, text) => page.locator('.list .bubble', { hasText: text }).last().waitFor();

/** The inbox, of somebody with this name. @param {string} name @param {Options} [options] */
async function operator(name, options, server = parlor, hash = '') {
  const context = await browser.newContext({ reducedMotion: 'reduce', locale: 'en', ...options });
  await context.addInitScript((me) => localStorage.setItem('parlor.operator.name', me), name);
  const page = await context.newPage();
  await page.goto(`${server.base}/operator${hash}`);
  await page.locator('.list-top h2').waitFor({ state: 'attached' });
  return page;
}

/** @param {Page} page @param {string} name */
const row = (page, name) => page.locator('.row').filter({ has: page.locator('.row-name', { hasText: name }) });

/** @param {Page} page @param {string} name */
async function openTalk(page, name) {
  await row(page, name).click();
  await page.locator('#talk-title', { hasText: name }).waitFor();
}

/** @param {Page} page @param {string} state */
const states = (page, state) => page.getByRole('navigation', { name: 'Sessions by state' }).getByRole('link', { name: state });

/** @param {Page} page @param {string} by @param {string} text */
const said = (page, by, text) => page.locator(`.said[data-by="${by}"]:not([data-sending])`, { hasText: text }).last().waitFor();

const field = '#write-text';

test('from a handoff to the end: taken, answered, noted, put off, woken, handed back, resolved', async () => {
  const page = await operator('Mei');
  await page.getByText('Nobody waits').waitFor();
  const guest = await waiting('Ada Lovelace');
  await row(page, 'Ada Lovelace').getByText(/^waits \d+ s$/u).waitFor();
  await page.waitForFunction(() => document.title.startsWith('(1) Inbox'));
  await row(page, 'Ada Lovelace').locator('.dot').waitFor();
  await openTalk(page, 'Ada Lovelace');
  await said(page, 'flow', 'Hi, I’m Bot!');
  await said(page, 'visitor', 'A bill');
  assert.deepEqual(await page.locator('.choices [data-taken]').allTextContents(), ['A bill (chosen)']);
  await page.locator('.event', { hasText: 'The flow has asked for a person.' }).waitFor();
  assert.deepEqual(await page.locator('.details section').first().locator('dt, dd').allTextContents(), ['name', 'Ada Lovelace', 'topic', 'A bill']);
  assert.equal(await row(page, 'Ada Lovelace').locator('.dot').count(), 0, 'it has been looked at');
  assert.equal(await page.locator(field).count(), 0, 'nobody has it: nobody writes');

  await page.getByRole('button', { name: 'Take', exact: true }).click();
  await page.locator(`${field}:focus`).waitFor();
  await page.waitForFunction(() => document.title.startsWith('Inbox'));
  await guest.getByText('Mei').first().waitFor();
  await page.keyboard.type('Hello Ada,');
  await page.keyboard.press('Shift+Enter');
  await page.keyboard.type('which bill is it? https://example.org/bills');
  await page.keyboard.press('Enter');
  await reads(guest, 'which bill is it?');
  await said(page, 'operator', 'which bill is it?');
  assert.equal(await page.locator('.said[data-by="operator"] a').getAttribute('href'), 'https://example.org/bills');
  await write(guest, 'The one of <b>May</b>');
  await said(page, 'visitor', 'The one of <b>May</b>');

  await page.getByRole('radio', { name: 'Note' }).check();
  await page.locator(field).fill('Has a discount');
  await page.locator(field).press('Enter');
  await said(page, 'note', 'Has a discount');

  await page.getByRole('button', { name: 'Snooze' }).click();
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  await page.locator('.state[data-status="snoozed"]').waitFor();
  await states(page, 'Snoozed').click();
  await row(page, 'Ada Lovelace').getByText('until the visitor writes').waitFor();
  await write(guest, 'Are you there?');
  await states(page, 'Mine').click();
  await openTalk(page, 'Ada Lovelace');
  await said(page, 'visitor', 'Are you there?');
  await page.locator('.state[data-status="open"]').waitFor();

  await page.getByRole('button', { name: 'Hand back' }).click();
  await said(page, 'flow', 'Was that of help?');
  await reads(guest, 'Was that of help?');
  await page.locator('.event', { hasText: 'Mei\u2069 has left.' }).waitFor();
  await page.locator('.state[data-status="bot"]').waitFor();

  // And by keys alone.
  await page.locator('#talk-title').focus();
  await page.keyboard.press('t');
  await page.locator(`${field}:focus`).waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.press('e');
  await page.locator('.state[data-status="resolved"]').waitFor();
  await states(page, 'Resolved').click();
  await row(page, 'Ada Lovelace').waitFor();

  const all = await guest.locator('.list').innerText();
  assert.doesNotMatch(all, /discount/u, 'the note is between operators');
  await guest.reload();
  await reads(guest, 'Was that of help?');
  assert.doesNotMatch(await guest.locator('.list').innerText(), /discount/u);
});

test('a session that is put off until a moment comes back by itself', async () => {
  const guest = await waiting('Wakes');
  const page = await operator('Mei');
  await openTalk(page, 'Wakes');
  await page.getByRole('button', { name: 'Take', exact: true }).click();
  await page.locator(field).waitFor();
  await page.getByRole('button', { name: 'Snooze' }).click();
  await page.getByRole('menuitem', { name: 'In an hour' }).click();
  await page.locator('.details', { hasText: 'Put off until' }).waitFor();
  // Another operator's program wakes it sooner: it takes it, and puts it off until now.
  const [, , flow, id] = new URL(page.url()).hash.split('/');
  const act = (/** @type {string} */ what, /** @type {object} */ more) => fetch(`${parlor.base}/api/operator/sessions/${flow}/${id}/${what}`, { method: 'POST', body: JSON.stringify({ author: 'Mei', ...more }) });
  assert.equal((await act('take', {})).status, 204);
  assert.equal((await act('snooze', { until: Date.now() / 1000 })).status, 204);
  await page.locator('.state[data-status="snoozed"]').waitFor();
  await page.locator('.state[data-status="open"]').waitFor();
  await states(page, 'Mine').getByText('1').waitFor();
  await guest.close();
});

test('two operators: who has a session is seen, and taking it over', async () => {
  await waiting('Shared');
  const mei = await operator('Mei');
  const tom = await operator('Tom');
  await openTalk(mei, 'Shared');
  await openTalk(tom, 'Shared');
  await mei.getByRole('button', { name: 'Take', exact: true }).click();
  await tom.getByText(/Mei.* has this session\. Take it over/u).waitFor();
  await tom.getByRole('radio', { name: 'Note' }).check();
  await tom.locator(field).fill('I know this one');
  await tom.locator(field).press('Enter');
  await said(mei, 'note', 'I know this one');
  await tom.getByRole('button', { name: 'Take over' }).click();
  await mei.getByText(/Tom.* has this session/u).waitFor();
  await states(tom, 'Mine').click();
  await row(tom, 'Shared').waitFor();
  await states(mei, 'Mine').click();
  await states(mei, 'Open').click();
  await row(mei, 'Shared').getByText(/Tom.* has it/u).waitFor({ state: 'attached' });
});

test('what is typed is kept for each session, also when it is not taken', async () => {
  await waiting('First');
  await waiting('Second');
  const page = await operator('Mei');
  for (const name of ['First', 'Second']) {
    await openTalk(page, name);
    await page.keyboard.press('t');
    await page.locator(`${field}:focus`).waitFor();
    await page.locator(field).fill(`for ${name}`);
  }
  await states(page, 'Mine').click();
  await openTalk(page, 'First');
  await page.waitForFunction((at) => /** @type {HTMLTextAreaElement} */ (document.querySelector(at)).value === 'for First', field);
  await page.reload();
  await page.waitForFunction((at) => /** @type {HTMLTextAreaElement | null} */ (document.querySelector(at))?.value === 'for First', field);
  // Refused: it stands there again, and why is said.
  await page.route('**/say', (route) => route.fulfill({ status: 409, contentType: 'application/json', body: '{"message":"somebody was quicker"}' }));
  await page.locator(field).press('Enter');
  await page.getByRole('alert').getByText('somebody was quicker').waitFor();
  await page.waitForFunction((at) => /** @type {HTMLTextAreaElement | null} */ (document.querySelector(at))?.value === 'for First', field);
  assert.equal(await page.locator('.said[data-by="operator"]').count(), 0);
});

test('answers that are at hand are found, filled in, written, mended and deleted', async () => {
  await waiting('Ada');
  const page = await operator('Mei');
  await openTalk(page, 'Ada');
  await page.keyboard.press('t');
  await page.locator(`${field}:focus`).waitFor();
  await page.keyboard.press('/');
  const dialog = page.getByRole('dialog', { name: 'Canned answers' });
  await dialog.getByRole('searchbox').fill('hello');
  await page.keyboard.press('Enter');
  assert.equal(await page.locator(field).inputValue(), 'Hello Ada, I am Mei. How can I help?');
  await page.locator(field).press('End');
  await page.keyboard.type(' 1/2');
  assert.match(await page.locator(field).inputValue(), / 1\/2$/u, 'only in the empty editor it opens them');
  await page.locator(field).fill('');
  await page.keyboard.press('/');
  await dialog.getByRole('button', { name: 'New answer' }).click();
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.getByRole('alert').getByText('Write an answer first.').waitFor();
  await dialog.getByLabel('Title').fill('Topic');
  await dialog.getByLabel('Answer').fill('About {{ topic }} and {{unknown}}');
  assert.deepEqual(await faults(page), []);
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.getByRole('searchbox').fill('topic');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  assert.equal(await page.locator(field).inputValue(), 'About A bill and {{unknown}}');
  await page.locator(field).fill('');
  await page.getByRole('button', { name: 'Canned answers' }).click();
  await dialog.getByRole('button', { name: 'Delete “Topic”' }).click();
  assert.equal(await dialog.getByText('About').count(), 0);
  assert.deepEqual(await faults(page), []);
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByRole('button', { name: 'Canned answers' }).click();
  await dialog.getByRole('button', { name: /^Topic/u }).waitFor();
});

test('the list is gone through by keys, and the address leads back', async () => {
  const page = await operator('Nobody');
  for (const name of ['One', 'Two']) await waiting(name);
  await row(page, 'Two').waitFor();
  await page.keyboard.press('j');
  const first = await page.locator('#talk-title').textContent();
  await page.keyboard.press('j');
  await page.waitForFunction((was) => document.querySelector('#talk-title')?.textContent !== was, first);
  await page.keyboard.press('ArrowUp');
  await page.waitForFunction((was) => document.querySelector('#talk-title')?.textContent === was, first);
  await page.keyboard.press('n');
  await page.locator(`${field}:focus`).waitFor();
  await page.keyboard.type('jet');
  assert.equal(await page.locator(field).inputValue(), 'jet', 'keys are letters there');
  await page.keyboard.press('Escape');
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keys' }).waitFor();
  assert.deepEqual(await faults(page), []);
  await page.keyboard.press('Escape');
  await page.reload();
  await page.locator('#talk-title', { hasText: first ?? '' }).waitFor();
  await page.goto(`${parlor.base}/operator#/waiting/support/ffff`);
  await page.getByText('There is no such session.').waitFor();
});

test('where others reach a server without accounts, the page says to turn them on', async () => {
  const others = await Parlor.start('0.0.0.0:0', ['--flows', flows]);
  try {
    const page = await (await browser.newContext()).newPage();
    await page.goto(`${others.base}/operator`);
    await page.getByRole('heading', { name: 'Turn accounts on' }).waitFor();
    assert.deepEqual(await faults(page), []);
    const link = await page.getByRole('link', { name: 'How to turn accounts on' }).getAttribute('href');
    assert.equal((await fetch(others.base + link)).status, 200);
  } finally {
    await others.end();
  }
});

test('who listens is told which sessions change, and nothing of what is said in them', async () => {
  const stop = new AbortController();
  const answer = await fetch(`${parlor.base}/api/operator/events`, { signal: stop.signal });
  assert.match(answer.headers.get('content-type') ?? '', /^text\/event-stream/u);
  assert.ok(answer.body);
  await waiting('A secret name');
  let heard = '';
  for await (const part of answer.body.pipeThrough(new TextDecoderStream())) {
    heard += part;
    if (heard.includes('"pending"')) break;
  }
  stop.abort();
  const events = heard.split('\n\n').filter((event) => event.startsWith('data: ')).map((event) => JSON.parse(event.slice('data: '.length)));
  assert.deepEqual(events[0], {}, 'at first: look at everything');
  assert.deepEqual(events.slice(1).map(({ flow, status }) => [flow, status]), [['support', 'bot'], ['support', 'pending']]);
  assert.match(events[1].id, /^\w+$/u);
  assert.doesNotMatch(heard, /secret/u);
});

test('with accounts, who has no login is led to it, and who has one answers under its name', async () => {
  const closed = await Parlor.start('127.0.0.1:0', ['--flows', flows, '--accounts', 'optional']);
  try {
    const page = await (await browser.newContext()).newPage();
    await page.goto(`${closed.base}/operator`);
    assert.equal(new URL(page.url()).pathname, '/login');
    await page.goto(await closed.setUp());
    await page.locator('#name').fill('Grace');
    for (const password of await page.locator('input[type="password"]').all()) await password.fill('a long enough password');
    await page.locator('form button.go').click();
    await page.waitForURL((url) => !url.pathname.startsWith('/setup'));
    const guest = await waiting('Guest', closed);
    await page.goto(`${closed.base}/operator`);
    await page.locator('.wall-you', { hasText: 'Grace' }).waitFor();
    assert.equal(await page.locator('#operator-name').count(), 0, 'the name is the account’s');
    await openTalk(page, 'Guest');
    await page.getByRole('button', { name: 'Take', exact: true }).click();
    await page.locator(field).fill('At your service');
    await page.locator(field).press('Enter');
    await reads(guest, 'At your service');
    await guest.getByText('Grace').first().waitFor();
  } finally {
    await closed.end();
  }
});

test('a server that goes away is waited for', async () => {
  const server = await Parlor.start('127.0.0.1:0', ['--flows', flows]);
  try {
    const page = await operator('Mei', {}, server);
    await page.getByText('Nobody waits').waitFor();
    await server.down();
    await page.getByText('Connection lost, trying again').waitFor();
    await server.up();
    await page.getByText('Connection lost, trying again').waitFor({ state: 'detached' });
    await waiting('Back again', server);
    await row(page, 'Back again').waitFor();
  } finally {
    await server.end();
  }
});

for (const { device, viewport, colorScheme } of LOOKS) {
  test(`axe finds no fault, and nothing is wider than the screen at ${device}, ${colorScheme}`, async () => {
    const long = `${'Wolfeschlegelsteinhausenbergerdorff'.repeat(3)} ${device}`;
    const guest = await waiting(long);
    await waiting(`مرحبا ${device}`);
    const page = await operator('Mei', { viewport, colorScheme });
    const wide = () => page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    await row(page, long).waitFor();
    assert.deepEqual(await faults(page), [], 'the list');
    assert.equal(await wide(), false);
    await openTalk(page, long);
    assert.deepEqual(await faults(page), [], 'a session that nobody has');
    await page.getByRole('button', { name: 'Take', exact: true }).click();
    await page.locator(field).fill('x'.repeat(400));
    await page.locator(field).press('Enter');
    await reads(guest, 'xxxx');
    await write(guest, `${'y'.repeat(300)}\nשלום`);
    await said(page, 'visitor', 'yyyy');
    await page.getByRole('radio', { name: 'Note' }).check();
    await page.locator(field).fill('z'.repeat(300));
    await page.locator(field).press('Enter');
    await said(page, 'note', 'zzz');
    await page.getByRole('button', { name: 'Snooze' }).click();
    assert.deepEqual(await faults(page), [], 'the conversation');
    assert.equal(await wide(), false);
    await page.keyboard.press('Escape');
    if (viewport.width < 760) {
      await page.getByRole('button', { name: 'Details' }).click();
      assert.deepEqual(await faults(page), [], 'the details');
      await page.keyboard.press('Escape');
      assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('aria-label')), 'Details');
      await page.getByRole('link', { name: 'Back to the list' }).click();
      await page.locator('.list').waitFor();
    }
  });
}
