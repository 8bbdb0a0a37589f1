// Speech in and out, against stand-ins of the browser's own interfaces, which need a microphone and voices.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Bots, card, launch, openRoom, Parlor, write } from './harness.mjs';

/** @typedef {import('playwright-core').Page} Page */

/** @type {Parlor} */
let parlor;
/** @type {Bots} */
let bots;
/** @type {import('playwright-core').Browser} */
let browser;

before(async () => {
  [parlor, bots, browser] = await Promise.all([Parlor.start(), Bots.start(), launch()]);
});
after(async () => {
  await browser?.close();
  await bots?.end();
  await parlor?.end();
});

/** Stands in the place of the browser's speech; runs in the page. */
function standIns() {
  const heard = /** @type {any} */ (window);
  heard.webkitSpeechRecognition = class extends EventTarget {
    start() {
      heard.recognition = this;
    }
    stop() {
      heard.stopped = true;
    }
  };
  delete heard.SpeechRecognition;
  heard.spoken = [];
  heard.said = [];
  heard.SpeechSynthesisUtterance = class extends EventTarget {
    /** @param {string} text */
    constructor(text) {
      super();
      this.text = text;
    }
  };
  const voice = { voiceURI: 'clear', name: 'Clear', lang: 'en-GB' };
  Object.defineProperty(window, 'speechSynthesis', {
    value: Object.assign(new EventTarget(), {
      getVoices: () => [voice],
      /** @param {any} utterance */
      speak(utterance) {
        heard.said.push(utterance);
        heard.spoken.push([utterance.text, utterance.voice?.name ?? null, utterance.rate]);
        utterance.dispatchEvent(new Event('start'));
      },
      cancel() {
        heard.cancelled = true;
      },
    }),
  });
}

/** @param {string} room @param {() => void} [script] */
async function enter(room, script = standIns) {
  const context = await browser.newContext();
  await context.addInitScript(script);
  return openRoom(context, parlor, room);
}

/** @param {Page} page */
const field = (page) => page.locator('.composer textarea');

/** What the recognition hears. @param {Page} page @param {[string, boolean][]} parts @param {number} [from] */
const hear = (page, parts, from = 0) =>
  page.evaluate(([said, resultIndex]) => {
    const results = said.map(([transcript, isFinal]) => Object.assign([{ transcript }], { isFinal }));
    /** @type {any} */ (window).recognition.dispatchEvent(Object.assign(new Event('result'), { results, resultIndex }));
  }, /** @type {const} */ ([parts, from]));

/** @param {Page} page @param {string} error */
const fail = (page, error) =>
  page.evaluate((it) => /** @type {any} */ (window).recognition.dispatchEvent(Object.assign(new Event('error'), { error: it })), error);

/** @param {Page} page @param {string} text */
const holds = (page, text) => page.waitForFunction((wanted) => document.querySelector('textarea')?.value === wanted, text);

test('what one says is written where the caret is, guesses first, and sent only by the person', async () => {
  const page = await enter('dictation');
  await field(page).fill('Well, yes');
  await field(page).evaluate((/** @type {HTMLTextAreaElement} */ it) => it.setSelectionRange(5, 5));
  await page.getByRole('button', { name: 'Speak instead of typing' }).click();
  await page.getByRole('button', { name: 'Stop listening' }).waitFor();
  await page.getByRole('status').filter({ hasText: /^Listening$/u }).waitFor({ state: 'attached' });
  await hear(page, [['hello whirl', false]]);
  await holds(page, 'Well, hello whirl yes');
  await hear(page, [['hello world', true]]);
  await hear(page, [['hello world', true], [' and', false]], 1);
  await holds(page, 'Well, hello world and yes');
  await hear(page, [['hello world', true], [' and all', true]], 1);
  await holds(page, 'Well, hello world and all yes');
  assert.equal((await parlor.messages('dictation')).length, 0);
  await page.getByRole('button', { name: 'Stop listening' }).click();
  await page.getByRole('button', { name: 'Speak instead of typing' }).waitFor();
  await field(page).press('Enter');
  await card(page, 'Well, hello world and all yes').waitFor();
});

test('typing and sending end the listening', async () => {
  const page = await enter('typing');
  const speak = page.getByRole('button', { name: 'Speak instead of typing' });
  await speak.click();
  await page.getByRole('button', { name: 'Stop listening' }).waitFor();
  await field(page).press('a');
  await speak.waitFor();
  await speak.click();
  await hear(page, [['b', true]]);
  await field(page).press('Enter');
  await speak.waitFor();
  await hear(page, [['b', true], ['too late', true]], 1);
  await card(page, 'a b').waitFor();
  assert.equal(await field(page).inputValue(), '');
});

test('why nothing was understood is told', async () => {
  const page = await enter('denied');
  const speak = page.getByRole('button', { name: 'Speak instead of typing' });
  for (const [error, told] of /** @type {const} */ ([['not-allowed', 'does not let this page use the microphone'], ['network', 'speech service can’t be reached'], ['no-speech', 'Nothing was heard'], ['audio-capture', 'finds no microphone']])) {
    await speak.click();
    await fail(page, error);
    await page.locator('.toast', { hasText: told }).waitFor();
    await speak.waitFor();
  }
});

test('where the browser can neither listen nor speak, nothing of it is shown', async () => {
  const page = await enter('neither', () => {
    for (const name of ['SpeechRecognition', 'webkitSpeechRecognition', 'SpeechSynthesisUtterance']) Reflect.deleteProperty(window, name);
    Reflect.deleteProperty(Window.prototype, 'speechSynthesis');
    Reflect.deleteProperty(window, 'speechSynthesis');
  });
  assert.equal(await page.locator('.microphone').count(), 0);
  await page.getByRole('button', { name: 'Your settings' }).click();
  await page.getByLabel('Your name').waitFor();
  assert.equal(await page.getByLabel('Read bots’ answers aloud').count(), 0);
  await write(page, 'still works');
  await card(page, 'still works').waitFor();
});

test('bots’ new answers are read aloud as words, in the voice and at the speed that were chosen', async () => {
  await parlor.bot('aloud', 'RichBot', bots.at('/rich', () => ({ text: '<style>b { color: red }</style><script>1 < 2</script><b title="a > b">It&rsquo;s 18&deg;</b> &amp; clear.<p>Tea?</p>' })));
  await parlor.say('aloud', 'Joel', 'richbot, before');
  const page = await enter('aloud');
  await card(page, 'richbot, before').waitFor();
  await page.getByRole('button', { name: 'Your settings' }).click();
  await page.getByLabel('Read bots’ answers aloud').check();
  await page.getByLabel('Voice').selectOption('clear');
  await page.getByLabel('Speed').fill('1.5');
  await page.getByRole('button', { name: 'Hear it' }).click();
  await parlor.say('aloud', 'Joel', 'richbot, now');
  const reading = page.locator('.aloud', { hasText: 'Reading RichBot aloud' });
  await reading.waitFor();
  const spoken = await page.evaluate(() => /** @type {any} */ (window).spoken);
  assert.deepEqual(spoken, [['This is how answers will sound.', 'Clear', 1.5], ['It’s 18° & clear.', 'Clear', 1.5], ['Tea?', 'Clear', 1.5]]);
  await page.evaluate(() => /** @type {any} */ (window).said.forEach((/** @type {EventTarget} */ one) => one.dispatchEvent(new Event('end'))));
  await reading.waitFor({ state: 'detached' });
});

test('reading aloud stops with its button, when one types, and when it is switched off', async () => {
  await parlor.bot('stops', 'EchoBot', bots.at('/echo', ({ text }) => ({ text })));
  const page = await enter('stops');
  await page.getByRole('button', { name: 'Your settings' }).click();
  const aloud = page.getByLabel('Read bots’ answers aloud');
  await aloud.check();
  const reading = page.locator('.aloud');
  const stops = [
    () => reading.getByRole('button', { name: 'Stop' }).click(),
    () => field(page).press('x'),
    () => aloud.uncheck(),
  ];
  for (const stop of stops) {
    await page.evaluate(() => (/** @type {any} */ (window).cancelled = false));
    await parlor.say('stops', 'Joel', 'echobot');
    await reading.waitFor();
    await stop();
    await reading.waitFor({ state: 'detached' });
    assert.equal(await page.evaluate(() => /** @type {any} */ (window).cancelled), true);
  }
  const before = await page.evaluate(() => /** @type {any} */ (window).spoken.length);
  await parlor.say('stops', 'Joel', 'echobot, the last');
  await card(page, 'echobot, the last').nth(1).waitFor();
  assert.equal(await page.evaluate(() => /** @type {any} */ (window).spoken.length), before);
  // A page that one does not see leaves it to the one that one sees.
  await aloud.check();
  await page.evaluate(() => Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => 'hidden' }));
  await parlor.say('stops', 'Joel', 'echobot, unseen');
  await card(page, 'echobot, unseen').nth(1).waitFor();
  assert.equal(await page.evaluate(() => /** @type {any} */ (window).spoken.length), before);
});

test('many answers at once do not go on being read for ever', async () => {
  await parlor.bot('chatty', 'ChattyBot', bots.at('/chatty', ({ text }) => ({ text: `${text}! `.repeat(12) })));
  const page = await enter('chatty');
  await page.getByRole('button', { name: 'Your settings' }).click();
  await page.getByLabel('Read bots’ answers aloud').check();
  for (let n = 0; n < 6; n += 1) await parlor.say('chatty', 'Joel', `chattybot ${n}`);
  await card(page, 'chattybot 5').nth(1).waitFor();
  const spoken = await page.evaluate(() => /** @type {any} */ (window).spoken.length);
  assert.ok(spoken >= 12 && spoken <= 36, `${spoken} parts wait`);
});
