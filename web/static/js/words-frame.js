// The words of the frame with the messages; words.js has them with all others. The frame loads these alone.

import { dress } from './skin.js';

/** @param {number} n @param {string} one @param {string} many */
export const counted = (n, one, many) => `${n} ${n === 1 ? one : many}`;

/** @param {number} seconds */
const took = (seconds) => (seconds < 10 ? `${Math.max(0.1, seconds).toFixed(1)} s` : `${Math.round(seconds)} s`);

export const frameWords = {
  frame: {
    label: 'Messages',
    bot: 'bot',
    justNow: 'just now',
    fresh: 'New since you were here',
    answers: (/** @type {string} */ author, /** @type {number} */ seconds) => `to ${author}, ${took(seconds)}`,
    jump: (/** @type {number} */ n) => (n === 0 ? 'Jump to newest' : `${counted(n, 'new message', 'new messages')} ↓`),
    arrived: (/** @type {number} */ n) => `${n} new messages`,
    actions: 'With this message',
    choices: {
      reply: 'Reply',
      link: 'Copy link',
      text: 'Copy text',
      whyAsked: 'Why did bots answer, or not?',
      whyAnswered: 'Open in the inspector',
    },
    copied: 'Copied',
    notCopied: 'Could not copy',
    copyCode: 'Copy this code',
    repliesTo: 'Reply to ',
    quoting: 'A message further up',
    quoteGone: 'A message that is gone',
    original: 'Open the original',
    close: 'Close',
    pictureBefore: 'Picture before',
    pictureAfter: 'Next picture',
    picture: 'Picture in this message',
    pictureBroken: 'This picture did not load.',
    mediaBroken: 'This can’t be played here.',
    openIt: 'Open it in a new tab',
    embedOpen: 'Opens in a new tab',
    embedNothing: 'A frame without an address',
    state: 'State',
    ok: 'OK',
    formNowhere: 'This form belongs to no message, so it can’t be sent.',
    formFiles: 'Files can’t be sent to bots. The rest of this form can.',
    formFilesNeeded: 'Files can’t be sent to bots, and this form can’t do without one. Ask the bot’s author for another way.',
    formNeedsFile: 'This form was not sent: it needs a file, and files can’t be sent to bots.',
  },
};

dress(frameWords);
