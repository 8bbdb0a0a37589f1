// The guide: read with and without scripts, searched, copied from, at a desk and on a phone.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { faults } from './axe.mjs';
import { launch, Parlor, saysNext } from './harness.mjs';

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

/** @param {import('playwright-core').BrowserContextOptions} [options] @param {string} [path] */
async function open(options = {}, path = '/guide/') {
  const context = await browser.newContext({ reducedMotion: 'reduce', ...options });
  const page = await context.newPage();
  await page.goto(parlor.base + path);
  return page;
}

test('one reads from page to page, and finds the way back', async () => {
  const page = await open({ javaScriptEnabled: false });
  await page.getByRole('main').getByRole('link', { name: 'Write your first bot', exact: true }).click();
  await page.getByRole('heading', { level: 1, name: 'Write your first bot' }).waitFor();
  assert.equal(new URL(page.url()).pathname, '/guide/first-bot');
  assert.equal(await page.locator('.pages [aria-current="page"]').innerText(), 'Write your first bot');
  await page.locator('.beside [rel="next"]').click();
  await page.locator('.beside [rel="prev"]').click();
  assert.equal(new URL(page.url()).pathname, '/guide/first-bot');
  await page.locator('.toc a').nth(1).click();
  assert.match(new URL(page.url()).hash, /^#.+/u);
  await page.context().close();
});

test('a search without scripts shows the places, with the words marked', async () => {
  const page = await open({ javaScriptEnabled: false });
  await page.getByRole('searchbox', { name: 'Search the guide' }).fill('Flask <blink>');
  await page.keyboard.press('Enter');
  await page.getByText('Nothing in the guide has “Flask <blink>”').waitFor();
  await page.getByRole('searchbox').fill('FLASK');
  await page.keyboard.press('Enter');
  assert.match((await page.locator('mark').first().innerText()).toLowerCase(), /flask/u);
  const first = page.locator('.found a').first();
  const leads = await first.getAttribute('href');
  await first.click();
  assert.ok(leads && page.url().endsWith(leads), leads ?? 'nowhere');
  await page.context().close();
});

test('a program is copied with its button', async () => {
  const page = await open({ permissions: ['clipboard-read', 'clipboard-write'] }, '/guide/first-bot');
  const figure = page.locator('figure.code', { hasText: 'app.run' }).first();
  await figure.hover();
  const copy = figure.getByRole('button', { name: 'Copy' });
  const said = await saysNext(copy);
  await copy.click();
  assert.equal(await said(), 'Copied');
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), await figure.locator('code').innerText());
  await page.context().close();
});

test('on a phone the pages are in a drawer, and nothing is wider than the screen', async () => {
  const page = await open({ viewport: { width: 360, height: 740 } }, '/guide/reference/bots');
  const pages = page.locator('#pages');
  assert.equal(await pages.isVisible(), false);
  await page.getByRole('button', { name: 'Pages of the guide' }).click();
  await pages.getByRole('link', { name: 'Forms' }).click();
  await page.getByRole('heading', { level: 1, name: 'Forms' }).waitFor();
  for (const path of ['/guide/reference/bots', '/guide/first-bot', '/guide/?q=bot']) {
    await page.goto(parlor.base + path);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), path);
    const { height } = (await page.locator('.guide-top').boundingBox()) ?? { height: 0 };
    assert.ok(height > 0 && height < 80, `the top is one line at ${path}: ${height}`);
  }
  await page.context().close();
});

for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
  test(`axe finds no fault in the guide, ${colorScheme}`, async () => {
    for (const path of ['/guide/', '/guide/first-bot', '/guide/?q=bot', '/guide/reference/bots']) {
      const page = await open({ colorScheme }, path);
      assert.deepEqual(await faults(page), [], path);
      await page.context().close();
    }
  });
}

test('lobby and calls lead to the guide', async () => {
  for (const path of ['/', '/docs/']) {
    const page = await open({}, path);
    await page.locator('a[href="/guide/"]').click();
    await page.getByRole('heading', { level: 1, name: 'Guide' }).waitFor();
    await page.context().close();
  }
});
