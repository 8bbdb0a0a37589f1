//! What can go wrong with a command, in terms that every gateway can map.

use parlor_rooms::{BotId, EventId, RoomName, policy};
use parlor_store::{AppendError, ReadError, SearchError};

use crate::limits::Limited;

/// Why a command was not carried out.
#[derive(Clone, Debug, thiserror::Error)]
pub enum CommandError {
    /// The policy says no.
    #[error(transparent)]
    Refused(#[from] policy::Refusal),
    /// The name is an account's, and who used it has not proved to be that.
    #[error("the name “{0}” belongs to an account here: log in, or choose another name")]
    NameTaken(String),
    /// Too much was asked.
    #[error(transparent)]
    Limited(#[from] Limited),
    /// A field is wrong.
    #[error("{field}: {why}")]
    Invalid {
        /// Which.
        field: &'static str,
        /// What is wrong with it, and what to do.
        why: String,
    },
    /// There is no such bot.
    #[error("there is no bot with the id {0}")]
    NoBot(BotId),
    /// The room has as many bots as it may.
    #[error("the room has {0} bots, which is as many as a room may have; delete one that is not needed")]
    RoomFull(usize),
    /// The room has a bot of the name that a new one was to get.
    #[error("the room has a bot “{0}” already, with the id {1}; change that one, or choose another name")]
    BotThere(String, BotId),
    /// There is no such activation, or its record is not kept any more.
    #[error("there is no activation with the id {0}")]
    NoActivation(String),
    /// There is no such message in the room.
    #[error("there is no message with the id {0} in this room")]
    NoMessage(EventId),
    /// The bot is in another room.
    #[error("the bot {0} is not in the room {1}")]
    BotElsewhere(BotId, RoomName),
    /// The log did not take it.
    #[error(transparent)]
    Append(#[from] AppendError),
    /// The log could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The search came to nothing.
    #[error(transparent)]
    Search(#[from] SearchError),
    /// The server is about to end.
    #[error("the server is restarting; try again in a moment")]
    Stopping,
}
