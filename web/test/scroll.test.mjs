// A room with very many messages: opening it, scrolling back, going to a message, coming back to the newest.
import assert from 'node:assert/strict';
import { Agent, request } from 'node:http';
import { after, before, test } from 'node:test';
import { card, frameOf, launch, openRoom, Parlor, talk } from './harness.mjs';

/** So many messages; fewer where one has no time to wait for them. */
// A hundred thousand take minutes to make on CI's machine.
const MANY = Number(process.env.PARLOR_MANY ?? (process.env.CI ? 6_000 : 100_000));
const SENDERS = 400;
/** The longest that a task may take while one scrolls, in ms. */
const SMOOTH = 50;

/** @type {Parlor} */
let parlor;
/** @type {import('playwright-core').Browser} */
let browser;

before(async () => {
  [parlor, browser] = await Promise.all([Parlor.start(), launch()]);
  await Promise.all([fill('many', MANY), fill('few', 100)]);
});
after(async () => {
  await browser?.close();
  await parlor?.end();
});

const agent = new Agent({ keepAlive: true, maxSockets: SENDERS });

/** @param {string} room @param {string} author @param {string} text @returns {Promise<void>} */
const post = (room, author, text) =>
  new Promise((done, failed) => {
    const headers = { 'content-type': 'application/json', prefer: 'respond-async' };
    const sent = request(`${parlor.base}/api/actions/message`, { method: 'POST', agent, headers }, (answer) => {
      answer.resume();
      answer.on('end', () => (answer.statusCode === 202 ? done() : failed(new Error(`it answered ${answer.statusCode}`))));
    });
    sent.on('error', failed);
    sent.end(JSON.stringify({ room, author, text }));
  });

/** @param {string} room @param {number} count */
async function fill(room, count) {
  let next = 0;
  const send = async () => {
    for (let n = next++; n < count - 1; n = next++) await post(room, ['Ann', 'Joel', 'Mei'][n % 3], `number ${n} ${'of a long talk '.repeat(n % 7)}`);
  };
  await Promise.all(Array.from({ length: SENDERS }, send));
  await post(room, 'Ann', 'the very last one');
}

/** @param {string} room */
async function opening(room) {
  const page = await (await browser.newContext()).newPage();
  const begun = performance.now();
  await page.goto(`${parlor.base}/${room}`);
  await card(page, 'the very last one').waitFor();
  const took = performance.now() - begun;
  await page.context().close();
  return took;
}

/** @param {number[]} numbers */
const median = (numbers) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1];

/** @param {import('playwright-core').Frame} frame */
const drawn = (frame) =>
  frame.evaluate(() => {
    const cards = [...document.querySelectorAll('.message-card')];
    return { count: cards.length, first: Number(cards[0]?.getAttribute('data-id')), last: Number(cards.at(-1)?.getAttribute('data-id')) };
  });

/** Waits until no place on the screen is empty: what is there is a card, or the gap between two. @param {import('playwright-core').Frame} frame */
const covered = (frame) =>
  frame.waitForFunction(() =>
    [0.1, 0.5, 0.9].every((part) => {
      const there = document.elementFromPoint(innerWidth / 2, innerHeight * part)?.closest('.row, .chunk, .talk');
      return there?.matches('.row, .chunk:has(> .row), .talk');
    }),
  );

/**
 * How long the tasks of the pages' main threads kept the processor, in ms, longest first. The clock of the thread, not that
 * on the wall: what else the machine does is none of the page's doing.
 * @param {Buffer} trace
 */
function tasks(trace) {
  /** @type {{ traceEvents: { name: string, ph: string, pid: number, tid: number, tdur?: number, args: any }[] }} */
  const { traceEvents } = JSON.parse(trace.toString());
  const main = new Set(traceEvents.filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain').map(({ pid, tid }) => `${pid} ${tid}`));
  return traceEvents
    .filter(({ name, pid, tid }) => /RunTask$/u.test(name) && main.has(`${pid} ${tid}`))
    .map(({ tdur }) => (tdur ?? 0) / 1000)
    .sort((a, b) => b - a);
}

test('a room with very many messages opens as fast as one with a hundred', async () => {
  await opening('few');
  /** @type {number[]} */
  const few = [];
  /** @type {number[]} */
  const many = [];
  for (let round = 0; round < 3; round += 1) {
    few.push(await opening('few'));
    many.push(await opening('many'));
  }
  assert.ok(median(many) < 2 * median(few) + 500, `${many} ms with many, ${few} ms with few`);
});

test('scrolling back and forth stays smooth, and the document small', async () => {
  const page = await openRoom(await browser.newContext(), parlor, 'many');
  const frame = await frameOf(page);
  await card(page, 'the very last one').waitFor();
  await talk(page).locator('#talk').hover();
  const newest = (await drawn(frame)).last;
  let most = 0;
  const scroll = async (/** @type {number} */ by, /** @type {number} */ times) => {
    for (let turn = 0; turn < times; turn += 1) {
      for (let wheel = 0; wheel < 5; wheel += 1) await page.mouse.wheel(0, by);
      await covered(frame);
      most = Math.max(most, (await drawn(frame)).count);
    }
  };
  await browser.startTracing(page, { categories: ['toplevel', '__metadata'] });
  await scroll(-700, 45);
  const back = (await drawn(frame)).first;
  await scroll(900, 12);
  let [longest, ...others] = tasks(await browser.stopTracing());
  assert.ok(newest - back > 2000, `it went back by ${newest - back} only`);
  assert.ok(most > 200 && most <= 2000, `${most} cards at most`);
  assert.ok(others.length > 500, 'the trace holds the tasks');
  // A machine that is short of memory counts its own work as the page's; that passes, and what the page does itself does not.
  for (let again = 0; again < 2 && longest >= SMOOTH; again += 1) {
    await browser.startTracing(page, { categories: ['toplevel', '__metadata'] });
    await scroll(-700, 12);
    await scroll(900, 12);
    [longest, ...others] = tasks(await browser.stopTracing());
  }
  assert.ok(longest < SMOOTH, `the longest tasks took ${[longest, ...others.slice(0, 4)].map((ms) => ms.toFixed(1))} ms`);
  await page.context().close();
});

test('what is read stays where it is while older messages come', async () => {
  const page = await openRoom(await browser.newContext(), parlor, 'many');
  const frame = await frameOf(page);
  await card(page, 'the very last one').waitFor();
  const { first } = await drawn(frame);
  for (let turn = 0; turn < 60; turn += 1) {
    const read = await frame.evaluate(() => {
      scrollBy(0, -400);
      // The first that ends below the middle: in the middle itself there may be the gap between two.
      const read = [...document.querySelectorAll('.message-card')].find((it) => it.getBoundingClientRect().bottom > innerHeight / 2);
      return { id: read?.id ?? '', top: read?.getBoundingClientRect().top ?? NaN };
    });
    // What came near is drawn by then, and what came from the server.
    await covered(frame);
    const now = await frame.evaluate((id) => document.getElementById(id)?.getBoundingClientRect().top ?? NaN, read.id);
    assert.ok(Math.abs(now - read.top) < 2, `what is read moved from ${read.top} to ${now}`);
  }
  assert.ok(first - (await drawn(frame)).first > 300, 'older ones have come');
  await page.context().close();
});

test('one goes to a message however old it is, reads on from there, and comes back to the newest', async () => {
  const [{ id: oldest, text }] = await parlor.call(`/api/messages?${new URLSearchParams({ room: 'many', before: '400', limit: '1' })}`);
  const page = await openRoom(await browser.newContext(), parlor, 'many');
  const frame = await frameOf(page);
  await card(page, 'the very last one').waitFor();
  await page.evaluate((id) => Reflect.get(document.querySelector('parlor-talk') ?? {}, 'goTo').call(document.querySelector('parlor-talk'), id), oldest);
  const pointed = talk(page).locator(`#message-${oldest}.pointed`);
  await pointed.waitFor();
  assert.ok((await pointed.textContent())?.includes(text.trim()));
  assert.ok(await pointed.evaluate((it) => it.getBoundingClientRect().top > 0 && it.getBoundingClientRect().bottom < innerHeight));
  await post('many', 'Joel', 'meanwhile');
  await talk(page).getByRole('button', { name: '1 new message' }).waitFor();
  const { last } = await drawn(frame);
  await talk(page).locator('#talk').hover();
  for (let until = last + 200; (await drawn(frame)).last < until; await covered(frame)) await page.mouse.wheel(0, 900);
  assert.equal(await card(page, 'meanwhile').count(), 0, 'what is far away is not there');
  await talk(page).getByRole('button', { name: '1 new message' }).click();
  await card(page, 'meanwhile').waitFor();
  await post('many', 'Joel', 'and on it goes');
  await card(page, 'and on it goes').waitFor();
  await page.context().close();
});
