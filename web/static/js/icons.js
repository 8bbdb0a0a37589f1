// The pictures on buttons, drawn with lines of one width.

import { svg, html } from '/web/vendor/lit.js';
import { at } from './at.js';
import { skin } from './skin.js';

/** @param {import('/web/vendor/lit.js').TemplateResult<2>} lines */
const icon = (lines) => html`<svg class="icon" viewBox="0 0 20 20" aria-hidden="true">${lines}</svg>`;

export const icons = {
  menu: icon(svg`<path d="M3 5.500h14M3 10h14M3 14.500h9"/>`),
  close: icon(svg`<path d="m5 5 10 10M15 5 5 15"/>`),
  panel: icon(svg`<rect x="3.5" y="7" width="13" height="9.5" rx="3"/><path d="M10 3.500V7M7.5 11v1.500M12.5 11v1.5"/>`),
  search: icon(svg`<circle cx="9" cy="9" r="5.5"/><path d="m13 13 4 4"/>`),
  up: icon(svg`<path d="m5 12 5-5 5 5"/>`),
  down: icon(svg`<path d="m5 8 5 5 5-5"/>`),
  done: icon(svg`<path d="m4.5 10.500 3.500 3.500 7.500-8"/>`),
  arrange: icon(svg`<path d="M4 6h7M4 10h7M4 14h7M15 4v12M13 6l2-2 2 2M13 14l2 2 2-2"/>`),
  minus: icon(svg`<path d="M4 10h12"/>`),
  plus: icon(svg`<path d="M10 4v12M4 10h12"/>`),
  edit: icon(svg`<path d="m4 16 .8-3.5 8.7-8.7 2.7 2.7-8.7 8.700zM11.5 5.800l2.7 2.7"/>`),
  trash: icon(svg`<path d="M4 6h12M8 6V4h4v2M5.5 6l.8 10.500h7.400L14.5 6M8.5 9v4.500M11.5 9v4.5"/>`),
  send: icon(svg`<path d="M10 16V4.500M5 9.500l5-5 5 5"/>`),
  emoji: icon(svg`<circle cx="10" cy="10" r="6.8"/><path d="M7.8 8.200v.4M12.2 8.200v.4M7 11.700a3.400 3.400 0 0 0 6 0"/>`),
  microphone: icon(svg`<rect x="7.6" y="3.2" width="4.8" height="8.2" rx="2.4"/><path d="M4.800 9.800a5.200 5.200 0 0 0 10.400 0M10 15v2"/>`),
  sound: icon(svg`<path d="M3.500 8v4h2.700L10 15.200V4.800L6.200 8zM13 7.600a3.600 3.600 0 0 1 0 4.800M15.200 5.400a6.600 6.600 0 0 1 0 9.200"/>`),
  project: icon(svg`<rect x="3" y="4" width="14" height="9" rx="2"/><path d="M10 13v3M6.500 16.500h7"/>`),
  keyboard: icon(svg`<rect x="2.5" y="5" width="15" height="10" rx="2.5"/><path d="M6 8.500h.01M10 8.500h.01M14 8.500h.01M7 12h6"/>`),
  lock: icon(svg`<rect x="4.5" y="9" width="11" height="7.5" rx="2"/><path d="M7 9V6.500a3 3 0 0 1 6 0V9"/>`),
  scripts: icon(svg`<path d="m7 6-4 4 4 4M13 6l4 4-4 4"/>`),
  scriptsOff: icon(svg`<path d="m7 6-4 4 4 4M13 6l4 4-4 4M4 17 16 3"/>`),
  door: icon(svg`<path d="M4 16.500h12M6 16.500V8a4 4 0 0 1 8 0v8.500M11.5 11v1"/>`),
  again: icon(svg`<path d="M15.5 10a5.500 5.500 0 1 1-1.7-4M15.5 3.500V7H12"/>`),
  back: icon(svg`<path d="m12 5-5 5 5 5"/>`),
  exchange: icon(svg`<path d="M6.500 3.500v12M3.500 12.500l3 3 3-3M13.500 16.500v-12M10.500 7.500l3-3 3 3"/>`),
  info: icon(svg`<circle cx="10" cy="10" r="6.8"/><path d="M10 9.200v4M10 6.600v.2"/>`),
  ready: icon(svg`<path d="M4 4.500h12a1 1 0 0 1 1 1V13a1 1 0 0 1-1 1h-6l-3.500 3V14H4a1 1 0 0 1-1-1V5.500a1 1 0 0 1 1-1zM6.500 8h7M6.500 10.800h4"/>`),
  counts: icon(svg`<path d="M3.500 4.500h13M3.500 8.200h10M3.500 11.800h6.500M3.500 15.500h3.500"/>`),
  copy: icon(svg`<rect x="7" y="7" width="9.5" height="9.5" rx="2"/><path d="M4 13V5.500A2 2 0 0 1 6 3.500h7"/>`),
};

/** The mark, an armchair under an arch, for use on the wall. @param {number} size */
export const mark = (size) => (skin.logo ? html`<img class="mark" src=${at(skin.logo)} alt="" height=${size} />` : html`
  <svg class="mark" viewBox="4 4 24 24" width=${size} height=${size} aria-hidden="true">
    <path d="M10.5 13v-1a5.5 5.5 0 0 1 11 0v1" />
    <path d="M11.5 19v-2.5a2.5 2.5 0 0 0-5 0V23" />
    <path d="M20.5 19v-2.5a2.5 2.5 0 0 1 5 0V23" />
    <path d="M11.5 19h9" />
    <path d="M6.5 23h19" />
  </svg>
`);

/** Two armchairs and a lamp: a room that waits for somebody. */
export const emptyPicture = html`
  <svg class="chairs" viewBox="0 0 148 104" width="148" height="104" aria-hidden="true">
    <path d="M18 52V42a16 16 0 0 1 32 0v10M20 74V62a7 7 0 0 0-14 0v26M48 74V62a7 7 0 0 1 14 0v26M20 74h28M6 88h56M12 88v6M56 88v6" />
    <path d="M98 52V42a16 16 0 0 1 32 0v10M100 74V62a7 7 0 0 0-14 0v26M128 74V62a7 7 0 0 1 14 0v26M100 74h28M86 88h56M92 88v6M136 88v6" />
    <path class="lamp" d="M74 94V26M66 94h16M62 26h24L80 8H68z" />
  </svg>
`;
