// The interface that bots' scripts know as `Necsus`.

/** @typedef {import('../types.js').Message} Message */
/** @typedef {(card: HTMLElement, message: Message) => void} Listener */

/** @type {Set<Listener>} */
const listeners = new Set();

/**
 * Tells bots' scripts that a card is in the document; what they throw is theirs.
 * @param {HTMLElement} card
 * @param {Message} message
 */
export function tellListeners(card, message) {
  for (const listener of listeners) {
    try {
      listener(card, message);
    } catch (error) {
      console.error(error);
    }
  }
}

/** @param {(text: string) => void} focusInput  Asks the page to put text into its input. */
export function installNecsus(focusInput) {
  const necsus = {
    /** @param {string} type @param {Listener} listener */
    addEventListener(type, listener) {
      if (type === 'message' && typeof listener === 'function') listeners.add(listener);
    },
    /** @param {string} type @param {Listener} listener */
    removeEventListener(type, listener) {
      if (type === 'message') listeners.delete(listener);
    },
    /** @param {unknown} [text] */
    focusMessageInput(text = '') {
      focusInput(String(text));
    },
  };
  Object.defineProperty(window, 'Necsus', { value: necsus, configurable: true, writable: true });
}
