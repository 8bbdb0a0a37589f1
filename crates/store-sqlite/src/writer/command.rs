//! What can be asked of the writer, and what is said about it once it is committed.

use std::sync::Arc;

use parlor_rooms::{BotId, Event, EventId, Timestamp};
use parlor_store::{
    Acknowledge, Activation, Append, AppendError, Appended, Ask, Batch, Committed, Fed, Pending, Progress,
    people::{Change, Changed, Note},
};
use tokio::sync::oneshot;

use crate::sessions::FlowChange;

/// Who waits for an append.
pub(crate) type Answer<T> = oneshot::Sender<Result<T, AppendError>>;

/// One thing to write.
pub(crate) enum Command {
    Append(Box<Append>, Answer<Appended>),
    Begin(Box<(Activation, Progress)>, Answer<()>),
    Progress(Box<Progress>),
    Token(BotId, [u8; 32], Answer<()>),
    People(Box<(Change, Option<Note>)>, Answer<Changed>),
    Touch(Box<Change>),
    Flow(Box<FlowChange>, Answer<bool>),
    /// Erases the messages of a room up to an id, since they are too old or too many.
    Retain(i64, EventId),
    /// Takes nothing more; what waits is still written.
    Close,
}

/// What a command came to, inside a transaction that is not committed yet.
#[derive(Debug)]
pub(crate) enum Decision {
    /// Nothing was to be written.
    Refused(AppendError),
    /// The same key was there.
    Duplicate(Appended),
    /// An append was written.
    Appended(Written),
    /// A change of people was written, or not.
    People(Changed),
    /// A change of flows was, or not.
    Flow(bool),
    /// Something else was.
    Done,
}

/// What an append wrote.
#[derive(Debug)]
pub(crate) struct Written {
    /// The room's number.
    pub(crate) room: i64,
    /// [`EventId::ZERO`] if it had no parts.
    pub(crate) id: EventId,
    pub(crate) prev: EventId,
    pub(crate) at: Timestamp,
    /// A dispatch was stored.
    pub(crate) pending: bool,
    /// The search's index is to follow.
    pub(crate) indexed: bool,
}

impl Decision {
    /// The room that the search's index has to follow now.
    pub(crate) fn to_index(&self) -> Option<i64> {
        match self {
            Self::Appended(written) if written.id > EventId::ZERO && written.indexed => Some(written.room),
            _ => None,
        }
    }
}

impl Command {
    /// About how many bytes it adds to a transaction.
    pub(crate) fn size(&self) -> usize {
        match self {
            Self::Flow(change, _) => 256 + change.size(),
            Self::Append(append, _) => {
                let file = append.file.as_ref().map_or(0, |file| file.bytes.len());
                256 + file + append.records.iter().map(bytes::Bytes::len).sum::<usize>()
            }
            _ => 1024,
        }
    }

    /// Says that it failed.
    pub(crate) fn refuse(self, error: AppendError) {
        // Whoever asked may be gone; that changes nothing.
        match self {
            Self::Append(_, answer) => drop(answer.send(Err(error))),
            Self::Begin(_, answer) | Self::Token(_, _, answer) => drop(answer.send(Err(error))),
            Self::Flow(_, answer) => drop(answer.send(Err(error))),
            Self::People(_, answer) => drop(answer.send(Err(error))),
            Self::Touch(_) => tracing::debug!(%error, "when a session was used last is not written down"),
            Self::Progress(_) => {
                tracing::warn!(%error, "a dispatch that is done stays pending until the next start");
            }
            Self::Retain(..) | Self::Close => {}
        }
    }

    /// Says what it came to, now that it is durable: to the feed, or to who waits.
    pub(crate) fn finish(self, decision: Decision, feed: &mut Batch) {
        match (self, decision) {
            // The feed has brought, or is about to bring, what it is refused for: who tries again finds it applied.
            (Self::Append(_, answer), Decision::Refused(error)) => {
                feed.push(answered(Acknowledge::refusing(error, answer)));
            }
            (Self::Append(_, answer), Decision::Duplicate(appended)) => {
                feed.push(answered(Acknowledge::new(appended, answer)));
            }
            (Self::Append(append, answer), Decision::Appended(written)) => written.feed(*append, answer, feed),
            (command, Decision::Refused(error)) => command.refuse(error),
            (Self::Begin(_, answer) | Self::Token(_, _, answer), _) => drop(answer.send(Ok(()))),
            (Self::Flow(_, answer), Decision::Flow(changed)) => drop(answer.send(Ok(changed))),
            (Self::People(_, answer), Decision::People(changed)) => drop(answer.send(Ok(changed))),
            (
                Self::Append(..)
                | Self::Progress(_)
                | Self::People(..)
                | Self::Touch(_)
                | Self::Flow(..)
                | Self::Retain(..)
                | Self::Close,
                _,
            ) => {}
        }
    }
}

fn answered(acknowledge: Acknowledge) -> Fed {
    Fed { committed: None, pending: None, acknowledge: Some(acknowledge) }
}

impl Written {
    fn feed(self, append: Append, answer: Answer<Appended>, feed: &mut Batch) {
        let Append { room, parts, records, ask, .. } = append;
        let mut acknowledge = Some(Acknowledge::new(Appended { id: self.id, at: self.at, duplicate: false }, answer));
        let pending = match ask {
            Some(Ask::Other { trigger, body }) if self.pending => {
                Some(Pending { room: room.clone(), trigger, body: Some(body), plan: None })
            }
            _ => None,
        };
        if !parts.is_empty() {
            let committed = Committed {
                pending: self.pending && pending.is_none(),
                event: Arc::new(Event { room, id: self.id, prev: self.prev, at: self.at, parts }),
                records,
            };
            let acknowledge = if pending.is_none() { acknowledge.take() } else { None };
            feed.push(Fed { committed: Some(committed), pending: None, acknowledge });
        }
        if pending.is_some() || acknowledge.is_some() {
            feed.push(Fed { committed: None, pending, acknowledge });
        }
    }
}
