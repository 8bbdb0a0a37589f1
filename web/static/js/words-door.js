// The words of accounts, and of who may come into a room and what it keeps. They are loaded with what shows them.

import { dress } from './skin.js';

export const doorWords = {
  access: {
    label: 'Who may come in',
    choices: [
      { value: 'public', name: 'Everybody', more: 'Where a login is required: everybody who has one.' },
      { value: 'members', name: 'Everybody with an account', more: 'Nobody without a login.' },
      { value: 'private', name: 'Those on a list', more: 'And those who run the server.' },
    ],
    members: 'The list',
    membersHint: 'Names of accounts, one on each line. Who is taken off is out at once.',
    save: 'Save the list',
  },

  keep: {
    label: 'How long messages are kept',
    days: 'Days',
    messages: 'Newest messages',
    all: 'all',
    forEver: 'for ever',
    forEverHint: 'Left empty, messages stay for ever. Fewer make room, and leave less behind.',
    serverHint: 'Left empty, what the server says holds.',
    whole: 'Give a whole number from 1, or leave it empty.',
    tooLarge: (/** @type {number} */ most) => `Give at most ${most}, or leave it empty.`,
    title: 'This erases messages',
    old: (/** @type {string} */ from, /** @type {string} */ oldest) => `Everything from before ${from}; the oldest message is of ${oldest}.`,
    many: (/** @type {number} */ n, /** @type {string} */ from) => (n === 1 ? `Everything but the newest message, of ${from}.` : `Everything but the newest ${n} messages, which begin on ${from}.`),
    perhaps: (/** @type {number} */ n) => `Everything but the newest ${n} messages, if there are more.`,
    forAll: 'For everybody, out of the search too, within about a minute. It can’t be taken back, and goes on by itself from then on.',
    erase: 'Erase and save',
    cancel: 'Change nothing',
    save: 'Save',
    saved: 'Saved.',
  },

  account: {
    hint: 'You are logged in, and speak under this name.',
    own: 'Your account',
    admin: 'Admin',
    logOut: 'Log out',
  },

  secret: {
    copied: 'Copied',
    notCopied: 'Select it and copy it by hand',
  },
};

dress(doorWords);

export const words = doorWords;
