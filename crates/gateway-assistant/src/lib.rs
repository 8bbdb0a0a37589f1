//! The assistant: visitors are led through flows over a websocket, each in a session that is a room.

mod ask;
mod cookie;
mod door;
mod fresh;
mod heirs;
mod inbox;
mod news;
mod offer;
mod said;
mod session;
mod spoken;
mod takeover;
mod talk;
mod watch;

pub use door::{Door, Settings};
pub use offer::{Bad, Offer};
pub use parlor_flows::Hours;
pub use spoken::{Book, From, Line, lines};
pub use watch::Source;
