// Pictures, sound and films that come with a message, and what stands in their place when they can't be loaded.

import { frameWords as words } from '../words-frame.js';
import { botFile, FILES, reopened } from './bot-file.js';
import { make } from './make.js';

/** What stands in the place of something that could not be loaded, and how to make that. @type {WeakMap<Element, () => Element>} */
const stands = new WeakMap();

/** @param {string} said @param {string} address @param {(address: string) => Element} again */
function broken(said, address, again) {
  const link = make('a', '', words.frame.openIt);
  link.href = botFile(address);
  link.rel = 'noopener noreferrer';
  const stand = make('p', 'broken', said, ' ', link);
  if (address.startsWith(FILES)) stands.set(stand, () => again(address));
  return stand;
}

/** Bots' files that could not be had are asked for once more: what opens them is new. */
export function tryAgain() {
  for (const stand of document.querySelectorAll('.broken')) {
    const again = stands.get(stand);
    if (again) stand.replaceWith(again());
  }
  for (const image of document.images) {
    if (image.complete && image.naturalWidth === 0 && image.src.includes(`${FILES}~`)) image.src = reopened(image.src);
  }
}

/** @param {string} address */
export function picture(address) {
  const image = document.createElement('img');
  image.src = botFile(address);
  image.alt = words.frame.picture;
  image.decoding = 'async';
  image.loading = 'eager';
  const link = make('a', 'picture', image);
  link.href = image.src;
  link.rel = 'noopener noreferrer';
  image.addEventListener('error', () => link.replaceWith(broken(words.frame.pictureBroken, address, picture)), { once: true });
  return link;
}

/** A player that fits sound as well as video; which it is, is known when the file has begun to arrive. @param {string} address */
export function player(address) {
  const video = document.createElement('video');
  video.className = /\.(mp3|ogg|oga|wav|m4a|aac|flac|opus)([?#]|$)/iu.test(address) ? 'media sound' : 'media';
  video.controls = true;
  video.preload = 'metadata';
  video.addEventListener('loadedmetadata', () => video.classList.toggle('sound', video.videoWidth === 0));
  video.addEventListener('error', () => video.replaceWith(broken(words.frame.mediaBroken, address, player)), { once: true });
  video.src = botFile(address);
  return video;
}
