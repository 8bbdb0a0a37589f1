// Writing: emoji, names, replies, drafts, history, limits, marks, and the keys of all that.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Bots, card, launch, openRoom, Parlor, talk, write } from './harness.mjs';

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

/** @param {string} room @param {string} [name] */
const enter = async (room, name) => openRoom(await browser.newContext(), parlor, room, name);

/** @param {Page} page */
const field = (page) => page.locator('.composer textarea');

/** Waits until the field holds this. @param {Page} page @param {string} text */
async function holds(page, text) {
  try {
    await page.waitForFunction((wanted) => document.querySelector('textarea')?.value === wanted, text);
  } catch {
    assert.equal(await field(page).inputValue(), text);
  }
}

/** What a click on “reply” in the talk leads to. @param {Page} page @param {any} message */
const reply = (page, message) =>
  page.evaluate((it) => /** @type {any} */ (document.querySelector('parlor-composer')).startReply(it), message);

test('an emoji is found by a word and put where the caret is', async () => {
  const page = await enter('picker');
  await field(page).fill('good  then');
  await field(page).evaluate((/** @type {HTMLTextAreaElement} */ it) => it.setSelectionRange(5, 5));
  await page.getByRole('button', { name: 'Add an emoji' }).click();
  const picker = page.getByRole('dialog', { name: 'Emoji' });
  await picker.getByRole('searchbox').fill('idea');
  await picker.getByRole('button', { name: 'bulb' }).click();
  await holds(page, 'good 💡 then');
  await picker.waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Add an emoji' }).click();
  await picker.getByRole('region', { name: 'Used lately' }).getByRole('button', { name: 'bulb' }).waitFor();
});

test('the emoji picker can be used by keyboard alone, and Escape leads back to the field', async () => {
  const page = await enter('picker keys');
  await field(page).focus();
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Enter');
  const picker = page.getByRole('dialog', { name: 'Emoji' });
  await picker.getByRole('button', { name: 'grinning' }).waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowRight');
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('aria-label')), 'smiley');
  await page.keyboard.press('Enter');
  await holds(page, '😃');
  assert.equal(await field(page).evaluate((it) => it === document.activeElement), true);
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Enter');
  await picker.waitFor();
  await page.keyboard.press('Escape');
  await picker.waitFor({ state: 'detached' });
  assert.equal(await field(page).evaluate((it) => it === document.activeElement), true);
});

test('a picker that can’t be loaded says so, and can be opened once it can', async () => {
  const page = await enter('no picker');
  const away = (/** @type {import('playwright-core').Route} */ route) => route.abort();
  await page.route('**/parts/emoji.js', away);
  await page.getByRole('button', { name: 'Add an emoji' }).click();
  await page.getByText('The emoji could not be loaded').waitFor();
  await page.unroute('**/parts/emoji.js', away);
  await page.getByRole('button', { name: 'Add an emoji' }).click();
  await page.getByRole('dialog', { name: 'Emoji' }).getByRole('button', { name: 'grinning' }).waitFor();
});

test('hands come in the tone that was chosen', async () => {
  const page = await enter('tones');
  await page.getByRole('button', { name: 'Add an emoji' }).click();
  const picker = page.getByRole('dialog', { name: 'Emoji' });
  await picker.getByRole('radio', { name: 'Medium dark' }).check({ force: true });
  await picker.getByRole('searchbox').fill('thumbsup');
  await picker.getByRole('button', { name: 'thumbsup' }).click();
  await holds(page, '👍\u{1f3fe}');
  await field(page).fill('');
  await field(page).pressSequentially(':wave:');
  await holds(page, '👋\u{1f3fe}');
});

test('a name after a colon completes to an emoji, by list or written out', async () => {
  const page = await enter('colon');
  await field(page).pressSequentially('at 10:30, :rock');
  await page.getByRole('option', { name: ':rocket:' }).waitFor();
  await page.keyboard.press('Tab');
  await holds(page, 'at 10:30, 🚀');
  await field(page).pressSequentially(' :tea:');
  await holds(page, 'at 10:30, 🚀 🍵');
  await page.keyboard.press('Enter');
  await card(page, 'at 10:30, 🚀 🍵').waitFor();
});

test('Escape sends the list of emoji away, and Enter then sends the text as it is', async () => {
  const page = await enter('no emoji');
  await field(page).pressSequentially(':smil');
  await page.getByRole('listbox', { name: 'Suggestions' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('listbox', { name: 'Suggestions' }).waitFor({ state: 'detached' });
  await page.keyboard.press('Enter');
  await card(page, ':smil').waitFor();
});

test('Tab completes the names of people and bots, and goes on to the next', async () => {
  await parlor.bot('names', 'JokeBot', 'http://localhost:1/');
  await parlor.say('names', 'Joel', 'hello');
  await parlor.say('names', 'Jörg Maria', 'hello');
  const page = await enter('names');
  await card(page, 'hello').first().waitFor();
  await field(page).pressSequentially('jor');
  await page.keyboard.press('Tab');
  await holds(page, 'Jörg Maria: ');
  await field(page).fill('ask jo');
  await page.keyboard.press('End');
  const seen = new Set();
  for (let n = 0; n < 3; n += 1) {
    await page.keyboard.press('Tab');
    seen.add(await field(page).inputValue());
  }
  assert.deepEqual(seen, new Set(['ask JokeBot ', 'ask Joel ', 'ask Jörg Maria ']));
  await page.keyboard.press('Shift+Tab');
  assert.equal(seen.has(await field(page).inputValue()), true);
});

test('Tab leaves the field where there is nothing to complete, and after Escape', async () => {
  await parlor.bot('leaving', 'JokeBot', 'http://localhost:1/');
  const page = await enter('leaving');
  await page.locator('.counts', { hasText: '1 bot' }).waitFor();
  await field(page).fill('nobody is called zzz');
  await page.keyboard.press('Tab');
  assert.equal(await field(page).evaluate((it) => it === document.activeElement), false);
  await field(page).fill('jo');
  await page.keyboard.press('Tab');
  await holds(page, 'JokeBot ');
  await field(page).fill('jo');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Tab');
  assert.equal(await field(page).evaluate((it) => it === document.activeElement), false);
  await holds(page, 'jo');
});

test('an @ lists who can be meant', async () => {
  await parlor.bot('at', 'JokeBot', 'http://localhost:1/');
  await parlor.say('at', 'Joel', 'hello');
  const page = await enter('at');
  await card(page, 'hello').waitFor();
  await field(page).pressSequentially('well @jo');
  const list = page.getByRole('listbox', { name: 'Suggestions' });
  await list.getByRole('option', { name: 'Joel' }).waitFor();
  await list.getByRole('option', { name: 'JokeBot' }).waitFor();
  await page.keyboard.press('ArrowDown');
  const chosen = await list.locator('[aria-selected="true"] span').first().textContent();
  assert.equal(await field(page).getAttribute('aria-activedescendant'), await list.locator('[aria-selected="true"]').getAttribute('id'));
  await page.keyboard.press('Enter');
  await holds(page, `well @${chosen} `);
});

test('one is asked for a name once: whoever writes under the suggested one has answered', async () => {
  const page = await (await browser.newContext()).newPage();
  await page.goto(`${parlor.base}/unasked`);
  await page.locator('.link[data-link="live"]').waitFor();
  const name = await page.getByLabel('You write as').inputValue();
  await write(page, 'hello');
  await page.getByLabel('You write as').waitFor({ state: 'detached' });
  await page.reload();
  await card(page, 'hello').waitFor();
  assert.equal((await parlor.messages('unasked'))[0].author, name);
  assert.equal(await page.getByLabel('You write as').count(), 0);
});

test('a reply carries the message that it answers, and is kept until it is sent', async () => {
  await parlor.bot('reply', 'RichBot', bots.at('/rich', () => ({ text: '<style>b{}</style><b>18° &amp; clear</b><br>in New York' })));
  const { id } = await parlor.say('reply', 'Joel', 'richbot?');
  const page = await enter('reply');
  await card(page, 'in New York').waitFor();
  const answer = (await parlor.messages('reply')).at(-1);
  assert.ok(answer.id > id);
  await reply(page, answer);
  const chip = page.locator('.replying', { hasText: 'Reply to RichBot' });
  assert.equal(await chip.locator('q').textContent(), '18° & clear in New York');
  await field(page).fill('thank you');
  await page.reload();
  await chip.waitFor();
  await holds(page, 'thank you');
  await field(page).press('Enter');
  await card(page, 'thank you').waitFor();
  await chip.waitFor({ state: 'detached' });
  await write(page, 'and now to all');
  await card(page, 'and now to all').waitFor();
  const [first, second] = (await parlor.messages('reply')).filter(({ author }) => author === 'Ann');
  assert.equal(first.reply_to, answer.id);
  assert.equal(second.reply_to ?? null, null);
});

test('“Reply” beside a message begins a reply to it', async () => {
  const message = await parlor.say('beside', 'Joel', 'who has the tea?');
  const page = await enter('beside');
  await card(page, 'who has the tea?').hover();
  await talk(page).getByRole('button', { name: 'Reply' }).click();
  await page.locator('.replying', { hasText: 'who has the tea?' }).waitFor();
  await page.waitForFunction(() => document.activeElement?.localName === 'textarea');
  await page.keyboard.type('I have');
  await page.keyboard.press('Enter');
  await card(page, 'I have').waitFor();
  assert.equal((await parlor.messages('beside')).at(-1).reply_to, message.id);
});

test('a reply is given up with Escape or the button', async () => {
  const message = await parlor.say('no reply', 'Joel', 'hello');
  const page = await enter('no reply');
  await card(page, 'hello').waitFor();
  const chip = page.locator('.replying');
  await reply(page, message);
  await chip.waitFor();
  await page.keyboard.press('Escape');
  await chip.waitFor({ state: 'detached' });
  await reply(page, message);
  await chip.getByRole('button', { name: 'Do not reply' }).click();
  await chip.waitFor({ state: 'detached' });
  await write(page, 'on its own');
  await card(page, 'on its own').waitFor();
  assert.equal((await parlor.messages('no reply')).at(-1).reply_to ?? null, null);
});

test('a reply written while the server is away still answers its message', async () => {
  const own = await Parlor.start();
  try {
    const message = await own.say('away', 'Joel', 'hello');
    const page = await openRoom(await browser.newContext(), own, 'away');
    await card(page, 'hello').waitFor();
    await own.down();
    await page.locator('.link:not([data-link="live"])').waitFor();
    await reply(page, message);
    await write(page, 'meanwhile');
    await page.locator('.waiting', { hasText: 'meanwhile' }).waitFor();
    await own.up();
    await card(page, 'meanwhile').waitFor();
    assert.equal((await own.messages('away')).at(-1).reply_to, message.id);
  } finally {
    await own.end();
  }
});

test('each room keeps its own draft, and sending in one tab leaves another tab’s draft alone', async () => {
  const context = await browser.newContext();
  const one = await openRoom(context, parlor, 'tabs');
  await field(one).fill('from the first tab');
  const two = await openRoom(context, parlor, 'tabs');
  await holds(two, 'from the first tab');
  await field(two).fill('from the second tab');
  await field(one).press('Enter');
  await card(one, 'from the first tab').waitFor();
  await holds(await openRoom(context, parlor, 'tabs'), 'from the second tab');
  await two.reload();
  await holds(two, 'from the second tab');
  await field(two).press('Enter');
  await card(two, 'from the second tab').waitFor();
  const other = await openRoom(context, parlor, 'tabs/other');
  await holds(other, '');
});

test('the field grows with its text, up to a limit', async () => {
  const page = await enter('growing');
  const height = () => field(page).evaluate((it) => it.clientHeight);
  const one = await height();
  await field(page).pressSequentially('a');
  await page.keyboard.press('Shift+Enter');
  await field(page).pressSequentially('b');
  await holds(page, 'a\nb');
  assert.ok((await height()) > one);
  await field(page).fill('line\n'.repeat(200));
  assert.ok((await height()) < 0.5 * (page.viewportSize()?.height ?? 0), 'never half the page');
  await page.keyboard.press('Enter');
  await card(page, 'line').waitFor();
  assert.equal(await height(), one);
});

test('the limit is told as it nears, and what is too long is not sent', async () => {
  const page = await enter('limit');
  await field(page).fill('ü'.repeat(8000));
  await page.getByText('Room for 384 more bytes').waitFor();
  await field(page).fill('x'.repeat(16385));
  await page.getByText('1 byte longer than a message may be').waitFor();
  assert.equal(await page.getByRole('button', { name: 'Send' }).getAttribute('aria-disabled'), 'true');
  await field(page).press('Enter');
  assert.equal((await field(page).inputValue()).length, 16385);
  await field(page).fill('x'.repeat(16384));
  await field(page).press('Enter');
  await card(page, 'xxx').waitFor();
  assert.equal((await parlor.messages('limit'))[0].text.length, 16384);
});

test('Enter while a writing aid composes does not send', async () => {
  const page = await enter('ime');
  await field(page).fill('こんにち');
  await field(page).evaluate((it) => {
    it.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', isComposing: true, bubbles: true, cancelable: true }));
    it.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', keyCode: 229, bubbles: true, cancelable: true }));
  });
  await holds(page, 'こんにち');
  assert.equal((await parlor.messages('ime')).length, 0);
  await field(page).press('Enter');
  await card(page, 'こんにち').waitFor();
});

test('an empty text is not sent, and the button says so', async () => {
  const page = await enter('empty');
  const send = page.getByRole('button', { name: 'Send' });
  assert.equal(await send.getAttribute('aria-disabled'), 'true');
  await field(page).fill('  \n ');
  await field(page).press('Enter');
  await field(page).fill('something');
  await page.locator('.send[aria-disabled="false"]').waitFor();
  await send.click();
  await card(page, 'something').waitFor();
  assert.deepEqual((await parlor.messages('empty')).map(({ text }) => text), ['something']);
});

test('what was completed can be undone like what was typed', async () => {
  const page = await enter('undo');
  await field(page).pressSequentially(':rocket:');
  await holds(page, '🚀');
  await page.keyboard.press('Control+z');
  await holds(page, ':rocket:');
});
