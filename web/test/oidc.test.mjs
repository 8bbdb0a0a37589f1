// Logins by OpenID Connect, at a real provider (oidc-provider) and in a browser: in, out, in again under another name, joined to an
// account that was there, cancelled, disabled, with the provider away, and below a path.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
// @ts-expect-error: it has no types
import Provider from 'oidc-provider';
import { faults } from './axe.mjs';
import { launch, Parlor } from './harness.mjs';

const PASSWORD = 'correct horse battery';
/** With all that has to be escaped on its way. */
const SECRET = 'to:ma+to & 100%';

/** The provider: another site than the server, which is at 127.0.0.1. */
class School {
  #port = 0;
  /** @type {import('node:http').Server | null} */
  #server = null;
  /** What people are called there now, by what they log in with. @type {Map<string, string>} */
  names = new Map();
  /** Whether it breaks off where codes are exchanged. */
  broken = false;

  /** Finds a port, at which nothing answers yet. */
  static async build() {
    const school = new School();
    await school.#listen((_, answer) => void answer.writeHead(503).end());
    await school.down();
    return school;
  }

  get issuer() {
    return `http://localhost:${this.#port}`;
  }

  /** @param {import('node:http').RequestListener} listener */
  async #listen(listener) {
    const server = createServer(listener);
    server.listen(this.#port, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    assert.ok(address && typeof address === 'object');
    this.#port = address.port;
    this.#server = server;
  }

  /** Answers, and lets people come back to these servers. @param {string[]} bases */
  async up(...bases) {
    /** @param {unknown} _ @param {string} id */
    const findAccount = (_, id) => {
      const claims = () => ({ sub: id, preferred_username: this.names.get(id) ?? id, email: `${id}@school.example`, email_verified: true });
      return { accountId: id, claims };
    };
    const provider = new Provider(this.issuer, {
      clients: [{ client_id: 'parlor', client_secret: SECRET, redirect_uris: bases.map((base) => `${base}/login/oidc/callback`) }],
      claims: { openid: ['sub'], profile: ['preferred_username'], email: ['email', 'email_verified'] },
      pkce: { required: () => true },
      findAccount,
    });
    const answers = provider.callback();
    await this.#listen((asked, answer) => (this.broken && asked.url === '/token' ? void asked.socket.destroy() : void answers(asked, answer)));
  }

  async down() {
    const server = this.#server;
    this.#server = null;
    if (!server) return;
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }
}

/** @type {import('playwright-core').Browser} */
let browser;
/** @type {Parlor} */
let parlor;
/** @type {School} */
let school;
let folder = '';

const settings = () => [
  '--accounts-oidc-issuer', school.issuer, '--accounts-oidc-client-id', 'parlor', '--accounts-oidc-name', 'School',
  '--accounts-oidc-client-secret-file', join(folder, 'secret'), '--accounts-oidc-sign-up', 'on',
];

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parlor-oidc-'));
  await writeFile(join(folder, 'secret'), `${SECRET}\n`);
  school = await School.build();
  parlor = await Parlor.start('127.0.0.1:0', ['--accounts', 'required', ...settings()]);
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await parlor?.end();
  await school?.down();
  await rm(folder, { recursive: true, force: true });
});

/** A browser that has never been here, and reaches nothing outside of this machine. */
async function person() {
  const context = await browser.newContext();
  await context.route((url) => !['localhost', '127.0.0.1'].includes(url.hostname), (route) => route.abort());
  return { context, page: await context.newPage() };
}

/** Presses the button, and says at the provider who one is. @param {import('playwright-core').Page} page @param {string} login */
async function through(page, login) {
  await page.getByRole('link', { name: 'Log in with School' }).click();
  await page.fill('[name=login]', login);
  await page.fill('[name=password]', 'anything');
  await page.click('[type=submit]');
  await page.getByRole('button', { name: 'Continue' }).click();
}

/** @param {import('playwright-core').Page} page */
const name = (page) => page.locator('h1').innerText();

test('while the provider is away the page says so, and once it is back somebody gets an account and comes where they wanted', async () => {
  const { context, page } = await person();
  await page.goto(`${parlor.base}/talk`);
  await page.getByText('School can’t be reached just now').waitFor();
  assert.deepEqual(await faults(page), []);
  const refused = page.waitForResponse((answer) => new URL(answer.url()).pathname === '/login/oidc');
  await page.getByRole('link', { name: 'Log in with School' }).click();
  assert.equal((await refused).status(), 503);
  assert.match(await page.getByRole('alert').innerText(), /can’t be reached just now/u);
  await school.up(parlor.base);
  // It is tried again, a second after somebody wanted it.
  do await page.goto(`${parlor.base}/login?next=/talk`);
  while (await page.getByText('can’t be reached').count());
  await through(page, 'ann');
  await page.waitForURL(`${parlor.base}/talk`, { waitUntil: 'commit' });
  await page.goto(`${parlor.base}/login`);
  assert.equal(new URL(page.url()).pathname, '/', 'in already');
  await page.goto(`${parlor.base}/me`);
  assert.equal(await name(page), 'ann');
  assert.match(await page.locator('main').innerText(), /joined to this account/u);
  assert.deepEqual(await faults(page), []);
  const cookies = (await context.cookies(parlor.base)).map((cookie) => cookie.name);
  assert.ok(cookies.includes('parlor') && !cookies.includes('parlor-oidc'), cookies.join());
  await context.close();
});

test('who is renamed at the provider comes back to the same account, and who has a name that is taken gets another', async () => {
  const { context, page } = await person();
  await page.goto(`${parlor.base}/login?next=/me`);
  school.names.set('ann', 'Ann Married');
  await through(page, 'ann');
  await page.waitForURL('**/me');
  assert.equal(await name(page), 'ann');
  await page.getByRole('button', { name: 'Log out' }).first().click();
  await page.waitForURL('**/login');
  // The provider still knows who it is, and does not ask.
  await page.goto(`${parlor.base}/login?next=/me`);
  await page.getByRole('link', { name: 'Log in with School' }).click();
  await page.waitForURL('**/me');
  assert.equal(await name(page), 'ann');
  await context.close();

  const other = await person();
  await other.page.goto(`${parlor.base}/login?next=/me`);
  school.names.set('ann-2', 'ANN');
  await through(other.page, 'ann-2');
  await other.page.waitForURL('**/me');
  assert.equal(await name(other.page), 'ANN 2');
  await other.context.close();
});

test('who cancels at the provider, comes back twice or comes from elsewhere is told so, and is not in', async () => {
  const { context, page } = await person();
  await page.goto(`${parlor.base}/login?next=/me`);
  await page.getByRole('link', { name: 'Log in with School' }).click();
  await page.getByRole('link', { name: 'Cancel' }).click();
  await page.waitForURL('**/login/oidc/callback?**');
  assert.match(await page.getByRole('alert').innerText(), /You were not logged in/u);
  assert.deepEqual(await faults(page), []);
  await page.reload();
  assert.match(await page.getByRole('alert').innerText(), /not begun in this browser/u);
  await page.goto(`${parlor.base}/me`);
  assert.equal(new URL(page.url()).pathname, '/login');
  // A page of another site leads to the button, and does not press it.
  const elsewhere = createServer((_, answer) => void answer.writeHead(200, { 'content-type': 'text/html' }).end(`<a href="${parlor.base}/login/oidc">x</a>`));
  elsewhere.listen(0, '127.0.0.1');
  await once(elsewhere, 'listening');
  const address = /** @type {import('node:net').AddressInfo} */ (elsewhere.address());
  await page.goto(`http://localhost:${address.port}/`);
  await page.click('a');
  await page.waitForURL(`${parlor.base}/login`);
  elsewhere.close();
  await context.close();
});

test('somebody with a password joins their login to their account, and an admin keeps them out by either', async () => {
  const { context, page } = await person();
  await page.goto(await parlor.setUp());
  await page.fill('#name', 'Ada');
  await page.fill('#password', PASSWORD);
  await page.fill('#again', PASSWORD);
  await page.click('.door-card button.go');
  await page.waitForURL('**/admin/people');
  const added = { name: 'Ben', password: PASSWORD, role: 'member' };
  const answer = await context.request.post(`${parlor.base}/admin/people`, { form: added, headers: { origin: parlor.base }, maxRedirects: 0 });
  assert.equal(answer.status(), 303);

  const ben = await person();
  await ben.page.goto(`${parlor.base}/login?next=/me`);
  await ben.page.fill('#name', 'Ben');
  await ben.page.fill('#password', PASSWORD);
  await ben.page.click('.door-card button.go');
  await ben.page.waitForURL('**/me');
  // Nobody else's page can have it joined to somebody else's login.
  await ben.page.goto(`${parlor.base}/login/oidc?link=7.x`);
  assert.equal(ben.page.url(), `${parlor.base}/me`);
  await ben.page.getByRole('link', { name: 'Join it' }).click();
  await ben.page.fill('[name=login]', 'b.miller');
  await ben.page.fill('[name=password]', 'anything');
  await ben.page.click('[type=submit]');
  await ben.page.getByRole('button', { name: 'Continue' }).click();
  await ben.page.waitForURL('**/me?said=linked');
  assert.equal(await name(ben.page), 'Ben');
  await ben.context.close();

  const again = await person();
  await again.page.goto(`${parlor.base}/login?next=/me`);
  await through(again.page, 'b.miller');
  await again.page.waitForURL('**/me');
  assert.equal(await name(again.page), 'Ben');
  const disabled = await context.request.post(`${parlor.base}/admin/people/disabled`, { form: { name: 'Ben', disabled: 'yes' }, headers: { origin: parlor.base }, maxRedirects: 0 });
  assert.equal(disabled.status(), 303);
  await again.page.goto(`${parlor.base}/login?next=/me`);
  await again.page.getByRole('link', { name: 'Log in with School' }).click();
  assert.match(await again.page.getByRole('alert').innerText(), /disabled/u);
  await again.context.close();
  await page.goto(`${parlor.base}/admin/audit`);
  assert.match(await page.locator('main').innerText(), new RegExp(`Ben.*by ${school.issuer}: the account is disabled`, 'su'));
  await context.close();
});

test('the provider breaks while somebody is there, and the page they come back to says what to do', async () => {
  const { context, page } = await person();
  await page.goto(`${parlor.base}/login?next=/me`);
  school.broken = true;
  await through(page, 'cleo');
  await page.waitForURL('**/login/oidc/callback?**');
  assert.match(await page.getByRole('alert').innerText(), /can’t be reached just now/u);
  // The provider knows them by now, so it is one click.
  school.broken = false;
  await page.getByRole('link', { name: 'Log in with School' }).click();
  await page.waitForURL('**/me');
  await context.close();
});

test('below a path of a host the provider sends people back below it', async () => {
  const front = createServer((asked, answer) => {
    const onward = request(parlorBelow.base + asked.url, { method: asked.method, headers: asked.headers }, (back) => {
      answer.writeHead(back.statusCode ?? 502, back.headers);
      back.pipe(answer);
    });
    onward.on('error', () => answer.destroy());
    asked.pipe(onward);
  });
  front.listen(0, '127.0.0.1');
  await once(front, 'listening');
  const base = `http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (front.address()).port}/chat`;
  await school.down();
  await school.up(base);
  const parlorBelow = await Parlor.start('127.0.0.1:0', ['--accounts', 'required', '--public-url', base, '--trusted-proxies', 'loopback', ...settings()]);
  const { context, page } = await person();
  try {
    await page.goto(`${base}/login?next=/me`);
    await through(page, 'dora');
    await page.waitForURL(`${base}/me`);
    assert.equal(await name(page), 'dora');
  } finally {
    await context.close();
    await parlorBelow.end();
    front.close();
  }
});
