// Who may come into a room, where people have accounts; and the list of a private one.

import { html, nothing } from '/web/vendor/lit.js';
import { words } from '../words-door.js';

/** @typedef {import('../types.js').RoomSettings} RoomSettings */

/**
 * @param {RoomSettings | null} settings @param {boolean} locked  Whether one may not change it.
 * @param {(change: RoomSettings) => void} change
 */
export function roomAccess(settings, locked, change) {
  const { access = 'public', members = [] } = settings ?? {};
  return html`
    <fieldset class="field">
      <legend class="label">${words.access.label}</legend>
      <div class="options">
        ${words.access.choices.map(({ value, name, more }) => html`
          <label>
            <input type="radio" name="access" value=${value} ?disabled=${locked} .checked=${access === value} @change=${() => change({ access: value })} />
            <span><b>${name}</b><small>${more}</small></span>
          </label>
        `)}
      </div>
    </fieldset>
    ${access === 'private' ? list(members, locked, change) : nothing}
  `;
}

/** @param {string[]} members @param {boolean} locked @param {(change: RoomSettings) => void} change */
function list(members, locked, change) {
  /** @param {SubmitEvent} event */
  const save = (event) => {
    event.preventDefault();
    const names = String(new FormData(/** @type {HTMLFormElement} */ (event.currentTarget)).get('members') ?? '');
    change({ members: names.split('\n').map((name) => name.trim()).filter(Boolean) });
  };
  return html`
    <form class="field" @submit=${save}>
      <label for="room-members">${words.access.members}</label>
      <textarea id="room-members" class="input" name="members" rows="4" dir="auto" autocomplete="off" spellcheck="false" aria-describedby="room-members-more" ?readonly=${locked} .value=${members.join('\n')}></textarea>
      <p class="hint" id="room-members-more">${words.access.membersHint}</p>
      ${locked ? nothing : html`<p><button class="button">${words.access.save}</button></p>`}
    </form>
  `;
}
