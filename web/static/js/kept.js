// What this browser keeps: a small, typed door to localStorage that goes on working when storage is closed, or full.

/** What storage did not take; it lasts as long as the page. @type {Map<string, string>} */
const memory = new Map();

/** @param {string} key */
const named = (key) => `parlor.${key}`;

export const kept = {
  /**
   * @template T
   * @param {string} key
   * @param {T} otherwise  Also the shape that is expected: what does not have it is not believed.
   * @returns {T}
   */
  get(key, otherwise) {
    let raw = memory.get(key) ?? null;
    try {
      // What could not be stored is newer than what is.
      raw ??= localStorage.getItem(named(key));
    } catch {
      // Storage is closed to this page.
    }
    if (raw === null) return otherwise;
    if (typeof otherwise === 'string') return /** @type {T} */ (raw);
    try {
      const value = JSON.parse(raw);
      const fits = typeof value === typeof otherwise && Array.isArray(value) === Array.isArray(otherwise);
      return fits && value !== null ? value : otherwise;
    } catch {
      return otherwise;
    }
  },

  /** @param {string} key @param {unknown} value */
  set(key, value) {
    const raw = typeof value === 'string' ? value : JSON.stringify(value);
    try {
      localStorage.setItem(named(key), raw);
      memory.delete(key);
    } catch {
      memory.set(key, raw);
    }
  },

  /** @param {string} key */
  remove(key) {
    memory.delete(key);
    try {
      localStorage.removeItem(named(key));
    } catch {
      // Nothing was kept there.
    }
  },

  /** @param {(key: string) => void} changed  Runs when another tab changes something. */
  watch(changed) {
    addEventListener('storage', ({ key }) => {
      if (key?.startsWith('parlor.')) changed(key.slice('parlor.'.length));
    });
  },
};

/** Random letters for keys; unlike `randomUUID` it works on plain http too. @returns {string} */
export function randomKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
