// The words of accounts: who may come into a room, and the pages of one's own account. They are loaded with those.

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
