//! The domain: rooms as logs of events, bots and how they are matched, conversations, policy.
//!
//! Never does any I/O, reads no clock, spawns nothing.

pub mod bot;
pub mod conversation;
pub mod event;
pub mod html;
pub mod ids;
pub mod interest;
pub mod json;
pub mod message;
pub mod pattern;
pub mod policy;
pub mod random;
pub mod session;
pub mod settings;
pub mod time;

pub use bot::{Bot, Endpoint};
pub use conversation::Conversation;
pub use event::{Bots, ConversationSet, Event, Part, RoomState};
pub use ids::{BotId, EventId, RoomName, RoomNameError};
pub use interest::Interest;
pub use json::Json;
pub use message::{Kind, Message, SYSTEM_AUTHOR};
pub use random::Random;
pub use session::{Session, Word, Words};
pub use settings::{Access, Content, Keep, RoomSettings};
pub use time::{Clock, Timestamp};
