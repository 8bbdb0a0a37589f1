// The shapes that come over the wire, as JSDoc types; nothing runs here.

/**
 * @typedef {object} Message
 * @property {number} id
 * @property {string} room
 * @property {string} author
 * @property {'user' | 'bot' | 'system'} kind
 * @property {string} text  As typed for `user`; HTML for `bot` and `system`.
 * @property {number} when  Seconds since 1970.
 * @property {string | null} image
 * @property {string | null} media
 * @property {string | null} css
 * @property {string | null} js
 * @property {string | null} base_url  What relative links in `text` start from.
 * @property {number | null} from_bot
 * @property {unknown} state  Not null: the room is in a conversation with `from_bot`.
 * @property {number | null} [reply_to]  The id of the message that this one answers.
 */

/**
 * @typedef {object} Bot
 * @property {number} id
 * @property {string} room
 * @property {string} name
 * @property {string | null} responds_to
 * @property {string} url
 * @property {boolean} [paused]
 */

/** @typedef {'connecting' | 'live' | 'offline'} Link */

export {};
