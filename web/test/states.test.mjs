// The states around the talk for everybody: what axe finds in them, at a desk and on a phone, in both themes.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { LOOKS, faults } from './axe.mjs';
import { launch, openRoom, Parlor } from './harness.mjs';

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

const VISITS = JSON.stringify([{ room: 'visited', at: 1, read: 0 }, { room: 'غرفة القطط', at: 1, read: 0 }]);

for (const { device, viewport, colorScheme } of LOOKS) {
  test(`axe finds no fault in the states around the talk at ${device}, ${colorScheme}`, async () => {
    const own = await Parlor.start();
    try {
      const context = await browser.newContext({ viewport, colorScheme, reducedMotion: 'reduce' });
      await context.addInitScript((visits) => self === top && localStorage.setItem('parlor.rooms', visits), VISITS);
      await own.say('visited', 'Joel', 'Ann, look');
      await own.say('states', 'Joel', 'something to be found');
      const page = await openRoom(context, own, 'states', 'Ann');
      await page.locator('.badge').waitFor({ state: 'attached' });

      if (device === 'a phone') await page.getByRole('button', { name: 'Show rooms' }).click();
      await page.getByRole('button', { name: 'Arrange the rooms' }).click();
      await page.getByRole('button', { name: 'Another room' }).click();
      await page.getByLabel('Another room').fill('a//b');
      await page.getByText('Between slashes there must be').waitFor();
      assert.deepEqual(await faults(page), [], 'the wall, being arranged, with a name that can’t be one');
      await page.keyboard.press('Escape');
      await page.keyboard.press('Escape');

      await page.keyboard.press('Control+k');
      await page.locator('.search input').fill('found');
      await page.locator('.search mark').waitFor();
      assert.deepEqual(await faults(page), [], 'the search');
      await page.keyboard.press('Escape');

      await page.locator('.counts').first().click();
      await page.locator('.people li').first().waitFor();
      assert.deepEqual(await faults(page), [], 'who is here');
      if (device === 'a phone') await page.keyboard.press('Escape');

      await own.down();
      await page.locator('.strip.offline').waitFor();
      assert.deepEqual(await faults(page), [], 'offline');
    } finally {
      await own.end();
    }
  });

  test(`axe finds no fault in the lobby with rooms and with a bad name, and in a closed room, at ${device}, ${colorScheme}`, async () => {
    const context = await browser.newContext({ viewport, colorScheme, reducedMotion: 'reduce' });
    const first = await context.newPage();
    await first.goto(`${parlor.base}/`);
    await first.getByLabel('Go to a room').fill('api');
    await first.getByText('belongs to the server').waitFor();
    assert.deepEqual(await faults(first), [], 'the first visit');
    await parlor.say('visited', 'Joel', 'new here');
    await first.evaluate((visits) => localStorage.setItem('parlor.rooms', visits), VISITS);
    await first.reload();
    await first.locator('.badge').waitFor();
    assert.deepEqual(await faults(first), [], 'with rooms');

    await first.route(/\/api\/messages\?/u, (route) => route.fulfill({ status: 403, json: { message: 'this room is for its members' } }));
    await first.addInitScript(() => {
      // A websocket that the server refuses, which it does to nobody yet.
      Reflect.set(window, 'WebSocket', class extends EventTarget {
        constructor() {
          super();
          setTimeout(() => this.dispatchEvent(new Event('close')));
        }
        close() {}
      });
    });
    await first.goto(`${parlor.base}/closed`);
    await first.getByText('This room is not open to you').waitFor();
    assert.deepEqual(await faults(first), [], 'a closed room');
  });
}
