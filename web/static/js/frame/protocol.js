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
 * What the frame wants to have loaded: messages before `id`, after it, on both sides of it, exactly `limit` up to and
 * with it (what was here before), or the newest.
 * @typedef {{ kind: 'load', load: number, want: 'older' | 'newer' | 'around' | 'upto' | 'newest', id: number, limit: number }} Load
 */

/**
 * What was loaded, ascending; null: it could not be. `beginning`: there are none before them; `end`: the frame has been
 * sent nothing newer.
 * @typedef {{ kind: 'loaded', load: number, messages: Message[] | null, beginning: boolean, end: boolean }} Loaded
 */

/**
 * Page to frame. `turn` is answered with `drawn` once everything before it has been drawn: so the page knows that no
 * script hangs. `filesKey` opens bots' files where a room is not for everybody; it changes. `gap`: what comes next does not join on to what came before.
 * @typedef {{ kind: 'start', look: Look, filesKey: string, readTo: number, markdown: boolean }
 *   | { kind: 'look', look: Look, filesKey: string }
 *   | { kind: 'markdown', on: boolean }
 *   | { kind: 'add', messages: Message[], fresh: boolean }
 *   | Loaded
 *   | { kind: 'gap', after: number }
 *   | { kind: 'clear' }
 *   | { kind: 'bottom' }
 *   | { kind: 'go', id: number }
 *   | { kind: 'turn', turn: number }
 *   | { kind: 'submitted', form: number, error: string | null }} ToFrame
 */

/**
 * Frame to page, each with `gesture`: how often a person has clicked or pressed a key in the frame. Nothing in it can be
 * trusted: any bot's script may send it. `seen`: the newest message that has been on
 * the screen. `press`: somebody has pressed a button of the pointer, or touched. `reply`, `inspect`, `permalink`: what a person chose for a message.
 * @typedef {{ kind: 'drawn', turn: number }
 *   | Load
 *   | { kind: 'seen', id: number }
 *   | { kind: 'submit', form: number, bot_id: number | null, action_url: string | null,
 *       form_data: Record<string, string | string[]> }
 *   | { kind: 'focus', text: string }
 *   | { kind: 'open', href: string }
 *   | { kind: 'search' }
 *   | { kind: 'press' }
 *   | { kind: 'reply' | 'inspect' | 'permalink', id: number }} ToPage
 */

export {};
