// What the page and the frame say to each other over the MessagePort, as JSDoc types; nothing runs here.

/** @typedef {import('../types.js').Message} Message */

/**
 * How cards look; the page sends it at the start and whenever it changes.
 * @typedef {object} Look
 * @property {'auto' | 'light' | 'dark'} theme
 * @property {'comfortable' | 'compact'} density
 * @property {boolean} showState
 * @property {string} me  The name under which the person writes.
 */

/**
 * Page to frame. `turn` is answered with `drawn` once everything before it has been drawn: so the page knows that no
 * script hangs.
 * @typedef {{ kind: 'start', look: Look, readTo: number }
 *   | { kind: 'look', look: Look }
 *   | { kind: 'add', messages: Message[], fresh: boolean }
 *   | { kind: 'older', messages: Message[], beginning: boolean }
 *   | { kind: 'older-failed' }
 *   | { kind: 'clear' }
 *   | { kind: 'bottom' }
 *   | { kind: 'turn', turn: number }
 *   | { kind: 'submitted', form: number, error: string | null }} ToFrame
 */

/**
 * Frame to page. Nothing in it can be trusted: any bot's script may send it.
 * @typedef {{ kind: 'drawn', turn: number }
 *   | { kind: 'older' }
 *   | { kind: 'submit', form: number, bot_id: number | null, action_url: string | null,
 *       form_data: Record<string, string | string[]> }
 *   | { kind: 'focus', text: string }
 *   | { kind: 'open', href: string }} ToPage
 */

export {};
