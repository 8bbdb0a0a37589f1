// Turns a bot's HTML into nodes: relative addresses resolved, styles hoisted, scripts made ready to run once, frames of
// other sites replaced by a card that opens them.

import { botFile, FILES } from './bot-file.js';
import { frameWords as words } from '../words-frame.js';
import { refuseFiles } from './forms.js';
import { ownOrigin } from './own-origin.js';

/** Attributes that hold one address, by element. */
const ADDRESSES = [
  ['a[href], area[href], link[href]', 'href'],
  ['img[src], source[src], video[src], audio[src], track[src], embed[src], script[src], input[src], iframe[src]', 'src'],
  ['video[poster]', 'poster'],
  ['object[data]', 'data'],
  ['image[href], use[href]', 'href'],
];

/** Style sheets and scripts that are loaded already; each address once. */
const loaded = new Set();

/** Messages whose inline scripts have run. */
const ran = new Set();

/** Whether scripts of bots run in this frame at all. */
export const scripts = { on: true };

/** Whether styles of bots count. */
export const styles = { on: true };

/**
 * @param {string} address
 * @param {string | null} base
 */
function resolve(address, base) {
  if (address.startsWith('#') || !base) return address;
  const from = botFile(base);
  // The root of a bot without an address is where its files are, not this server's.
  if (base.startsWith(FILES) && /^\/(?![/\\])/u.test(address)) return new URL(from + address.slice(1), location.href).href;
  try {
    return new URL(address, new URL(from, location.href)).href;
  } catch {
    return address;
  }
}

/**
 * A `srcset` with each of its addresses resolved; a comma inside a `data:` address is no separator.
 * @param {string} set
 * @param {string | null} base
 */
function resolveSet(set, base) {
  return set
    .split(/,\s+/u)
    .map((candidate) => {
      const [address, ...rest] = candidate.trim().split(/\s+/u);
      return [resolve(address, base), ...rest].join(' ');
    })
    .join(', ');
}

/** The addresses in a style, resolved. @param {string} css @param {string | null} base */
function resolveCss(css, base) {
  if (!base || !/url\(|@import/iu.test(css)) return css;
  return css
    .replace(/url\(\s*(["']?)([^"')]+)\1\s*\)/giu, (_, mark, address) => `url(${mark}${resolve(address.trim(), base)}${mark})`)
    .replace(/(@import\s+)(["'])([^"']+)\2/giu, (_, before, mark, address) => `${before}${mark}${resolve(address, base)}${mark}`);
}

/**
 * The nodes of a bot's or the system's HTML. Scripts among them run when they are put into the document, but only the
 * first time that this message is drawn.
 * @param {string} html
 * @param {{ id: number, base_url: string | null, content?: string | null }} message
 */
export function botHtml(html, message) {
  const template = document.createElement('template');
  template.innerHTML = html;
  const { content } = template;
  const base = message.base_url;
  for (const node of content.querySelectorAll('base, meta, title')) node.remove();
  for (const node of content.querySelectorAll('[autofocus]')) node.removeAttribute('autofocus');
  for (const [selector, attribute] of ADDRESSES) {
    for (const node of content.querySelectorAll(selector)) {
      node.setAttribute(attribute, resolve(node.getAttribute(attribute) ?? '', base));
    }
  }
  for (const node of content.querySelectorAll('[srcset]')) {
    node.setAttribute('srcset', resolveSet(node.getAttribute('srcset') ?? '', base));
  }
  for (const node of content.querySelectorAll('[style]')) {
    const style = node.getAttribute('style') ?? '';
    if (/url\(/iu.test(style)) node.setAttribute('style', resolveCss(style, base));
  }
  if (!ownOrigin) for (const frame of content.querySelectorAll('iframe')) frame.replaceWith(embedCard(frame));
  for (const link of content.querySelectorAll('a[href]')) {
    if (!link.getAttribute('href')?.startsWith('#')) link.setAttribute('rel', 'noopener noreferrer');
  }
  refuseFiles(content);
  const first = !ran.has(message.id);
  ran.add(message.id);
  hoistStyles(content, message, first);
  for (const script of content.querySelectorAll('script')) {
    if (first && scripts.on && !message.content) script.replaceWith(runnable(script));
    else script.remove();
  }
  return content;
}

/**
 * @param {DocumentFragment} content
 * @param {{ id: number, base_url: string | null }} message
 * @param {boolean} first
 */
function hoistStyles(content, { id, base_url }, first) {
  for (const style of content.querySelectorAll('style')) {
    style.remove();
    if (!first || !styles.on) continue;
    style.textContent = resolveCss(style.textContent ?? '', base_url);
    style.dataset.message = String(id);
    document.head.append(style);
  }
  for (const link of content.querySelectorAll('link')) {
    link.remove();
    if (link.relList.contains('stylesheet')) loadCss(link.href);
  }
}

/**
 * A script made by the parser of `innerHTML` never runs; a copy made here does.
 * @param {HTMLScriptElement} script
 */
function runnable(script) {
  const copy = document.createElement('script');
  for (const { name, value } of script.attributes) copy.setAttribute(name, value);
  copy.textContent = script.textContent;
  if (copy.src && !script.hasAttribute('async')) copy.async = false;
  return copy;
}

/**
 * Frames of other sites get no origin of their own inside this one, so that most players in them fail.
 * @param {HTMLIFrameElement} frame
 */
function embedCard(frame) {
  const address = frame.getAttribute('src') ?? '';
  const card = document.createElement('a');
  card.className = 'embed';
  if (!URL.canParse(address)) {
    card.textContent = words.frame.embedNothing;
    return card;
  }
  const site = document.createElement('strong');
  site.textContent = frame.title || new URL(address).hostname;
  const hint = document.createElement('span');
  hint.textContent = words.frame.embedOpen;
  card.href = address;
  card.append(site, hint);
  return card;
}

/** @param {string} address */
export function loadCss(address) {
  if (!styles.on || loaded.has(address)) return;
  loaded.add(address);
  const link = document.createElement('link');
  link.rel = 'stylesheet';
  link.href = botFile(address);
  link.dataset.message = '';
  document.head.append(link);
}

/** @param {string} address */
export function loadScript(address) {
  if (!scripts.on || loaded.has(address)) return;
  loaded.add(address);
  const script = document.createElement('script');
  if (/\.mjs$/u.test(address.replace(/[?#].*$/u, ''))) script.type = 'module';
  script.async = false;
  script.src = botFile(address);
  document.head.append(script);
}

/** Takes away the styles that messages brought; what scripts did can't be undone. */
export function forgetStyles() {
  for (const node of document.head.querySelectorAll('[data-message]')) {
    if (node instanceof HTMLLinkElement) loaded.delete(node.href);
    node.remove();
  }
}
