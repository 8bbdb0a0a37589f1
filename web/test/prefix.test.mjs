// Below a path of somebody else's host, behind a real proxy: pages, calls, the stream, the frame, bots' files, the guide.
import assert from 'node:assert/strict';
import { createServer, request } from 'node:http';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import { frameOf, launch, openRoom, Parlor, signIn, talk, write } from './harness.mjs';

/** @type {Parlor} */
let parlor;
/** @type {import('playwright-core').Browser} */
let browser;
/** Proxies that keep the path, and that take it away. @type {{ base: string, close: () => void }[]} */
let proxies = [];
/** What was asked of a proxy outside of the path. @type {string[]} */
const astray = [];

/** @param {boolean} takesAway */
async function proxy(takesAway) {
  /** @param {string} url */
  const path = (url) => (takesAway ? url.slice('/chat'.length) || '/' : url);
  const server = createServer((asked, answer) => {
    if (!asked.url?.startsWith('/chat')) {
      if (asked.url !== '/favicon.ico') astray.push(`${asked.url}`);
      return void answer.writeHead(404).end();
    }
    const headers = { ...asked.headers, 'x-forwarded-for': '192.0.2.7', 'x-forwarded-proto': 'http', 'x-forwarded-host': asked.headers.host };
    const onward = request(parlor.base + path(asked.url), { method: asked.method, headers }, (back) => {
      answer.writeHead(back.statusCode ?? 502, back.headers);
      back.pipe(answer);
    });
    onward.on('error', () => answer.destroy());
    asked.pipe(onward);
  });
  server.on('upgrade', (asked, socket, head) => {
    if (!asked.url?.startsWith('/chat')) astray.push(`${asked.url}`);
    const { hostname, port } = new URL(parlor.base);
    const onward = connect(Number(port), hostname, () => {
      const lines = Object.entries(asked.headers).map(([name, value]) => `${name}: ${value}\r\n`);
      onward.write(`GET ${path(asked.url ?? '')} HTTP/1.1\r\n${lines.join('')}\r\n`);
      onward.write(head);
      socket.pipe(onward).pipe(socket);
    });
    for (const end of [onward, socket]) end.on('error', () => (socket.destroy(), onward.destroy()));
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', () => done(null)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return { base: `http://127.0.0.1:${port}`, close: () => (server.closeAllConnections(), server.close()) };
}

before(async () => {
  [parlor, browser] = await Promise.all([Parlor.start('127.0.0.1:0', ['--public-url', 'https://chat.example/chat/', '--trusted-proxies', 'loopback', '--accounts', 'optional', '--sign-up']), launch()]);
  proxies = await Promise.all([proxy(false), proxy(true)]);
});
after(async () => {
  await browser?.close();
  proxies.forEach((proxy) => proxy.close());
  await parlor?.end();
});

for (const which of [0, 1]) {
  test(`a room works below a path that the proxy ${which ? 'takes away' : 'keeps'}`, async () => {
    const base = `${proxies[which].base}/chat`;
    const context = await browser.newContext();
    const page = await openRoom(context, /** @type {any} */ ({ base }), `below/${which}`);
    await write(page, 'hello from below');
    await talk(page).getByText('hello from below').waitFor();
    assert.ok(page.url().startsWith(`${base}/below/${which}`));
    assert.equal(new URL((await frameOf(page)).url()).pathname, '/chat/frame');
    await page.goto(`${base}/`);
    await page.getByRole('link', { name: /guide/iu }).first().click();
    await page.waitForURL(`${base}/guide/`);
    await page.goto(`${base}/docs/`);
    await page.getByText('/api/messages').first().waitFor();
    assert.deepEqual(astray, []);
    await context.close();
  });

  test(`somebody logs in, speaks and logs out below a path that the proxy ${which ? 'takes away' : 'keeps'}`, async () => {
    const base = `${proxies[which].base}/chat`;
    const context = await browser.newContext();
    const page = await context.newPage();
    const name = `Ann of ${which}`;
    await page.goto(`${base}/sign-up`);
    await signIn(page, name);
    assert.equal(page.url(), `${base}/`);
    const [cookie, ...more] = await context.cookies();
    assert.deepEqual([more.length, cookie.httpOnly, cookie.sameSite], [0, true, 'Lax']);
    await page.goto(`${base}/in/${which}`);
    await page.locator('.link[data-link="live"]').waitFor();
    await write(page, 'under my own name');
    await talk(page).locator('.message-card', { hasText: 'under my own name' }).locator('.author', { hasText: name }).waitFor();
    await page.goto(`${base}/me`);
    await page.getByRole('button', { name: 'Log out', exact: true }).first().click();
    await page.waitForURL(`${base}/`);
    assert.deepEqual(await context.cookies(), []);
    await page.goto(`${base}/me`);
    assert.equal(new URL(page.url()).pathname, '/chat/login');
    await signIn(page, name);
    assert.equal(page.url(), `${base}/me`);
    assert.deepEqual(astray, []);
  });
}
