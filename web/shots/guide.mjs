// Renews the pictures that stand in the README and in the guide: PARLOR_BIN=… node shots/guide.mjs
import { stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { rehearse } from './cast.mjs';
import { scene } from './scenes.mjs';
import { Stage, take } from './stage.mjs';

/** @typedef {import('./stage.mjs').View} View */

/** The most bytes of one: they are in the sources, and in the binary. */
const LARGEST = 60_000;
const SIZE = { width: 1120, height: 700 };

/** Where each one goes in `docs/`, the scene, and how it is seen. @type {[string, string, View][]} */
const PICTURES = [
  ['pictures/room', 'room', { size: SIZE }],
  ['pictures/inspector', 'inspector', { size: SIZE, scheme: 'dark' }],
  ['pictures/phone', 'room-conversation', { size: { width: 390, height: 700 } }],
  ['guide/pictures/bot-form', 'bot-form', { size: SIZE }],
  ['guide/pictures/inspector', 'inspector', { size: SIZE }],
];

const stage = await Stage.set();
const cast = rehearse(stage);
for (const [name, of, view] of PICTURES) {
  const file = fileURLToPath(new URL(`../../docs/${name}.webp`, import.meta.url));
  await take(await scene(of)(stage, cast, view), file);
  const { size } = await stat(file);
  if (size > LARGEST) throw new Error(`${file} has ${size} bytes; ${LARGEST} is the most`);
  console.log(`${file}: ${size} bytes`);
  await stage.clear();
}
await stage.strike();
