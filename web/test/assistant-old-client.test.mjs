// A client as it was written for the older assistant: it knows the kinds of messages of that one and nothing else, and only its
// address has changed. It is a page of another origin with a plain websocket.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { launch, Parlor } from './harness.mjs';

/** In the plain form of the older assistant. */
const FLOW = {
  hello: { sendRequest: { kind: 'BotText', content: 'Good <b>day</b>.' }, next: 'ask' },
  ask: { sendRequest: { kind: 'ChoiceRequest', groupId: 'tea', question: 'Which tea?', choices: [{ itemId: 1, content: 'Green' }, { itemId: 'own', content: 'Another' }] } },
  green: { matchResponse: { kind: 'ChoiceResponse', groupId: 'tea', itemId: '1' }, next: 'more' },
  own: { matchResponse: { kind: 'ChoiceResponse', groupId: 'tea', itemId: 'own' }, next: 'open' },
  open: { sendRequest: { kind: 'StartChatSession', sessionId: 'name', chatPrompt: 'Its name', chatText: 'You may type.' } },
  typed: { matchResponse: { kind: 'UserText', sessionId: 'name' }, next: 'close' },
  close: { sendRequest: { kind: 'EndChatSession', sessionId: 'name' }, next: 'more' },
  more: { sendRequest: { kind: 'ChoiceRequest', groupId: 'more', question: 'More?', choices: [{ itemId: 'yes', content: 'Yes' }, { itemId: 'no', content: 'No' }] } },
  again: { matchResponse: { kind: 'ChoiceResponse', groupId: 'more', itemId: 'yes' }, next: 'ask' },
  enough: { matchResponse: { kind: 'ChoiceResponse', groupId: 'more', itemId: 'no' }, next: 'bye' },
  bye: { sendRequest: { kind: 'BotText', content: 'Goodbye.' } },
};

/** @param {string} address */
const PAGE = (address) => `<!doctype html><meta charset="utf-8"><title>Old</title><div id="log"></div><form hidden><input></form>
<script>
  const log = document.querySelector('#log'), form = document.querySelector('form'), input = document.querySelector('input');
  const socket = new WebSocket(${JSON.stringify(address)});
  let session;
  const add = (who, html) => { const p = document.createElement('p'); p.className = who; p.innerHTML = html; log.append(p); return p; };
  const kinds = {
    BotText: ({ content }) => add('bot', content),
    ChoiceRequest({ groupId, question, choices }) {
      add('bot', question);
      const row = document.createElement('nav');
      for (const { itemId, content } of choices) {
        const button = document.createElement('button');
        button.textContent = content;
        button.onclick = () => { row.remove(); add('me', content); socket.send(JSON.stringify({ kind: 'ChoiceResponse', groupId, itemId, content })); };
        row.append(button);
      }
      log.append(row);
    },
    StartChatSession({ sessionId, chatPrompt, chatText }) {
      session = sessionId;
      form.hidden = false;
      input.placeholder = chatPrompt ?? '';
      if (chatText) add('bot', chatText);
    },
    EndChatSession({ sessionId }) { if (sessionId === session) form.hidden = true; },
    ChoiceResponse({ content }) { log.querySelector('nav:last-of-type')?.remove(); add('me', content); },
    UserText({ content }) { add('me', content); },
  };
  socket.onmessage = ({ data }) => { const message = JSON.parse(data); kinds[message.kind](message); };
  form.onsubmit = (event) => {
    event.preventDefault();
    add('me', input.value);
    socket.send(JSON.stringify({ kind: 'UserText', sessionId: session, content: input.value }));
    input.value = '';
  };
</script>`;

/** @type {Parlor} */
let parlor;
/** @type {import('playwright-core').Browser} */
let browser;
/** @type {import('node:http').Server} */
let site;
let folder = '';
let address = '';

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parlor-flows-'));
  await writeFile(join(folder, 'tea.json'), JSON.stringify(FLOW));
  [parlor, browser] = await Promise.all([Parlor.start('127.0.0.1:0', ['--flows', folder]), launch()]);
  const socket = `${parlor.base.replace('http', 'ws')}/assistant/tea/ws`;
  site = createServer((_, answer) => answer.setHeader('content-type', 'text/html').end(PAGE(socket)));
  await new Promise((done) => void site.listen(0, '127.0.0.1', () => done(null)));
  const at = site.address();
  address = `http://127.0.0.1:${typeof at === 'object' ? at?.port : ''}/`;
});
after(async () => {
  await browser?.close();
  site?.close();
  await parlor?.end();
  await rm(folder, { recursive: true, force: true });
});

test('an old client leads a visitor through a flow, and goes on after a reload', async () => {
  const page = await browser.newPage();
  /** @type {string[]} */
  const broke = [];
  page.on('pageerror', (error) => broke.push(error.message));
  /** @param {string[]} texts */
  const said = (texts) => page.waitForFunction((wanted) => JSON.stringify([...document.querySelectorAll('p')].map((p) => p.textContent)) === wanted, JSON.stringify(texts));
  await page.goto(address);
  const talk = ['Good day.', 'Which tea?'];
  await said(talk);
  assert.equal(await page.locator('p b').textContent(), 'day');
  await page.getByRole('button', { name: 'Another' }).click();
  talk.push('Another', 'You may type.');
  await said(talk);
  await page.getByPlaceholder('Its name').fill('Mate <i>');
  await page.keyboard.press('Enter');
  talk.push('Mate ', 'More?');
  await said(talk);
  assert.ok(await page.locator('form').isHidden());

  await page.reload();
  await said(talk);
  await page.getByRole('button', { name: 'Yes' }).click();
  talk.push('Yes', 'Which tea?');
  await said(talk);
  await page.getByRole('button', { name: 'Green' }).click();
  talk.push('Green', 'More?');
  await said(talk);
  await page.getByRole('button', { name: 'No', exact: true }).click();
  talk.push('No', 'Goodbye.');
  await said(talk);
  assert.deepEqual(broke, [], 'nothing came that it does not know');
});
