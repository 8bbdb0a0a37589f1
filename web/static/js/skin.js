// What a skin says, as data in the page: the logo's address, and words in place of ours.

/** @typedef {string | string[] | { params: string[], text?: string, forms?: Record<string, string> }} Replacement */

/** @returns {{ logo: string | null, words: Record<string, Replacement> }} */
function read() {
  const data = globalThis.document?.getElementById('skin')?.textContent;
  return data ? JSON.parse(data) : { logo: null, words: {} };
}

export const skin = read();

const list = new Intl.ListFormat(globalThis.document?.documentElement.lang || 'en');
const rules = new Intl.PluralRules(globalThis.document?.documentElement.lang || 'en');
const digits = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });

/** @param {unknown} value */
const shown = (value) => (Array.isArray(value) ? list.format(value) : typeof value === 'number' ? digits.format(value) : `${value ?? ''}`);

/** A function in place of one of ours: fills in what it is given. @param {Exclude<Replacement, string | string[]>} sentence */
const filling = ({ params, text, forms }) => (/** @type {unknown[]} */ ...given) => {
  const number = given.find((one) => typeof one === 'number');
  const chosen = forms ? (forms[rules.select(Number(number ?? 0))] ?? forms.other) : (text ?? '');
  return chosen.replace(/\{(\w+)\}/gu, (whole, name) => (params.includes(name) ? shown(given[params.indexOf(name)]) : whole));
};

/** Puts the skin's words in place of ours; the server has checked that they fit. @param {Record<string, any>} words */
export function dress(words) {
  for (const [path, said] of Object.entries(skin.words)) {
    const names = path.split('.');
    const last = names.pop() ?? '';
    const group = names.reduce((/** @type {any} */ inside, name) => inside?.[name], words);
    if (group && last in group) group[last] = typeof said === 'string' || Array.isArray(said) ? said : filling(said);
  }
}
