// The example skin in lobby, room, frame and error page; its colours; its words; and that it is read again when it changes.
import assert from 'node:assert/strict';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { after, before, test } from 'node:test';
import { card, frameOf, launch, openRoom, Parlor, signIn } from './harness.mjs';

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
  [parlor, browser] = await Promise.all([Parlor.start('127.0.0.1:0', ['--skin', skin, '--accounts', 'optional', '--sign-up']), launch()]);
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

test('the pages of accounts wear the skin, each with the templates that it has for them', async () => {
  const page = await open('/login');
  await page.getByText('Ask in room 12').waitFor();
  assert.equal(await token(page, '--wall'), WALL);
  assert.match(await page.locator('.brand').innerText(), /Riverside/u);
  await page.goto(`${parlor.base}/sign-up`);
  await page.getByText('Ask in room 12').waitFor();
  for (const [file, source] of Object.entries({
    'me.html': '{% extends "page.html" %}{% block body %}<p>Account of {{ me.name }}, {{ sessions|length }} session</p>{% endblock %}',
    'account-top.html': '<p>Riverside’s own head for {{ me.name }}</p>',
    'admin.html': '{% extends "page.html" %}{% block body %}{% include "account-top.html" %}<main>{% block tab %}{% endblock %}</main>{% endblock %}',
    'admin-audit.html': '{% extends "admin.html" %}{% block tab %}<p>{{ notes|length }} things happened</p>{% endblock %}',
  })) await writeFile(join(skin, 'templates', file), source);
  await page.goto(await parlor.setUp());
  await signIn(page, 'Ada');
  await page.getByText('Riverside’s own head for Ada').waitFor();
  await page.getByRole('heading', { name: 'People' }).waitFor();
  await page.goto(`${parlor.base}/admin/audit`);
  await page.getByText('things happened').waitFor();
  await page.goto(`${parlor.base}/me`);
  await page.getByText('Account of Ada, 1 session').waitFor();
  for (const file of ['me', 'account-top', 'admin', 'admin-audit']) await rm(join(skin, `templates/${file}.html`));
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
    const [pages, panel, door, hub, inbox, desk] = ['/web/js/words.js', '/web/js/words-bots.js', '/web/js/words-door.js', '/web/js/words-hub.js', '/web/js/words-operator.js', '/web/js/words-flows.js'];
    const [{ words }, { botWords }, { doorWords }, { hubWords }, { operatorWords }, { flowWords }] = [await import(pages), await import(panel), await import(door), await import(hub), await import(inbox), await import(desk)];
    /** @param {unknown} value @returns {unknown} */
    const replaced = (value) => {
      if (Array.isArray(value)) return ['x'];
      if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, replaced(one)]));
      return 'x';
    };
    return Object.assign({}, ...[words, botWords, doorWords, hubWords, operatorWords, flowWords].map(replaced));
  });
  assert.equal(all.bots.add, 'x', 'those of the panel are among them');
  await writeFile(join(skin, 'words.json'), JSON.stringify(all));
  await page.reload();
  assert.equal(await page.title(), 'x', 'the server took them all');
  await cp(join(EXAMPLE, 'words.json'), join(skin, 'words.json'));
  await page.close();
});
