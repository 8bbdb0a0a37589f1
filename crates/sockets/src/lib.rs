//! What every websocket gateway shares: the handshake, reading, the outbox, pings, slow clients.
//!
//! A gateway checks a request with [`Upgrade::from_parts`], answers with its response, and in a task of its own awaits
//! [`Upgrade::connect`]. What it gets is a [`Connection`], which that task owns and reads from, and out of it a [`Socket`],
//! which anybody may clone and send [`Frame`]s to. Sending never blocks: it writes straight to the kernel, and what would
//! block waits in the socket's outbox until the connection's task, inside [`Connection::next`], can go on with it.
//!
//! This crate never spawns a task, never keeps a timer for an idle socket, and knows nothing of rooms.

mod close;
mod connection;
mod frame;
mod handshake;
mod limits;
mod outbox;
mod peer;
mod reader;
mod socket;
mod sweeper;
mod transport;

pub use close::CloseCode;
pub use connection::{Connection, Incoming};
pub use frame::{Frame, TextBuilder};
pub use handshake::{Refusal, Upgrade, UpgradeError};
pub use limits::Limits;
pub use peer::Peer;
pub use socket::{Backlog, Gone, Sent, Socket};
pub use sweeper::{Signs, Sweep, Sweeper};
pub use transport::Io;
