// The signs on the frame's buttons, drawn with lines of one width.

import { make } from './make.js';

const SVG = 'http://www.w3.org/2000/svg';

const LINES = {
  reply: 'M8 5 3.500 9.500 8 14M4 9.500h7.500a5 5 0 0 1 5 5v1',
  link: 'M8.500 11.500 11.500 8.500M9 6l1.500-1.500a3.500 3.500 0 0 1 5 5L14 11M11 14l-1.500 1.500a3.500 3.500 0 0 1-5-5L6 9',
  copy: 'M7.500 7.500h9v9h-9zM4 12.500V4h8.500',
  why: 'M7.500 7.500a2.500 2.500 0 1 1 3.600 2.200c-.8.4-1.100.9-1.100 1.800M10 14.500v.1M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14z',
  close: 'm5 5 10 10M15 5 5 15',
  before: 'm12 4.500-5.500 5.500 5.500 5.500',
  after: 'm8 4.500 5.500 5.500L8 15.500',
};

/** @param {keyof typeof LINES} name */
export function sign(name) {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 20 20');
  svg.setAttribute('class', 'sign');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', LINES[name]);
  svg.append(path);
  return svg;
}

/** A button that is a sign, with its words for those who hover or listen. @param {keyof typeof LINES} name @param {string} said @param {() => void} act */
export function signButton(name, said, act) {
  const button = make('button', 'action', sign(name));
  button.type = 'button';
  button.title = said;
  button.setAttribute('aria-label', said);
  button.addEventListener('click', act);
  return button;
}
