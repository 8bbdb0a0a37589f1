// Forms in messages: nothing is sent from here; what was filled in goes to the page, which posts it to the bot.

import { frameWords as words } from '../words-frame.js';
import { make } from './make.js';
import { say } from './stand-ins.js';

/** @typedef {import('./protocol.js').ToPage} ToPage */

/** Forms that wait for the page's word. @type {Map<number, HTMLFormElement>} */
const pending = new Map();
let nextForm = 1;

/**
 * One value is a string, several of one name are an array.
 * @param {FormData} filled
 */
function collect(filled) {
  /** @type {Map<string, string | string[]>} */
  const values = new Map();
  for (const [name, value] of filled) {
    if (typeof value !== 'string') continue;
    const before = values.get(name);
    values.set(name, before === undefined ? value : [before, value].flat());
  }
  return Object.fromEntries(values);
}

/** Says at its place that a field for files can't be used. @param {ParentNode} where */
export function refuseFiles(where) {
  for (const input of where.querySelectorAll('input[type="file"]')) {
    if (!(input instanceof HTMLInputElement) || input.dataset.refused) continue;
    input.dataset.refused = 'yes';
    input.disabled = true;
    const note = make('span', 'refused', input.required ? words.frame.formFilesNeeded : words.frame.formFiles);
    note.setAttribute('role', 'note');
    input.after(note);
  }
}

/** Says under a form why it was not sent. @param {HTMLFormElement} form @param {string | null} error */
function complain(form, error) {
  form.querySelector(':scope > .wrong')?.remove();
  if (!error) return;
  const line = make('p', 'wrong', error);
  line.setAttribute('role', 'alert');
  form.append(line);
}

/** @param {HTMLFormElement} form */
function needsFile(form) {
  refuseFiles(form);
  return form.querySelector('input[type="file"]:required') !== null;
}

/**
 * @param {(message: ToPage) => void} tell
 * @param {(card: Element) => import('../types.js').Message | undefined} messageOf
 */
export function takeForms(tell, messageOf) {
  document.addEventListener('submit', (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || form.getAttribute('method')?.toLowerCase() === 'dialog') return;
    event.preventDefault();
    const card = form.closest('.message-card');
    const message = card && messageOf(card);
    if (!message) return say(words.frame.formNowhere);
    if (form.getAttribute('aria-busy') === 'true') return undefined;
    if (needsFile(form)) return complain(form, words.frame.formNeedsFile);
    complain(form, null);
    const { submitter } = event;
    const action = submitter?.getAttribute('formaction') ?? form.getAttribute('action');
    const id = nextForm++;
    pending.set(id, form);
    form.setAttribute('aria-busy', 'true');
    tell({
      kind: 'submit',
      form: id,
      bot_id: message.from_bot,
      action_url: action,
      form_data: collect(new FormData(form, submitter)),
    });
    return undefined;
  });
  // Scripts that call submit() get what a click on the form's button does.
  HTMLFormElement.prototype.submit = function submit() {
    this.requestSubmit();
  };
}

/**
 * @param {number} id
 * @param {string | null} error
 */
export function formSubmitted(id, error) {
  const form = pending.get(id);
  pending.delete(id);
  form?.removeAttribute('aria-busy');
  if (form) complain(form, error);
}
