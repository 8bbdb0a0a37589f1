//! The rooms API's shapes: messages and bots as NeCSuS clients know them, and what is sent to make them.
//!
//! Source: the older system's guide; names, orders and meanings are fixed. What Parlor adds stands beside them.

use std::collections::BTreeMap;

use parlor_rooms::{Keep, RoomName, RoomSettings};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A message of a room.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Message {
    /// Grows in a room, with gaps.
    pub id: u64,
    /// When it was stored: seconds since 1970, UTC.
    pub when: f64,
    /// The room's name.
    pub room: String,
    /// Who wrote it, as shown.
    pub author: String,
    /// `user`, `bot` or `system`.
    pub kind: String,
    /// Text of people, HTML of bots and of the system.
    pub text: String,
    /// An absolute URL of an image.
    pub image: Option<String>,
    /// An absolute URL of a sound or a film.
    pub media: Option<String>,
    /// An absolute URL of a style sheet.
    pub css: Option<String>,
    /// An absolute URL of a script; a module if it ends in `.mjs`.
    pub js: Option<String>,
    /// What relative links in the text are relative to.
    pub base_url: Option<String>,
    /// The id of the bot whose answer it is.
    pub from_bot: Option<u64>,
    /// What the bot keeps of a conversation: any JSON; null where there is none.
    #[schema(value_type = Option<Object>)]
    pub state: Option<serde_json::Value>,
    /// The id of the message that this one answers to.
    pub reply_to: Option<u64>,
    /// The id of the activation that it is the answer to, or whose failure it explains.
    pub activation: Option<String>,
    /// `formatted` or `plain` if the server cleaned the text to that measure, as the room's setting asks; else absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
}

/// A bot of a room.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Bot {
    /// Unique over the whole server.
    pub id: u64,
    /// The room that it is in.
    pub room: String,
    /// Its name; activates it if there is no pattern.
    pub name: String,
    /// The pattern (Python's `re`) that activates it.
    pub responds_to: Option<String>,
    /// `https://…`, `builtin:NAME`, `socket:`, or empty.
    pub url: String,
    /// Seconds until its answer is given up; the server's default if null.
    pub timeout: Option<f64>,
    /// A paused bot is not activated.
    pub paused: bool,
    /// What it asked to hear of besides what it responds to: `message`, `command:!word`, `join`, `leave`, `nick`,
    /// `every:10s`.
    pub events: Vec<String>,
    /// Whether it has a secret, with which what it is sent is signed.
    pub signed: bool,
    /// Of a bot with the url `socket:`: whether it is connected. The room stream's `put_bot` does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connected: Option<bool>,
    /// What else a change did, in a sentence: a bot whose url leads to another server loses its secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl Bot {
    /// A bot as clients see it.
    pub fn new(room: &RoomName, bot: &parlor_rooms::Bot) -> Self {
        Self {
            id: bot.id.0,
            room: room.to_string(),
            name: bot.name.clone(),
            responds_to: bot.responds_to.clone(),
            url: bot.url.clone(),
            timeout: bot.timeout,
            paused: bot.paused,
            events: bot.events.iter().map(ToString::to_string).collect(),
            signed: bot.signed,
            connected: None,
            note: None,
        }
    }
}

/// A message to post.
#[derive(Debug, Deserialize, ToSchema)]
pub struct PostMessage {
    /// Where to.
    #[schema(example = "welcome")]
    pub room: String,
    /// Who says it.
    #[schema(example = "Ann")]
    pub author: String,
    /// What; may be empty; at most 16 KiB of UTF-8.
    #[schema(example = "echo hello")]
    pub text: String,
    /// An absolute URL of an image.
    pub image: Option<String>,
    /// An absolute URL of a sound or a film.
    pub media: Option<String>,
    /// An absolute URL of a style sheet.
    pub css: Option<String>,
    /// An absolute URL of a script.
    pub js: Option<String>,
    /// What relative links in the text are relative to.
    pub base_url: Option<String>,
    /// The id of the message that this one answers to.
    pub reply_to: Option<u64>,
}

/// A form that somebody filled in.
#[derive(Debug, Deserialize, ToSchema)]
pub struct PostForm {
    /// The room.
    #[schema(example = "welcome")]
    pub room: String,
    /// Who.
    #[schema(example = "Ann")]
    pub author: String,
    /// `from_bot` of the message that holds the form.
    #[schema(example = 3)]
    pub bot_id: u64,
    /// The form's `action`, relative to the bot's url.
    pub action_url: Option<String>,
    /// A string for a field with one value, an array of strings for one with several.
    #[schema(example = json!({"dessert": "ice-cream"}))]
    pub form_data: serde_json::Map<String, serde_json::Value>,
}

/// A bot to make, or with `id` to change; with `id`, an absent key stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
pub struct PutBot {
    /// The bot to change.
    pub id: Option<u64>,
    /// Make a new bot only if none of the room's has this name; else 409.
    pub only_new: Option<bool>,
    /// The room; needed for a new bot.
    #[schema(example = "welcome")]
    pub room: Option<String>,
    /// Its name; needed for a new bot.
    #[schema(example = "MyBot")]
    pub name: Option<String>,
    /// The pattern (Python's `re`) that activates it; null takes it away.
    pub responds_to: Option<String>,
    /// Where it lives; needed for a new bot, may be empty.
    #[schema(example = "http://localhost:1234/echo")]
    pub url: Option<String>,
    /// With it, deliveries are signed as Standard Webhooks says; can't be read again; null takes it away.
    pub secret: Option<String>,
    /// Seconds until its answer is given up, up to 600.
    pub timeout: Option<f64>,
    /// A paused bot is not activated.
    pub paused: Option<bool>,
    /// What it is to hear of besides what it responds to: `message` (all that people say), `command:!word` (what begins
    /// with that word), `join`, `leave`, `nick`, `every:10s` (or `5m`, `1h`).
    pub events: Option<Vec<String>>,
}

/// Names one bot.
#[derive(Debug, Deserialize, ToSchema)]
pub struct BotById {
    /// The bot.
    pub id: u64,
}

/// Names one room.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Room {
    /// The room.
    #[schema(example = "welcome")]
    pub room: String,
}

/// A room's settings.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Settings {
    /// The room.
    pub room: String,
    /// How bots' texts are shown: `open`, `formatted` or `plain`.
    pub content: String,
    /// Whether people's texts are drawn as Markdown.
    pub markdown: bool,
    /// Whether messages outlive a clear, in the archive.
    pub archive: bool,
    /// `public`, `members` or `private`; means something only where accounts are on.
    pub access: String,
    /// Days for which messages are kept; null: as long as the server says, for ever if it says nothing.
    pub keep: Option<u32>,
    /// How many messages are kept, the newest; null: as many as the server says, all if it says nothing.
    pub keep_messages: Option<u32>,
    /// What holds where `keep` or `keep_messages` is null: what the server says. Not in the room's stream.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub defaults: Option<Kept>,
    /// Who is on the list of a private room, by the names of their accounts; only for those who are, and for who may change it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub members: Option<Vec<String>>,
}

impl Settings {
    /// Settings as clients see them, with what holds for what nobody has chosen; without the list, which not everybody may see.
    pub fn new(room: &RoomName, settings: &RoomSettings) -> Self {
        let word = |value: serde_json::Value| value.as_str().unwrap_or_default().to_owned();
        Self {
            room: room.to_string(),
            content: serde_json::to_value(settings.content.unwrap_or_default()).map(word).unwrap_or_default(),
            markdown: settings.markdown,
            archive: settings.archive,
            access: serde_json::to_value(settings.access).map(word).unwrap_or_default(),
            keep: settings.keep,
            keep_messages: settings.keep_messages,
            defaults: None,
            members: None,
        }
    }
}

/// How long messages are kept where a room says nothing of it.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Kept {
    /// Days; null: for ever.
    pub keep: Option<u32>,
    /// How many, the newest; null: all.
    pub keep_messages: Option<u32>,
}

impl From<Keep> for Kept {
    fn from(keep: Keep) -> Self {
        Self { keep: keep.days, keep_messages: keep.messages }
    }
}

/// Settings to change; an absent key stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ChangeSettings {
    /// The room.
    #[schema(example = "welcome")]
    pub room: String,
    /// `open`, `formatted` or `plain`.
    pub content: Option<String>,
    /// Whether people's texts are drawn as Markdown.
    pub markdown: Option<bool>,
    /// Whether messages outlive a clear.
    pub archive: Option<bool>,
    /// `public`, `members` or `private`.
    pub access: Option<String>,
    /// Days; null: as long as the server says.
    pub keep: Option<u32>,
    /// Messages; null: as many as the server says.
    pub keep_messages: Option<u32>,
    /// Who is on the list of a private room, all of them: names of accounts, however they are written.
    pub members: Option<Vec<String>>,
}

/// A key to the files of a room's socket bots.
#[derive(Debug, Serialize, ToSchema)]
pub struct FilesKey {
    /// The key; null where everybody may read the room, so that none is needed.
    pub key: Option<String>,
    /// How many seconds it opens; less if the server ends before.
    pub seconds: u64,
}

/// A socket bot's token, shown this once.
#[derive(Debug, Serialize, ToSchema)]
pub struct Token {
    /// To be sent as `Authorization: Bearer …`.
    pub token: String,
}

/// What went wrong.
#[derive(Debug, Serialize, ToSchema)]
pub struct Error {
    /// A sentence that names the field and what is wrong.
    pub message: String,
}

/// Nothing.
#[derive(Debug, Serialize, ToSchema)]
pub struct Empty {}

/// One delivery to one bot.
#[derive(Debug, Serialize, ToSchema)]
pub struct Activation {
    /// The same for every attempt; the bot got it as `webhook-id`.
    pub id: String,
    /// The room.
    pub room: String,
    /// The bot.
    pub bot: u64,
    /// Its name at that time, or the address that was asked in its place.
    pub name: String,
    /// The message that asked for it, be it now or when it was sent for the first time; null if something else did.
    pub message: Option<u64>,
    /// What asked for it: `message:ID`, `form:…`, `event:…`, `again:ID:…`.
    pub trigger: String,
    /// Why the bot was asked: `matched`, `conversation`, `form`, `event`, or `address` for a form's address that is no bot.
    pub cause: String,
    /// The id of the activation that this one repeats because a person wanted it.
    pub again: Option<String>,
    /// The number of the attempt, from 1.
    pub attempt: u32,
    /// `pending`, `running`, `answered`, `failed` or `interrupted`.
    pub status: String,
    /// When this attempt began: seconds since 1970, UTC.
    pub started: f64,
    /// How long it took, in seconds; null while it runs.
    pub took: Option<f64>,
    /// What was sent.
    pub request: Option<ActivationRequest>,
    /// What came back; null if nothing did.
    pub response: Option<ActivationResponse>,
    /// The sentence that the room got, as plain text, if it went wrong.
    pub error: Option<String>,
}

/// What was sent to a bot.
#[derive(Debug, Serialize, ToSchema)]
pub struct ActivationRequest {
    /// `POST`.
    pub method: String,
    /// Where to.
    pub url: String,
    /// By name; signatures are left out.
    pub headers: BTreeMap<String, String>,
    /// The body, perhaps cut.
    pub body: String,
}

/// What came back from a bot.
#[derive(Debug, Serialize, ToSchema)]
pub struct ActivationResponse {
    /// The HTTP status.
    pub status: u16,
    /// By name.
    pub headers: BTreeMap<String, String>,
    /// The body, perhaps cut.
    pub body: String,
}

/// Kinds of what the room stream sends: `{"kind": …, "data": …}`.
pub mod stream {
    /// The room was cleared: forget its messages. `data` is `{}`.
    pub const CLEAR_MESSAGES: &str = "clear_messages";
    /// `data` is a [`super::Message`].
    pub const MESSAGE: &str = "message";
    /// `data` is a [`super::Bot`] that was made or changed.
    pub const PUT_BOT: &str = "put_bot";
    /// `data` is a [`super::Bot`] that was deleted.
    pub const DELETE_BOT: &str = "delete_bot";
}
