//! The hub: programs that find each other by name and by service, over the concierge protocol.

mod hub;

pub use hub::{Audience, Hub, Limits, Members, Refused, Sending, Uuid};
