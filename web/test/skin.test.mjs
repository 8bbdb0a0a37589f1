// The example skin in lobby, room, frame and error page; its colours; its words; and that it is read again when it changes.
import assert from 'node:assert/strict';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { after, before, test } from 'node:test';
import { card, frameOf, launch, openRoom, Parlor } from './harness.mjs';

const EXAMPLE = fileURLToPath(new URL('../../examples/skins/school', import.meta.url));
/** Ink blue, as browsers say it of `--wall`. */
const WALL = 'oklch(0.33 0.085 262)';

/** @type {string} */
let skin;
/** @type {Parlor} */
let parlor;
/** @type {import('playwright-core').Browser} */
let browser;

before(async () => {
  skin = join(await mkdtemp(join(tmpdir(), 'parlor-skin-')), 'school');
  await cp(EXAMPLE, skin, { recursive: true });
  [parlor, browser] = await Promise.all([Parlor.start('127.0.0.1:0', ['--skin', skin]), launch()]);
});
after(async () => {
  await browser?.close();
  await parlor?.end();
  await rm(join(skin, '..'), { recursive: true, force: true });
});

/** @param {import('playwright-core').Page | import('playwright-core').Frame} where @param {string} name */
const token = (where, name) => where.evaluate((/** @type {string} */ property) => {
  const probe = document.createElement('i');
  probe.style.backgroundColor = `var(${property})`;
  document.body.append(probe);
  const value = getComputedStyle(probe).backgroundColor;
  probe.remove();
  return value;
}, name);

/** @param {string} path */
async function open(path) {
  const page = await browser.newPage({ colorScheme: 'light' });
  await page.goto(parlor.base + path);
  return page;
}

test('the lobby wears the skin: colours, logo, name, words, a template of its own', async () => {
  const page = await open('/');
  await page.getByRole('heading', { name: 'Which room is your group in?' }).waitFor();
  await page.getByText('Computing, Mondays and Wednesdays').waitFor();
  assert.equal(await token(page, '--wall'), WALL);
  assert.equal(await page.title(), 'Riverside');
  assert.match(await page.locator('header .brand').innerText(), /Riverside/u);
  for (const picture of [page.locator('header .brand img'), page.locator('.school-note img')]) {
    assert.ok(await picture.evaluate((/** @type {HTMLImageElement} */ image) => image.decode().then(() => image.naturalWidth > 0)));
  }
  assert.equal(await page.locator('link[rel="icon"]').getAttribute('href'), '/web/skin/logo.svg');
  await page.close();
});

test('a room and the frame in it wear the skin, with sentences that it has filled in', async () => {
  await parlor.bot('boats', 'RowBot', 'http://127.0.0.1:9/');
  const page = await openRoom(await browser.newContext({ colorScheme: 'light' }), parlor, 'boats');
  await page.getByText('Ask RowBot something: it answers when it hears its name.').waitFor();
  await page.getByText('1 bot at work').first().waitFor();
  assert.match(await page.title(), /boats · Riverside$/u);
  await parlor.call('/api/actions/message', { room: 'boats', author: 'Ann', text: 'hello' });
  await card(page, 'hello').waitFor();
  assert.equal(await token(page, '--wall'), WALL);
  assert.equal(await token(await frameOf(page), '--wall'), WALL);
  await page.context().close();
});

test('an error page wears the skin', async () => {
  const page = await open('/a//b');
  assert.match(await page.locator('.brand').innerText(), /Riverside/u);
  assert.equal(await token(page, '--wall'), WALL);
  await page.close();
});

test('a skin can’t bring inline scripts or styles', async () => {
  await writeFile(join(skin, 'templates/error.html'), '{% extends "page.html" %}{% block body %}<p>mine</p><script>document.title = "bad"</script><i style="position:fixed">x</i>{% endblock %}');
  const page = await open('/a//b');
  await page.getByText('mine').waitFor();
  assert.notEqual(await page.title(), 'bad');
  assert.notEqual(await page.locator('i').evaluate((element) => getComputedStyle(element).position), 'fixed');
  await rm(join(skin, 'templates/error.html'));
  await page.close();
});

test('a change is there when the page is loaded again, and a mistake leaves what was before', async () => {
  await writeFile(join(skin, 'words.json'), '{ "name": "Hillside" }');
  const page = await open('/');
  assert.equal(await page.title(), 'Hillside');
  await writeFile(join(skin, 'words.json'), '{ "nome": "Lakeside" }');
  await page.reload();
  assert.equal(await page.title(), 'Hillside');
  await cp(join(EXAMPLE, 'words.json'), join(skin, 'words.json'));
  await page.reload();
  assert.equal(await page.title(), 'Riverside');
  await page.close();
});

test('every word of the pages can be replaced', async () => {
  const page = await open('/');
  const all = await page.evaluate(async () => {
    const [pages, panel] = ['/web/js/words.js', '/web/js/words-bots.js'];
    const [{ words }, { botWords }] = [await import(pages), await import(panel)];
    /** @param {unknown} value @returns {unknown} */
    const replaced = (value) => {
      if (Array.isArray(value)) return ['x'];
      if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, replaced(one)]));
      return 'x';
    };
    return { .../** @type {any} */ (replaced(words)), .../** @type {any} */ (replaced(botWords)) };
  });
  assert.equal(all.bots.add, 'x', 'those of the panel are among them');
  await writeFile(join(skin, 'words.json'), JSON.stringify(all));
  await page.reload();
  assert.equal(await page.title(), 'x', 'the server took them all');
  await cp(join(EXAMPLE, 'words.json'), join(skin, 'words.json'));
  await page.close();
});
