// Pictures, large: over the talk, with their words, the way to the original, and the pictures before and after.

import { frameWords as words } from '../words-frame.js';
import { make } from './make.js';
import { signButton } from './signs.js';

/** Smaller pictures (px) in a bot's HTML are signs, not pictures. */
const SMALLEST = 80;

/** Whether a click on this picture is meant for it. @param {HTMLImageElement} image */
function opens(image) {
  if (image.closest('.picture')) return true;
  const held = image.closest('a, button, label, summary, [onclick], [usemap], .lightbox');
  return !held && image.closest('.body') !== null && image.naturalWidth >= SMALLEST && image.width >= SMALLEST && !image.onclick;
}

/** The pictures of the talk that open, in order. */
const gallery = () => [...document.querySelectorAll('.message-card img')].filter((one) => one instanceof HTMLImageElement && opens(one));

class Lightbox {
  #box = document.createElement('dialog');
  #image = document.createElement('img');
  #words = make('p', 'words');
  #original = make('a', 'original', words.frame.original);

  /** @param {HTMLImageElement} shown @param {Element | null} back  What gets the focus back. */
  constructor(shown, back) {
    const close = signButton('close', words.frame.close, () => this.#box.close());
    this.#box.className = 'lightbox';
    this.#box.setAttribute('aria-label', words.frame.picture);
    this.#original.rel = 'noopener noreferrer';
    const steps = gallery().length > 1 ? [signButton('before', words.frame.pictureBefore, () => this.#step(-1)), signButton('after', words.frame.pictureAfter, () => this.#step(1))] : [];
    this.#box.append(make('div', 'stage', this.#image), make('div', 'caption', this.#words, this.#original, ...steps, close));
    this.#box.addEventListener('keydown', ({ key }) => (key === 'ArrowLeft' ? this.#step(-1) : key === 'ArrowRight' && this.#step(1)));
    this.#box.addEventListener('click', ({ target }) => target instanceof Element && !target.closest('img, .caption') && this.#box.close());
    this.#box.addEventListener('close', () => {
      this.#box.remove();
      if (back instanceof HTMLElement) back.focus({ preventScroll: true });
    });
    this.shown = shown;
    this.#show(shown);
    document.body.append(this.#box);
    this.#box.showModal();
    close.focus();
  }

  /** @param {HTMLImageElement} shown */
  #show(shown) {
    this.shown = shown;
    const author = shown.closest('.message-card')?.querySelector('.author')?.textContent ?? '';
    const said = shown.closest('.picture') ? '' : shown.alt;
    this.#image.src = shown.currentSrc || shown.src;
    this.#image.alt = shown.alt;
    this.#words.textContent = said ? `${author}: ${said}` : author;
    this.#original.href = shown.closest('a')?.href ?? this.#image.src;
  }

  /** @param {number} by */
  #step(by) {
    const pictures = gallery();
    const next = pictures[pictures.indexOf(this.shown) + by];
    if (!(next instanceof HTMLImageElement)) return;
    this.#show(next);
    next.scrollIntoView({ block: 'nearest', behavior: 'instant' });
  }
}

/** Must come before links are taken: a picture's link is the way to open it elsewhere. */
export function openPictures() {
  document.addEventListener('click', (event) => {
    if (event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const target = event.target instanceof Element ? event.target : null;
    const image = target?.closest('img') ?? target?.closest('.picture')?.querySelector('img');
    if (!(image instanceof HTMLImageElement) || !opens(image)) return;
    event.preventDefault();
    new Lightbox(image, image.closest('a'));
  });
}
