// Renews vendor/lit.js from the version of Lit that package.json pins: `npm ci && npm run renew`.
//
// The npm package has no single file that a browser can load without a build, so this makes one: the parts of Lit
// that the pages use, bundled and minified, with Lit's own licence beside it. Lit's Trusted Types policy stays
// `lit-html`; the script stops if that ever changes, since the server's header names it.
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const litFolder = join(here, '../node_modules/lit');
const { version } = JSON.parse(await readFile(join(litFolder, 'package.json'), 'utf8'));

const parts = `
  export { LitElement, html, svg, css, nothing, noChange, render } from 'lit';
  export { repeat } from 'lit/directives/repeat.js';
  export { classMap } from 'lit/directives/class-map.js';
  export { ifDefined } from 'lit/directives/if-defined.js';
  export { keyed } from 'lit/directives/keyed.js';
  export { live } from 'lit/directives/live.js';
  export { ref, createRef } from 'lit/directives/ref.js';
`;
const bundle = await build({
  stdin: { contents: parts, resolveDir: here },
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
  legalComments: 'none',
  write: false,
});
const code = bundle.outputFiles[0].text;
if (!code.includes('createPolicy("lit-html"')) {
  throw new Error('Lit names its Trusted Types policy differently now: change the server’s header with it.');
}
const head = `// Lit ${version}, bundled by vendor/renew.mjs; do not edit. Licence: BSD-3-Clause, see lit.LICENSE.\n`;
await writeFile(join(here, 'lit.js'), head + code);
await writeFile(join(here, 'lit.LICENSE'), await readFile(join(litFolder, 'LICENSE'), 'utf8'));
console.log(`vendor/lit.js is Lit ${version}, ${code.length} bytes.`);
