// The operators' pages before Parlor itself: a visitor leaves an address, both type, all is counted, exported and deleted.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { launch, Parlor } from './harness.mjs';

const FLOW = {
  $flow: { title: 'Help desk' },
  mail: { sendRequest: { kind: 'StartChatSession', sessionId: 'm', chatText: 'What is your e-mail address?', as: 'email', input: { type: 'email' } } },
  mailed: { matchResponse: { kind: 'UserText', sessionId: 'm' }, next: 'end' },
  end: { sendRequest: { kind: 'EndChatSession', sessionId: 'm' }, next: 'person' },
  person: { sendRequest: { kind: 'Handoff', message: 'I ask a person.', queue: 'billing' }, next: 'after' },
  after: { sendRequest: { kind: 'BotText', content: 'Goodbye' } },
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

const newPage = async () => (await browser.newContext({ reducedMotion: 'reduce', locale: 'en' })).newPage();

test('an address is left, both type, and what is kept is counted, exported and deleted', async () => {
  const guest = await newPage();
  const field = guest.locator('.field:visible:not([readonly])');
  await guest.goto(`${parlor.base}/assistant/support`);
  await field.fill('ann@example.org');
  await field.press('Enter');
  await guest.getByText('I ask a person.').last().waitFor();

  const page = await newPage();
  await page.goto(`${parlor.base}/operator`);
  await page.locator('.row', { hasText: 'Help desk' }).click();
  await page.locator('.details a[href="mailto:ann@example.org"]').waitFor();
  await page.keyboard.press('t');
  await page.locator('#write-text:focus').waitFor();
  await field.pressSequentially('Hello');
  await page.locator('.typing').getByText('is typing').waitFor();
  await field.press('Enter');
  await page.locator('.said[data-by="visitor"]', { hasText: 'Hello' }).waitFor();
  const told = page.waitForResponse((answer) => answer.url().endsWith('/typing'));
  await page.keyboard.type('Good day');
  assert.equal((await told).status(), 204);

  const download = page.waitForEvent('download');
  await page.locator('.details').getByRole('link', { name: 'Export' }).click();
  assert.match((await download).suggestedFilename(), /^support-\w+\.json$/u);
  await page.keyboard.press('f');
  await page.getByRole('searchbox').fill('ann@example.org');
  await page.getByRole('searchbox').press('Enter');
  await page.locator('#list-title', { hasText: 'Found' }).waitFor();
  const all = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Export all' }).click();
  assert.match((await all).suggestedFilename(), /\.(?:nd)?jsonl?$/u);

  const counts = await newPage();
  await counts.goto(`${parlor.base}/operator/flows`);
  const step = counts.locator('.step', { hasText: 'What is your e-mail address?' });
  await step.getByText('1 came here').waitFor();
  await step.getByText('1 answered').waitFor();
  await counts.locator('.step', { hasText: 'person' }).getByText('1 asked for a person').waitFor();

  await page.locator('.details').getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByText('The session is deleted.').waitFor();
  await page.getByText('Nobody was found').waitFor();
  await counts.getByRole('button', { name: 'Delete all sessions' }).click();
  await counts.keyboard.type('support');
  await counts.keyboard.press('Enter');
  await counts.getByText('0 sessions are deleted.').waitFor();
});
