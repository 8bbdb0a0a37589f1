//! The assistant: visitors are led through flows over a websocket, each in a session that is a room.

mod ask;
mod cookie;
mod counts;
mod desk;
mod door;
mod fresh;
mod heirs;
mod inbox;
mod lasting;
mod news;
mod offer;
mod said;
mod schema;
mod session;
mod spoken;
mod takeover;
mod talk;
mod trial;
mod typing;
mod upload;
mod watch;

pub use door::{Door, Settings};
pub use offer::Offer;
pub use parlor_flows::Hours;
pub use schema::schema;
pub use spoken::{Book, From, Line, lines};
pub use watch::Source;
