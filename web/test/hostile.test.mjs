// What a hostile message can't do, and what a broken one does to its own room's messages only.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import { chromium } from 'playwright-core';
import { APART, Bots, card, frameOf, launch, openRoom, Parlor, talk, write } from './harness.mjs';

/** @type {Parlor} */
let parlor;
/** @type {Bots} */
let bots;
/** @type {import('playwright-core').Browser} */
let browser;

before(async () => {
  [parlor, bots, browser] = await Promise.all([Parlor.start(), Bots.start(), launch(APART)]);
});
after(async () => {
  await browser?.close();
  await bots?.end();
  await parlor?.end();
});

/**
 * A room with a bot that answers “go” with this, and a page in it.
 * @param {string} room @param {string | ((body: any) => string)} text
 * @param {import('playwright-core').BrowserContext} [context]
 */
async function enter(room, text, context) {
  await parlor.bot(room, 'TestBot', bots.at(`/${room}`, (body) => ({ text: typeof text === 'function' ? text(body) : text })), '^go');
  return openRoom(context ?? (await browser.newContext()), parlor, room);
}

/** Runs in the frame as a bot's script would. @param {import('playwright-core').Page} page @param {string} script */
async function run(page, script) {
  const frame = await frameOf(page);
  return frame.evaluate(`(async () => { ${script} })()`);
}

/** What the page has sent to bots as forms. @param {string} room */
const formsOf = (room) => bots.heard.filter(({ path, body }) => path === `/${room}` && body.form_data);

test('a script finds nothing of the page, its storage, its cookies or the other rooms', async () => {
  const context = await browser.newContext();
  await openRoom(context, parlor, 'secret-room');
  const page = await enter('prying', 'here', context);
  await context.addCookies([{ name: 'secret', value: 'kept', url: parlor.base }]);
  await write(page, 'go');
  await card(page, 'here').waitFor();
  const tried = await run(
    page,
    `const tried = {};
     const attempt = (name, what) => { try { tried[name] = String(what()); } catch (error) { tried[name] = 'threw'; } };
     attempt('cookie', () => Object.getOwnPropertyDescriptor(Document.prototype, 'cookie').get.call(document));
     attempt('document', () => parent.document.title);
     attempt('storage', () => parent.localStorage.length);
     attempt('sessionStorage', () => Object.getOwnPropertyDescriptor(Window.prototype, 'sessionStorage').get.call(window).length);
     attempt('ownStorage', () => Object.getOwnPropertyDescriptor(Window.prototype, 'localStorage').get.call(window).length);
     attempt('location', () => parent.location.href);
     attempt('top', () => { top.location.href = 'about:blank'; return 'went'; });
     attempt('name', () => parent.customElements);
     attempt('inner', () => { const inner = document.createElement('iframe'); inner.srcdoc = '<p>'; document.body.append(inner); return inner.contentWindow.parent.parent.document.title; });
     attempt('channel', () => { window.heard = []; new BroadcastChannel('parlor.alive').onmessage = (event) => heard.push(event.data); return 'listens'; });
     tried.database = await new Promise((done) => { try { const open = indexedDB.open('x'); open.onsuccess = () => done('opened'); open.onerror = () => done('refused'); } catch { done('threw'); } });
     tried.caches = await (async () => (await caches.keys()).length)().catch(() => 'refused');
     return tried;`,
  );
  assert.deepEqual({ ...tried, channel: '' }, {
    cookie: 'threw', document: 'threw', storage: 'threw', sessionStorage: 'threw', ownStorage: 'threw', location: 'threw',
    top: 'threw', name: 'threw', inner: 'threw', channel: '', database: 'threw', caches: 'refused',
  });
  await openRoom(context, parlor, 'prying');
  assert.deepEqual(await run(page, 'return window.heard'), [], 'what pages say to each other is not heard in the frame');
  assert.equal(new URL(page.url()).pathname, '/prying');
});

test('a script can’t change anything on the server by itself', async () => {
  const page = await enter('poster', 'here');
  await write(page, 'go');
  await card(page, 'here').waitFor();
  const [bot] = await parlor.call('/api/bots?room=poster');
  const answers = await run(
    page,
    `const base = new URL(location.href).origin;
     const calls = { 'message': { room: 'poster', author: 'Ann', text: 'forged' }, 'clear-room-messages': { room: 'poster' }, 'bot': { room: 'poster', name: 'EvilBot', url: 'http://evil.example' },
       'message-form': { room: 'poster', author: 'Ann', bot_id: ${bot.id}, action_url: '', form_data: { x: '1' } }, 'room': { room: 'poster', content: 'plain' }, 'bot-token': { id: ${bot.id} } };
     const answers = [];
     for (const [call, body] of Object.entries(calls)) {
       for (const mode of ['cors', 'no-cors']) {
         const answer = await fetch(base + '/api/actions/' + call, { method: 'POST', mode, body: JSON.stringify(body) }).then((one) => one.ok, () => false);
         if (answer) answers.push(call + ' ' + mode);
       }
       navigator.sendBeacon(base + '/api/actions/' + call, JSON.stringify(body));
     }
     await fetch(base + '/api/actions/bot', { method: 'DELETE', body: '{"id":${bot.id}}' }).then((one) => one.ok && answers.push('delete'), () => {});
     return answers;`,
  );
  assert.deepEqual(answers, []);
  // What came after those calls on the same server has been answered when this is.
  await parlor.say('poster', 'Ann', 'afterwards');
  assert.deepEqual((await parlor.messages('poster')).map(({ text }) => text), ['go', 'here', 'afterwards']);
  assert.deepEqual((await parlor.call('/api/bots?room=poster')).map((/** @type {any} */ one) => one.name), ['TestBot']);
  assert.deepEqual(formsOf('poster'), []);
});

test('what a script wants in a person’s name is asked about once, however often it wants it', async () => {
  const page = await enter('beggar', '<form><input name="x" value="boo"></form><a href="https://evil.example/">x</a>');
  await write(page, 'go');
  await talk(page).locator('form').waitFor();
  await run(
    page,
    `for (let n = 0; n < 3000; n += 1) { document.querySelector('form').removeAttribute('aria-busy'); document.querySelector('form').requestSubmit(); Necsus.focusMessageInput('evil ' + n); document.querySelector('a[href^="https://evil"]').click(); }`,
  );
  const ask = page.locator('.strip.ask');
  await ask.waitFor();
  assert.equal(await ask.count(), 1);
  await ask.getByRole('button', { name: 'No', exact: true }).click();
  await ask.waitFor({ state: 'detached' });
  await run(page, `for (let n = 0; n < 100; n += 1) Necsus.focusMessageInput('again');`);
  await write(page, 'and on we talk');
  await card(page, 'and on we talk').waitFor();
  assert.equal(await ask.count(), 0, 'after a “no” there is peace');
  assert.equal(page.context().pages().length, 1);
  assert.deepEqual(formsOf('beggar'), []);
});

test('one click sends one form and opens one link, whatever a script makes of it', async () => {
  const page = await enter('greedy', ({ form_data }) =>
    form_data ? 'sent' : '<form><input name="x" value="boo"><button type="button">Press</button></form>',
  );
  await write(page, 'go');
  const button = talk(page).getByRole('button', { name: 'Press' });
  await button.waitFor();
  await run(
    page,
    `document.querySelector('form button').onclick = () => { for (let n = 0; n < 20; n += 1) { document.querySelector('form').removeAttribute('aria-busy'); document.querySelector('form').requestSubmit(); } };`,
  );
  await button.click();
  await page.locator('.strip.ask', { hasText: 'wants to send a form in your name' }).waitFor();
  await card(page, 'sent').waitFor();
  assert.equal(formsOf('greedy').length, 1);
});

test('a script that takes the focus while one types does not get what one types', async () => {
  const page = await enter('listener', '<input id="trap">');
  await write(page, 'go');
  await talk(page).locator('#trap').waitFor();
  await page.locator('.composer textarea').focus();
  await run(page, `setTimeout(() => document.getElementById('trap').focus(), 300); document.getElementById('trap').addEventListener('focus', () => document.body.dataset.taken = 'yes');`);
  const taken = talk(page).locator('body[data-taken]').waitFor().then(() => true);
  const isBack = () => page.evaluate(() => document.activeElement?.localName === 'textarea');
  // One goes on typing all the while, and what comes after the focus has come back is one's own.
  for (let keys = 0; !((await Promise.race([taken, false])) && (await isBack())); keys += 1) {
    assert.ok(keys < 500, 'the focus comes back');
    await page.keyboard.type('x', { delay: 40 });
  }
  await page.keyboard.type(' and on');
  const [mine, caught] = [await page.locator('.composer textarea').inputValue(), await talk(page).locator('#trap').inputValue()];
  assert.match(mine, /^x+ and on$/u);
  assert.match(caught, /^x*$/u);
  assert.equal(await isBack(), true);
});

test('a script does not get hold of the port, and what it makes up counts for nothing', async () => {
  const page = await enter('spoof', 'here');
  await write(page, 'go');
  await card(page, 'here').waitFor();
  await run(
    page,
    `window.stolen = [];
     const post = MessagePort.prototype.postMessage;
     MessagePort.prototype.postMessage = function (...args) { stolen.push(this); return post.apply(this, args); };
     const listen = EventTarget.prototype.addEventListener;
     EventTarget.prototype.addEventListener = function (...args) { if (this instanceof MessagePort) stolen.push(this); return listen.apply(this, args); };
     const { port1 } = new MessageChannel();
     for (let n = 0; n < 50; n += 1) {
       parent.postMessage('parlor-port', '*', [new MessageChannel().port1]);
       parent.postMessage({ kind: 'submit', form: 1, bot_id: null, action_url: 'http://evil.example', form_data: { x: 'y'.repeat(1e5) } }, '*');
       parent.postMessage(JSON.parse('{"__proto__": {"polluted": true}, "constructor": {"prototype": {"polluted": true}}, "kind": "open", "href": "https://evil.example/"}'), '*');
     }
     Object.prototype.kind = 'permalink'; Object.prototype.id = 1; Object.prototype.polluted = true;
     dispatchEvent(new MessageEvent('message', { data: 'parlor-port', source: parent, ports: [port1] }));
     delete Object.prototype.kind; delete Object.prototype.id;`,
  );
  await write(page, 'go on');
  await card(page, 'go on').waitFor();
  assert.equal(await run(page, 'return stolen.length'), 0);
  assert.equal(await page.evaluate(() => 'polluted' in {}), false);
  assert.equal(await page.locator('.strip.ask').count(), 0);
  assert.equal(page.context().pages().length, 1);
});

test('a covering, flooding, throwing script hurts only its room’s messages', async () => {
  const page = await enter(
    'flood',
    `<div style="position: fixed; inset: -500px; z-index: 2147483647; background: red">covered</div>
     <script>for (let n = 0; n < 3000; n += 1) console.error('noise', n);
       Necsus.addEventListener('message', () => { throw new Error('from a listener'); });
       const box = document.createElement('div'); for (let n = 0; n < 20000; n += 1) box.append(document.createElement('i')); document.body.append(box);
       for (let n = 0; n < 200; n += 1) { alert('a'); confirm('b'); prompt('c'); }
       throw new Error('from a script');</script>`,
  );
  await write(page, 'go');
  await talk(page).getByText('covered', { exact: true }).first().waitFor();
  const stop = page.locator('header').getByRole('button', { name: 'Stop this room’s scripts' });
  const place = await stop.boundingBox();
  assert.ok(place);
  assert.ok(await page.evaluate(({ x, y }) => Boolean(document.elementFromPoint(x, y)?.closest('button')), { x: place.x + 5, y: place.y + 5 }), 'the button is not covered');
  await write(page, 'still here');
  await talk(page).locator('.message-card', { hasText: 'still here' }).waitFor({ state: 'attached' });
  await stop.click();
  await page.getByText('Scripts of bots are off in this room.').waitFor();
  await talk(page).locator('.message-card', { hasText: 'still here' }).waitFor({ state: 'attached' });
  assert.equal(await talk(page).locator('dialog').count(), 0);
});

/** A browser that puts sandboxed frames into a process of their own, or does not. @param {boolean} apart */
const isolating = (apart) =>
  chromium.launch({
    executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', ...(apart ? ['--site-per-process', '--enable-features=IsolateSandboxedIframes'] : ['--disable-site-isolation-trials', '--disable-features=IsolateSandboxedIframes,IsolateOrigins,site-per-process'])],
  });

/** The room opens with its scripts off, says why, and is of use. @param {import('playwright-core').BrowserContext} context @param {string} room */
async function opensWithoutScripts(context, room) {
  const again = await openRoom(context, parlor, room);
  await again.getByText('a script kept this room from loading').waitFor();
  await talk(again).locator('.message-card.bot').waitFor({ state: 'attached' });
  await write(again, 'we can talk');
  await card(again, 'we can talk').waitFor();
}

test('a room whose script hung the whole page opens with its scripts off once the tab was killed', async () => {
  const within = await isolating(false);
  try {
    const context = await within.newContext();
    const page = await enter('hung-within', '<script>for (;;);</script>', context);
    const session = await within.newBrowserCDPSession();
    const renderers = async () => (await session.send('SystemInfo.getProcessInfo')).processInfo.filter(({ type }) => type === 'renderer');
    const before = new Map((await renderers()).map(({ id, cpuTime }) => [id, cpuTime]));
    const busy = async () => (await renderers()).find(({ id, cpuTime }) => cpuTime - (before.get(id) ?? 0) > 4);
    await write(page, 'go');
    let hung = await busy();
    for (; !hung; hung = await busy()) await new Promise((go) => setTimeout(go, 200));
    const crashed = page.waitForEvent('crash');
    process.kill(hung.id, 'SIGKILL');
    await crashed;
    await opensWithoutScripts(context, 'hung-within');
  } finally {
    await within.close();
  }
});

test('a room whose script hung only its frame opens with its scripts off once the tab was closed', async () => {
  const apart = await isolating(true);
  try {
    const context = await apart.newContext();
    const page = await enter('hung-apart', '<script>for (;;);</script>', context);
    await write(page, 'go');
    await page.locator('.strip.ask', { hasText: 'The messages do not answer' }).waitFor();
    void page.close().catch(() => {});
    await page.waitForEvent('close');
    await opensWithoutScripts(context, 'hung-apart');
  } finally {
    await apart.close();
  }
});

test('a room that closes its content runs no script and wears no bot’s style', async () => {
  await parlor.call('/api/actions/room', { room: 'closed', content: 'formatted' });
  const page = await enter('closed', '<b>bold</b><style>.author { color: rgb(1, 2, 3) !important; }</style><button onclick="document.body.dataset.ran = 1">Press</button><script>document.body.dataset.ran = 1</script>');
  await write(page, 'go');
  await card(page, 'bold').waitFor();
  await page.waitForFunction(() => document.querySelector('iframe')?.src.includes('scripts=off'));
  await card(page, 'bold').waitFor();
  assert.equal(await talk(page).locator('body[data-ran]').count(), 0);
  assert.notEqual(await talk(page).locator('.author').first().evaluate((it) => getComputedStyle(it).color), 'rgb(1, 2, 3)');
  const blocked = await run(page, `const script = document.createElement('script'); script.textContent = 'window.sneaked = 1'; document.body.append(script); return window.sneaked === undefined`);
  assert.equal(blocked, true, 'even a script that got in would not run');
});

test('the frame opened as a page of its own can do nothing', async () => {
  const page = await (await browser.newContext()).newPage();
  await page.context().addCookies([{ name: 'secret', value: 'kept', url: parlor.base }]);
  await page.goto(`${parlor.base}/frame`);
  const tried = await page.evaluate(async () => {
    const answer = await fetch('/api/actions/message', { method: 'POST', body: JSON.stringify({ room: 'alone', author: 'x', text: 'forged' }) }).then((one) => one.ok, () => false);
    const form = document.createElement('form');
    form.action = '/api/actions/message';
    form.method = 'post';
    document.body.append(form);
    form.submit();
    let cookie = '';
    try { cookie = document.cookie; } catch { cookie = 'threw'; }
    return { answer, cookie, origin: self.origin };
  });
  assert.deepEqual(tried, { answer: false, cookie: 'threw', origin: 'null' });
  assert.equal(page.url(), `${parlor.base}/frame`);
  // As a message from itself it gets no port: it draws nothing that a link could make it draw.
  await page.evaluate(() => { const { port1, port2 } = new MessageChannel(); postMessage('parlor-port', '*', [port2]); port1.postMessage({ kind: 'add', fresh: false, messages: [{ id: 1, kind: 'bot', author: 'x', text: '<script>document.title = "ran"</script>', when: 1 }] }); });
  assert.notEqual(await page.title(), 'ran');
  assert.deepEqual(await parlor.messages('alone'), []);
});

test('no other site can put a room or its frame into a page', async () => {
  const foreign = createServer((_, response) => response.setHeader('content-type', 'text/html').end(`<iframe src="${parlor.base}/frame"></iframe><iframe src="${parlor.base}/some-room"></iframe>`));
  foreign.listen(0, '127.0.0.1');
  await once(foreign, 'listening');
  const address = foreign.address();
  assert.ok(address && typeof address === 'object');
  const page = await (await browser.newContext()).newPage();
  await page.goto(`http://localhost:${address.port}/`);
  await page.waitForFunction(() => document.querySelectorAll('iframe').length === 2);
  for (const frame of page.frames().slice(1)) assert.ok(!frame.url().startsWith(parlor.base) || (await frame.locator('#talk, parlor-room').count()) === 0, frame.url());
  foreign.closeAllConnections();
  foreign.close();
});
