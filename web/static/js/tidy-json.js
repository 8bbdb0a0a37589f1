// JSON set out in lines, every value exactly as it was written: numbers are not rounded, escapes stay, keys keep their order.

const STRING = /"(?:[^"\\]|\\.)*"/uy;
const PLAIN = /[^\s"[\]{},:]+/uy;

/** Deeper than this it is no longer set out: every line would begin with as many spaces. */
const DEEPEST = 128;

/** @param {string} source @returns {string | null} Null if it is no JSON, or nested too deep to be read. */
export function tidyJson(source) {
  try {
    JSON.parse(source);
  } catch {
    return null;
  }
  let out = '';
  let depth = 0;
  const line = () => `\n${'  '.repeat(depth)}`;
  for (let at = 0; at < source.length; ) {
    const char = source[at];
    if (char === '"' || !/[\s[\]{},:]/u.test(char)) {
      const token = char === '"' ? STRING : PLAIN;
      token.lastIndex = at;
      const [text] = token.exec(source) ?? [char];
      out += text;
      at += text.length;
      continue;
    }
    at += 1;
    if (char === '{' || char === '[') {
      const closing = /^\s*[\]}]/u.exec(source.slice(at, at + 1_000));
      if (closing) {
        out += char + closing[0].trim();
        at += closing[0].length;
        continue;
      }
      depth += 1;
      if (depth > DEEPEST) return null;
      out += char + line();
    } else if (char === '}' || char === ']') {
      depth -= 1;
      out += line() + char;
    } else if (char === ',') out += char + line();
    else if (char === ':') out += ': ';
  }
  return out;
}
