// The assistant without Parlor: what it shows, what it makes of bots' HTML, keys, policies of pages, and the wire before a server that plays one.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, beforeEach, test } from 'node:test';
import { brotliCompressSync, constants } from 'node:zlib';
import { LOOKS, faults } from './axe.mjs';
import { launch } from './harness.mjs';
import { Stage, strict } from './assistant-stage.mjs';

/** @typedef {import('playwright-core').Page} Page */

/** The most bytes that it may take, compressed, with all its comments. */
const BUDGET = 30_000;

/** @type {Stage} */
let stage;
/** @type {import('playwright-core').Browser} */
let browser;

before(async () => {
  [stage, browser] = await Promise.all([Stage.start(), launch()]);
});
after(async () => {
  await browser?.close();
  await stage?.end();
});
beforeEach(() => stage.clear());

const GREETING = { kind: 'BotText', content: 'Hi, I’m Bot!' };
const LANG = { kind: 'ChoiceRequest', groupId: 'lang', question: 'Which language?', choices: [{ itemId: 'rust', content: 'Rust' }, { itemId: 2, content: 'Go' }, { itemId: 'other', content: 'Other' }] };
const FIELD = { kind: 'StartChatSession', sessionId: 'pref', chatPrompt: 'Your language', chatText: 'Tell me' };
const RUST = { kind: 'ChoiceResponse', groupId: 'lang', itemId: 'rust', content: 'Rust' };
/** @param {string} content */
const bot = (content) => ({ kind: 'BotText', content });
/** @param {string} content */
const wrote = (content) => ({ kind: 'UserText', sessionId: 'pref', content });

/** One scene of the gallery, as it is on a page. @param {string} name @param {Record<string, string>} [attributes] @param {import('playwright-core').BrowserContextOptions} [options] */
async function scene(name, attributes = {}, options = {}) {
  const page = await (await browser.newContext({ reducedMotion: 'reduce', ...options })).newPage();
  await page.goto(`${stage.base}/test/assistant-gallery.html?${new URLSearchParams({ one: name, ...attributes })}`);
  return page;
}

/** @param {Page} page @param {any[]} messages @param {object} [how] */
const show = (page, messages, how) => page.evaluate(([what, state]) => Reflect.get(document.querySelector('parlor-assistant') ?? {}, 'show').call(document.querySelector('parlor-assistant'), what, state), /** @type {const} */ ([messages, how]));

/**
 * A page of another origin that holds the assistant.
 * @param {{ html?: string, policy?: string, options?: import('playwright-core').BrowserContextOptions, open?: boolean }} [how]
 */
async function visit({ html = `<script src="${stage.base}/assistant.js" data-flow="welcome" data-lang="en" async></script>`, policy = '', options = {}, open = true } = {}) {
  stage.pages.set('/', { html, policy });
  const page = await (await browser.newContext({ reducedMotion: 'reduce', ...options })).newPage();
  await page.goto(`${stage.site}/`);
  await page.locator('parlor-assistant').first().waitFor({ state: 'attached' });
  if (open) await page.locator('.launcher').click();
  return page;
}

/** @param {Page} page */
const dialog = (page) => page.locator('parlor-assistant .panel');
/** @param {Page} page @param {string} text */
const choice = (page, text) => page.getByRole('button', { name: text, exact: true });
/** @param {Page} page */
const field = (page) => page.locator('.field:visible');
/** @param {Page} page @param {string} state */
const link = (page, state) => page.locator(`.root[data-link="${state}"]`).waitFor({ state: 'attached' });
/** What is said, from the first to the last. @param {Page} page */
const said = (page) => page.locator('.list .bubble').allTextContents();
/** Waits until the last that was said is this. @param {Page} page @param {string} text */
const last = (page, text) => page.locator('.list > .row:last-of-type .bubble', { hasText: text }).last().waitFor();

// What it weighs, what it says ------------------------------------------------------------------------------------

test('it is less than 30 kB compressed', async (t) => {
  const source = await readFile(new URL('../static/assistant.js', import.meta.url));
  const { length } = brotliCompressSync(source, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 18 } });
  t.diagnostic(`${source.length} bytes, ${length} compressed`);
  assert.ok(length < BUDGET, `${length} bytes`);
});

test('every language has all words', async () => {
  const source = await readFile(new URL('../static/assistant.js', import.meta.url), 'utf8');
  const names = /const NAMES = .*\((\[.*\])\);/u.exec(source)?.[1].match(/'\w+'/gu) ?? [];
  const languages = [...source.matchAll(/^ {4}(\w\w): '(.*\|.*)',$/gmu)];
  assert.deepEqual(languages.map(([, tag]) => tag), ['en', 'de', 'es', 'fr', 'it', 'pt', 'nl', 'ar']);
  for (const [, tag, texts] of languages) {
    const all = texts.split('|');
    assert.equal(all.length, names.length, tag);
    assert.ok(all.every((text) => text.trim()), tag);
    assert.equal(texts.match(/\{\}/gu)?.length, 3, tag);
  }
});

test('its words follow the language that is asked for, and Arabic is mirrored', async () => {
  const page = await scene('closed', { lang: 'de-AT' });
  await page.getByRole('button', { name: 'Assistenten öffnen' }).click();
  await page.locator('parlor-assistant').evaluate((element) => element.setAttribute('lang', 'ar'));
  assert.equal(await page.locator('.root').getAttribute('dir'), 'rtl');
  assert.equal(await field(page).getAttribute('placeholder'), 'اختر أحد الخيارات');
  const [crest, close] = await Promise.all([page.locator('.crest').boundingBox(), page.locator('.close').boundingBox()]);
  assert.ok(crest && close && crest.x > close.x);
});

// How it looks ----------------------------------------------------------------------------------------------------

const SCENES = ['choices', 'editor', 'talk', 'typing', 'end', 'draft', 'rich', 'long', 'handoff', 'operator', 'left', 'offline', 'error', 'connecting', 'unreachable', 'fallback', 'email', 'date', 'offered', 'debug', 'arabic', 'german', 'violet', 'closed'];

for (const { device, viewport, colorScheme } of LOOKS) {
  test(`axe finds no fault in any state at ${device}, ${colorScheme}`, async () => {
    for (const name of SCENES) {
      const page = await scene(name, {}, { viewport, colorScheme });
      assert.deepEqual(await page.evaluate(() => Object.keys(Reflect.get(window, 'scenes'))), SCENES);
      assert.deepEqual(await faults(page), [], name);
      await page.context().close();
    }
  });
}

// The smallest is also a desk of 1280 pixels, four times enlarged.
for (const [width, height] of [[1280, 800], [640, 400], [390, 700], [320, 480], [320, 256]]) {
  test(`nothing is wider or higher than it may be at ${width} × ${height}`, async () => {
    for (const name of SCENES.filter((one) => one !== 'closed')) {
      const page = await scene(name, {}, { viewport: { width, height } });
      const over = await page.locator('parlor-assistant').evaluate((element) => {
        const [panel, ...inner] = ['.panel', '.log', '.editor', '.head'].map((part) => element.shadowRoot?.querySelector(part));
        const box = panel?.getBoundingClientRect();
        return [box && (box.top < 0 || box.left < 0 || box.right > innerWidth || box.bottom > innerHeight) && 'panel', ...inner.map((one) => one && one.scrollWidth > one.clientWidth && one.className)].filter(Boolean);
      });
      assert.deepEqual(over, [], name);
      await page.context().close();
    }
  });
}

test('text on any accent can be read, in both schemes', async () => {
  const page = await scene('talk');
  for (const accent of ['#ffd400', 'rebeccapurple', 'oklch(60% 0.2 20)', '#000', 'white', '#777', 'rgb(255 0 0)', 'nonsense', 'url(x)']) {
    for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
      await page.emulateMedia({ colorScheme });
      await page.locator('parlor-assistant').evaluate((element, colour) => element.setAttribute('accent', colour), accent);
      assert.deepEqual(await faults(page), [], `${accent}, ${colorScheme}`);
    }
  }
});

test('a run of the bot’s messages has one avatar, beside the last of them', async () => {
  const page = await scene('choices');
  const faces = () => page.locator('.list .face').evaluateAll((all) => all.map((face) => getComputedStyle(face).visibility));
  assert.deepEqual(await faces(), ['hidden', 'visible']);
  await choice(page, 'Rust').click();
  await show(page, [GREETING, LANG, RUST, bot('a'), bot('b')]);
  assert.deepEqual(await faces(), ['hidden', 'visible', 'hidden', 'visible']);
});

test('on a phone it fills the screen, and the focus stays in it', async () => {
  const page = await scene('closed', {}, { viewport: { width: 390, height: 700 }, hasTouch: true });
  await page.locator('.launcher').press('Enter');
  const box = await dialog(page).boundingBox();
  assert.deepEqual(box, { x: 0, y: 0, width: 390, height: 700 });
  assert.equal(await dialog(page).getAttribute('aria-modal'), 'true');
  const seen = new Set();
  for (let step = 0; step < 12; step += 1) {
    await page.keyboard.press(step < 8 ? 'Tab' : 'Shift+Tab');
    seen.add(await page.evaluate(() => document.activeElement?.shadowRoot?.activeElement?.className));
  }
  assert.ok(!seen.has(undefined), 'it never left');
  assert.ok(seen.has('square close') && seen.has('choice'));
});

for (const small of [['.launcher', 'closed'], ['.choice', 'choices'], ['.square', 'choices'], ['.send', 'draft'], ['.small', 'unreachable']]) {
  test(`what can be pressed is 44 pixels high: ${small[0]}`, async () => {
    const page = await scene(small[1]);
    for (const one of await page.locator(`${small[0]}:visible`).all()) {
      const box = await one.boundingBox();
      assert.ok(box && box.height >= 44 && box.width >= 44, JSON.stringify(box));
    }
  });
}

// Bots' HTML --------------------------------------------------------------------------------------------------------

/** What is sent, and what stands there. */
const READ = [
  ['plain', 'plain'],
  ['a < b &amp;&amp; c > d', 'a &lt; b &amp;&amp; c &gt; d'],
  ['<3 &hearts; &uuml; &#8364; &#x1F600; &nosuch; &#0;', '&lt;3 ♥ ü € 😀 &amp;nosuch; \ufffd'],
  ['<b>b</b><STRONG>s</STRONG><i>i<em>e</i>x', '<b>b</b><strong>s</strong><i>i<em>e</em></i>x'],
  ['<p>one<p>two</p>', '<p>one</p><p>two</p>'],
  ['one<br>two<br/>three', 'one<br>two<br>three'],
  ['<ul><li>a<li>b<ol><li>c</ol></ul>', '<ul><li>a</li><li>b<ol><li>c</li></ol></li></ul>'],
  ['<div>one</div><div>two</div>', 'one<br>two'],
  ['<h1>Big</h1>text <h3>h</h3>', 'Big<br>text <h3>h</h3>'],
  ['<marquee><x-y>kept</x-y></marquee>', 'kept'],
  ['<a href="https://example.com/?a=1&amp;b=2" onclick="hit()" style="color:red">x</a>', '<a href="https://example.com/?a=1&amp;b=2" target="_blank" rel="noopener">x</a>'],
  ['<a href=mailto:a@example.com>x</a>', '<a href="mailto:a@example.com" target="_blank" rel="noopener">x</a>'],
  ['<img src="https://example.com/a.png" alt="A &quot;cat&quot;" onerror=hit()>', '<img alt="A &quot;cat&quot;" src="https://example.com/a.png">'],
  ['<img src="data:image/png;base64,AA" alt="gone">', 'gone'],
  ['<!-- no --><?php no ?><!doctype x>yes', 'yes'],
  ['<span class="x" id="y" style="z">s</span>', '<span>s</span>'],
  ['<pre>  two\n lines</pre>', '<pre tabindex="0">  two\n lines</pre>'],
  ['<form><b>f</b><form></form></form>after', 'after'],
  ['<svg/onload=hit()><a>x</a></svg>after', 'after'],
  ['<svg><svg></svg><text>x</text></svg>after', 'after'],
  ['<title></title>after', 'after'],
  ['<script>if (a < b) "</b>"</script>after', 'after'],
  ['<style>b{}</style><noscript><b>n</b></noscript>after', 'after'],
];

/** What has made browsers run scripts, one way or another. */
const HOSTILE = [
  '<script>hit()</script>',
  '<ScRiPt src=//evil.example/x.js></sCrIpT>',
  '<script>hit()',
  '<scr<script>ipt>hit()</scr</script>ipt>',
  '<img src=x onerror=hit()>',
  '<img src="https://x.example/" onerror="hit()" onload=hit()>',
  '<img/src=1/onerror=hit()>',
  '<img src=1 onerror\n=\n"hit()">',
  '<svg onload=hit()>',
  '<svg><script>hit()</script></svg>',
  '<svg><animate onbegin=hit() attributeName=x dur=1s>',
  '<svg><style><img src=x onerror=hit()></style></svg>',
  '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=hit()&gt;">',
  '<math><mi xlink:href="javascript:hit()">x</mi></math>',
  '<iframe src="javascript:hit()"></iframe>',
  '<iframe srcdoc="<script>parent.hit()</script>"></iframe>',
  '<object data="javascript:hit()"></object>',
  '<embed src="javascript:hit()">',
  '<a href="javascript:hit()">x</a>',
  '<a href=" \u0001javascript:hit()">x</a>',
  '<a href="java\nscript:hit()">x</a>',
  '<a href="java&#10;script&colon;hit()">x</a>',
  '<a href="&#106;avascript:hit()">x</a>',
  '<a href="&#x6A&#x61vascript:hit()">x</a>',
  '<a href="JaVaScRiPt:hit()">x</a>',
  '<a href="data:text/html,<script>hit()</script>">x</a>',
  '<a href="vbscript:hit()">x</a>',
  '<a href="blob:https://example.com/x">x</a>',
  '<a href="https://example.com" href="javascript:hit()">x</a>',
  '<a href="javascript:hit()" href="https://example.com">x</a>',
  '<b onmouseover=hit() onfocus=hit() autofocus tabindex=0>x</b>',
  '<p style="background:url(javascript:hit())">x</p>',
  '<style>@import "//evil.example";</style>',
  '<link rel=stylesheet href=//evil.example>',
  '<meta http-equiv=refresh content="0;url=//evil.example">',
  '<base href="//evil.example/">',
  '<form action=javascript:hit()><button>x</button></form>',
  '<button onclick=hit()>x</button>',
  '<input autofocus onfocus=hit()>',
  '<details open ontoggle=hit()>x</details>',
  '<video src=x onerror=hit()></video><audio src=x onerror=hit()></audio>',
  '<noscript><p title="</noscript><img src=x onerror=hit()>"></noscript>',
  '<textarea><img title="</textarea><img src=x onerror=hit()>"></textarea>',
  '<title><img title="</title><img src=x onerror=hit()>"></title>',
  '<template><img src=x onerror=hit()></template>',
  '<xmp><img title="</xmp><img src=x onerror=hit()>"></xmp>',
  '<!--><img src=x onerror=hit()>-->',
  '<!-- --!><img src=x onerror=hit()> -->',
  '<![CDATA[<img src=x onerror=hit()>]]>',
  '<?x <img src=x onerror=hit()> ?>',
  '</p><img src=x onerror=hit()',
  '<img src="x` `<script>hit()</script>"` `>',
  '<a title="a>b" href=\'javascript:hit()\'>x</a>',
  '<b is="parlor-assistant" slot="x" part="y">x</b>',
  '<parlor-assistant flow="x" server="//evil.example"></parlor-assistant>',
  '<select><option><img src=x onerror=hit()></select>',
  '<table background="javascript:hit()"><tr><td>x</td></tr></table>',
  '\u0000<im\u0000g src=x onerror=hit()>',
  '<<img src=x onerror=hit()>>',
  '&lt;img src=x onerror=hit()&gt;',
  '&amp;lt;script&amp;gt;hit()&amp;lt;/script&amp;gt;',
];

/** A page whose policy would let everything run, so that only the reading keeps it from running. */
async function reading() {
  const page = await scene('choices');
  await page.evaluate(() => Object.assign(window, { hits: 0, hit: () => (Reflect.set(window, 'hits', Reflect.get(window, 'hits') + 1)) }));
  return page;
}

test('of a bot’s HTML stays what is allowed, well formed', async () => {
  const page = await reading();
  for (const [sent, stands] of READ) {
    await show(page, [bot(sent)]);
    assert.equal(await page.locator('.list .bubble').innerHTML(), stands, sent);
  }
});

test('nothing that is hostile runs, or leaves more than the allowed elements', async () => {
  const page = await reading();
  const allowed = new Set('P BR B STRONG I EM U S A UL OL LI CODE PRE BLOCKQUOTE H3 H4 H5 H6 IMG HR SPAN'.split(' '));
  const attributes = /** @type {Record<string, string[]>} */ ({ A: ['href', 'rel', 'target'], IMG: ['alt', 'src'], PRE: ['tabindex'] });
  /** @type {string[]} */
  const fetched = [];
  page.on('request', (request) => fetched.push(request.url()));
  for (const html of HOSTILE) {
    for (const message of [bot(html), { ...LANG, question: html }, { ...FIELD, chatText: html }, { kind: 'Handoff', message: html }]) {
      await show(page, [bot('before'), message, bot(`<p>${html}</p>`), bot('after')]);
      const found = await page.locator('.list .said .bubble').evaluateAll((bubbles) => bubbles.flatMap((bubble) => [...bubble.querySelectorAll('*')].map((one) => ({ name: one.tagName, given: one.getAttributeNames().sort(), href: one.getAttribute('href') ?? one.getAttribute('src') ?? 'https:' }))));
      for (const { name, given, href } of found) {
        assert.ok(allowed.has(name), `${html}: ${name}`);
        assert.deepEqual(given.filter((one) => !attributes[name]?.includes(one)), [], html);
        assert.match(href, /^(https?|mailto):/u, html);
      }
    }
    for (const anchor of await page.locator('.list a').all()) await anchor.click({ modifiers: ['Alt'], force: true }).catch(() => {});
  }
  await page.waitForTimeout(200);
  assert.equal(await page.evaluate(() => Reflect.get(window, 'hits')), 0);
  assert.deepEqual(fetched.filter((url) => url.includes('evil')), []);
});

test('texts of people and choices are text, whatever they hold', async () => {
  const page = await reading();
  const html = '<img src=x onerror=hit()><b>b</b>';
  await show(page, [{ kind: 'OperatorJoined', author: html }, { kind: 'OperatorText', author: html, content: `${html} https://example.com/a?b=c.` }, wrote(html), { ...LANG, choices: [{ itemId: 1, content: html }] }]);
  const texts = await said(page);
  assert.ok(texts.includes(`${html} https://example.com/a?b=c.`) && texts.includes(html));
  assert.equal(await page.locator('.list .person a').getAttribute('href'), 'https://example.com/a?b=c');
  assert.equal(await page.locator('.list img').count(), 0);
  assert.equal(await page.locator('.choice').textContent(), 'b');
});

test('long and broken HTML is read in no time', async () => {
  const page = await reading();
  for (const html of ['<a '.repeat(30_000), '<a "'.repeat(30_000), `<${'b<'.repeat(30_000)}`, '<b>'.repeat(30_000), '<svg>'.repeat(30_000), '<div>x'.repeat(2_000), '&'.repeat(100_000), `<a ${'x='.repeat(50_000)}>`, '<!--'.repeat(30_000)]) {
    const took = await page.evaluate((text) => {
      const assistant = document.querySelector('parlor-assistant');
      const start = performance.now();
      Reflect.get(assistant ?? {}, 'show').call(assistant, [{ kind: 'BotText', content: text }]);
      return performance.now() - start;
    }, html);
    assert.ok(took < 2_000, `${html.slice(0, 12)}: ${took} ms`);
  }
});

// Keys --------------------------------------------------------------------------------------------------------------

test('it is opened, answered and closed by keyboard', async () => {
  const page = await scene('closed');
  const focused = () => page.evaluate(() => document.activeElement?.shadowRoot?.activeElement?.textContent);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  assert.equal(await focused(), 'Rust');
  for (const [key, text] of [['ArrowRight', 'Go'], ['ArrowDown', 'Other'], ['ArrowRight', 'Rust'], ['End', 'Other'], ['Home', 'Rust'], ['ArrowLeft', 'Other'], ['ArrowLeft', 'Go']]) {
    await page.keyboard.press(key);
    assert.equal(await focused(), text, key);
  }
  await page.keyboard.press('Enter');
  assert.equal(await page.locator('.choices').count(), 0);
  assert.equal((await said(page)).at(-1), 'Go');
  await page.keyboard.press('Escape');
  assert.equal(await page.evaluate(() => document.activeElement?.shadowRoot?.activeElement?.className), 'launcher');
  assert.equal(await dialog(page).isVisible(), false);
});

test('choices are a group that its question names', async () => {
  const page = await scene('choices');
  const group = page.getByRole('group', { name: 'What programming language do you use in your hobby projects?' });
  assert.deepEqual(await group.getByRole('button').allTextContents(), ['Rust', 'Go', 'Other']);
});

test('Enter sends, Shift and Enter begins a line', async () => {
  const page = await scene('editor');
  await field(page).click();
  await page.keyboard.type('one');
  await page.keyboard.press('Shift+Enter');
  await page.keyboard.type('two');
  await page.keyboard.press('Enter');
  assert.equal((await said(page)).at(-1), 'one\ntwo');
  assert.equal(await field(page).inputValue(), '');
});

test('the editor is open only when the flow asks', async () => {
  const page = await scene('choices');
  const state = async () => [await field(page).getAttribute('placeholder'), await field(page).evaluate((one) => /** @type {HTMLTextAreaElement} */ (one).readOnly)];
  assert.deepEqual(await state(), ['Choose an option', true]);
  await show(page, [GREETING, LANG, RUST, FIELD]);
  assert.deepEqual(await state(), ['Your language', false]);
  await show(page, [{ ...FIELD, chatPrompt: undefined }]);
  assert.deepEqual(await state(), ['Type your answer…', false]);
  await show(page, [FIELD, wrote('Zig'), { kind: 'EndChatSession', sessionId: 'pref' }, LANG]);
  assert.deepEqual(await state(), ['Choose an option', true]);
});

test('a field of a type says so to the browser', async () => {
  const page = await scene('choices');
  for (const [type, expected] of /** @type {const} */ ([['email', ['email', 'email', 'email']], ['phone', ['tel', 'tel', 'tel']], ['url', ['url', 'url', 'url']], ['number', ['text', 'decimal', 'off']], ['date', ['date', null, 'off']]])) {
    await show(page, [{ ...FIELD, input: { type, min: '2026-01-01' } }]);
    const given = await Promise.all(['type', 'inputmode', 'autocomplete'].map((name) => field(page).getAttribute(name)));
    assert.deepEqual(type === 'date' ? [given[0], null, given[2]] : given, expected, type);
  }
  assert.equal(await field(page).getAttribute('min'), '2026-01-01');
  await show(page, [{ ...FIELD, input: { type: 'text' } }]);
  assert.equal(await field(page).evaluate((one) => one.localName), 'textarea');
});

// On a page ---------------------------------------------------------------------------------------------------------

test('it works on a page of another origin under the strictest policy, below a path, and says nothing to console or policy', async () => {
  const policy = strict(stage.base);
  /** @type {string[]} */
  const noise = [];
  stage.greets = (wire) => wire.say(bot('<b style="color:red" onclick="x()">Hi</b> <i>there</i> &auml;'), LANG);
  const page = await visit({ html: `<script src="${stage.base}/chat/assistant.js" data-flow="wel come" data-lang="en" data-accent="teal" data-title="Helper" async></script>`, policy, open: false });
  page.on('console', (message) => noise.push(message.text()));
  page.on('pageerror', (error) => noise.push(String(error)));
  await page.evaluate(() => document.addEventListener('securitypolicyviolation', (event) => console.error(event.violatedDirective, event.sourceFile)));
  await page.getByRole('button', { name: 'Open the assistant: Helper' }).waitFor();
  assert.equal(stage.tried, 0, 'no connection before it is opened');
  await page.locator('.launcher').click();
  const wire = await stage.wire(0);
  assert.equal(wire.url.pathname, '/chat/assistant/wel%20come/ws');
  assert.equal(wire.url.search, '?lang=en');
  assert.equal(wire.origin, stage.site);
  await page.locator('.bubble b', { hasText: 'Hi' }).waitFor();
  assert.equal(await page.locator('.bubble').first().innerHTML(), '<b>Hi</b> <i>there</i> ä');
  await choice(page, 'Go').click();
  assert.deepEqual(await wire.hears(), { kind: 'ChoiceResponse', groupId: 'lang', itemId: 2, content: 'Go', answerTo: 1 });
  wire.say(FIELD);
  await last(page, 'Tell me');
  await field(page).fill('Zig');
  await field(page).press('Enter');
  assert.deepEqual(await wire.hears(1), { kind: 'UserText', sessionId: 'pref', content: 'Zig', answerTo: 2 });
  assert.deepEqual(noise, []);
  assert.deepEqual(stage.asked, ['/chat/assistant.js'], 'it loads nothing else');
});

test('a page can write the element itself, and twice the script is one assistant', async () => {
  const script = `<script src="${stage.base}/assistant.js" data-flow="welcome" async></script>`;
  const page = await visit({ html: `<parlor-assistant flow="own" server="${stage.base}/chat" title="Own"></parlor-assistant>${script}${script}`, open: false });
  await page.locator('parlor-assistant[flow="welcome"]').waitFor({ state: 'attached' });
  await page.waitForLoadState('networkidle');
  assert.equal(await page.locator('parlor-assistant').count(), 2);
  await page.locator('parlor-assistant[flow="own"] .launcher').dispatchEvent('click');
  assert.equal((await stage.wire(0)).url.pathname, '/chat/assistant/own/ws');
});

test('in a page it begins at once, and says what it is', async () => {
  stage.greets = (wire) => wire.say(GREETING);
  const page = await visit({ html: `<script src="${stage.base}/assistant.js"></script><parlor-assistant flow="welcome" mode="inline" lang="en"></parlor-assistant>`, open: false });
  await stage.wire(0);
  await page.getByRole('region', { name: 'Assistant' }).getByText('Hi, I’m Bot!').waitFor();
  assert.equal(await page.locator('.launcher').isVisible(), false);
  assert.equal(await page.locator('.close').isVisible(), false);
});

test('it opens by itself after a while without taking the focus, but not once it was closed', async () => {
  stage.greets = (wire) => wire.say(GREETING);
  const page = await visit({ html: `<script src="${stage.base}/assistant.js" data-flow="welcome" data-open-after="0.1" async></script>`, open: false });
  await stage.wire(0);
  await last(page, 'Hi, I’m Bot!');
  assert.equal(await page.evaluate(() => document.activeElement?.localName), 'body');
  await page.locator('.close').click();
  await page.reload();
  await page.locator('.launcher').waitFor();
  await page.waitForTimeout(400);
  assert.equal(stage.tried, 1);
});

test('the page’s styles don’t reach it, and its fonts keep the size that the person has chosen', async () => {
  stage.pages.set('/style.css', { html: '' });
  const page = await visit({ html: `<style>html{font-size:4px} *{color:red!important;letter-spacing:9px;direction:rtl} p{display:none}</style><script src="${stage.base}/assistant.js" data-flow="welcome" data-lang="en" async></script>` });
  (await stage.wire(0)).say(GREETING);
  await last(page, 'Hi, I’m Bot!');
  assert.deepEqual(await page.locator('.title').evaluate((one) => [getComputedStyle(one).fontSize, getComputedStyle(one).letterSpacing, getComputedStyle(one).direction]), ['16px', '-0.08px', 'ltr']);
});

// The wire ----------------------------------------------------------------------------------------------------------

test('a choice becomes the one that was made, and dots stand for what comes', async () => {
  const page = await visit();
  const wire = await stage.wire(0);
  wire.say(GREETING, LANG);
  await choice(page, 'Rust').waitFor();
  await page.locator('.dots').waitFor({ state: 'hidden' });
  await choice(page, 'Rust').click();
  assert.equal(await page.locator('.choices').count(), 0);
  await page.locator('.dots').waitFor();
  assert.deepEqual(await wire.hears(), { ...RUST, answerTo: 1 });
  wire.say(bot('Good.'), LANG);
  await page.locator('.choices').waitFor();
  assert.equal(await page.locator('.dots').isVisible(), false);
  assert.deepEqual(await said(page), ['Hi, I’m Bot!', 'Which language?', 'Rust', 'Good.', 'Which language?']);
  await choice(page, 'Rust').click();
  assert.equal((await wire.hears(1)).answerTo, 2, 'a loop asks again under another number');
});

test('a replay changes nothing that is there: what was typed, where one reads, the elements themselves', async () => {
  const many = Array.from({ length: 30 }, (_, at) => bot(`Line ${at}`));
  stage.greets = (wire) => wire.say(...many, FIELD);
  const page = await visit();
  const wire = await stage.wire(0);
  await last(page, 'Tell me');
  await field(page).fill('half a tho');
  await page.locator('.log').evaluate((log) => (log.scrollTop = 100));
  await page.locator('.list').evaluate((list) => Reflect.set(window, 'row', list.children[5]));
  wire.close(1012);
  await link(page, 'lost');
  await page.getByRole('status').getByText('Connection lost').waitFor();
  stage.greets = (again) => again.say(...many, FIELD, bot('News'));
  await stage.wire(1);
  await page.locator('.bubble', { hasText: 'News' }).waitFor({ state: 'attached' });
  assert.equal(await field(page).inputValue(), 'half a tho');
  assert.equal(await page.locator('.log').evaluate((log) => log.scrollTop), 100);
  assert.ok(await page.evaluate(() => Reflect.get(window, 'row').isConnected));
  assert.equal((await said(page)).length, 32);
  await page.getByRole('button', { name: 'New messages' }).click();
  await page.locator('.bubble', { hasText: 'News' }).waitFor();
});

test('an answer that the replay does not hold is sent once more, one that it holds is not', async () => {
  const page = await visit();
  (await stage.wire(0)).say(GREETING, LANG);
  await choice(page, 'Rust').click();
  await (await stage.wire(0)).hears();
  stage.wires[0].cut();
  stage.greets = (wire) => wire.say(GREETING, LANG);
  await page.getByText('Not sent yet').waitFor();
  const again = await stage.wire(1);
  assert.deepEqual(await again.hears(), { ...RUST, answerTo: 1 });
  assert.deepEqual(await said(page), ['Hi, I’m Bot!', 'Which language?', 'Rust']);
  stage.greets = (wire) => wire.say(GREETING, LANG, { ...RUST, answerTo: 1 }, FIELD);
  again.cut();
  const third = await stage.wire(2);
  await last(page, 'Tell me');
  assert.deepEqual(await said(page), ['Hi, I’m Bot!', 'Which language?', 'Rust', 'Tell me']);
  await field(page).fill('x');
  await field(page).press('Enter');
  assert.deepEqual(await third.hears(), { ...wrote('x'), answerTo: 2 }, 'and nothing before it');
});

test('what is answered offline waits, marked, and is sent when the connection is back', async () => {
  stage.greets = (wire) => wire.say(GREETING, LANG);
  const page = await visit();
  await page.locator('.choices').waitFor();
  await page.context().setOffline(true);
  await link(page, 'lost');
  await choice(page, 'Go').click();
  await page.getByText('Not sent yet').waitFor();
  await page.context().setOffline(false);
  const wire = await stage.wire(1);
  assert.equal((await wire.hears()).itemId, 2);
  await page.getByText('Not sent yet').waitFor({ state: 'detached' });
  wire.say(bot('Good.'));
  await last(page, 'Good.');
  assert.deepEqual(await said(page), ['Hi, I’m Bot!', 'Which language?', 'Go', 'Good.']);
});

test('what another tab has answered meanwhile wins, and a text that is no longer asked for is given back', async () => {
  stage.greets = (wire) => wire.say(FIELD);
  const page = await visit();
  await last(page, 'Tell me');
  await page.context().setOffline(true);
  await link(page, 'lost');
  await field(page).fill('mine');
  await field(page).press('Enter');
  stage.greets = (wire) => wire.say(FIELD, wrote('theirs'), { kind: 'EndChatSession', sessionId: 'pref' }, LANG);
  await page.context().setOffline(false);
  await page.locator('.choices').waitFor();
  assert.deepEqual(await said(page), ['Tell me', 'theirs', 'Which language?']);
  assert.equal(await field(page).inputValue(), 'mine');
});

test('an error puts back what was answered, and says why', async () => {
  const page = await visit();
  const wire = await stage.wire(0);
  wire.say(LANG);
  await choice(page, 'Rust').click();
  await wire.hears();
  wire.say({ kind: 'Error', message: 'Not that one.' });
  await page.getByRole('alert').getByText('Not that one.').waitFor();
  await choice(page, 'Go').click();
  await wire.hears(1);
  wire.say(FIELD);
  await last(page, 'Tell me');
  await field(page).fill('too long');
  await field(page).press('Enter');
  await wire.hears(2);
  wire.say({ kind: 'Error', message: 'That is too long.' });
  await page.getByRole('alert').getByText('That is too long.').waitFor();
  assert.equal(await field(page).inputValue(), 'too long');
  assert.deepEqual(await said(page), ['Which language?', 'Go', 'Tell me']);
});

test('another tab’s answer takes the choices away here', async () => {
  const page = await visit();
  const wire = await stage.wire(0);
  wire.say(GREETING, LANG);
  await page.locator('.choices').waitFor();
  wire.say(RUST, bot('Good.'));
  await last(page, 'Good.');
  assert.equal(await page.locator('.choices').count(), 0);
  assert.deepEqual(await said(page), ['Hi, I’m Bot!', 'Which language?', 'Rust', 'Good.']);
});

test('starting over asks only if something was said, and begins a new session', async () => {
  stage.greets = (wire) => wire.say(GREETING, LANG);
  const page = await visit();
  const restart = page.locator('.restart');
  await page.locator('.choices').waitFor();
  await restart.click();
  const first = await stage.wire(0);
  assert.deepEqual(await first.hears(), { kind: 'ResetSession' });
  first.close(4001);
  const second = await stage.wire(1);
  await choice(page, 'Rust').click();
  await second.hears();
  await restart.click();
  const sure = page.getByRole('group', { name: 'Start over? What was said here goes away.' });
  await sure.getByRole('button', { name: 'Go on here' }).click();
  assert.equal(await sure.isVisible(), false);
  await restart.click();
  await page.keyboard.press('Escape');
  assert.equal(await sure.isVisible(), false);
  assert.ok(await dialog(page).isVisible(), 'Escape only took the question back');
  await restart.click();
  await sure.getByRole('button', { name: 'Start over' }).click();
  assert.deepEqual(await second.hears(1), { kind: 'ResetSession' });
  second.close(4001);
  const third = await stage.wire(2);
  await choice(page, 'Rust').click();
  assert.equal((await third.hears()).answerTo, 1);
  assert.deepEqual(await said(page), ['Hi, I’m Bot!', 'Which language?', 'Rust']);
});

test('if it can’t be reached it says so after three attempts, and tries again when asked to', async () => {
  stage.refuses = true;
  const page = await visit();
  await page.getByText('The assistant can’t be reached.').waitFor();
  assert.equal(stage.tried, 3);
  assert.deepEqual(await faults(page), []);
  stage.refuses = false;
  stage.greets = (wire) => wire.say(GREETING);
  await page.getByRole('button', { name: 'Try again' }).click();
  await last(page, 'Hi, I’m Bot!');
  assert.equal(await page.getByText('The assistant can’t be reached.').count(), 0);
});

test('a flow that is not there is not asked for again and again', async () => {
  stage.greets = (wire) => wire.close(4004);
  const page = await visit();
  await page.getByText('The assistant can’t be reached.').waitFor();
  await page.waitForTimeout(1_200);
  assert.equal(stage.tried, 1);
});

test('what comes while it is closed is counted on the button', async () => {
  const page = await visit();
  const wire = await stage.wire(0);
  wire.say(GREETING);
  await last(page, 'Hi, I’m Bot!');
  await page.locator('.close').click();
  wire.say(bot('One'), LANG);
  await page.getByRole('button', { name: 'Open the assistant, 2 new' }).click();
  assert.equal(await page.locator('.badge').isHidden(), true);
  assert.equal(stage.tried, 1, 'it was connected all the while');
});

test('a person comes, types, writes, is written to, and goes', async () => {
  const page = await visit();
  const wire = await stage.wire(0);
  wire.say(LANG);
  await choice(page, 'Rust').click();
  await wire.hears();
  wire.say({ kind: 'Handoff', message: 'One moment.' });
  await page.getByText('A person was asked for').waitFor();
  assert.equal(await field(page).getAttribute('placeholder'), 'Write a message…');
  await field(page).pressSequentially('Hel');
  await field(page).press('Enter');
  assert.deepEqual(await wire.hears(1), { kind: 'UserText', sessionId: 'operator', content: 'Hel' }, 'nobody was there to be told of the typing');
  wire.say({ kind: 'OperatorJoined', author: 'Ana Sousa' });
  await page.getByRole('status').getByText(/Ana Sousa.? is here now/u).waitFor();
  await field(page).pressSequentially('lo there');
  assert.deepEqual(await wire.hears(2), { kind: 'Typing' });
  wire.say({ kind: 'Typing', author: 'Ana Sousa' });
  await page.locator('.dots .initials', { hasText: 'AS' }).waitFor();
  wire.say({ kind: 'OperatorText', author: 'Ana Sousa', content: 'Hello, <b>you</b>' });
  await last(page, 'Hello, <b>you</b>');
  assert.equal(await page.locator('.dots').isVisible(), false);
  assert.equal(await field(page).inputValue(), 'lo there');
  await field(page).press('Enter');
  assert.deepEqual(await wire.hears(3), { kind: 'UserText', sessionId: 'operator', content: 'lo there' }, 'the typing was told once');
  assert.equal(await page.locator('.dots').isVisible(), false, 'a person may take their time');
  wire.say({ kind: 'OperatorLeft' }, LANG);
  await page.getByText(/Ana Sousa.? has left/u).waitFor();
  assert.equal(await field(page).getAttribute('placeholder'), 'Choose an option');
  await choice(page, 'Rust').click();
  assert.equal((await wire.hears(4)).answerTo, 2, 'a handoff has no number');
});

test('a choice with a fallback takes text too', async () => {
  const page = await visit();
  const wire = await stage.wire(0);
  wire.say({ ...LANG, fallback: true });
  await page.locator('.choices').waitFor();
  await field(page).fill('the crab');
  await field(page).press('Enter');
  assert.deepEqual(await wire.hears(), { kind: 'UserText', sessionId: 'fallback', content: 'the crab', answerTo: 1 });
  wire.say(bot('Which one?'));
  await last(page, 'Which one?');
  assert.equal(await page.locator('.choices').count(), 1, 'the choices are still there');
  await field(page).fill('Rust');
  await field(page).press('Enter');
  await wire.hears(1);
  wire.say(RUST, bot('Good.'));
  await last(page, 'Good.');
  assert.deepEqual(await said(page), ['Which language?', 'the crab', 'Which one?', 'Rust', 'Good.']);
});

test('what it can’t know it leaves out, and broken messages do no harm', async () => {
  const page = await visit();
  const wire = await stage.wire(0);
  wire.say({}, { kind: 'Sparkle' }, { kind: 7 }, { kind: 'BotText' }, { kind: 'BotText', content: '' }, { kind: 'ChoiceResponse', groupId: 'x', itemId: 'y' }, { kind: 'ChoiceRequest', groupId: 'z' }, { kind: 'StartChatSession' }, { kind: 'constructor' }, { kind: '__proto__' }, GREETING);
  await last(page, 'Hi, I’m Bot!');
  assert.deepEqual(await said(page), ['y', 'Hi, I’m Bot!']);
});

test('with debug it shows every message both ways', async () => {
  stage.greets = (wire) => wire.say(LANG);
  const page = await visit({ html: `<script src="${stage.base}/assistant.js" data-flow="welcome" data-lang="en" data-debug async></script>` });
  await choice(page, 'Go').click();
  const raw = page.getByRole('region', { name: 'Messages as they are sent' });
  await raw.getByText('→ {"kind":"ChoiceResponse","groupId":"lang","itemId":2,"content":"Go","answerTo":1}').waitFor();
  assert.match((await raw.textContent()) ?? '', /^← \{"kind":"ChoiceRequest"/u);
});
