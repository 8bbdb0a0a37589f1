// Each picture: its name, and how one gets there as a person would.
import { crowd, lesson } from './cast.mjs';
import { DESK, PHONE } from './stage.mjs';

/** @typedef {import('./stage.mjs').Stage} Stage */
/** @typedef {import('./stage.mjs').View} View */
/** @typedef {import('playwright-core').Page} Page */
/** @typedef {ReturnType<typeof import('./cast.mjs').rehearse>} Cast */
/** @typedef {(stage: Stage, cast: Cast, view: View) => Promise<Page>} Scene */

const CLASS = 'group2-weather';
const VISITS = [['2026-05-12T10:00:00Z', CLASS], ['2026-05-11T10:00:00Z', 'staff'], ['2026-05-05T10:00:00Z', 'club/chess & go']].map(([at, room]) => ({ room, at: Date.parse(at), read: 1e9 }));

/** The rooms that were made already, so that several pictures show one. @type {Map<string, Promise<void>>} */
const made = new Map();
/** @param {string} room @param {() => Promise<void>} make */
const once = (room, make) => made.get(room) ?? made.set(room, make()).get(room);

/** @type {Scene} */
const classroom = async (stage, cast, view) => {
  await once(CLASS, () => lesson(stage, cast, CLASS));
  return stage.room(CLASS, { ...view, kept: { rooms: VISITS, ...view.kept } });
};

/** @param {string} tab @returns {Scene} */
const panel = (tab) => async (stage, cast, view) => {
  const page = await classroom(stage, cast, view);
  await page.getByRole('button', { name: 'Bots and settings' }).click();
  await page.getByRole('tab', { name: tab, exact: true }).click();
  return page;
};

/** Those who are at the hub, by the page that they live in. @type {WeakMap<Stage, Page>} */
const atTheHub = new WeakMap();

/** What the weather's service has for its subscribers. @param {Stage} stage */
const said = (stage) => atTheHub.get(stage)?.evaluate(() => {
  for (const data of [{ city: 'Sydney', sky: 'sunny', degrees: 24 }, { city: 'Hobart', sky: 'rain', degrees: 13 }]) Reflect.get(window, 'weather_bot').send(JSON.stringify({ type: 'MESSAGE', target: { type: 'SERVICE', service: 'weather' }, data }));
  Reflect.get(window, 'ada').send(JSON.stringify({ type: 'MESSAGE', target: { type: 'SERVICE', service: 'weather' }, data: { ask: 'Perth' } }));
});

/** @type {Scene} */
const hub = async (stage, _, view) => {
  const others = await stage.open('/docs/', {});
  atTheHub.set(stage, others);
  await others.evaluate(async (guests) => {
    for (const { name, nickname, tags, first } of guests) {
      const socket = new WebSocket(`${location.origin.replace('http', 'ws')}/hub/ws`, 'ert-concierge');
      Reflect.set(window, name, socket);
      await new Promise((go) => (socket.onopen = go));
      socket.send(JSON.stringify({ type: 'IDENTIFY', name, nickname, version: '0.2.0', tags }));
      for (const payload of first) socket.send(JSON.stringify(payload));
      await new Promise((go) => (socket.onmessage = go));
    }
  }, [
    { name: 'weather_bot', nickname: 'Weather', tags: ['bot', 'python'], first: [{ type: 'SERVICE_CREATE', service: 'weather', nickname: 'Weather of the day' }] },
    { name: 'ada', nickname: 'Ada Lovelace', tags: ['web'], first: [{ type: 'SELF_SUBSCRIBE', service: 'weather' }, { type: 'SELF_SUBSCRIBE', service: 'chat_service' }] },
    { name: 'table_4', nickname: null, tags: [], first: [{ type: 'SELF_SUBSCRIBE', service: 'weather' }] },
  ]);
  const page = await stage.open('/hub', view);
  await page.getByLabel('Name', { exact: true }).fill('console_4f2a');
  await page.getByRole('button', { name: 'Come in' }).click();
  await page.locator('.hub-state [data-link="live"]').waitFor();
  await page.getByLabel('Payload', { exact: true }).selectOption('SELF_SUBSCRIBE');
  await page.getByLabel('JSON').fill('{\n  "type": "SELF_SUBSCRIBE",\n  "service": "weather"\n}');
  await page.getByLabel('JSON').press('Control+Enter');
  await page.getByRole('button', { name: 'answered: SELF_SUBSCRIBE_RESULT' }).waitFor();
  return page;
};

/** @type {Record<string, Scene>} */
const scenes = {
  'lobby': async (stage, _, view) => stage.open('/', { ...view, kept: { rooms: VISITS } }),
  'lobby-first': (stage, _, view) => stage.open('/', view),
  'room': classroom,
  'room-compact': (stage, cast, view) => classroom(stage, cast, { ...view, kept: { density: 'compact' } }),
  'room-state': (stage, cast, view) => classroom(stage, cast, { ...view, kept: { 'show-state': true } }),
  'room-empty': async (stage, _, view) => stage.room('a-new-room', view),
  'room-empty-bot': async (stage, cast, view) => {
    await once('tea', () => stage.parlor.bot('tea', 'EchoBot', cast.echo));
    return stage.room('tea', view);
  },
  'room-busy': async (stage, _, view) => {
    await once('busy', () => crowd(stage, 'busy'));
    return stage.room('busy', view);
  },
  'room-conversation': async (stage, cast, view) => {
    await once('quiz', async () => {
      await stage.parlor.bot('quiz', 'QuizBot', cast.quiz);
      await stage.say('quiz', 'Ada', 'QuizBot, ask me something', 2);
    });
    const page = await stage.room('quiz', view);
    await page.locator('.conversation').waitFor();
    return page;
  },
  'room-long': async (stage, _, view) => {
    const room = 'a room with a very long name '.repeat(7).trim().slice(0, 198);
    await once(room, async () => {
      await stage.say(room, 'A person whose name is much longer than the name of any person has a need to be', 'Pneumonoultramicroscopicsilicovolcanoconiosis'.repeat(6), 3);
      await stage.say(room, 'Linus', 'First line\n\n    indented\n\nand https://example.org/a/very/long/address/that/does/not/end/'.concat('and-goes-on/'.repeat(12)), 2);
    });
    return stage.room(room, view);
  },
  'room-rtl': async (stage, cast, view) => {
    await once('שיחה', async () => {
      await stage.parlor.bot('שיחה', 'EchoBot', cast.echo);
      await stage.say('שיחה', 'נועה', 'שלום לכולם, מישהו יודע מה השעה?', 4);
      await stage.say('שיחה', 'سلمى', 'الساعة العاشرة وأربع وعشرون دقيقة', 3);
      await stage.say('שיחה', 'Ada', 'EchoBot, it is 10:24 and שלום', 2);
    });
    return stage.room('שיחה', view);
  },
  'room-offline': async (stage, cast, view) => {
    const page = await classroom(stage, cast, view);
    await stage.goDown();
    await page.locator('.strip.offline').waitFor();
    await page.locator('.composer textarea').fill('This waits until the connection is back');
    await page.locator('.composer textarea').press('Enter');
    return page;
  },
  'room-drawer': async (stage, cast, view) => {
    const page = await classroom(stage, cast, view);
    await page.locator('header .menu').click();
    return page;
  },
  'panel-bots': panel('Bots'),
  'panel-room': panel('Room'),
  'panel-you': panel('You'),
  'bot-form': async (stage, cast, view) => {
    const page = await panel('Bots')(stage, cast, view);
    await page.getByRole('button', { name: 'Edit WeatherBot' }).click();
    return page;
  },
  'inspector': async (stage, cast, view) => {
    const page = await panel('Inspector')(stage, cast, view);
    await page.locator('parlor-inspector li[data-status="failed"] .delivery-head').first().click();
    await page.locator('parlor-inspector .help').first().waitFor();
    return page;
  },
  'panel-people': panel('People'),
  'guide': (stage, _, view) => stage.open('/guide/', view),
  'guide-page': (stage, _, view) => stage.open('/guide/first-bot', view),
  'guide-search': (stage, _, view) => stage.open('/guide/?q=flask', view),
  'docs': async (stage, _, view) => {
    const page = await stage.open('/docs/', view);
    await page.locator('.call').first().waitFor();
    return page;
  },
  'hub': (stage, _, view) => stage.open('/hub', view),
  'hub-console': hub,
  'hub-who': async (stage, cast, view) => {
    const page = await hub(stage, cast, view);
    await page.getByRole('tab', { name: 'Who is here' }).click();
    return page;
  },
  'hub-trace': async (stage, cast, view) => {
    const page = await hub(stage, cast, view);
    await page.getByRole('button', { name: 'Trace weather' }).click();
    await page.getByRole('status').getByText('Tracing weather').waitFor();
    await said(stage);
    await page.locator('parlor-hub-trace [data-way="message"]').first().waitFor();
    return page;
  },
  'error': (stage, _, view) => stage.open('/a//b', view),
};

const DARK = /** @type {View} */ ({ scheme: 'dark' });
const ON_PHONE = /** @type {View} */ ({ size: PHONE });

/** What is taken: the scene, how it is seen, and how the picture's name ends. @type {[string, string, View][]} */
export const pictures = [
  ...Object.keys(scenes).filter((name) => name !== 'room-drawer' && name !== 'hub-who').map((name) => /** @type {[string, string, View]} */ ([name, '', { size: DESK }])),
  ...['lobby', 'room', 'room-compact', 'room-busy', 'room-empty', 'room-conversation', 'room-offline', 'panel-bots', 'bot-form', 'panel-you', 'inspector', 'guide-page', 'docs', 'hub', 'hub-console', 'hub-trace', 'error'].map((name) => /** @type {[string, string, View]} */ ([name, '-dark', DARK])),
  ...['lobby', 'room', 'room-empty', 'room-long', 'room-rtl', 'room-conversation', 'room-drawer', 'panel-bots', 'bot-form', 'panel-you', 'inspector', 'guide-page', 'docs', 'hub', 'hub-console', 'hub-who'].map((name) => /** @type {[string, string, View]} */ ([name, '-phone', ON_PHONE])),
  ['room', '-phone-dark', { ...DARK, ...ON_PHONE }],
  ['room', '-wide', { size: { width: 1920, height: 1080 } }],
];

/** @param {string} name @returns {Scene} */
export function scene(name) {
  const found = scenes[name];
  if (!found) throw new Error(`there is no scene ${name}; there are ${Object.keys(scenes).join(', ')}`);
  return found;
}

