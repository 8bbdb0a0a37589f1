// What is done to a text field: replacing a part of its text so that one can undo it, growing, and marks around a selection.

/** The server's limit for a person's text, in bytes. */
export const MOST_BYTES = 16 * 1024;
/** From so many bytes that are left, one is told how many. */
const NEAR = 2048;

/**
 * Puts `text` in the place of what stands from `from` to `to`, and the caret behind it. Like typing, it can be undone.
 * @param {HTMLTextAreaElement | HTMLInputElement} field @param {number} from @param {number} to @param {string} text
 */
export function replace(field, from, to, text) {
  field.focus();
  field.setSelectionRange(from, to);
  const typed = text === '' ? document.execCommand('delete') : document.execCommand('insertText', false, text);
  if (typed) return;
  field.setRangeText(text, from, to, 'end');
  field.dispatchEvent(new InputEvent('input', { bubbles: true }));
}

/** As high as its text; the style sheet says where that ends. @param {HTMLTextAreaElement} field */
export function grow(field) {
  field.style.height = 'auto';
  field.style.height = `${field.scrollHeight}px`;
}

/**
 * How many bytes are left for a text; negative when it is too long, null while there is plenty.
 * @param {string} text
 */
export function bytesLeft(text) {
  // No character takes more than three bytes for each of its UTF-16 units: most texts need no counting.
  if (text.length * 3 < MOST_BYTES - NEAR) return null;
  const left = MOST_BYTES - new TextEncoder().encode(text).length;
  return left < NEAR ? left : null;
}

/** Keys that, with Ctrl or Command, put Markdown around the selection. @type {Record<string, string>} */
export const MARKS = { b: '**', i: '*', e: '`' };

/**
 * Puts a mark around what is selected, or takes it away where it stands already.
 * @param {HTMLTextAreaElement} field @param {string} mark
 */
export function wrap(field, mark) {
  const { value, selectionStart: from, selectionEnd: to } = field;
  const chosen = value.slice(from, to);
  const n = mark.length;
  if (value.slice(from - n, from) === mark && value.slice(to, to + n) === mark && !(mark === '*' && value.slice(from - 2, from) === '**' && value.slice(from - 3, from) !== '***')) {
    replace(field, from - n, to + n, chosen);
    field.setSelectionRange(from - n, to - n);
  } else {
    replace(field, from, to, mark + chosen + mark);
    field.setSelectionRange(from + n, to + n);
  }
}

/**
 * Whether an arrow key would leave the text instead of moving in it.
 * @param {HTMLTextAreaElement} field @param {'first' | 'last'} line
 */
export function caretAt({ value, selectionStart, selectionEnd }, line) {
  if (selectionStart !== selectionEnd) return false;
  return line === 'first' ? !value.slice(0, selectionStart).includes('\n') : !value.slice(selectionEnd).includes('\n');
}
