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
 * @property {string | null} [activation]  The delivery that it answers, or whose failure it explains.
 * @property {'formatted' | 'plain' | null} [content]  How far it has been cleaned; absent: not at all.
 */

/**
 * @typedef {object} Bot
 * @property {number} id
 * @property {string} room
 * @property {string} name
 * @property {string | null} responds_to
 * @property {string} url
 * @property {boolean} [paused]
 * @property {number | null} [timeout]  Seconds.
 * @property {string[]} [events]
 * @property {boolean} [signed]  It has a secret.
 * @property {string} [note]  What else a change did.
 * @property {boolean} [connected]  Of a bot without an address: whether its program is connected.
 */

/**
 * A delivery to a bot, as the room stream tells of it.
 * @typedef {object} Activation
 * @property {string} id
 * @property {number} bot
 * @property {string} name  The bot's.
 * @property {number | null} message  What activated it, if a message did.
 * @property {string} trigger
 * @property {number} attempt
 * @property {'pending' | 'running' | 'answered' | 'failed' | 'interrupted'} status
 * @property {number} started  Seconds since 1970.
 * @property {number | null} took
 * @property {string | null} error
 */

/**
 * What can be set for a room.
 * @typedef {object} RoomSettings
 * @property {'open' | 'formatted' | 'plain'} [content]  How bots' texts are shown.
 * @property {boolean} [markdown]  Whether people's texts are drawn as Markdown.
 * @property {boolean} [archive]
 * @property {string} [access]  `public`, `members` or `private`.
 * @property {string[]} [members]  Who is on a private room's list.
 * @property {{ keep: number | null, keep_messages: number | null }} [defaults]  What holds where those below are null; not in the stream.
 * @property {number | null} [keep]  Days; null: as long as the server says.
 * @property {number | null} [keep_messages]  How many, the newest; null: as many as the server says.
 */

/** @typedef {'connecting' | 'live' | 'offline' | 'refused'} Link  Refused: the server is there and does not let one in. */

/**
 * A delivery to a bot, whole, as it is written down.
 * @typedef {Activation & { room: string, cause?: string,
 *   request: { method: string, url: string, headers: Record<string, string>, body: string } | null,
 *   response: { status: number, headers: Record<string, string>, body: string } | null,
 *   again?: string | null }} Delivery  `again`: the delivery that this one repeats.
 */

/** @typedef {{ name: string | null, span: [number, number] | null, text: string | null }} Group */

/**
 * A text, and where a pattern was found in it; places count UTF-16 units.
 * @typedef {object} Tried
 * @property {number | null} id
 * @property {string} author
 * @property {string} text
 * @property {boolean} matched
 * @property {[number, number] | null} span
 * @property {Group[]} groups
 */

/** @typedef {{ error: { message: string, at: number | null } | null, messages: Tried[] }} Trial */

/**
 * Why a bot was asked by a message, or was not.
 * @typedef {object} Reason
 * @property {number} bot
 * @property {string} name
 * @property {boolean} matched
 * @property {string} reason
 * @property {string} why
 * @property {string | null} activation
 */

/** @typedef {{ matched: boolean, why: string, activation: Delivery, message: Message | null }} Tested */

export {};
