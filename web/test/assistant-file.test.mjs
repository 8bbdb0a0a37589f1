// A file that a visitor sends, before Parlor itself: chosen, sent in pieces, refused when it is too large, fetched by an operator.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { faults } from './axe.mjs';
import { launch, Parlor } from './harness.mjs';

const FLOW = {
  $flow: { title: 'Jobs' },
  ask: { sendRequest: { kind: 'StartChatSession', sessionId: 'cv', chatPrompt: 'Your papers', chatText: 'Please send your papers.', as: 'cv', input: { type: 'file', max: 2_000_000, error: 'That is too much; at most 2 MB.' } } },
  sent: { matchResponse: { kind: 'UserText', sessionId: 'cv' }, next: 'close' },
  close: { sendRequest: { kind: 'EndChatSession', sessionId: 'cv' }, next: 'person' },
  person: { sendRequest: { kind: 'Handoff', message: 'We look at {{cv}}.' } },
};

/** @type {Parlor} */
let parlor;
/** @type {import('playwright-core').Browser} */
let browser;
let folder = '';

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parlor-flows-'));
  await writeFile(join(folder, 'jobs.json'), JSON.stringify(FLOW));
  [parlor, browser] = await Promise.all([Parlor.start('127.0.0.1:0', ['--flows', folder]), launch()]);
});
after(async () => {
  await browser?.close();
  await parlor?.end();
  await rm(folder, { recursive: true, force: true });
});

const newPage = async () => (await browser.newContext({ reducedMotion: 'reduce', locale: 'en' })).newPage();

/** A file of so many bytes, none like the next. @param {string} name @param {number} size */
const file = (name, size) => ({ name, mimeType: 'application/pdf', buffer: Buffer.from(Uint8Array.from({ length: size }, (_, at) => (at * 7 + (at >> 8)) & 255)) });

test('a file is chosen and sent, and an operator gets it as it was', async () => {
  const guest = await newPage();
  await guest.goto(`${parlor.base}/assistant/jobs`);
  const field = guest.locator('input[type=file]:visible');
  await field.waitFor();
  assert.deepEqual(await faults(guest), []);
  const send = guest.getByRole('button', { name: 'Send', exact: true });
  assert.ok(await send.isDisabled(), 'nothing is chosen');

  // Over what the flow takes, and over what the server takes at all.
  await field.setInputFiles(file('long.pdf', 2_000_001));
  await send.click();
  await guest.getByText('That is too much; at most 2 MB.').waitFor();
  await field.setInputFiles(file('huge.pdf', 11 << 20));
  await send.click();
  await guest.getByText('The file is too large: at most 10 MiB.').waitFor();
  assert.equal(await guest.getByText('huge.pdf').count(), 0, 'it is taken back');

  const cv = file('Ann’s papers.pdf', 1_234_567);
  await field.setInputFiles(cv);
  await send.click();
  await guest.getByText('We look at Ann’s papers.pdf.').last().waitFor();
  await guest.locator('.mine', { hasText: 'Ann’s papers.pdf (1.2 MB)' }).waitFor();
  await guest.reload();
  await guest.locator('.mine', { hasText: 'Ann’s papers.pdf (1.2 MB)' }).waitFor();

  const page = await newPage();
  await page.goto(`${parlor.base}/operator`);
  await page.locator('.row', { hasText: 'Jobs' }).click();
  const download = page.waitForEvent('download');
  await page.locator('.said[data-by="visitor"]').getByRole('link', { name: 'Ann’s papers.pdf' }).click();
  const got = await download;
  assert.equal(got.suggestedFilename(), 'Ann’s papers.pdf');
  assert.ok((await readFile(await got.path())).equals(cv.buffer), 'byte for byte');
});

test('a flow that is written takes a file in its preview, and sends none', async () => {
  const page = await newPage();
  await page.goto(`${parlor.base}/admin/flows/jobs`);
  const field = page.locator('parlor-assistant input[type=file]:visible');
  await field.waitFor();
  await field.setInputFiles(file('mine.pdf', 500_000));
  await page.locator('parlor-assistant').getByRole('button', { name: 'Send', exact: true }).click();
  await page.getByText('We look at mine.pdf.').last().waitFor();
});
