// Pictures of everything, for people to look at: PARLOR_BIN=… node shots/all.mjs FOLDER [part of a name …]
import { join } from 'node:path';
import { rehearse } from './cast.mjs';
import { pictures, scene } from './scenes.mjs';
import { Stage, take } from './stage.mjs';

const [folder, ...parts] = process.argv.slice(2);
if (!folder) throw new Error('say into which folder: node shots/all.mjs FOLDER [part of a name …]');
const wanted = pictures.filter(([name, ending]) => parts.length === 0 || parts.some((part) => (name + ending).includes(part)));

const stage = await Stage.set();
const cast = rehearse(stage);
let missed = 0;
for (const [name, ending, view] of wanted) {
  const file = join(folder, `${name}${ending}.png`);
  try {
    const page = await scene(name)(stage, cast, view);
    page.setDefaultTimeout(30_000);
    await take(page, file);
    console.log(file);
  } catch (error) {
    missed += 1;
    console.error(`${file}: ${error instanceof Error ? error.message : error}`);
  }
  await stage.clear();
}
await stage.strike();
if (missed > 0) throw new Error(`${missed} of ${wanted.length} pictures could not be taken`);
