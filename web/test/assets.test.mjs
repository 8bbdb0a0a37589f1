// What a browser is sent: everything that a page needs is named in its head, and what is sent is what was written.
import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { transform } from 'esbuild';
import { launch, Parlor } from './harness.mjs';

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

for (const path of ['/', '/a-room', '/docs/', '/frame']) {
  test(`every module of ${path} is named in its head`, async () => {
    const html = await (await fetch(parlor.base + path)).text();
    const named = new Set([...html.matchAll(/<link rel="modulepreload" href="([^"]*)">/gu)].map(([, href]) => href));
    const entry = /<script type="module" src="([^"]*)">/u.exec(html)?.[1];
    assert.ok(entry);
    const page = await browser.newPage();
    const loaded = new Set();
    page.on('response', (answer) => {
      if (answer.request().frame() === page.mainFrame() && answer.headers()['content-type']?.startsWith('text/javascript')) loaded.add(new URL(answer.url()).pathname);
    });
    await page.goto(parlor.base + path);
    await page.waitForLoadState('networkidle');
    await page.close();
    loaded.delete('/web/js/theme.js');
    loaded.delete(entry);
    assert.deepEqual([...named].toSorted(), [...loaded].toSorted());
  });
}

test('scripts are sent without their comments, and are otherwise what was written, line by line', async () => {
  const folder = new URL('../static/js/', import.meta.url);
  const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.js'));
  assert.ok(names.length > 20);
  let [before, after] = [0, 0];
  for (const name of names) {
    const written = await readFile(new URL(name, folder), 'utf8');
    const sent = await (await fetch(`${parlor.base}/web/js/${name}`)).text();
    assert.equal(sent.split('\n').length, written.split('\n').length, `${name}: lines keep their numbers`);
    const [a, b] = await Promise.all([written, sent].map((code) => transform(code, { minifyWhitespace: true, legalComments: 'none' })));
    assert.equal(b.code, a.code, name);
    [before, after] = [before + written.length, after + sent.length];
  }
  assert.ok(after < before * 0.9, 'comments are left out');
});
