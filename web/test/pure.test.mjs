// Functions that need neither server nor browser: words out of HTML, lines for terminals, what browsers keep.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { curlOf } from '../static/js/curl.js';
import { remembered } from '../static/js/draft.js';
import { kept } from '../static/js/kept.js';
import { mentions } from '../static/js/mention.js';
import { plainOf, quoteOf } from '../static/js/plain.js';
import { relayLine } from '../static/js/relay-line.js';
import { tidyJson } from '../static/js/tidy-json.js';

/** @type {[string, string][]} */
const PLAIN = [
  ['<p>Hello <b>A</b>nn</p><p>again</p>', 'Hello Ann\nagain'],
  ['1 < 2 &amp;&amp; 3 > 2 &lt;b&gt; &#65;&#x42; &nope; &#0;', '1 < 2 && 3 > 2 <b> AB &nope;'],
  ['a<!-- <b> -->b<!-- never closed', 'ab'],
  ['a<!DOCTYPE html><?xml x?>b', 'ab'],
  ['<style>p { color: red }</style>x<SCRIPT>"</b>"</sCript >y<script>never closed', 'x y'],
  ['<a title="a > b" data-x=\'"\' href=/x>link</a> <p it\'s>text</p>', 'link\ntext'],
  ['<svg/>after <svg><text>no</text></svg>it', 'after it'],
  ['<img alt="unclosed>all gone', ''],
  ['< b > <3 </3', '< b > <3 </3'],
  ['a\u2003\u00a0 \n\t\r\n b', 'a\nb'],
  ['<select><option>one</select>two', 'two'],
];

test('of HTML only the words are left', () => {
  for (const [html, text] of PLAIN) assert.equal(plainOf(html), text, html);
});

test('a picture within a text hides none of its words', () => {
  assert.equal(plainOf(`<img src="data:image/png;base64,${'A'.repeat(300_000)}">Hello Ann`), 'Hello Ann');
});

test('words are found in the worst HTML in one pass', () => {
  const size = 1 << 20;
  const parts = ['<', '<a', '<a ', '</', '<!--', '<!-- ', '<script>', '<script', '<style></style', '<a href="', "<a b='x", '<p>', '<a =', '&', '&#', '&a', ' ', '\u2003', '\n ', '<svg>', '<b>x', '=', "'"];
  for (const part of parts) {
    const began = performance.now();
    for (const text of [part.repeat(size / part.length), `x${part.repeat(size / part.length)}Ann`]) {
      mentions({ ...MESSAGE, text }, 'Ann');
      quoteOf({ kind: 'bot', text });
    }
    // Four passes take some 50 ms; with work that grows by the square they took minutes.
    assert.ok(performance.now() - began < 5000, part);
  }
});

const MESSAGE = { id: 1, room: 'r', author: 'Bot', kind: /** @type {const} */ ('bot'), text: '', when: 0, image: null, media: null, css: null, js: null, base_url: null, from_bot: 1, state: null };

test('a name is found in what people read of a bot’s HTML, and not in its tags', () => {
  assert.equal(mentions({ ...MESSAGE, text: '<p title="Ann">Hello</p>' }, 'Ann'), false);
  assert.equal(mentions({ ...MESSAGE, text: '<p>Hello <b>Ann</b></p>' }, 'Ann'), true);
  assert.equal(mentions({ ...MESSAGE, text: '<p>Mary<br>Ann</p>' }, 'Mary Ann'), true);
});

const RELAY = { server: 'https://chat.example', room: 'r', url: 'http://localhost:5000/' };
const TERMINALS = /** @type {const} */ (['posix', 'cmd', 'powershell']);
/** What somebody else may have given a bot for its name or its pattern. */
const VALUES = ["it's", 'a "b" c\\', '\\"', '%PATH%', '%PATH:a=b%', '%%x%', '^a^', 'x & y | z > w', '!x!', '`id`', '$(id)', '$HOME', '@x', 'a,b', '=ls', '~', '-x', '--server=x', '*', '#', ';ls', '‘smart’', '(x)', '{a,b}', '\u3000', '<!>'];

test('the line for the relay gives a shell nothing to run', () => {
  for (const respondsTo of VALUES) {
    const line = relayLine('posix', { ...RELAY, name: 'B', respondsTo }) ?? '';
    const said = execFileSync('/bin/sh', ['-c', `parlor() { printf '%s\\0' "$@"; }\n${line}`], { encoding: 'utf8' }).split('\0').slice(0, -1);
    const last = respondsTo.startsWith('-') ? [`--responds-to=${respondsTo}`] : ['--responds-to', respondsTo];
    assert.deepEqual(said, ['relay', '--server', RELAY.server, '--room', 'r', '--name', 'B', ...last, RELAY.url]);
  }
});

/** What cmd.exe makes of a line: variables (which it looks up before it heeds carets), then carets outside of quotes. @param {string} line */
function cmd(line) {
  const replaced = line.replace(/%([^%:]+)(?::[^%]*)?%/gu, (whole, name) => (/^(?:PATH|x)$/iu.test(name) ? 'C:\\" & calc & "' : whole));
  let out = '';
  let inQuotes = false;
  for (let at = 0; at < replaced.length; at += 1) {
    const sign = replaced[at];
    if (sign === '^' && !inQuotes) out += replaced[(at += 1)] ?? '';
    else {
      if (!inQuotes) assert.doesNotMatch(sign, /[&|<>()%!]/u, `${line}: cmd.exe would act on ${sign}`);
      if (sign === '"') inQuotes = !inQuotes;
      out += sign;
    }
  }
  assert.equal(inQuotes, false, line);
  return out;
}

/** A word as Windows programs take it apart. @param {string} word */
const word = (word) => word.replace(/^"([^]*)"$/u, '$1').replace(/(\\*)\\"/gu, (_, slashes) => `${slashes.slice(slashes.length / 2)}"`).replace(/(\\+)$/u, (slashes) => slashes.slice(slashes.length / 2));

test('the line for the relay gives cmd.exe and PowerShell nothing to run', () => {
  for (const respondsTo of VALUES) {
    const whole = (/** @type {string} */ text) => text.replace(/^.*--responds-to[= ]?/u, '').replace(` ${RELAY.url}`, '');
    const inCmd = relayLine('cmd', { ...RELAY, respondsTo }) ?? '';
    const said = cmd(inCmd);
    if (!respondsTo.startsWith('-')) assert.equal(word(whole(said)), respondsTo);
    else assert.ok(said.includes(`"--responds-to=${respondsTo}"`), said);
    const inPowershell = relayLine('powershell', { ...RELAY, respondsTo }) ?? '';
    assert.match(inPowershell, /^parlor relay --server https:\/\/chat\.example --room r (?:--responds-to )?'(?:[^'‘’‚‛]|['‘’‚‛]{2})*' http:\/\/localhost:5000\/$/u, 'one text between quotes, in which quotes come twice');
  }
});

test('what a terminal would take for keys is in no line at all', () => {
  for (const odd of ['a\nb', 'a\r\ncalc', 'a\rb', 'a\x00b', 'a\x1b[31m', 'a\x03', 'a\tb', 'a\x7f', 'a\x85b', 'a\u2028b']) {
    for (const terminal of TERMINALS) {
      assert.equal(relayLine(terminal, { ...RELAY, respondsTo: odd }), null);
      assert.equal(relayLine(terminal, { ...RELAY, name: odd }), null);
      assert.equal(relayLine(terminal, { ...RELAY, url: odd }), null);
      const request = { method: 'POST', url: 'http://localhost:5000/', headers: {}, body: odd };
      if (terminal !== 'posix' || !/^a[\n\t]b$/u.test(odd)) assert.equal(curlOf(terminal, request), null);
    }
  }
  assert.match(curlOf('posix', { method: 'POST', url: 'http://localhost/', headers: {}, body: 'a\nb' }) ?? '', /--data-raw 'a\nb'$/u);
});

/** A storage that takes so many characters. @param {number} most */
function storageOf(most) {
  /** @type {Map<string, string>} */
  const stored = new Map();
  return {
    getItem: (/** @type {string} */ key) => stored.get(key) ?? null,
    removeItem: (/** @type {string} */ key) => void stored.delete(key),
    setItem(/** @type {string} */ key, /** @type {string} */ value) {
      const others = [...stored].reduce((sum, [name, one]) => sum + (name === key ? 0 : one.length), 0);
      if (others + value.length > most) throw new DOMException('full', 'QuotaExceededError');
      stored.set(key, value);
    },
  };
}

test('what a full storage does not take is kept by the page, and stored once there is room', () => {
  const storage = storageOf(20);
  Object.assign(globalThis, { localStorage: storage });
  kept.set('outbox', ['a']);
  kept.set('outbox', ['a', 'a long message that is too much']);
  assert.deepEqual(kept.get('outbox', []), ['a', 'a long message that is too much']);
  kept.set('outbox', ['b']);
  assert.deepEqual(kept.get('outbox', []), ['b']);
  assert.equal(storage.getItem('parlor.outbox'), '["b"]');
  storage.setItem('parlor.outbox', '["c"]');
  assert.deepEqual(kept.get('outbox', []), ['c'], 'then what other tabs write counts again');
  kept.set('outbox', 'x'.repeat(99));
  kept.remove('outbox');
  assert.deepEqual(kept.get('outbox', ['none']), ['none']);
});

test('of what one said so much is remembered as leaves room for the rest', () => {
  assert.deepEqual(remembered(['a', 'b'], 'a'), ['b', 'a']);
  let said = /** @type {string[]} */ ([]);
  for (let n = 0; n < 60; n += 1) said = remembered(said, `${n}`);
  assert.equal(said.length, 50);
  for (let n = 0; n < 60; n += 1) said = remembered(said, `${n}`.repeat(5000));
  assert.ok(said.join('').length <= 20_000 && said.at(-1)?.startsWith('59'));
  assert.deepEqual(remembered(said, 'x'.repeat(30_000)), ['x'.repeat(30_000)]);
});

test('JSON is set out in lines, unless it is nested deeper than anybody reads', () => {
  assert.equal(tidyJson('{"a":[1.0,{}],"b":"\\u00e9"}'), '{\n  "a": [\n    1.0,\n    {}\n  ],\n  "b": "\\u00e9"\n}');
  const deep = (/** @type {number} */ depth) => '[1,'.repeat(depth) + '1' + ']'.repeat(depth);
  assert.ok(tidyJson(deep(100)));
  assert.equal(tidyJson(deep(5000)), null);
});

test('an address that is no text is shown as it is, also in an advice', async () => {
  // Their words ask which keys this computer has.
  Reflect.get(globalThis, 'navigator') ?? Object.assign(globalThis, { navigator: { platform: '' } });
  const { readable } = await import('../static/js/permalink.js');
  const { adviceOf } = await import('../static/js/advice.js');
  assert.equal(readable('/caf%C3%A9'), '/café');
  assert.equal(readable('/100%'), '/100%');
  assert.equal(readable('/%ff'), '/%ff');
  const answer = { status: 404, headers: {}, body: '' };
  const advice = adviceOf(/** @type {any} */ ({ request: { url: 'http://localhost:5000/100%' }, response: answer, error: 'x' }), 'http://localhost:5000/100%');
  assert.deepEqual(advice?.lines, [['plain', "@app.post('/100%')"]]);
});

test('a program on another computer of the same network is told to listen for others', async () => {
  const { adviceOf } = await import('../static/js/advice.js');
  const at = (/** @type {string} */ url) => adviceOf(/** @type {any} */ ({ request: { url }, response: null, error: 'could not connect' }), url);
  for (const host of ['192.168.1.20', '10.0.0.7', '172.16.4.4', 'ada.local']) assert.match(at(`http://${host}:5000/x`)?.lines[0]?.[1] ?? '', /--port 5000 --host 0\.0\.0\.0$/u, host);
  for (const host of ['localhost', '8.8.8.8', '172.32.0.1', '10.example.com']) assert.doesNotMatch(JSON.stringify(at(`http://${host}:5000/x`)), /0\.0\.0\.0/u, host);
});
