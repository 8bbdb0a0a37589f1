// What a bot's author can do about a delivery that failed, told by what was sent and what came back. The server's own
// sentence says what happened; this adds the line of Python that mends it, with the bot's own path and words in it.

import { readable } from './permalink.js';
import { words } from './words-bots.js';

/** @typedef {import('./types.js').Delivery} Delivery */
/** @typedef {['now' | 'better' | 'plain', string]} Line */
/** @typedef {{ say: string, lines: Line[], more?: string }} Advice */

const LONGEST = 60;

/** A text as Python would have it between quotes, cut short. @param {string} text */
function python(text) {
  const short = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
  return `'${short.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n').replaceAll('\r', '')}'`;
}

/** @param {string | undefined} url */
const pathOf = (url) => (url && URL.canParse(url) ? readable(new URL(url).pathname) : '/');

/** @param {unknown} value @returns {keyof typeof words.exchange.kinds} */
function kindOf(value) {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return 'array';
  return /** @type {'object' | 'string' | 'number' | 'boolean'} */ (typeof value);
}

/** @param {unknown} value */
const inWords = (value) => (value === null ? words.advice.none : words.exchange.kinds[kindOf(value)]);

/**
 * @param {Delivery} activation
 * @param {string} url  The bot's url as it is now; told apart by it is what was never sent.
 * @returns {Advice | null}
 */
export function adviceOf(activation, url) {
  const { request, response, error } = activation;
  if (!error) return null;
  if (response) return adviceOnAnswer(response, pathOf(request?.url));
  if (url === '') return { say: words.advice.emptyUrl, lines: [['plain', 'http://localhost:5000/echo']] };
  if (url === 'socket:') return { say: words.advice.socket, lines: [] };
  if (/timed out/iu.test(error)) return { say: words.advice.timeout, lines: [] };
  return request && /connect/iu.test(error) ? adviceOnConnecting(request.url) : null;
}

/** @param {string} url @returns {Advice} */
function adviceOnConnecting(url) {
  const { hostname = '', port = '' } = URL.canParse(url) ? new URL(url) : {};
  const near = /^(?:localhost|127\.|\[::1\])/u.test(hostname);
  const beside = /^(?:10\.\d|192\.168|172\.(?:1[6-9]|2\d|3[01]))[\d.]+$|\.local$/u.test(hostname);
  if (beside) return { say: words.advice.connect, lines: [['plain', `${words.advice.connectRun} ${port || '80'} --host 0.0.0.0`]], more: words.advice.beside };
  return {
    say: words.advice.connect,
    lines: near ? [['plain', `${words.advice.connectRun} ${port || '80'}`]] : [],
    ...(near ? { more: words.advice.localhost } : {}),
  };
}

/** @param {NonNullable<Delivery['response']>} response @param {string} path @returns {Advice} */
function adviceOnAnswer({ status, headers, body }, path) {
  if (status === 404) return { say: words.advice.notFound, lines: [['plain', `@app.post(${python(path)})`]] };
  if (status === 405) {
    return { say: words.advice.notAllowed, lines: [['now', `@app.route(${python(path)})`], ['better', `@app.post(${python(path)})`]] };
  }
  if (status >= 300 && status < 400) {
    const [, to] = Object.entries(headers).find(([name]) => name.toLowerCase() === 'location') ?? [];
    return { say: words.advice.redirect, lines: to ? [['plain', to]] : [] };
  }
  if (status === 500) return { say: words.advice.crashed, lines: [] };
  if (status < 200 || status >= 300) return { say: words.advice.elsewhere, lines: [] };
  return adviceOnBody(body);
}

/** An answer that was well received and is no message. @param {string} body @returns {Advice} */
function adviceOnBody(body) {
  let said;
  try {
    said = JSON.parse(body);
  } catch {
    return adviceOnText(body.trim());
  }
  /** @type {Line} */
  const better = ['better', "return {'text': 'Hello'}"];
  if (kindOf(said) === 'string') return adviceOnText(said);
  if (kindOf(said) !== 'object') return { say: words.advice.list(inWords(said)), lines: [better] };
  if (!('text' in said)) {
    const keys = Object.keys(said).slice(0, 12).map(python).join(', ');
    return { say: words.advice.noText, lines: [['now', `{${keys ? `${keys}` : ''}}`], better] };
  }
  return { say: words.advice.textType(inWords(said.text)), lines: [['better', "return {'text': str(value)}"]] };
}

/** @param {string} text @returns {Advice} */
function adviceOnText(text) {
  if (text === '') return { say: words.advice.nothing, lines: [['better', "return {'text': 'Hello'}"]] };
  if (/^<(?:!doctype|html)/iu.test(text)) return { say: words.advice.html, lines: [] };
  return { say: words.advice.text, lines: [['now', `return ${python(text)}`], ['better', `return {'text': ${python(text)}}`]] };
}
