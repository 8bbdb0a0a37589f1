//! The hub: programs that find each other by name and by service, over the concierge protocol.

mod door;
mod files;
#[doc(hidden)]
pub mod fuzzing;
mod hub;
mod running;
mod session;
mod tie;
mod trace;

pub use door::{Door, Settings};
pub use files::FileLimits;
pub use hub::{Audience, Holder, Host, Hub, Limits, Members, Refused, Sending, Uuid};
pub use tie::Tie;
