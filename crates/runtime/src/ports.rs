//! The doors to what the runtime does not know: wire formats, and the bots.

use std::{future::Future, pin::Pin, sync::Arc};

use async_trait::async_trait;
use bytes::Bytes;
use parlor_rooms::{Bot, BotId, Bots, Content, Conversation, EventId, Json, Message, RoomName};
use parlor_sockets::{Connection, Frame};
use parlor_store::{ActivationId, Committed, StoredMessage, Trigger};

use crate::{
    Caller, Said, Signal,
    inspect::{Heard, Probe, Probed, Resent, Trial, Tried},
};

/// Turns what happens in a room into the frames of one protocol, and reads what its clients say there. A gateway registers
/// one before the server starts.
pub trait Encoder: Send + Sync + 'static {
    /// An event, as it happens; a frame for each part that this protocol's clients see. `content` is what the room's setting
    /// leaves now of what bots send: a message may have been stored under another.
    fn event(&self, committed: &Committed, content: Content, frames: &mut Vec<Frame>);

    /// A message, on replay. The same bytes as [`Encoder::event`] gives for it.
    fn message(&self, room: &RoomName, message: &StoredMessage, content: Content) -> Frame;

    /// The room was cleared at or after what the client knows.
    fn cleared(&self, room: &RoomName) -> Option<Frame>;

    /// A bot of the room, on replay.
    fn bot(&self, room: &RoomName, bot: &Bot) -> Option<Frame>;

    /// A bot that was deleted since, on replay.
    fn bot_deleted(&self, room: &RoomName, bot: &Bot) -> Option<Frame>;

    /// A signal, for those who asked for its kind; none if this protocol has no such thing.
    fn signal(&self, _room: &RoomName, _signal: &Signal<'_>) -> Option<Frame> {
        None
    }

    /// What a client says on its stream; none if it is nothing that a follower can say. Whatever may come is bounded by the
    /// socket's limits only.
    fn said(&self, _text: &str) -> Option<Said> {
        None
    }
}

/// One thing that asks for bots, with the room as it was at that moment in the log.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The room.
    pub room: RoomName,
    /// What asks.
    pub trigger: Trigger,
    /// The message, if that is what asks.
    pub message: Option<(EventId, Arc<Message>)>,
    /// What the dispatcher stored for it (a form's submission).
    pub body: Option<Json>,
    /// The bots, right after the event.
    pub bots: Bots,
    /// The conversation, right after the event.
    pub conversation: Option<Conversation>,
}

/// The register of accounts, where people have them.
#[async_trait]
pub trait Register: Send + Sync + 'static {
    /// The account to which a name belongs, however it is written: its name as it was made. Asked with every post of somebody
    /// without an account, so it never waits.
    fn account(&self, name: &str) -> Option<String>;

    /// Notes, for who runs the server, that somebody changed a room's settings; `what` says to what.
    async fn configured(&self, caller: &Caller, room: &RoomName, what: &str);
}

/// “These events are new: activate whom they concern.”
///
/// All methods are called under the room's lock, the first two in the order of the room's log: they only enqueue, never
/// wait, and never call back into the runtime.
pub trait Dispatch: Send + Sync + 'static {
    /// A pending dispatch was committed.
    fn asked(&self, asked: Asked);

    /// The room's bots or its conversation are now these.
    fn changed(&self, room: &RoomName, bots: &Bots, conversation: Option<&Conversation>);

    /// Somebody with a name came, went, or took another name; told as it is to those in the room, so a few at a time.
    /// `bots` are those of the room now.
    fn presence(&self, _room: &RoomName, _bots: &Bots, _change: &PresenceChange) {}
}

/// What happened to who is here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PresenceChange {
    /// Somebody came.
    Joined(String),
    /// Somebody went.
    Left(String),
    /// Somebody took another name.
    Renamed {
        /// The one before.
        from: String,
        /// The new one.
        to: String,
    },
}

/// A future that is `Send`.
pub type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A form that somebody submitted.
#[derive(Clone, Debug)]
pub struct FormSubmission {
    /// Who asks.
    pub caller: Caller,
    /// The room.
    pub room: RoomName,
    /// The name under which they do.
    pub author: String,
    /// The bot whose message held the form; it may be gone.
    pub bot: BotId,
    /// The form's `action`, as it stands in the HTML.
    pub action_url: Option<String>,
    /// Its fields: a JSON object.
    pub form_data: Json,
}

/// A bot that may connect: its token was right.
#[derive(Clone, Debug)]
pub struct Admitted {
    /// The bot.
    pub bot: BotId,
    /// Its room.
    pub room: RoomName,
    /// The hash of its token.
    pub token: [u8; 32],
}

/// Why a bot may not connect. The words are for who wrote it.
#[derive(Debug, thiserror::Error)]
pub enum NotAdmitted {
    /// No bot has this token.
    #[error(
        "no bot has this token; it may have been replaced, or the bot deleted. A new one is made by POST /api/actions/bot-token"
    )]
    Token,
    /// The bot has an address.
    #[error("this bot has an address of its own; bots that connect have `socket:` as their `url`")]
    NotSocket,
    /// The bot has too many connections.
    #[error("this bot has {0} connections already, which is as many as it may have; is its program running so often?")]
    TooMany(usize),
    /// The store can't say.
    #[error(transparent)]
    Read(#[from] parlor_store::ReadError),
}

/// A file of a bot.
#[derive(Clone, Debug)]
pub struct BotFile {
    /// As the bot says; not checked.
    pub content_type: Option<String>,
    /// All of it.
    pub body: Bytes,
}

/// Why there is no file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoFile {
    /// The bot has nothing there.
    #[error("the bot has no such file")]
    NotThere,
    /// The bot has no connection.
    #[error("the bot is not connected")]
    NotConnected,
    /// It took too long.
    #[error("the bot did not send the file within {} seconds", .0.as_secs())]
    TimedOut(std::time::Duration),
    /// It is larger than this.
    #[error("the file is larger than {} MiB, which is as much as a bot without an address can send", .0 >> 20)]
    TooLarge(usize),
    /// The bot could not get it.
    #[error("the bot could not get the file: {0}")]
    Failed(String),
}

/// What gateways can ask of the bots, without seeing them.
#[async_trait]
pub trait BotControl: Send + Sync + 'static {
    /// Waits until the dispatch of `trigger` is over (at once if there is none), or the server stops.
    fn answered(&self, room: &RoomName, trigger: &Trigger) -> Boxed<'static, ()>;

    /// Stores a form's submission and gives its trigger; its bot's answer can be waited for with [`BotControl::answered`].
    async fn submit_form(&self, form: FormSubmission) -> Result<Trigger, crate::CommandError>;

    /// Checks a pattern where a slow one holds up nobody. The error is a sentence that names the place.
    async fn check_pattern(&self, pattern: String) -> Result<(), String>;

    /// A new token for a bot that connects to us, in place of the one before; shown this once, stored hashed.
    async fn new_token(&self, bot: BotId) -> Result<String, crate::CommandError>;

    /// Tries a pattern on texts.
    async fn probe(&self, probe: Probe) -> Probed;

    /// What a message was to each bot of the room, and to those that were asked and are gone, in order of bot.
    async fn heard(&self, room: &RoomName, message: EventId) -> Result<Vec<Heard>, crate::CommandError>;

    /// Sends one activation to a bot that need not be saved, and says what would have come of it.
    async fn try_bot(&self, trial: Trial) -> Result<Tried, crate::CommandError>;

    /// Sends an activation again, under an id of its own.
    async fn send_again(&self, caller: &Caller, id: ActivationId) -> Result<Resent, crate::CommandError>;

    /// Checks the token of a bot that wants to connect.
    async fn admit(&self, token: &str) -> Result<Admitted, NotAdmitted>;

    /// Serves a bot's connection until it ends.
    async fn serve_bot(&self, admitted: Admitted, connection: Connection);

    /// Whether a bot that connects to us has.
    fn is_connected(&self, bot: BotId) -> bool;

    /// A file of a bot that is connected. `path` is relative to where the bot lives, without `..`, percent-encoded,
    /// with its query.
    async fn bot_file(&self, bot: BotId, path: &str) -> Result<BotFile, NoFile>;
}
