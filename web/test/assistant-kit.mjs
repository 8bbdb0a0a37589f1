// What the tests of the assistant without Parlor share: its stage, a browser, and what is looked for on a page.
import { after, before, beforeEach } from 'node:test';
import { launch } from './harness.mjs';
import { Stage } from './assistant-stage.mjs';

/** @typedef {import('playwright-core').Page} Page */

/** @type {Stage} */
export let stage;
/** @type {import('playwright-core').Browser} */
export let browser;

/** Starts both before a file's tests, and ends them after. */
export function begin() {
  before(async () => {
    [stage, browser] = await Promise.all([Stage.start(), launch()]);
  });
  after(async () => {
    await browser?.close();
    await stage?.end();
  });
  beforeEach(() => stage.clear());
}

export const GREETING = { kind: 'BotText', content: 'Hi, I’m Bot!' };
export const LANG = { kind: 'ChoiceRequest', groupId: 'lang', question: 'Which language?', choices: [{ itemId: 'rust', content: 'Rust' }, { itemId: 2, content: 'Go' }, { itemId: 'other', content: 'Other' }] };
export const FIELD = { kind: 'StartChatSession', sessionId: 'pref', chatPrompt: 'Your language', chatText: 'Tell me' };
export const RUST = { kind: 'ChoiceResponse', groupId: 'lang', itemId: 'rust', content: 'Rust' };
/** @param {string} content */
export const bot = (content) => ({ kind: 'BotText', content });
/** @param {string} content */
export const wrote = (content) => ({ kind: 'UserText', sessionId: 'pref', content });

/** One scene of the gallery, as it is on a page. @param {string} name @param {Record<string, string>} [attributes] @param {import('playwright-core').BrowserContextOptions} [options] */
export async function scene(name, attributes = {}, options = {}) {
  const page = await (await browser.newContext({ reducedMotion: 'reduce', ...options })).newPage();
  await page.goto(`${stage.base}/test/assistant-gallery.html?${new URLSearchParams({ one: name, ...attributes })}`);
  return page;
}

/** @param {Page} page @param {any[]} messages @param {object} [how] */
export const show = (page, messages, how) => page.evaluate(([what, state]) => Reflect.get(document.querySelector('parlor-assistant') ?? {}, 'show').call(document.querySelector('parlor-assistant'), what, state), /** @type {const} */ ([messages, how]));

/**
 * A page of another origin that holds the assistant.
 * @param {{ html?: string, policy?: string, options?: import('playwright-core').BrowserContextOptions, open?: boolean }} [how]
 */
export async function visit({ html = `<script src="${stage.base}/assistant.js" data-flow="welcome" data-lang="en" async></script>`, policy = '', options = {}, open = true } = {}) {
  stage.pages.set('/', { html, policy });
  const page = await (await browser.newContext({ reducedMotion: 'reduce', ...options })).newPage();
  await page.goto(`${stage.site}/`);
  await page.locator('parlor-assistant').first().waitFor({ state: 'attached' });
  if (open) await page.locator('.launcher').click();
  return page;
}

/** @param {Page} page */
export const dialog = (page) => page.locator('parlor-assistant .panel');
/** @param {Page} page @param {string} text */
export const choice = (page, text) => page.getByRole('button', { name: text, exact: true });
/** @param {Page} page */
export const field = (page) => page.locator('.field:visible');
/** @param {Page} page @param {string} state */
export const link = (page, state) => page.locator(`.root[data-link="${state}"]`).waitFor({ state: 'attached' });
/** What is said, from the first to the last. @param {Page} page */
export const said = (page) => page.locator('.list .bubble').allTextContents();
/** Waits until the last that was said is this. @param {Page} page @param {string} text */
export const last = (page, text) => page.locator('.list > .row:last-of-type .bubble', { hasText: text }).last().waitFor();
