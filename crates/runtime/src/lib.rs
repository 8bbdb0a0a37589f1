//! Rooms as running things: commands in, one feed out, fan-out to sockets, replay, eviction.
//!
//! Knows no wire format (gateways register encoders) and no bots (they sit behind [`Dispatch`] and [`BotControl`]).
//! Nothing is applied or sent that did not come out of the store's feed or log.

/// What gateways need of the store's types; they never see a driver.
pub mod log {
    pub use parlor_store::{
        Activation, ActivationId, Activations, Append, AppendError, Appended, Attachment, BotRecords, Cause, Committed,
        Draft, FlowVersion, Key, Log, Query, ReadError, Received, Search, SearchError, Sent, SessionCounts, Sessions,
        Sought, Spoken, Status, StepCount, Store, StoredFlow, StoredMessage, StoredSession, Trigger, Wanted,
        WantedSessions, record,
    };
}

mod bring;
mod caller;
mod chunk;
mod commands;
mod drain;
mod error;
mod feed;
mod fill;
mod follow;
pub mod inspect;
pub mod limits;
mod listen;
mod map;
pub mod metrics;
pub mod ports;
mod presence;
mod room;
mod runtime;
mod signal;

pub use bring::Bring;
pub use caller::Caller;
pub use chunk::Chunk;
pub use commands::{BotChange, Posted};
pub use error::CommandError;
pub use follow::Follow;
pub use listen::{Arrival, Heard, Link, Listener};
pub use ports::{
    Admitted, Asked, BotControl, BotFile, Boxed, Dispatch, Encoder, FormSubmission, NoFile, NotAdmitted,
    PresenceChange, Register,
};
pub use room::EncoderId;
pub use runtime::{Builder, Runtime, Unready};
pub use signal::{Kinds, Said, Signal};
