//! The hub: programs that find each other by name and by service, over the concierge protocol.

mod door;
#[doc(hidden)]
pub mod fuzzing;
mod hub;
mod running;
mod session;
mod tie;

pub use door::{Door, Settings};
pub use hub::{Audience, Host, Hub, Limits, Members, Refused, Sending, Uuid};
pub use tie::Tie;
