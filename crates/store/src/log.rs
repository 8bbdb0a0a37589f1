//! What goes into the log and what comes out of it: appends, the feed, stored messages.

use std::{fmt, sync::Arc};

use bytes::Bytes;
use parlor_rooms::{BotId, Event, EventId, Json, Part, RoomName, RoomState, Timestamp};
use sha2::{Digest as _, Sha256};
use tokio::sync::oneshot;

use crate::{ActivationId, Progress, Trigger, record};

/// How long an idempotency key is remembered.
pub const KEY_LIFE: std::time::Duration = std::time::Duration::from_secs(24 * 60 * 60);

/// What an append takes for granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expect {
    /// Nothing.
    Any,
    /// That the room's last control event is still this one ([`EventId::ZERO`] if it had none).
    Control(EventId),
}

/// An idempotency key, made short. Posts' and answers' keys are apart: nobody can take an answer's by posting with it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key([u8; 16]);

impl Key {
    fn of(kind: &str, text: &str) -> Self {
        let digest = Sha256::new().chain_update(kind).chain_update([0]).chain_update(text).finalize();
        let mut key = [0; 16];
        key.copy_from_slice(&digest[..16]);
        Self(key)
    }

    /// The key that a caller gave with a post.
    pub fn post(text: &str) -> Self {
        Self::of("post", text)
    }

    /// The key of an activation's answer.
    pub fn answer(id: &ActivationId) -> Self {
        Self::of("answer", &id.0)
    }

    /// A key of the server's own, for a command that must happen once.
    pub fn own(text: &str) -> Self {
        Self::of("own", text)
    }

    /// Its bytes.
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({:02x}{:02x}…)", self.0[0], self.0[1])
    }
}

/// A dispatch that an append asks for.
#[derive(Clone, Debug, PartialEq)]
pub enum Ask {
    /// The event's first message activates bots. Stored only if the room has bots at that moment.
    Message,
    /// Something else does (a form), whether or not the room has bots. The feed brings it after the event, if there is
    /// one, in an entry of its own.
    Other {
        /// What.
        trigger: Trigger,
        /// What the dispatcher needs for it.
        body: Json,
    },
}

/// A bot's secret, as an append changes it.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretChange {
    /// The bot.
    pub bot: BotId,
    /// The secret that holds from now on; `None` takes it away.
    pub secret: Option<String>,
}

impl fmt::Debug for SecretChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretChange({})", self.bot)
    }
}

/// One command: one event, and what belongs into its transaction.
///
/// An append without parts is no event: it gets no id, is not in the feed, and only `ask` and `progress` take effect.
#[derive(Clone, Debug)]
pub struct Append {
    /// The room.
    pub room: RoomName,
    /// The event's parts.
    pub parts: Vec<Part>,
    /// The records of its messages, in order.
    pub records: Vec<Bytes>,
    /// What it takes for granted.
    pub expect: Expect,
    /// Its idempotency key.
    pub key: Option<Key>,
    /// A dispatch that it asks for.
    pub ask: Option<Ask>,
    /// An activation that it ends, perhaps in another room.
    pub progress: Option<Progress>,
    /// A secret that it changes.
    pub secret: Option<SecretChange>,
    /// A file that comes with it, and goes when what was said by then is erased.
    pub file: Option<Attachment>,
    /// When it happened, if that was elsewhere. Never later than now, nor before what is in the room already.
    pub at: Option<Timestamp>,
}

/// A file that somebody has sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// What it is called there.
    pub name: String,
    /// What is in it.
    pub bytes: Bytes,
}

impl Append {
    /// An append of these parts that takes nothing for granted. Writes the messages' records, so that the store's one
    /// writer need not, and puts control parts before messages, which is the order in which everybody hears of them.
    pub fn new(room: RoomName, mut parts: Vec<Part>) -> Self {
        parts.sort_by_key(|part| !part.is_control());
        let records = parts
            .iter()
            .filter_map(
                |part| if let Part::Message(message) = part { Some(record::message(&room, message)) } else { None },
            )
            .collect();
        Self {
            room,
            parts,
            records,
            expect: Expect::Any,
            key: None,
            ask: None,
            progress: None,
            secret: None,
            file: None,
            at: None,
        }
    }

    /// With an expectation.
    #[must_use]
    pub fn expecting(mut self, control: EventId) -> Self {
        self.expect = Expect::Control(control);
        self
    }

    /// With a key.
    #[must_use]
    pub fn keyed(mut self, key: Option<Key>) -> Self {
        self.key = key;
        self
    }

    /// With a dispatch.
    #[must_use]
    pub fn asking(mut self, ask: Ask) -> Self {
        self.ask = Some(ask);
        self
    }

    /// With the end of an activation.
    #[must_use]
    pub fn progressing(mut self, progress: Progress) -> Self {
        self.progress = Some(progress);
        self
    }
}

/// What became of an append.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Appended {
    /// The event's id ([`EventId::ZERO`] if there were no parts).
    pub id: EventId,
    /// Its time.
    pub at: Timestamp,
    /// Whether it was there already, under the same key; then nothing was changed.
    pub duplicate: bool,
}

/// Why nothing was appended. After [`AppendError::Unknown`] something may have been.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AppendError {
    /// The room's last control event is another one, which is named.
    #[error("the room has changed meanwhile (its last control event is {0})")]
    Conflict(EventId),
    /// The disk, or what is allowed of it, is full.
    #[error("there is no room left on the server's disk")]
    Full,
    /// The store does not work now; nothing was appended.
    #[error("the log can't be written: {0}")]
    Unavailable(String),
    /// Nobody knows whether it was appended. Ask again with the same key.
    #[error("the log did not say whether it was written")]
    Unknown,
}

/// Why something could not be read.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the log can't be read: {0}")]
pub struct ReadError(pub String);

/// Why there is no answer to a search. The words are for who searched.
#[derive(Clone, Debug, thiserror::Error)]
pub enum SearchError {
    /// The index is not as far as the room, or too many search at once.
    #[error("the search is not ready: {0}; try again in a moment")]
    NotReady(&'static str),
    /// It took longer than a search may.
    #[error("the search took too long; use longer words, or more of them")]
    TooSlow,
    /// It took longer than a search may, and would every time: its words are too short to be looked for.
    #[error("is too short to look for in so large a room; use longer words")]
    Hopeless,
    /// The log can't be read.
    #[error(transparent)]
    Read(#[from] ReadError),
}

/// Answers the caller of `append`. The store hands it to the feed, so that nobody hears that their command is done
/// before the feed's reader has applied it, nor that it was refused before what it was refused for is applied. Dropping
/// it answers too: nobody waits for ever.
#[derive(Debug)]
pub struct Acknowledge {
    outcome: Option<Result<Appended, AppendError>>,
    answer: Option<oneshot::Sender<Result<Appended, AppendError>>>,
}

impl Acknowledge {
    /// Will say `appended` to `answer`.
    pub fn new(appended: Appended, answer: oneshot::Sender<Result<Appended, AppendError>>) -> Self {
        Self { outcome: Some(Ok(appended)), answer: Some(answer) }
    }

    /// Will say to `answer` that nothing was appended: somebody else's event was first.
    pub fn refusing(error: AppendError, answer: oneshot::Sender<Result<Appended, AppendError>>) -> Self {
        Self { outcome: Some(Err(error)), answer: Some(answer) }
    }

    /// Answers now.
    pub fn acknowledge(self) {
        drop(self);
    }
}

impl Drop for Acknowledge {
    fn drop(&mut self) {
        if let (Some(outcome), Some(answer)) = (self.outcome.take(), self.answer.take()) {
            // Whoever asked may be gone; that changes nothing.
            let _ = answer.send(outcome);
        }
    }
}

/// One committed event, as the feed brings it.
#[derive(Clone, Debug)]
pub struct Committed {
    /// The event.
    pub event: Arc<Event>,
    /// The records of its messages, in order.
    pub records: Vec<Bytes>,
    /// Whether a pending dispatch was stored with it.
    pub pending: bool,
}

/// One thing that the feed brings: an event, or only an answer that comes after the events before it (a duplicate, a
/// form's submission).
#[derive(Debug)]
pub struct Fed {
    /// The event, if it is one.
    pub committed: Option<Committed>,
    /// A dispatch that is pending and has no event.
    pub pending: Option<crate::Pending>,
    /// Who waits.
    pub acknowledge: Option<Acknowledge>,
}

/// What was committed at once, in order.
pub type Batch = Vec<Fed>;

/// A message as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredMessage {
    /// Its id.
    pub id: EventId,
    /// Its time.
    pub at: Timestamp,
    /// Its record; see [`record::splice`].
    pub record: Bytes,
}

/// A room as it was at one moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Opened {
    /// Its state; the default for a room that does not exist.
    pub state: RoomState,
    /// The time of its last event.
    pub last_at: Timestamp,
}
