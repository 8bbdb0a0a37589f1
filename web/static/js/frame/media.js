// Pictures, sound and films that come with a message, and what stands in their place when they can't be loaded.

import { frameWords as words } from '../words-frame.js';
import { botFile } from './bot-file.js';
import { make } from './make.js';

/** What stands in the place of something that could not be loaded. @param {string} said @param {string} address */
function broken(said, address) {
  const link = make('a', '', words.frame.openIt);
  link.href = botFile(address);
  link.rel = 'noopener noreferrer';
  return make('p', 'broken', said, ' ', link);
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
  image.addEventListener('error', () => link.replaceWith(broken(words.frame.pictureBroken, address)), { once: true });
  return link;
}

/** A player that fits sound as well as video; which it is, is known when the file has begun to arrive. @param {string} address */
export function player(address) {
  const video = document.createElement('video');
  video.className = /\.(mp3|ogg|oga|wav|m4a|aac|flac|opus)([?#]|$)/iu.test(address) ? 'media sound' : 'media';
  video.controls = true;
  video.preload = 'metadata';
  video.addEventListener('loadedmetadata', () => video.classList.toggle('sound', video.videoWidth === 0));
  video.addEventListener('error', () => video.replaceWith(broken(words.frame.mediaBroken, address)), { once: true });
  video.src = botFile(address);
  return video;
}
