//! The contract, kept by the real program over sockets: a module for each part of the API, and for each way to end.

mod bodies;
mod bots;
mod bots_calls;
mod clears;
mod command_line;
mod content;
mod durability;
mod ending;
mod full_disk;
mod guard;
mod guide;
mod idempotency;
mod kit;
mod messages;
mod names;
mod pages;
mod post_message;
mod relay;
mod search;
mod server_settings;
mod settings;
mod signals;
mod stream;
mod stream_many;
mod sync;
mod walks;
