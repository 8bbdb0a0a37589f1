// Forms in messages: nothing is sent from here; what was filled in goes to the page, which posts it to the bot.

import { words } from '../words.js';
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

/**
 * @param {(message: ToPage) => void} tell
 * @param {(card: Element) => import('../types.js').Message | undefined} messageOf
 */
export function takeForms(tell, messageOf) {
  document.addEventListener('submit', (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || form.method === 'dialog') return;
    event.preventDefault();
    const card = form.closest('.message-card');
    const message = card && messageOf(card);
    if (!message) return say(words.frame.formNowhere);
    if (form.querySelector('input[type="file"]')) return say(words.frame.formFiles);
    if (form.getAttribute('aria-busy') === 'true') return undefined;
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
  if (error) say(error);
}
