// Copies text for the person, also where the browser keeps its clipboard to secure pages: on plain http away from localhost.

/** Whether it worked; to be called from a click or a key. @param {string} text */
export async function toClipboard(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return bySelection(text);
  }
}

/** @param {string} text */
function bySelection(text) {
  const { activeElement } = document;
  const field = document.createElement('textarea');
  field.className = 'unseen';
  field.value = text;
  // Outside of an open dialog nothing can be selected.
  (activeElement?.closest('dialog') ?? document.body).append(field);
  field.select();
  const done = document.execCommand('copy');
  field.remove();
  if (activeElement instanceof HTMLElement) activeElement.focus({ preventScroll: true });
  return done;
}
