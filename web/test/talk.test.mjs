// What a message looks like, and what one can do with it: Markdown, quotes, code, pictures, keys.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { APART, Bots, card, frameOf, launch, openRoom, Parlor, saysNext, talk, write } from './harness.mjs';

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

/** @param {string} room @param {Record<string, unknown>} message @returns {Promise<any>} */
const post = (room, message) => parlor.call('/api/actions/message', { room, author: 'Joel', ...message });

/** @param {string} room @param {import('playwright-core').BrowserContextOptions} [options] */
const enter = async (room, options) => openRoom(await browser.newContext(options), parlor, room);

/** Keeps what the talk hands to the page, in the page's stead. @param {import('playwright-core').Page} page */
const listen = (page) =>
  page.evaluate(() => {
    const chosen = /** @type {unknown[]} */ ([]);
    Object.assign(window, { chosen });
    for (const name of ['reply', 'inspect', 'link']) {
      const take = (/** @type {any} */ what) => chosen.push([name, what.id ?? what, what.text ?? null]);
      Object.defineProperty(document.querySelector('parlor-talk'), name, { get: () => take, set: () => {} });
    }
  });

/** Written so, and shown so; the last three are what it must not take for more than text. */
const MARKDOWN = [
  ['**bold** and *slanted* and ~~not~~ and `a * b`', '<p><strong>bold</strong> and <em>slanted</em> and <del>not</del> and <code>a * b</code></p>'],
  ['***both*** of_these_stay 2 * 3 * 4', '<p><em><strong>both</strong></em> of_these_stay 2 * 3 * 4</p>'],
  ['*a **b** c* and **a *b* c**', '<p><em>a <strong>b</strong> c</em> and <strong>a <em>b</em> c</strong></p>'],
  ['one\ntwo\n\nthree', '<p>one\ntwo</p><p>three</p>'],
  ['> said\n> so\n\nyes', '<blockquote><p>said\nso</p></blockquote><p>yes</p>'],
  ['- one\n- two\n  1. in\n  2. it', '<ul><li>one</li><li>two<ol start="1"><li>in</li><li>it</li></ol></li></ul>'],
  ['3. three\n4. four', '<ol start="3"><li>three</li><li>four</li></ol>'],
  ['```js\nlet a = "<b>";\n\n*b*\n```\nafter', '<pre>let a = "&lt;b&gt;";\n\n*b*</pre><p>after</p>'],
  ['[the *docs*](https://example.org/a_(b)) https://x.example/a_b_c, <https://y.example/>', '<p><a href="https://example.org/a_(b)">the <em>docs</em></a> <a href="https://x.example/a_b_c">https://x.example/a_b_c</a>, <a href="https://y.example/">https://y.example/</a></p>'],
  ['**https://z.example/**', '<p><strong><a href="https://z.example/">https://z.example/</a></strong></p>'],
  ['\\*not\\* <b>html</b> <img src=x onerror=alert(1)>', '<p>*not* &lt;b&gt;html&lt;/b&gt; &lt;img src=x onerror=alert(1)&gt;</p>'],
  ['[x](javascript:alert(1)) [y](data:text/html,z)', '<p>[x](javascript:alert(1)) [y](data:text/html,z)</p>'],
  ['# no heading, - no list, ** no bold ** and *no end', '<p># no heading, - no list, ** no bold ** and *no end</p>'],
];

test('what people type is shown as text, and as Markdown once the room wants it', async () => {
  for (const [text] of MARKDOWN) await post('marked', { text });
  const page = await enter('marked');
  await card(page, 'no heading').waitFor();
  const written = await talk(page).locator('.body').evaluateAll((all) => all.map((one) => one.textContent));
  assert.deepEqual(written, MARKDOWN.map(([text]) => text));
  await parlor.call('/api/actions/room', { room: 'marked', markdown: true });
  await talk(page).locator('.body strong').first().waitFor();
  const shown = await talk(page).locator('.body').evaluateAll((all) =>
    all.map((body) => {
      const copy = /** @type {HTMLElement} */ (body.cloneNode(true));
      for (const block of copy.querySelectorAll('.code')) {
        const pre = document.createElement('pre');
        pre.textContent = block.querySelector('pre')?.textContent ?? '';
        block.replaceWith(pre);
      }
      for (const one of copy.querySelectorAll('*')) for (const name of ['rel', 'title']) one.removeAttribute(name);
      return copy.innerHTML;
    }),
  );
  MARKDOWN.forEach(([text, html], index) => assert.equal(shown[index], html, text));
});

const WORST = ['*a **b ', '[', '](', '[a](', '`', '_a_', '**', '> ', '- ', '*_~~', '<https://', '``a`'];

test('the worst Markdown takes no longer than its length allows', async () => {
  await parlor.call('/api/actions/room', { room: 'worst', markdown: true });
  const longest = 16_000;
  for (const part of WORST) {
    await post('worst', { text: part.repeat(longest / part.length) });
  }
  await post('worst', { text: Array.from({ length: 160 }, (_, n) => '`'.repeat(n)).join(' ') });
  await post('worst', { text: 'the *last*' });
  const page = await enter('worst');
  await talk(page).locator('.message-card em', { hasText: 'last' }).waitFor();
  assert.equal(await page.locator('.strip.ask').count(), 0, 'nothing hangs');
  // Sixteen times the length takes about sixteen times as long, and two hundred and fifty times if each place is compared with each.
  const grown = await (await frameOf(page)).evaluate(async (parts) => {
    const module = '/web/js/frame/markdown.js';
    const { markdown } = await import(module);
    const least = (/** @type {string} */ text) => {
      const took = Array.from({ length: 5 }, () => {
        const began = performance.now();
        markdown(text);
        return performance.now() - began;
      });
      return Math.min(...took);
    };
    return parts.map((part) => {
      const [short, long] = [part.repeat(4000 / part.length), part.repeat(64_000 / part.length)].map(least);
      // The clock of a page is coarse: what takes next to no time grows from that.
      return { part, times: long / Math.max(short, 1) };
    });
  }, WORST);
  for (const { part, times } of grown) assert.ok(times < 80, `“${part}” takes ${Math.round(times)} times as long`);
});

test('a reply shows what it replies to and leads there, however far away', async () => {
  const first = await post('replies', { text: 'where it all began' });
  for (let n = 0; n < 120; n += 1) await post('replies', { text: `in between ${n}` });
  await post('replies', { text: 'an answer', reply_to: first.id });
  const page = await enter('replies');
  const quote = card(page, 'an answer').locator('.quote');
  await quote.getByText('where it all began').waitFor();
  await quote.click();
  const began = talk(page).locator(`#message-${first.id}.pointed`);
  await began.waitFor();
  assert.equal(await began.evaluate((it) => it === document.activeElement), true);
});

test('what arrives while one comes back to the newest is there once', async () => {
  const first = await post('busy', { text: 'where it all began' });
  for (let n = 0; n < 60; n += 1) await post('busy', { text: 'a long one\n'.repeat(20) });
  await post('busy', { text: 'an answer', reply_to: first.id });
  const page = await enter('busy');
  await card(page, 'an answer').locator('.quote').click();
  await talk(page).locator(`#message-${first.id}.pointed`).waitFor();
  // The page has it, and has not handed it on yet.
  await page.evaluate(() => {
    const { store } = /** @type {any} */ (document.querySelector('parlor-room'));
    const tell = store.dispatchEvent.bind(store);
    const held = /** @type {Event[]} */ ([]);
    store.dispatchEvent = (/** @type {Event} */ event) => (event.type === 'messages' ? held.push(event) : tell(event));
    Object.assign(window, { handOn: () => ((store.dispatchEvent = tell), held.forEach(tell)) });
  });
  await post('busy', { text: 'held back' });
  await page.waitForFunction(() => /** @type {any} */ (document.querySelector('parlor-room')).store.messages.at(-1).text === 'held back');
  await talk(page).locator('.jump').click();
  await card(page, 'held back').waitFor();
  await page.evaluate(() => Reflect.get(window, 'handOn')());
  await post('busy', { text: 'and after it' });
  await card(page, 'and after it').waitFor();
  assert.equal(await card(page, 'held back').count(), 1);
});

test('what is chosen in a message’s bar reaches the page: reply, inspect, the address; and text is copied', async () => {
  const { id } = await post('chosen', { text: 'choose me' });
  const page = await enter('chosen');
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await listen(page);
  await card(page, 'choose me').hover();
  const bar = talk(page).getByRole('toolbar');
  for (const name of ['Reply', 'Copy link', 'Why did bots answer, or not?']) await bar.getByRole('button', { name }).click();
  await page.waitForFunction(() => Reflect.get(window, 'chosen').length === 3);
  assert.deepEqual(await page.evaluate(() => Reflect.get(window, 'chosen')), [['reply', id, 'choose me'], ['link', id, null], ['inspect', id, null]]);
  const copy = bar.getByRole('button', { name: 'Copy text' });
  const said = await saysNext(copy);
  await copy.click();
  assert.equal(await said(), 'Copied');
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), 'choose me');
});

test('keys lead from message to message, and into the bar and back', async () => {
  for (const text of ['first', 'second', 'third']) await post('keys', { text });
  const page = await enter('keys');
  await card(page, 'third').waitFor();
  await talk(page).locator('#talk').focus();
  const focused = async () => (await frameOf(page)).evaluate(() => document.activeElement?.querySelector('.body')?.textContent ?? document.activeElement?.getAttribute('aria-label'));
  await page.keyboard.press('ArrowUp');
  assert.equal(await focused(), 'third');
  await page.keyboard.press('k');
  await page.keyboard.press('ArrowUp');
  assert.equal(await focused(), 'first');
  await page.keyboard.press('j');
  assert.equal(await focused(), 'second');
  await page.keyboard.press('Enter');
  assert.equal(await focused(), 'Reply');
  await page.keyboard.press('ArrowRight');
  assert.equal(await focused(), 'Copy link');
  await page.keyboard.press('Escape');
  assert.equal(await focused(), 'second');
});

test('pictures open large, one after the other, and close by Escape', async () => {
  for (const name of ['one', 'two']) bots.file(`/${name}.svg`, 'image/svg+xml', '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="200"><rect width="300" height="200"/></svg>');
  await parlor.bot('gallery', 'PictureBot', bots.at('/picture', ({ text }) => ({ text: `<img src="/two.svg" alt="${text}">`, image: '/one.svg' })), 'picture');
  const page = await enter('gallery');
  await write(page, 'a picture');
  const picture = talk(page).locator('.picture img');
  await picture.waitFor();
  await talk(page).getByAltText('a picture').waitFor();
  await picture.click();
  const box = talk(page).getByRole('dialog');
  await box.waitFor();
  assert.equal(await box.locator('.stage img').getAttribute('src'), `${bots.base}/one.svg`);
  assert.equal(await box.getByRole('link', { name: 'Open the original' }).getAttribute('href'), `${bots.base}/one.svg`);
  await page.keyboard.press('ArrowLeft');
  await box.getByText('PictureBot: a picture').waitFor();
  await page.keyboard.press('Escape');
  await box.waitFor({ state: 'detached' });
  assert.equal(page.context().pages().length, 1);
});

test('code has a button that copies it', async () => {
  await parlor.bot('code', 'CodeBot', bots.at('/code', () => ({ text: '<pre>def hello():\n    pass</pre>' })), 'code');
  const page = await enter('code');
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await write(page, 'code');
  await talk(page).locator('pre').hover();
  const copy = talk(page).getByRole('button', { name: 'Copy this code' });
  const said = await saysNext(copy);
  await copy.click();
  assert.equal(await said(), 'Copied');
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), 'def hello():\n    pass');
});

test('forms: each button sends its own name, a field for files says at its place that it can’t be used', async () => {
  await parlor.bot('forms', 'FormBot', bots.at('/forms', ({ form_data }) => ({
    text: form_data
      ? `got ${JSON.stringify(form_data)}`
      : '<form><input name="city" value="Ulm"><input type="file" name="f"><button name="a" value="1">Here</button><button name="a" value="2" formaction="/other">There</button></form><form id="needs"><input type="file" name="g" required><button>Upload</button></form>',
  })), '^form');
  bots.at('/other', ({ form_data }) => ({ text: `elsewhere ${JSON.stringify(form_data)}` }));
  const page = await enter('forms');
  await write(page, 'form');
  await talk(page).getByRole('button', { name: 'There' }).waitFor();
  assert.equal(await talk(page).locator('.refused').count(), 2);
  await talk(page).getByRole('button', { name: 'Upload' }).click();
  await talk(page).locator('#needs .wrong', { hasText: 'it needs a file' }).waitFor();
  await talk(page).getByRole('button', { name: 'Here', exact: true }).click();
  await card(page, 'got {"a":"1","city":"Ulm"}').waitFor();
  await talk(page).getByRole('button', { name: 'There' }).click();
  await card(page, 'elsewhere {"a":"2","city":"Ulm"}').waitFor();
});

test('a failure looks like help, and leads to the inspector', async () => {
  await parlor.bot('failing', 'LostBot', bots.base + '/nowhere', 'lost');
  const page = await enter('failing');
  await listen(page);
  await write(page, 'lost');
  await card(page, '404').getByRole('button', { name: 'Open in the inspector' }).click();
  const [, failure] = await parlor.messages('failing');
  await page.waitForFunction(() => Reflect.get(window, 'chosen').length > 0);
  assert.deepEqual(await page.evaluate(() => Reflect.get(window, 'chosen')), [['inspect', failure.id, null]]);
});

test('addresses in styles, sets and posters are the bot’s own', async () => {
  await parlor.bot('relative', 'StyleBot', bots.at('/bots/style', () => ({
    text: '<style>.mine { background: url("pic/a.png"); }</style><p class="mine" style="background: url(/b.png)">x</p><img srcset="c.png 1x, /d.png 2x"><video poster="e.png"></video>',
  })), 'style');
  const page = await enter('relative');
  await write(page, 'style');
  await talk(page).locator('.body .mine').waitFor();
  const found = await (await frameOf(page)).evaluate(() => ({
    sheet: document.head.querySelector('style[data-message]')?.textContent,
    style: document.querySelector('.body .mine')?.getAttribute('style'),
    set: document.querySelector('.body img')?.getAttribute('srcset'),
    poster: document.querySelector('.body video')?.getAttribute('poster'),
  }));
  assert.deepEqual(found, {
    sheet: `.mine { background: url("${bots.base}/bots/pic/a.png"); }`,
    style: `background: url(${bots.base}/b.png)`,
    set: `${bots.base}/bots/c.png 1x, ${bots.base}/d.png 2x`,
    poster: `${bots.base}/bots/e.png`,
  });
});

test('in the compact look each message is one line: the clock, the name in one piece, the text', async () => {
  for (const [author, text] of [['Ann', 'one'], ['Ann', 'two'], ['Joel', 'three'], ['Ann', 'four']]) await post('compact', { author, text });
  const context = await browser.newContext();
  await context.addInitScript(() => self === top && localStorage.setItem('parlor.density', 'compact'));
  const page = await openRoom(context, parlor, 'compact');
  await card(page, 'four').waitFor();
  await talk(page).locator('[data-density="compact"]').waitFor({ state: 'attached' });
  const lines = await talk(page).locator('.message-card').evaluateAll((cards) =>
    cards.map((one) => {
      const author = /** @type {HTMLElement} */ (one.querySelector('.author'));
      const line = parseFloat(getComputedStyle(author).lineHeight);
      return { left: Math.round(author.getBoundingClientRect().left), lines: Math.round(author.getBoundingClientRect().height / line), high: one.getBoundingClientRect().height < 2 * line };
    }),
  );
  assert.deepEqual(lines, Array.from(lines, () => ({ left: lines[0].left, lines: 1, high: true })));
});
