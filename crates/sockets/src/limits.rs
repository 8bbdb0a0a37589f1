//! How much one connection may send, receive and owe.

use std::time::Duration;

/// The limits of one connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The longest frame and the longest message, in bytes of payload, that the client may send; beyond it the connection is
    /// closed with 1009.
    pub incoming: usize,
    /// How many bytes may wait in the outbox.
    pub outbox: usize,
    /// How long a connection that is being closed may take to take what waits and to answer the close frame.
    pub closing: Duration,
}

impl Limits {
    /// For people's clients: messages up to 64 KiB, an outbox of 1 MiB, five seconds for closing.
    pub const CLIENT: Self = Self { incoming: 64 << 10, outbox: 1 << 20, closing: Duration::from_secs(5) };

    /// For bots' sockets: messages up to 8 MiB (a file of 4 MiB in base64, a text of 1 MiB however escaped), an outbox of 4 MiB.
    pub const BOT: Self = Self { incoming: 8 << 20, outbox: 4 << 20, ..Self::CLIENT };
}

impl Default for Limits {
    fn default() -> Self {
        Self::CLIENT
    }
}
