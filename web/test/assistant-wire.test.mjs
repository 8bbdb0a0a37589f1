// The assistant without Parlor: what goes over the wire, and what becomes of it on the page.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faults } from './axe.mjs';
import { begin, FIELD, GREETING, LANG, RUST, bot, choice, dialog, field, last, link, said, stage, visit, wrote } from './assistant-kit.mjs';

begin();

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
