// Holds the colours of tokens.css, and of the example skin, to WCAG AA, in both themes: 4.5 for text, 3 for what marks a control or a state.
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { test } from 'node:test';

const css = await readFile(new URL('../static/tokens.css', import.meta.url), 'utf8');
const school = await readFile(new URL('../../examples/skins/school/skin.css', import.meta.url), 'utf8');

/** @typedef {{ light: string, dark: string }} Pair */

/** Every colour token by name. @param {string} sheet */
const read = (sheet) => new Map([...sheet.matchAll(/--([\w-]+):\s*(light-dark\(.*\)|oklch\(.*\));/gu)].map(([, name, value]) => [name, both(value)]));

/** @typedef {Map<string, Pair>} Tokens */
const tokens = read(css);
/** Whose colours: Parlor's own, and those that a skin puts in their place. @type {[string, Tokens][]} */
const LOOKS = [['', tokens], [' in the example skin', new Map([...tokens, ...read(school)])]];

/** @param {string} value @returns {Pair} */
function both(value) {
  const colours = value.match(/oklch\([^)]*\)/gu) ?? [];
  return { light: colours[0] ?? '', dark: colours[1] ?? colours[0] ?? '' };
}

/** Linear sRGB, clipped to the gamut as browsers do at worst. @param {number} l @param {number} c @param {number} hue */
function linearRgb(l, c, hue) {
  const a = c * Math.cos((hue * Math.PI) / 180);
  const b = c * Math.sin((hue * Math.PI) / 180);
  const long = (l + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const middle = (l - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const short = (l - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
    -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
    -0.0041960863 * long - 0.7034186147 * middle + 1.707614701 * short,
  ].map((channel) => Math.min(1, Math.max(0, channel)));
}

/** Relative luminance as WCAG defines it. @param {string} colour @param {number} [hue] */
function luminance(colour, hue = 0) {
  const found = /oklch\(([\d.]+)% ([\d.]+) ([\d.]+|var)/u.exec(colour);
  assert.ok(found, `this is a colour that the test can read: ${colour}`);
  const [, l, c, h] = found;
  const [r, g, b] = linearRgb(Number(l) / 100, Number(c), h === 'var' ? hue : Number(h));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** @param {number} a @param {number} b */
const contrast = (a, b) => (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);

/** @param {string} name @param {Tokens} [look] */
function token(name, look = tokens) {
  const found = look.get(name);
  assert.ok(found, `tokens.css has --${name}`);
  return found;
}

/** What stands on what. */
const TEXT = [
  ...['paper', 'card', 'note', 'sunken'].flatMap((ground) => ['ink', 'soft', 'accent', 'accent-strong', 'brass-ink', 'good-ink', 'bad'].map((ink) => [ink, ground])),
  ...['accent-soft', 'brass-soft', 'bad-soft'].map((ground) => ['ink', ground]),
  ...['paper', 'card', 'brass-soft'].flatMap((ground) => [0, 1, 2, 3, 4, 5].map((n) => [`group-${n}`, ground])),
  ['accent', 'accent-soft'],
  ['soft', 'accent-soft'],
  ['brass-ink', 'accent-soft'],
  ['bad', 'accent-soft'],
  ['brass-ink', 'brass-soft'],
  ['bad', 'bad-soft'],
  ['soft', 'bad-soft'],
  ['accent-ink', 'accent'],
  ['accent-ink', 'accent-strong'],
  ['on-brass', 'brass'],
  ...['wall', 'wall-raised'].flatMap((ground) => ['wall-ink', 'wall-soft'].map((ink) => [ink, ground])),
  ['wall', 'wall-ink'],
  ['paper', 'bad'],
  ...['wall', 'wall-raised'].map((ground) => ['brass-wall', ground]),
];
const MARKS = [
  ...['paper', 'card'].flatMap((ground) => ['edge', 'accent', 'good', 'bad'].map((ink) => [ink, ground])),
  ['brass-wall', 'wall'],
  ['brass', 'wall'],
];

for (const [whose, look] of LOOKS) for (const theme of /** @type {const} */ (['light', 'dark'])) {
  for (const [pairs, least] of /** @type {const} */ ([[TEXT, 4.5], [MARKS, 3]])) {
    for (const [ink, ground] of pairs) {
      test(`${ink} on ${ground} reads well in the ${theme} theme${whose}`, () => {
        const got = contrast(luminance(token(ink, look)[theme]), luminance(token(ground, look)[theme]));
        assert.ok(got >= least, `contrast is ${got.toFixed(2)}, and ${least} is the least`);
      });
    }
  }
}

test('the letter on an avatar reads well whatever the name', () => {
  for (let hue = 0; hue < 360; hue += 1) {
    const got = contrast(luminance(token('person').light, hue), luminance(token('person-ink').light));
    assert.ok(got >= 4.5, `at hue ${hue} contrast is ${got.toFixed(2)}`);
  }
});

const folder = new URL('../static/', import.meta.url);
const sheets = await Promise.all((await readdir(folder)).filter((name) => name.endsWith('.css')).map(async (name) => ({ name, text: await readFile(new URL(name, folder), 'utf8') })));

test('no style sheet but tokens.css writes a colour', () => {
  for (const { name, text } of sheets.filter((one) => one.name !== 'tokens.css')) {
    const found = text.replace(/color-mix\(in oklch,/gu, '').match(/#[0-9a-f]{3,8}\b|\b(?:rgb|hsl|oklch|oklab)a?\(|:\s*(?:white|black)\b/giu);
    assert.deepEqual(found, null, name);
  }
});

test('no style sheet names a left or a right, so that pages can be read from either', () => {
  for (const { name, text } of sheets) {
    const sided = text.match(/(?<![\w-])(?:(?:margin|padding|border|inset)-)?(?:left|right)(?:-(?:color|style|width))?\s*:(?!not)|text-align:\s*(?:left|right)|float:\s*(?:left|right)/gu);
    assert.deepEqual(sided?.filter((one) => one !== 'left:') ?? [], [], name);
    for (const [whole, values] of text.matchAll(/(?<![\w-])(?:padding|margin|inset):\s*([^;}]+)/gu)) {
      let flat = values;
      // What stands in brackets is one value, however many spaces are in it.
      while (/\([^()]*\)/u.test(flat)) flat = flat.replace(/\([^()]*\)/gu, (inner) => `[${inner.slice(1, -1).replace(/\s/gu, '_')}]`);
      const [, end, , start] = flat.trim().split(/\s+/u);
      assert.ok(start === undefined || start === end, `${name}: ${whole}`);
    }
  }
});
