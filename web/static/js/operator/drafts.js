// What is typed and not sent, for each session: a reply and a note, and which of them is being written.

import { kept } from '../kept.js';

/** @typedef {'reply' | 'note'} Kind */
/** @typedef {{ reply: string, note: string, kind: Kind }} Draft */

/** @param {string} key */
const named = (key) => `operator.draft.${key}`;

/** @param {string} key @returns {Draft} */
export function draftOf(key) {
  const { reply, note, kind } = kept.get(named(key), { reply: '', note: '', kind: 'reply' });
  return { reply: String(reply ?? ''), note: String(note ?? ''), kind: kind === 'note' ? 'note' : 'reply' };
}

/** @param {string} key @param {Draft} draft */
export function keep(key, draft) {
  if (draft.reply || draft.note) kept.set(named(key), draft);
  else kept.remove(named(key));
}
