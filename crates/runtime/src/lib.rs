//! Rooms as running things: commands in, one feed out, fan-out to sockets, replay, eviction.
//!
//! Knows no wire format (gateways register encoders) and no bots (they sit behind [`Dispatch`] and [`BotControl`]).
//! Nothing is applied or sent that did not come out of the store's feed or log.

mod commands;
mod drain;
mod error;
mod feed;
mod fill;
mod follow;
mod map;
pub mod ports;
mod room;
mod runtime;

pub use commands::{BotChange, Posted};
pub use error::CommandError;
pub use follow::Follow;
pub use ports::{Asked, BotControl, Boxed, Dispatch, Encoder, FormSubmission};
pub use room::EncoderId;
pub use runtime::{Builder, Runtime};
