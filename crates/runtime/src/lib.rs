//! Rooms as running things: commands in, one feed out, fan-out to sockets, replay, eviction.
//!
//! Knows no wire format (gateways register encoders) and no bots (they sit behind [`Dispatch`] and [`BotControl`]).
//! Nothing is applied or sent that did not come out of the store's feed or log.

mod error;
pub mod ports;

pub use error::CommandError;
pub use ports::{Asked, BotControl, Boxed, Dispatch, Encoder, FormSubmission};
