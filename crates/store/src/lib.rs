//! The ports behind which a log can live: what a driver must do, in traits, records and one conformance suite.
//!
//! The rules come from the core's design: one command is one event; the store emits one feed in commit order; what is
//! acknowledged is durable. A driver is right when `conformance` (a feature, for tests) says so.

pub mod activation;
#[cfg(feature = "conformance")]
pub mod conformance;
pub mod log;
pub mod people;
pub mod record;
pub mod search;
pub mod sessions;

use async_trait::async_trait;
use parlor_rooms::{Bot, BotId, EventId, Keep, Part, RoomName};
use tokio::sync::mpsc;

pub use activation::{Activation, ActivationId, Cause, Pending, Progress, Received, Sent, Status, Trigger, Wanted};
pub use log::{
    Acknowledge, Append, AppendError, Appended, Ask, Attachment, Batch, Committed, Expect, Fed, Key, Opened, ReadError,
    SearchError, SecretChange, StoredMessage,
};
pub use people::People;
pub use search::{Query, QueryError, Sought, Term};
pub use sessions::{
    Draft, FlowVersion, SessionCounts, Sessions, Spoken, StepCount, StoredFlow, StoredSession, WantedSessions,
};

/// The log of all rooms.
#[async_trait]
pub trait Log: Send + Sync + 'static {
    /// Appends one event. Nothing depends on the future being polled to its end: once it was polled, the command is on
    /// its way (unless so many wait already that it waits for a place; dropped there, nothing happens). Answers after
    /// the feed's reader has applied the event; if the feed lost it, after it is durable. A conflict is answered in the
    /// feed's order as well: who hears of it finds applied what it names.
    ///
    /// A known key comes before everything else: its event is what was asked for, whatever the room has become.
    async fn append(&self, append: Append) -> Result<Appended, AppendError>;

    /// Whether an append may end as [`AppendError::Unknown`], or its event be missing from the feed. Then whoever
    /// appends gives every command a key, and looks for what the feed lost.
    fn may_lose(&self) -> bool {
        false
    }

    /// The feed: everything committed from now on, in commit order. There is one reader; a second call gives `None`.
    fn feed(&self) -> Option<mpsc::Receiver<Batch>>;

    /// A room as it is, in O(1). A room that does not exist has the default state.
    async fn open(&self, room: &RoomName) -> Result<Opened, ReadError>;

    /// Messages with ids in (`after`, `upto`], above the clear mark, ascending, the first `limit` of them.
    async fn after(
        &self,
        room: &RoomName,
        after: EventId,
        upto: EventId,
        limit: usize,
    ) -> Result<Vec<StoredMessage>, ReadError>;

    /// The newest `limit` messages with ids below `before`, above the clear mark, ascending.
    async fn before(&self, room: &RoomName, before: EventId, limit: usize) -> Result<Vec<StoredMessage>, ReadError>;

    /// Whole events whose ids lie in (`after`, `upto`], ascending, the first `limit` of them: how a reader that missed
    /// some of the feed catches up. Of those before the last clear only control parts are left, perhaps without the
    /// states of conversations; those that had none are not given, so `prev` may name one that is not there.
    /// [`Committed::pending`] tells whether a dispatch is still pending.
    async fn events(
        &self,
        room: &RoomName,
        after: EventId,
        upto: EventId,
        limit: usize,
    ) -> Result<Vec<Committed>, ReadError>;

    /// The control parts of the events whose ids lie in (`after`, `upto`], ascending, the first `limit` such events.
    async fn controls(
        &self,
        room: &RoomName,
        after: EventId,
        upto: EventId,
        limit: usize,
    ) -> Result<Vec<(EventId, Vec<Part>)>, ReadError>;

    /// Looks which messages have become too old or too many by their rooms' settings, or by `otherwise` where those say
    /// nothing, and has them erased, piece by piece, also from archives and from what is searched. Whole events only; what
    /// else they changed stays.
    async fn retain(&self, otherwise: Keep) -> Result<(), ReadError>;

    /// Whether this id lies where a backup that was put back left a hole: whoever knows of it knows a past that is not here.
    fn is_lost(&self, _id: EventId) -> bool {
        false
    }

    /// Bots that were deleted by events above `after`, in order of id.
    async fn deleted_bots(&self, room: &RoomName, after: EventId) -> Result<Vec<Bot>, ReadError>;

    /// The rooms that exist, with their last id, in order of name.
    async fn rooms(&self) -> Result<Vec<(RoomName, EventId)>, ReadError>;
}

/// Bots beyond their events: numbers, secrets, looking one up.
#[async_trait]
pub trait BotRecords: Send + Sync + 'static {
    /// A number for a new bot: above all that were ever given.
    async fn next_bot_id(&self) -> Result<BotId, ReadError>;

    /// The bot with this number, and its room.
    async fn bot(&self, id: BotId) -> Result<Option<(RoomName, Bot)>, ReadError>;

    /// All bots, in order of id.
    async fn all_bots(&self) -> Result<Vec<(RoomName, Bot)>, ReadError>;

    /// A bot's secret.
    async fn secret(&self, id: BotId) -> Result<Option<String>, ReadError>;

    /// Stores the hash of a socket bot's token, in place of the one before.
    async fn set_token(&self, id: BotId, hash: [u8; 32]) -> Result<(), AppendError>;

    /// The bot whose token has this hash.
    async fn bot_with_token(&self, hash: [u8; 32]) -> Result<Option<BotId>, ReadError>;
}

/// Deliveries to bots.
#[async_trait]
pub trait Activations: Send + Sync + 'static {
    /// Stores that an attempt begins, and the plan that it belongs to, durably: before the attempt.
    async fn begin(&self, activation: Activation, plan: Progress) -> Result<(), AppendError>;

    /// Ends a dispatch that concerned nobody, or stores its new plan. Need not be durable when it returns.
    async fn progress(&self, progress: Progress) -> Result<(), AppendError>;

    /// Everything that is pending, oldest first, with the activations of each that have begun.
    async fn pending(&self) -> Result<Vec<(Pending, Vec<Activation>)>, ReadError>;

    /// Records, newest first.
    async fn activations(&self, wanted: Wanted) -> Result<Vec<Activation>, ReadError>;

    /// One record.
    async fn activation(&self, id: &ActivationId) -> Result<Option<Activation>, ReadError>;
}

/// Finding messages by what people see of them: their text, without the tags of HTML, and their author.
#[async_trait]
pub trait Search: Send + Sync + 'static {
    /// Messages above the clear mark, newest first. What was posted right before is found, but where the index lags behind
    /// by more than a moment: then there is an error rather than an answer that lacks something.
    async fn search(&self, sought: Sought) -> Result<Vec<StoredMessage>, SearchError>;
}

/// All that the server needs of a store.
pub trait Store: Log + BotRecords + Activations + Search + Sessions + People {}

impl<T: Log + BotRecords + Activations + Search + Sessions + People> Store for T {}
