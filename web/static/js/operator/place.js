// Where one is in the inbox stands behind the `#` of its address: the view, the session that is open, and what is left out.

export const VIEWS = /** @type {const} */ (['waiting', 'mine', 'open', 'snoozed', 'bot', 'resolved', 'ended', 'found']);

/** `found` are those of a visitor, in whatever state. @typedef {typeof VIEWS[number]} View */

/**
 * What the lists are narrowed to; empty texts narrow nothing.
 * @typedef {{ flow: string, queue: string, with: string }} Filter
 */

/** @type {Filter} */
export const EVERYTHING = { flow: '', queue: '', with: '' };

/** @param {View} view @param {string} [key] @param {Filter} [filter] */
export function addressOf(view, key = '', filter = EVERYTHING) {
  // Who looks for somebody looks in all states; the states themselves know nothing of it.
  const kept = Object.entries(filter).filter(([name, text]) => text && (name !== 'with' || view === 'found'));
  const narrow = new URLSearchParams(kept).toString();
  return `#/${view}${key ? `/${key.split('/').map(encodeURIComponent).join('/')}` : ''}${narrow ? `?${narrow}` : ''}`;
}

/** @param {string} part */
function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return '';
  }
}

/** @param {string} hash @returns {{ view: View, key: string, filter: Filter }} */
export function placeOf(hash) {
  const [path, ...rest] = hash.split('?');
  const [, named, flow = '', id = ''] = path.split('/').map(decoded);
  const asked = new URLSearchParams(rest.join('?'));
  const filter = { flow: asked.get('flow') ?? '', queue: asked.get('queue') ?? '', with: asked.get('with')?.trim() ?? '' };
  const known = VIEWS.find((one) => one === named);
  const view = filter.with && named === 'found' ? 'found' : (known ?? 'waiting');
  return { view, key: flow && id ? `${flow}/${id}` : '', filter: view === 'found' ? filter : { ...filter, with: '' } };
}
