// What axe finds in a page or a frame.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/**
 * How pages are looked at. Colours are one and the same at every size, and `tokens.test.mjs` holds their contrast in both
 * themes, so that not every size has to be seen in every theme.
 */
export const LOOKS = /** @type {const} */ ([
  { device: 'a desk', viewport: { width: 1280, height: 800 }, colorScheme: 'light' },
  { device: 'a phone', viewport: { width: 360, height: 740 }, colorScheme: 'dark' },
]);

/**
 * A line for each rule that is broken, with the elements that break it.
 * @param {import('playwright-core').Page | import('playwright-core').Frame} where
 * @param {object} [rules]  Changes of axe's rules, as axe takes them.
 * @returns {Promise<string[]>}
 */
export async function faults(where, rules = {}) {
  // It has half a megabyte, and a test looks at a page many times.
  if (!(await where.evaluate(() => Boolean(Reflect.get(window, 'axe')?.run)))) await where.evaluate(axe);
  return where.evaluate(async (/** @type {object} */ chosen) => {
    const found = await Reflect.get(window, 'axe').run(document, { iframes: false, resultTypes: ['violations'], rules: chosen });
    return found.violations.map((/** @type {any} */ one) => `${one.id}: ${one.nodes.map((/** @type {any} */ node) => node.html).join(' ')}`);
  }, rules);
}
