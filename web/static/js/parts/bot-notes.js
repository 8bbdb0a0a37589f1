// Notes on bots: where one lives, and what its form says about others who were at the same bot meanwhile.

import { html, nothing } from '/web/vendor/lit.js';
import { kindOf, valuesOf } from '../bot-drafts.js';
import { words } from '../words-bots.js';

/** @typedef {import('../bot-drafts.js').Field} Field */

/** Somebody deleted it. @param {string} name */
export const goneNote = (name) => html`
  <div class="note" role="alert"><p><b dir="auto">${words.botForm.gone(name)}</b></p><p>${words.botForm.goneMore}</p></div>
`;

/**
 * Somebody changed a field that was changed here too.
 * @param {Field} field @param {import('../types.js').Bot} bot @param {(take: boolean) => void} decide
 */
export function theirsNote(field, bot, decide) {
  const { name, respondsTo, url, timeout, events } = words.botForm;
  const label = { name, responds_to: respondsTo, url, timeout, events }[field];
  const theirs = [valuesOf(bot)[field]].flat().join(', ');
  return html`
    <div class="note" role="alert" data-theirs=${field}>
      <p>${words.botForm.theirs(label)} ${theirs ? html`<code dir="ltr">${theirs}</code>` : words.botForm.theirsEmpty}. ${words.botForm.theirsMore}</p>
      <p class="buttons">
        <button type="button" class="button" @click=${() => decide(true)}>${words.botForm.takeTheirs}</button>
        <button type="button" class="button" @click=${() => decide(false)}>${words.botForm.keepMine}</button>
      </p>
    </div>
  `;
}

/**
 * Where a bot lives, in a line.
 * @param {{ url: string, connected?: boolean }} bot  `connected` is left out where nobody knows yet.
 */
export function whereOf({ url, connected }) {
  const kind = kindOf(url);
  if (kind === 'socket') {
    const state = connected === undefined ? nothing : `, ${connected ? words.bots.connected : words.bots.notConnected}`;
    return html`<p class="quiet connected" data-connected=${connected ?? nothing}>${connected === undefined ? nothing : html`<i></i>`}${words.bots.noAddress}${state}</p>`;
  }
  if (kind === 'builtin') return html`<p class="quiet">${words.bots.builtin(url.slice('builtin:'.length))}</p>`;
  return html`<p class="quiet" dir="ltr">${url || words.bots.noUrl}</p>`;
}
