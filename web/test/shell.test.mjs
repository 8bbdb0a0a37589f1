// The page around the talk: other rooms and what is unread in them, the browser's tab, notices, links to messages, the
// connection, a room that is closed to one, the lobby.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { card, launch, openRoom, Parlor, talk, write } from './harness.mjs';

/** @typedef {import('playwright-core').Page} Page */

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

/** @param {string} room @param {string} [name] */
const enter = async (room, name) => openRoom(await browser.newContext(), parlor, room, name);

/** A context in which these rooms were visited. @param {{ room: string, read?: number, at?: number }[]} rooms */
async function visitor(rooms) {
  const context = await browser.newContext();
  const visits = rooms.map(({ room, read = 0, at = Date.now() }) => ({ room, read, at }));
  await context.addInitScript((kept) => {
    if (self === top && !localStorage.getItem('parlor.rooms')) localStorage.setItem('parlor.rooms', kept);
  }, JSON.stringify(visits));
  return context;
}

/** As if another window hid the page, or no longer did. @param {Page} page @param {boolean} hidden */
const hide = (page, hidden) => page.evaluate((away) => {
  Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => (away ? 'hidden' : 'visible') });
  document.dispatchEvent(new Event('visibilitychange'));
}, hidden);

/** @param {Page} page @param {string} title */
const titled = (page, title) => page.waitForFunction((wanted) => document.title === wanted, title);

/** A room's row on the wall. @param {Page} page @param {string} room */
const row = (page, room) => page.locator('parlor-wall li', { has: page.getByText(room, { exact: true }) });

test('rooms that one visited show how much is unread in them, live, and mark where one’s name was said', async () => {
  await parlor.say('cats', 'Mei', 'I saw a cat');
  const context = await visitor([{ room: 'cats' }, { room: 'dogs' }]);
  const page = await openRoom(context, parlor, 'first', 'Ann');
  const cats = row(page, 'cats').locator('.badge');
  await cats.getByText('1', { exact: true }).waitFor();
  assert.equal(await cats.getAttribute('data-mention'), null);
  assert.equal(await row(page, 'dogs').locator('.badge').count(), 0);
  await parlor.say('cats', 'Mei', 'did you see it, ann?');
  await cats.getByText('@ 2').waitFor();
  assert.match(await page.getByRole('link', { name: 'cats' }).textContent() ?? '', /2 unread, 1 with your name/u);
  await parlor.say('dogs', 'Mei', 'Anna and Joann are no names of hers');
  await row(page, 'dogs').locator('.badge').getByText('1', { exact: true }).waitFor();
  assert.equal(await row(page, 'dogs').locator('.badge').getAttribute('data-mention'), null);
});

test('what one said oneself, in another window, is not unread', async () => {
  const context = await visitor([{ room: 'mine' }]);
  const page = await openRoom(context, parlor, 'elsewhere', 'Ann');
  await parlor.say('mine', 'Ann', 'from my other computer');
  await parlor.say('mine', 'Joel', 'an answer');
  await row(page, 'mine').locator('.badge').getByText('1', { exact: true }).waitFor();
});

test('a room that is read in one tab is read in all', async () => {
  await parlor.say('read', 'Joel', 'one');
  const context = await visitor([{ room: 'read' }]);
  const page = await openRoom(context, parlor, 'other tab');
  await row(page, 'read').locator('.badge').waitFor();
  await openRoom(context, parlor, 'read');
  await row(page, 'read').locator('.badge').waitFor({ state: 'detached' });
});

test('a page that nobody looks at opens no other rooms when another tab reads them', async () => {
  const context = await visitor([{ room: 'followed' }]);
  const page = await openRoom(context, parlor, 'unseen');
  await row(page, 'followed').waitFor();
  await page.evaluate(() => {
    // As after minutes behind another window.
    dispatchEvent(new Event('pagehide'));
    const opened = /** @type {string[]} */ ([]);
    const { WebSocket } = window;
    Object.assign(window, { opened, WebSocket: function (/** @type {string} */ url) { opened.push(url); return new WebSocket(url); } });
    addEventListener('storage', ({ key }) => key === 'parlor.rooms' && setTimeout(() => Object.assign(window, { told: true })));
  });
  await openRoom(context, parlor, 'another');
  await page.waitForFunction(() => Reflect.get(window, 'told'));
  assert.deepEqual(await page.evaluate(() => Reflect.get(window, 'opened')), []);
  await hide(page, false);
  await page.waitForFunction(() => Reflect.get(window, 'opened').length > 1);
});

test('going to another room and back keeps what one was writing', async () => {
  const context = await visitor([{ room: 'there' }]);
  const page = await openRoom(context, parlor, 'here');
  await page.locator('.composer textarea').fill('half a thought');
  await page.getByRole('link', { name: 'there' }).click();
  await page.locator('h1', { hasText: 'there' }).waitFor();
  await page.locator('.link[data-link="live"]').waitFor();
  assert.equal(await page.locator('.composer textarea').inputValue(), '');
  await page.goBack();
  await page.locator('h1', { hasText: 'here' }).waitFor();
  await page.waitForFunction(() => document.querySelector('textarea')?.value === 'half a thought');
  await page.locator('.link[data-link="live"]').waitFor();
});

test('another room can be joined from the wall, and a name that can’t be one is explained as it is typed', async () => {
  const page = await enter('wall');
  await page.getByRole('button', { name: 'Another room' }).click();
  const field = page.getByLabel('Another room');
  await field.fill('api/secret');
  await page.getByText('“api” at the beginning belongs to the server').waitFor();
  await field.fill('küche/');
  await page.getByText('Any name makes a room').waitFor();
  await field.fill('küche/tee');
  await field.press('Enter');
  await page.locator('h1', { hasText: 'küche/tee' }).waitFor();
  assert.equal(decodeURI(new URL(page.url()).pathname), '/küche/tee');
});

test('rooms can be moved, taken off the list, and put back', async () => {
  const context = await visitor([{ room: 'one' }, { room: 'two' }]);
  const page = await openRoom(context, parlor, 'three');
  const names = () => page.locator('parlor-wall li .name').allTextContents();
  await page.getByRole('button', { name: 'Arrange the rooms' }).click();
  await page.getByRole('button', { name: 'Move three up' }).press('Enter');
  assert.deepEqual(await names(), ['one', 'three', 'two']);
  await page.keyboard.press('Enter');
  assert.deepEqual(await names(), ['three', 'one', 'two'], 'the focus goes along');
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('aria-label')), 'Move three down', 'and at the end to the other arrow');
  await page.reload();
  await page.locator('.link[data-link="live"]').waitFor();
  assert.deepEqual(await names(), ['three', 'one', 'two']);
  await page.getByRole('button', { name: 'Take one off this list' }).press('Enter');
  await row(page, 'one').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Undo' }).click();
  await row(page, 'one').waitFor();
  assert.deepEqual(await names(), ['three', 'one', 'two']);
  await row(page, 'two').dragTo(row(page, 'three'));
  assert.deepEqual(await names(), ['two', 'three', 'one']);
});

test('the title and the mark count what is unread while one looks elsewhere, and stop when one looks', async () => {
  const page = await enter('counted', 'Ann');
  const mark = () => page.locator('link[rel="icon"]').evaluate((link) => (/** @type {HTMLLinkElement} */ (link).href.replace(location.origin, '')));
  await titled(page, 'counted · Parlor');
  assert.equal(await mark(), '/web/mark.svg');
  await hide(page, true);
  await parlor.say('counted', 'Joel', 'one');
  await parlor.say('counted', 'Ann', 'mine');
  await parlor.say('counted', 'Joel', 'two');
  await titled(page, '(2) counted · Parlor');
  assert.match(decodeURIComponent(await mark()), /^data:image\/svg\+xml,.*>2</su);
  await hide(page, false);
  await titled(page, 'counted · Parlor');
  assert.equal(await mark(), '/web/mark.svg');
});

test('what is read in one tab of a room counts no more in the others', async () => {
  const context = await browser.newContext();
  const hidden = await openRoom(context, parlor, 'both');
  await hide(hidden, true);
  await parlor.say('both', 'Joel', 'one');
  await titled(hidden, '(1) both · Parlor');
  await openRoom(context, parlor, 'both');
  await titled(hidden, 'both · Parlor');
});

/** A context whose notices are written down instead of shown. @param {'granted' | 'default'} permission */
async function noticing(permission) {
  const context = await browser.newContext();
  await context.addInitScript((given) => {
    if (self !== top) return;
    const shown = /** @type {any[]} */ ([]);
    class Stub extends EventTarget {
      static permission = given;
      static asked = 0;
      static async requestPermission() {
        Stub.asked += 1;
        return (Stub.permission = 'granted');
      }
      /** @param {string} title @param {object} options */
      constructor(title, options) {
        super();
        shown.push(Object.assign(this, { title, ...options }));
      }
      close() {}
    }
    Object.assign(window, { Notification: Stub, shown });
    if (given === 'granted') localStorage.setItem('parlor.notices', 'true');
  }, permission);
  return context;
}

/** @param {Page} page */
const shown = (page) => page.evaluate(() => Reflect.get(window, 'shown').map((/** @type {any} */ { title, body, tag }) => ({ title, body, tag })));

test('a notice tells when one’s name is said while one looks elsewhere, and leads to the message', async () => {
  const page = await openRoom(await noticing('granted'), parlor, 'notices', 'Ann');
  await parlor.say('notices', 'Joel', 'Ann, I see that you look');
  await card(page, 'I see that you look').waitFor();
  assert.deepEqual(await shown(page), []);
  await hide(page, true);
  await parlor.say('notices', 'Joel', 'and Joann is not meant');
  const { id } = await parlor.say('notices', 'Joel', 'where are you, ANN?');
  await page.waitForFunction(() => Reflect.get(window, 'shown').length > 0);
  assert.deepEqual(await shown(page), [{ title: 'Joel in notices', body: 'where are you, ANN?', tag: 'parlor:notices' }]);
  await hide(page, false);
  await page.evaluate(() => Reflect.get(window, 'shown')[0].dispatchEvent(new Event('click')));
  await page.waitForFunction((hash) => location.hash === hash, `#m${id}`);
});

test('leave for notices is asked only after a click: at the first time one’s name is said, or in the settings', async () => {
  const page = await openRoom(await noticing('default'), parlor, 'leave', 'Ann');
  const asked = () => page.evaluate(() => Reflect.get(Notification, 'asked'));
  await parlor.say('leave', 'Joel', 'hello Ann');
  const offer = page.locator('.toast', { hasText: 'Somebody said your name' });
  await offer.waitFor();
  assert.equal(await asked(), 0);
  await offer.getByRole('button', { name: 'Tell me' }).click();
  await page.waitForFunction(() => Reflect.get(Notification, 'asked') === 1);
  await page.getByRole('button', { name: 'Your settings' }).click();
  const box = page.getByLabel('Tell me when somebody says my name');
  assert.equal(await box.isChecked(), true);
  await box.uncheck();
  await hide(page, true);
  await parlor.say('leave', 'Joel', 'Ann?');
  await titled(page, '(1) leave · Parlor');
  assert.deepEqual(await shown(page), []);
});

test('a note hides nothing of what stands below the talk', async () => {
  await parlor.bot('noted', 'Counter', 'builtin:counter');
  const page = await openRoom(await noticing('default'), parlor, 'noted', 'Ann');
  await parlor.say('noted', 'Joel', 'Counter, count with Ann');
  const note = page.locator('.toast', { hasText: 'Somebody said your name' });
  await note.waitFor();
  const leave = page.getByRole('button', { name: 'Leave conversation with Counter' });
  await leave.waitFor();
  await page.waitForFunction(() => {
    const foot = document.querySelector('main footer')?.getBoundingClientRect();
    const low = document.querySelector('.toast')?.getBoundingClientRect();
    return foot && low && low.bottom <= foot.top;
  });
  await leave.click();
  await leave.waitFor({ state: 'detached' });
});

test('a link to a message opens the room there, however old the message is', async () => {
  for (let n = 1; n <= 160; n += 1) await parlor.say('linked', 'Joel', `number ${n}.`);
  const [first] = await parlor.messages('linked');
  const page = await (await browser.newContext()).newPage();
  await page.goto(`${parlor.base}/linked#m${first.id}`);
  const old = talk(page).locator(`#message-${first.id}`);
  await old.waitFor();
  await page.waitForFunction(() => document.querySelector('.link[data-link="live"]'));
  const frame = page.frames().find((one) => one.url().includes('/frame'));
  await frame?.waitForFunction((id) => {
    const place = document.getElementById(`message-${id}`)?.getBoundingClientRect();
    return place && place.top >= 0 && place.bottom <= innerHeight;
  }, first.id);
  // In the open page another link does the same.
  const { id } = (await parlor.messages('linked'))[80];
  await page.evaluate((hash) => (location.hash = hash), `#m${id}`);
  await frame?.waitForFunction((wanted) => {
    const place = document.getElementById(`message-${wanted}`)?.getBoundingClientRect();
    return place && place.top >= 0 && place.bottom <= innerHeight;
  }, id);
});

test('a link to a message that is gone says so', async () => {
  await parlor.say('gone', 'Joel', 'something');
  const page = await (await browser.newContext()).newPage();
  await page.goto(`${parlor.base}/gone#m999999`);
  await page.locator('.toast', { hasText: 'is gone' }).waitFor();
});

test('what two tabs wrote while the server was away is sent once, and the page says that it is back', async () => {
  const own = await Parlor.start();
  try {
    const context = await browser.newContext();
    const [one, two] = [await openRoom(context, own, 'away'), await openRoom(context, own, 'away')];
    for (const page of [one, two]) await talk(page).locator('#talk[role="log"]').waitFor();
    await own.down();
    for (const page of [one, two]) await page.locator('.link[data-link="offline"]').waitFor();
    await one.locator('.strip.offline', { hasText: 'What you write is kept' }).waitFor();
    await write(one, 'from the first');
    await write(two, 'from the second');
    await one.locator('.waiting', { hasText: 'from the first' }).waitFor();
    // It says so for a few seconds only.
    const back = one.locator('.link', { hasText: 'Back again' }).waitFor();
    await own.up();
    for (const page of [one, two]) await page.getByRole('button', { name: 'Try now' }).click({ timeout: 1000 }).catch(() => {});
    await back;
    for (const page of [one, two]) {
      await card(page, 'from the first').waitFor();
      await card(page, 'from the second').waitFor();
      await page.locator('.waiting').waitFor({ state: 'detached' });
    }
    await one.locator('.link').getByText('Live', { exact: true }).waitFor();
    const texts = (await own.messages('away')).map(({ text }) => text).toSorted();
    assert.deepEqual(texts, ['from the first', 'from the second']);
  } finally {
    await own.end();
  }
});

test('a page whose talk did not load, since the server went away just then, shows it when the server is back', async () => {
  const context = await browser.newContext();
  await parlor.say('half', 'Joel', 'said before');
  let broken = true;
  await context.route(/\/web\/js\/frame\/main\.js/u, (route) => (broken ? route.abort() : route.continue()));
  const page = await openRoom(context, parlor, 'half');
  await page.waitForFunction(() => Reflect.get(document.querySelector('parlor-room') ?? {}, 'store')?.settled);
  broken = false;
  await context.setOffline(true);
  await page.locator('.link:not([data-link="live"])').waitFor();
  await context.setOffline(false);
  await card(page, 'said before').waitFor();
});

test('after a long absence the page begins again with the newest, and does not replay everything', async () => {
  const own = await Parlor.start();
  try {
    const page = await openRoom(await browser.newContext(), own, 'behind');
    await own.say('behind', 'Joel', 'before it went away');
    await card(page, 'before it went away').waitFor();
    let frames = 0;
    page.on('websocket', (socket) => socket.url().includes('behind') && socket.on('framereceived', ({ payload }) => (frames += Number(String(payload).includes('"kind":"message"')))));
    // The page is cut off, the server goes on.
    await page.context().setOffline(true);
    await page.locator('.link[data-link="offline"]').waitFor();
    for (let n = 1; n <= 120; n += 1) await own.say('behind', 'Joel', `meanwhile ${n}.`);
    await page.context().setOffline(false);
    await page.locator('.link[data-link="live"]').waitFor();
    await card(page, 'meanwhile 120.').waitFor();
    assert.ok(frames <= 50, `${frames} messages were replayed`);
    assert.equal(await card(page, 'before it went away').count(), 0);
    // Scrolling back fills what was left out.
    const frame = page.frames().find((one) => one.url().includes('/frame'));
    const seen = await frame?.waitForFunction(() => {
      // Only what is near the screen is drawn: who goes up step by step sees all.
      const passed = (Reflect.get(window, 'passed') ?? new Set());
      Reflect.set(window, 'passed', passed);
      const texts = [...document.querySelectorAll('.message-card .body')].map((it) => it.textContent?.trim() ?? '');
      for (const text of texts) passed.add(text);
      scrollBy(0, -innerHeight / 2);
      return texts.includes('before it went away') && [...passed];
    });
    const texts = /** @type {string[]} */ (await seen?.jsonValue());
    assert.equal(texts.filter((text) => text.startsWith('meanwhile')).length, 120);
  } finally {
    await own.end();
  }
});

test('a room that is closed to one says so, with the server’s reason', async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.route(/\/api\/messages\?.*closed/u, (route) => route.fulfill({ status: 403, json: { message: 'this room is for its members' } }));
  // A websocket that the server refuses, which it does to nobody yet.
  await page.addInitScript(() => {
    const Real = WebSocket;
    Reflect.set(window, 'WebSocket', class extends EventTarget {
      static OPEN = Real.OPEN;
      readyState = Real.CONNECTING;
      constructor() {
        super();
        setTimeout(() => this.dispatchEvent(new Event('close')));
      }
      close() {}
    });
  });
  await page.goto(`${parlor.base}/closed`);
  const closed = page.getByRole('alert');
  await closed.getByText('This room is not open to you').waitFor();
  await closed.getByText('this room is for its members').waitFor();
  await page.locator('.link[data-link="refused"]').waitFor();
  assert.equal(await page.locator('.composer').isVisible(), false);
  await closed.getByRole('link', { name: 'To the lobby' }).click();
  await page.getByLabel('Go to a room').waitFor();
});

test('in lecture mode no name of a room is on the screen', async () => {
  const context = await visitor([{ room: 'secret-one' }, { room: 'secret-two' }]);
  const page = await openRoom(context, parlor, 'secret-one', 'Ann');
  await page.goto(`${parlor.base}/secret-one?lecture`);
  await page.locator('.link[data-link="live"]').waitFor();
  assert.doesNotMatch(await page.locator('body').innerText(), /secret/u);
  assert.doesNotMatch(await page.title(), /secret/u);
  await page.getByText('Lecture mode hides the names of rooms').waitFor();
});

test('nothing in the head overlaps at 360 px, with a long name and much to say', async () => {
  const context = await browser.newContext({ viewport: { width: 360, height: 740 } });
  const page = await openRoom(context, parlor, `a room with a name of ${'many '.repeat(32)}words`);
  await page.locator('.counts').first().waitFor();
  const overlaps = await page.locator('parlor-head').evaluate((head) => {
    const boxes = [...head.querySelectorAll('button, h1, .link')].map((it) => it.getBoundingClientRect()).filter(({ width }) => width > 0);
    const meets = (/** @type {DOMRect} */ a, /** @type {DOMRect} */ b) => a.left < b.right - 0.5 && b.left < a.right - 0.5 && a.top < b.bottom - 3 && b.top < a.bottom - 3;
    return boxes.flatMap((a, at) => boxes.slice(at + 1).filter((b) => meets(a, b))).length + boxes.filter(({ left, right }) => left < 0 || right > innerWidth).length;
  });
  assert.equal(overlaps, 0);
});

test('on a phone the rooms are in a drawer, whose button tells that something is unread', async () => {
  const context = await visitor([{ room: 'pocket' }]);
  const page = await openRoom(context, parlor, 'phone', 'Ann');
  await page.setViewportSize({ width: 360, height: 740 });
  await parlor.say('pocket', 'Joel', 'hello');
  const menu = page.getByRole('button', { name: 'Show rooms, 1 unread' });
  await menu.click();
  await row(page, 'pocket').waitFor();
  await page.waitForFunction(() => document.querySelector('parlor-wall')?.getBoundingClientRect().left === 0);
  await page.keyboard.press('Escape');
  await page.locator('parlor-wall').waitFor({ state: 'hidden' });
});

test('the lobby shows the rooms that one visited with what is new, and how to begin where there are none', async () => {
  await parlor.say('lobby cats', 'Mei', 'cats for ann');
  const context = await visitor([{ room: 'lobby cats', at: Date.now() - 3 * 86_400_000 }]);
  await context.addInitScript(() => self === top && localStorage.setItem('parlor.name', 'Ann'));
  const page = await context.newPage();
  await page.goto(`${parlor.base}/`);
  const cats = page.locator('.rooms li', { hasText: 'lobby cats' });
  await cats.getByText('@ 1 new, with your name').waitFor();
  await cats.getByText('3 days ago').waitFor();
  assert.deepEqual(await page.locator('.more a').evaluateAll((links) => links.map((it) => it.getAttribute('href'))), ['/guide/', '/docs/']);
  await page.getByLabel('Go to a room').fill('~mine');
  await page.getByText('“~mine” at the beginning belongs to the server').waitFor();
  await page.getByRole('button', { name: 'Take lobby cats off this list' }).click();
  await cats.waitFor({ state: 'detached' });
  await page.getByText('A room to begin with').waitFor();
  await page.getByRole('link', { name: 'welcome' }).click();
  await page.locator('.link[data-link="live"]').waitFor();
});
