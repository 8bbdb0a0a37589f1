// What bots' HTML and scripts may do in the frame, and what they may not.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
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
 * @param {string} room @param {Record<string, unknown> | ((body: any) => unknown)} answer
 */
async function enter(room, answer) {
  const answers = typeof answer === 'function' ? answer : () => answer;
  await parlor.bot(room, 'TestBot', bots.at(`/${room}`, answers), '^go');
  return openRoom(await browser.newContext(), parlor, room);
}

test('a hostile message reaches neither cookies, nor storage, nor the page', async () => {
  const script = `
    const tried = {};
    const attempt = (name, what) => { try { tried[name] = String(what()); } catch (error) { tried[name] = 'threw ' + error.name; } };
    attempt('origin', () => self.origin);
    attempt('cookie', () => document.cookie);
    attempt('parent', () => parent.document.title);
    attempt('top', () => { top.location = 'about:blank'; return 'went'; });
    attempt('parentStorage', () => parent.localStorage.length);
    attempt('storage', () => localStorage.getItem('parlor.name'));
    attempt('frames', () => parent.frames.length > 0 && parent.fetch);
    const body = JSON.stringify({ room: 'hostile', author: 'Ann', text: 'forged' });
    fetch(location.protocol + '//' + location.host + '/api/actions/message', { method: 'POST', body })
      .then((answer) => answer.ok ? 'posted' : 'refused', () => 'refused')
      .then((fetched) => { tried.fetched = fetched; const p = document.createElement('p'); p.id = 'tried'; p.textContent = JSON.stringify(tried); document.body.append(p); });
  `;
  const page = await enter('hostile', { text: `<p>hi</p><script>${script}</script>` });
  await page.context().addCookies([{ name: 'secret', value: 'kept', url: parlor.base }]);
  await write(page, 'go');
  const tried = JSON.parse((await talk(page).locator('#tried').textContent()) ?? '');
  assert.equal(tried.origin, 'null');
  assert.equal(tried.cookie, '');
  assert.equal(tried.parent, 'threw SecurityError');
  assert.equal(tried.parentStorage, 'threw SecurityError');
  assert.equal(tried.storage, 'null', 'the stand-in for storage is empty');
  assert.notEqual(tried.top, 'went');
  assert.equal(tried.frames, 'threw SecurityError');
  assert.equal(tried.fetched, 'refused');
  assert.equal(new URL(page.url()).pathname, '/hostile');
  assert.ok((await parlor.messages('hostile')).every(({ text }) => text !== 'forged'));
});

test('scripts and styles in messages work: inline once, by address once', async () => {
  bots.file('/static/look.css', 'text/css', '.poked { color: rgb(1, 2, 3); }');
  bots.file('/static/act.js', 'text/javascript', 'function poke(it) { it.className = "poked"; }');
  bots.file('/static/mod.mjs', 'text/javascript', 'export const here = import.meta.url; document.body.dataset.module = here;');
  const page = await enter('scripts', ({ text }) => ({
    text: `<style>.author { letter-spacing: 3px; }</style><button onclick="poke(this)">${text}</button><script>window.ran = (window.ran ?? 0) + 1;</script>`,
    css: '/static/look.css',
    js: text === 'go module' ? '/static/mod.mjs' : '/static/act.js',
  }));
  for (const text of ['go one', 'go two', 'go module']) await write(page, text);
  const frame = await frameOf(page);
  await frame.waitForFunction(() => document.body.dataset.module !== undefined);
  await talk(page).getByRole('button', { name: 'go one' }).click();
  assert.equal(await talk(page).getByRole('button', { name: 'go one' }).evaluate((it) => getComputedStyle(it).color), 'rgb(1, 2, 3)');
  assert.equal(await frame.evaluate(() => Reflect.get(window, 'ran')), 3);
  assert.equal(await talk(page).locator('.author').first().evaluate((it) => getComputedStyle(it).letterSpacing), '3px');
  assert.equal(bots.fetched.filter((path) => path === '/static/look.css').length, 1);
  assert.equal(bots.fetched.filter((path) => path === '/static/act.js').length, 1);
});

test('pictures, sound and frames of other sites are shown as they can be', async () => {
  bots.file('/dot.svg', 'image/svg+xml', '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>');
  const page = await enter('media', { text: '<img src="dot.svg"><iframe src="https://player.example/1"></iframe>', image: '/gone.png', media: '/ring.mp3' });
  await write(page, 'go');
  const shown = talk(page).locator('.message-card.bot');
  await shown.locator('.broken', { hasText: 'This picture did not load' }).waitFor();
  assert.equal(await shown.locator('.body img').getAttribute('src'), `${bots.base}/dot.svg`);
  assert.equal(await shown.locator('a.embed').getAttribute('href'), 'https://player.example/1');
  assert.equal(await shown.locator('iframe').count(), 0);
});

test('alert is a dialog in the frame', async () => {
  const page = await enter('alert', { text: '<button onclick="alert(\'Hello from a bot\')">Press</button>' });
  await write(page, 'go');
  await talk(page).getByRole('button', { name: 'Press' }).click();
  const dialog = talk(page).locator('dialog[open]');
  await dialog.getByText('Hello from a bot').waitFor();
  await dialog.getByRole('button', { name: 'OK' }).click();
  await dialog.waitFor({ state: 'detached' });
});

test('Necsus tells scripts of each card, and puts text into the input for who acts in the frame', async () => {
  const page = await enter('necsus', ({ text }) => ({
    text:
      text === 'go listen'
        ? `<script>Necsus.addEventListener('message', (card, message) => { card.dataset.heard = message.author + ':' + card.isConnected; });</script>
           <button onclick="Necsus.focusMessageInput('from a bot')">Fill in</button><button onclick="Necsus.focusMessageInput()">Go there</button>`
        : 'nothing',
  }));
  await write(page, 'go listen');
  await talk(page).getByRole('button', { name: 'Fill in' }).waitFor();
  await write(page, 'plain');
  await talk(page).locator('.message-card[data-heard="Ann:true"]', { hasText: 'plain' }).waitFor();
  await talk(page).getByRole('button', { name: 'Fill in' }).click();
  await page.waitForFunction(() => document.querySelector('textarea')?.value === 'from a bot');
  await talk(page).getByRole('button', { name: 'Go there' }).click();
  await page.locator('textarea:focus').waitFor();
  assert.equal(await page.locator('textarea').inputValue(), 'from a bot', 'without a text it only leads there');
  await page.locator('textarea').fill('my own words');
  await talk(page).getByRole('button', { name: 'Fill in' }).click();
  await page.waitForFunction(() => document.querySelector('textarea')?.value === 'from a bot');
  await page.keyboard.press('Control+z');
  assert.equal(await page.locator('textarea').inputValue(), 'my own words');
});

test('a script that sends a form by itself is asked about first', async () => {
  const page = await enter('forged', ({ form_data }) => ({
    text: form_data ? `It said ${form_data.x}` : '<form><input name="x" value="boo"></form><script>setTimeout(() => document.querySelector("form").submit())</script>',
  }));
  await write(page, 'go');
  const ask = page.locator('.strip.ask', { hasText: 'wants to send a form in your name' });
  await ask.waitFor();
  assert.equal(bots.heard.some(({ path, body }) => path === '/forged' && body.form_data), false);
  await ask.getByRole('button', { name: 'Send it' }).click();
  await card(page, 'It said boo').waitFor();
});

test('a script that takes the focus while one types in the page is asked about too', async () => {
  const page = await enter('thief', ({ form_data }) => ({
    text: form_data
      ? 'It was sent'
      : '<form><input name="x" value="boo"></form><script>setInterval(() => { const f = document.querySelector("form"); f.x.focus(); f.requestSubmit(); }, 20)</script>',
  }));
  await page.locator('.composer textarea').pressSequentially('go');
  await page.keyboard.press('Enter');
  await page.locator('.strip.ask', { hasText: 'wants to send a form in your name' }).waitFor();
  await page.keyboard.type('and on I write', { delay: 30 });
  assert.equal(bots.heard.some(({ path, body }) => path === '/thief' && body.form_data), false);
});

test('a frame that is led to another page is taken away', async () => {
  const page = await enter('led', { text: '<script>setTimeout(() => { location.href = "about:blank"; })</script>' });
  await write(page, 'go');
  await page.getByText('tried to replace the messages').waitFor();
  assert.equal(await page.locator('parlor-talk iframe').count(), 0);
  await page.getByRole('button', { name: 'Load them without scripts' }).click();
  await card(page, 'go').first().waitFor();
});

test('with a room’s scripts stopped, nothing of a bot runs', async () => {
  const page = await enter('stopped', { text: '<button onclick="this.textContent = \'ran\'">Idle</button><script>document.body.dataset.ran = "yes"</script>' });
  await write(page, 'go');
  await talk(page).getByRole('button', { name: 'Idle' }).waitFor();
  await page.locator('header').getByRole('button', { name: 'Stop this room’s scripts' }).click();
  await page.getByText('Scripts of bots are off in this room.').waitFor();
  await talk(page).getByRole('button', { name: 'Idle' }).click();
  assert.equal(await talk(page).getByRole('button', { name: 'ran' }).count(), 0);
  assert.equal(await talk(page).locator('body[data-ran]').count(), 0);
  await page.locator('.strip').getByRole('button', { name: 'Allow them again' }).click();
  await talk(page).locator('body[data-ran]').waitFor();
});

test('a script that never ends can be stopped', async () => {
  const page = await enter('endless', { text: '<script>for (;;);</script>' });
  await write(page, 'go');
  const ask = page.locator('.strip.ask', { hasText: 'The messages do not answer' });
  await ask.waitFor();
  await ask.getByRole('button', { name: 'Wait' }).click();
  await ask.waitFor({ state: 'detached' });
  // Who waits in vain is asked again.
  await ask.waitFor();
  await ask.getByRole('button', { name: 'Stop this room’s scripts' }).click();
  await talk(page).locator('.message-card.bot').waitFor();
});

test('a room that hung the last time starts with its scripts off', async () => {
  const page = await enter('hung', { text: '<script>document.body.dataset.ran = "yes"</script>' });
  await write(page, 'go');
  await talk(page).locator('body[data-ran]').waitFor();
  await page.addInitScript(() => {
    if (self === top) localStorage.setItem('parlor.starting.hung', JSON.stringify({ page: 'one that is gone', at: Date.now() }));
  });
  await page.reload();
  await page.getByText('a script kept this room from loading').waitFor();
  await talk(page).locator('.message-card.bot').waitFor();
  assert.equal(await talk(page).locator('body[data-ran]').count(), 0);
});

test('pages and frame carry the headers that hold this together', async () => {
  for (const path of ['/', '/some-room', '/docs/', '/hub']) {
    const answer = await fetch(parlor.base + path);
    const policy = answer.headers.get('content-security-policy') ?? '';
    for (const part of ["script-src 'self'", "require-trusted-types-for 'script'", 'trusted-types lit-html', "frame-ancestors 'none'", "base-uri 'none'"]) {
      assert.ok(policy.includes(part), `${path} has ${part}`);
    }
    assert.ok(!policy.includes('unsafe-inline') && !policy.includes('unsafe-eval'), path);
    assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
  }
  const frame = (await fetch(`${parlor.base}/frame`)).headers.get('content-security-policy') ?? '';
  const sandbox = /(?:^|;)\s*sandbox ([^;]*)/u.exec(frame)?.[1].trim().split(/\s+/u).toSorted();
  assert.deepEqual(sandbox, ['allow-forms', 'allow-popups', 'allow-popups-to-escape-sandbox', 'allow-scripts']);
  assert.ok(frame.includes("form-action 'none'"));
  const script = await fetch(`${parlor.base}/web/js/frame/main.js`);
  assert.equal(script.headers.get('access-control-allow-origin'), '*');
});

test('the frame opened as a page of its own has no origin either', async () => {
  const page = await (await browser.newContext()).newPage();
  await page.goto(`${parlor.base}/frame`);
  assert.equal(await page.evaluate(() => self.origin), 'null');
});

test('the pages keep to their own policy', async () => {
  const page = await (await browser.newContext()).newPage();
  /** @type {string[]} */
  const said = [];
  page.on('console', (message) => said.push(message.text()));
  page.on('pageerror', (error) => said.push(error.message));
  for (const path of ['/', '/docs/', '/hub', '/policy-room']) {
    await page.goto(parlor.base + path);
    await page.locator('parlor-lobby h1, parlor-docs .call, .hub-door, .link[data-link="live"]').first().waitFor();
  }
  assert.deepEqual(said.filter((text) => /policy|trusted|error|violat/iu.test(text)), []);
});
