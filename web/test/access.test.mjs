// The room for everybody: by keyboard alone, from right to left, enlarged, on a phone, with colours of the system, with
// little motion; and what axe finds while things are open.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { LOOKS, faults } from './axe.mjs';
import { APART, Bots, card, launch, openRoom, Parlor, talk, write } from './harness.mjs';

/** @typedef {import('playwright-core').Page} Page */

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

const DESK = { width: 1280, height: 800 };
const PHONE = { width: 360, height: 740 };

/** @param {string} room @param {import('playwright-core').BrowserContextOptions} [options] @param {string} [name] */
const enter = async (room, options, name) => openRoom(await browser.newContext({ reducedMotion: 'reduce', ...options }), parlor, room, name);

/** What has the focus, as assistive technology would name it. @param {Page} page */
const focused = (page) => page.evaluate(() => {
  const at = document.activeElement;
  return at?.getAttribute('aria-label') || at?.getAttribute('title') || at?.textContent?.trim() || at?.localName || '';
});

/** Goes on with the tab key until this has the focus. @param {Page} page @param {string | RegExp} name @param {string} [key] */
async function tabTo(page, name, key = 'Tab') {
  const passed = [];
  for (let n = 0; n < 60; n += 1) {
    await page.keyboard.press(key);
    const at = await focused(page);
    if (typeof name === 'string' ? at === name : name.test(at)) return;
    passed.push(at);
  }
  assert.fail(`the tab key did not reach ${name}, but ${passed.join(' | ')}`);
}

/** @param {Page} page */
const settings = (page) => page.getByRole('button', { name: 'Your settings' });

for (const { device, viewport, colorScheme } of LOOKS) {
  test(`axe finds no fault in what can be opened at ${device}, ${colorScheme}`, async () => {
    const room = `open ${device} ${colorScheme}`;
    const message = await parlor.say(room, 'Joel', 'hello');
    const page = await enter(room, { viewport, colorScheme });
    await card(page, 'hello').waitFor();
    const field = page.locator('.composer textarea');

    await page.evaluate((it) => /** @type {any} */ (document.querySelector('parlor-composer')).startReply(it), message);
    await page.locator('.replying').waitFor();
    await field.pressSequentially('@jo');
    await page.getByRole('option', { name: 'Joel' }).waitFor();
    assert.deepEqual(await faults(page), [], 'a reply and a list of names');
    await field.fill('x'.repeat(16385));
    await page.locator('parlor-composer > .wrong').waitFor();
    assert.deepEqual(await faults(page), [], 'a text that is too long');
    await field.fill('');
    await page.getByRole('button', { name: 'Add an emoji' }).click();
    await page.getByRole('button', { name: 'grinning' }).waitFor();
    assert.deepEqual(await faults(page), [], 'emoji');
    await page.keyboard.press('Escape');

    await page.getByRole('button', { name: 'Bots and settings' }).click();
    await page.getByRole('tab', { name: 'You', exact: true }).click();
    await page.getByLabel('Read bots’ answers aloud').check();
    assert.deepEqual(await faults(page), [], 'one’s settings');
    await page.getByRole('button', { name: 'Keys', exact: true }).click();
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
    assert.deepEqual(await faults(page), [], 'keys');
    await page.keyboard.press('Escape');
    await page.getByRole('tab', { name: 'Room', exact: true }).click();
    await page.getByText('Bots without an address').click();
    await page.getByLabel('Where your program listens').waitFor();
    assert.deepEqual(await faults(page), [], 'the room’s settings');
    await page.getByRole('button', { name: 'Show the address large' }).click();
    await page.locator('.project .big').waitFor();
    assert.deepEqual(await faults(page), [], 'the address for a projector');
  });
}

test('a room can be used by keyboard alone', async () => {
  await parlor.bot('keyboard', 'FormBot', bots.at('/form', () => ({ text: '<form><button name="go" value="yes">Take me</button></form>' })));
  bots.at('/form', ({ form_data }) => (form_data ? { text: 'Taken.' } : { text: '<form><button name="go" value="yes">Take me</button></form>' }));
  const page = await enter('keyboard', { viewport: DESK });
  const field = page.locator('.composer textarea');
  await page.waitForFunction(() => document.activeElement?.localName === 'textarea');
  await page.keyboard.type('formbot, please');
  await page.keyboard.press('Enter');
  await talk(page).getByRole('button', { name: 'Take me' }).waitFor();

  // Back into the messages, to the bot's form, and out again.
  const frame = page.frames().find((one) => one.url().includes('/frame'));
  assert.ok(frame);
  for (let n = 0; n < 60 && (await frame.evaluate(() => document.activeElement?.textContent?.trim())) !== 'Take me'; n += 1) await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Enter');
  await card(page, 'Taken.').waitFor();
  for (let n = 0; n < 60 && !(await field.evaluate((it) => it === document.activeElement)); n += 1) await page.keyboard.press('Tab');
  assert.equal(await field.evaluate((it) => it === document.activeElement), true, 'out of the messages and into the field');

  // The panel: open, through its tabs, a bot added, closed.
  await tabTo(page, 'Bots and settings', 'Shift+Tab');
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.activeElement?.getAttribute('role') === 'tab');
  await page.keyboard.press('Home');
  await tabTo(page, 'Add a bot');
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.activeElement?.getAttribute('name') === 'name');
  await page.keyboard.type('KeyBot');
  await page.keyboard.press('Enter');
  await page.locator('.bot-row', { hasText: 'KeyBot' }).waitFor();
});

test('links at the beginning lead past the rooms, to the field and to the messages', async () => {
  await parlor.say('skips', 'Joel', 'hello');
  const page = await enter('skips', { viewport: DESK });
  await card(page, 'hello').waitFor();
  // The first thing after the address bar is the first thing before the rooms.
  await page.locator('.brand').focus();
  await page.keyboard.press('Shift+Tab');
  assert.equal(await focused(page), 'Go to the messages');
  await page.keyboard.press('Shift+Tab');
  assert.equal(await focused(page), 'Go to the message field');
  assert.ok(((await page.locator('.skips a').first().boundingBox())?.height ?? 0) >= 24, 'it is seen while it has the focus');
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.activeElement?.localName === 'textarea');
  await page.locator('.brand').focus();
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.activeElement?.localName === 'iframe');
  // It stays there: by the page's own clock, what watches over the focus has looked by then.
  await page.evaluate(() => new Promise((go) => setTimeout(go, 120)));
  assert.equal(await page.evaluate(() => document.activeElement?.localName), 'iframe');
  assert.equal(new URL(page.url()).hash, '');
});

test('the focus comes back to what opened a drawer, a panel or a dialog', async () => {
  for (const viewport of [DESK, PHONE]) {
    const page = await enter('focus', { viewport });
    const opener = page.getByRole('button', { name: 'Bots and settings' });
    await opener.focus();
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.activeElement?.getAttribute('role') === 'tab');
    await tabTo(page, 'Close');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.activeElement?.getAttribute('aria-label') === 'Bots and settings');
    if (viewport === PHONE) {
      await page.getByRole('button', { name: 'Show rooms' }).focus();
      await page.keyboard.press('Enter');
      await page.waitForFunction(() => Boolean(document.activeElement?.closest('parlor-wall')));
      await page.keyboard.press('Escape');
      await page.waitForFunction(() => document.activeElement?.getAttribute('aria-label') === 'Show rooms');
    }
    await page.close();
  }
});

test('on a phone, what a closed drawer holds can’t be reached, and an open one holds the focus', async () => {
  const page = await enter('drawers', { viewport: PHONE });
  for (let n = 0; n < 30; n += 1) {
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(() => Boolean(document.activeElement?.closest('parlor-wall, parlor-panel'))), false, await focused(page));
  }
  await page.getByRole('button', { name: 'Show rooms' }).click();
  await page.waitForFunction(() => Boolean(document.activeElement?.closest('parlor-wall')));
  for (let n = 0; n < 30; n += 1) {
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement === document.body || Boolean(document.activeElement?.closest('parlor-wall'))), true, await focused(page));
  }
});

test('a page from right to left is the mirror of one from left to right', async () => {
  await parlor.say('rtl', 'Joel', 'hello');
  const page = await enter('rtl', { viewport: DESK });
  await page.getByRole('button', { name: 'Bots and settings' }).click();
  await page.getByRole('tab', { name: 'Room', exact: true }).click();
  await page.locator('.options input').first().waitFor();
  /** Where parts stand, from the side on which a line begins. @param {'ltr' | 'rtl'} dir */
  const places = (dir) => page.evaluate((side) => {
    document.documentElement.dir = side;
    return ['parlor-wall', 'parlor-panel', 'header h1', '.composer textarea', '.send', '.composer > .icon-button', '.tabs', '.address .icon-button', '.options input', '.me .avatar'].map((one) => {
      const { left, right } = /** @type {Element} */ (document.querySelector(one)).getBoundingClientRect();
      return [one, Math.round(side === 'ltr' ? left : innerWidth - right)];
    });
  }, dir);
  const [ltr, rtl] = [await places('ltr'), await places('rtl')];
  for (const [at, [name, place]] of ltr.entries()) assert.ok(Math.abs(Number(place) - Number(rtl[at][1])) <= 2, `${name}: ${place} and ${rtl[at][1]}`);
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth), false);
  assert.deepEqual(await faults(page), []);
});

test('a page that is written from right to left draws its messages so, too', async () => {
  await parlor.say('mirror', 'Joel', 'hello');
  const context = await browser.newContext({ viewport: DESK });
  // As a template in Arabic would have it, for the page and not for the frame.
  await context.addInitScript(() => {
    if (self !== top) return;
    new MutationObserver((_, observer) => {
      document.documentElement.dir = 'rtl';
      observer.disconnect();
    }).observe(document, { childList: true });
  });
  const page = await openRoom(context, parlor, 'mirror');
  await card(page, 'hello').waitFor();
  assert.equal(await talk(page).locator('html').evaluate(() => getComputedStyle(document.documentElement).direction), 'rtl');
  const [avatar, author] = await Promise.all(['.avatar', '.author'].map((one) => card(page, 'hello').locator(one).first().boundingBox()));
  assert.ok(avatar && author && avatar.x > author.x, 'faces stand at the right of names');
});

test('text from right to left stands as it should beside text from left to right', async () => {
  const page = await enter('غرفة الشاي', { viewport: DESK }, 'مريم');
  await write(page, 'مرحبا بالجميع، see https://example.org/ok');
  const body = card(page, 'مرحبا').locator('.body');
  await body.waitFor();
  assert.equal(await body.evaluate((it) => getComputedStyle(it).direction), 'rtl');
  await page.locator('.composer textarea').fill('شاي؟');
  assert.equal(await page.locator('.composer textarea').evaluate((it) => getComputedStyle(it).direction), 'rtl');
  await page.locator('.composer textarea').fill('tea?');
  assert.equal(await page.locator('.composer textarea').evaluate((it) => getComputedStyle(it).direction), 'ltr');
  assert.equal(await page.locator('header h1').evaluate((it) => getComputedStyle(it).direction), 'rtl');
});

test('at 200 %, and on the smallest phone, nothing is lost and nothing scrolls in two directions', async () => {
  const room = 'enlarged';
  await parlor.bot(room, 'EchoBot', bots.at('/echo', ({ text }) => ({ text })), 'hello (?P<who>\\w+)');
  for (const viewport of [{ width: 640, height: 400 }, { width: 320, height: 568 }]) {
    const page = await enter(room, { viewport, deviceScaleFactor: 2 });
    await write(page, 'hello everybody in this room');
    await card(page, 'hello everybody').last().waitFor();
    const wide = () => document.documentElement.scrollWidth > innerWidth || document.documentElement.scrollHeight > innerHeight + 1;
    assert.equal(await page.evaluate(wide), false, 'the page');
    assert.equal(await talk(page).locator('html').evaluate(() => document.documentElement.scrollWidth > innerWidth), false, 'the messages');
    for (const name of ['Show rooms', 'Bots and settings', 'Add an emoji', 'Send']) {
      const box = await page.getByRole('button', { name }).boundingBox();
      assert.ok(box && box.x >= 0 && box.y >= 0 && box.x + box.width <= viewport.width && box.y + box.height <= viewport.height, `${name} is seen`);
    }
    const frame = await page.locator('parlor-talk iframe').boundingBox();
    assert.ok(frame && frame.height >= 120, `there is room for messages: ${frame?.height}`);
    await page.getByRole('button', { name: 'Add an emoji' }).click();
    const picker = await page.getByRole('dialog', { name: 'Emoji' }).boundingBox();
    assert.ok(picker && picker.x >= 0 && picker.y >= 0 && picker.x + picker.width <= viewport.width, 'the emoji are on the screen');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Bots and settings' }).click();
    for (const tab of await page.getByRole('tab').all()) {
      await tab.click();
      assert.equal(await page.locator('.panel-in:not([hidden])').evaluate((it) => it.scrollWidth > it.clientWidth), false, String(await tab.textContent()));
    }
    await page.close();
  }
});

test('what one presses is at least 24 pixels large', async () => {
  await parlor.bot('targets', 'EchoBot', bots.at('/echo', ({ text }) => ({ text })));
  const page = await enter('targets', { viewport: DESK });
  await write(page, 'echobot');
  await card(page, 'echobot').nth(1).waitFor();
  const small = () => page.evaluate(() => [...document.querySelectorAll('button, a[href], input, select, summary, [role="tab"], [role="option"]')].flatMap((one) => {
    // A radio button in a label is pressed by its label; a link in a sentence may be as high as its line.
    const target = one.matches('label input') ? one.closest('label') ?? one : one;
    const { width, height } = target.getBoundingClientRect();
    const inline = one.localName === 'a' && Boolean(one.closest('p'));
    const seen = width > 1 && target.checkVisibility();
    return seen && !inline && (width < 24 || height < 24) ? [`${one.outerHTML.slice(0, 80)} ${width}×${height}`] : [];
  }));
  assert.deepEqual(await small(), []);
  await page.getByRole('button', { name: 'Add an emoji' }).click();
  await page.getByRole('button', { name: 'grinning' }).waitFor();
  assert.deepEqual(await small(), [], 'emoji');
  await page.keyboard.press('Escape');
  await settings(page).click();
  for (const tab of await page.getByRole('tab').all()) {
    await tab.click();
    assert.deepEqual(await small(), [], String(await tab.textContent()));
  }
});

test('where the system sets the colours, what is chosen and what has the focus are still told apart', async () => {
  const page = await enter('forced', { viewport: DESK, forcedColors: 'active' });
  await settings(page).click();
  await page.getByRole('tab', { name: 'You', exact: true }).click();
  const outline = (/** @type {string} */ one) => page.locator(one).first().evaluate((it) => {
    const { outlineStyle, outlineWidth } = getComputedStyle(it);
    return outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 2;
  });
  assert.equal(await outline('.segments label:has(:checked)'), true, 'a choice');
  assert.equal(await outline('.segments label:not(:has(:checked))'), false, 'what is not chosen');
  assert.equal(await outline('parlor-wall [aria-current="page"]'), true, 'the room one is in');
  await page.locator('.composer textarea').focus();
  assert.equal(await outline('.composer'), true, 'the field that has the focus');
  await page.keyboard.press('Tab');
  assert.equal(await outline(':focus'), true, 'a button that has the focus');
});

test('with little motion, nothing moves', async () => {
  const page = await enter('still', { viewport: DESK });
  await page.getByRole('button', { name: 'Add an emoji' }).click();
  await page.getByRole('button', { name: 'grinning' }).waitFor();
  const moving = await page.evaluate(() => document.getAnimations().filter((one) => Number(one.effect?.getComputedTiming().duration) > 0 && one.playState === 'running').length);
  assert.equal(moving, 0);
});
