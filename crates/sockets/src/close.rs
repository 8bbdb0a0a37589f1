//! The close codes of RFC 6455, section 7.4, that this server sends or meets.

use std::fmt;

/// A close code. Any number can be carried; the constants are those that the server itself uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CloseCode(pub u16);

impl CloseCode {
    /// Everything is said.
    pub const NORMAL: Self = Self(1000);
    /// This side goes away: a page that is left, a client that does not answer pings.
    pub const AWAY: Self = Self(1001);
    /// The other side broke the protocol.
    pub const PROTOCOL: Self = Self(1002);
    /// A kind of message that this endpoint does not take.
    pub const UNSUPPORTED: Self = Self(1003);
    /// The close frame had no code. Never sent.
    pub const NONE: Self = Self(1005);
    /// The connection ended without a close frame. Never sent.
    pub const ABNORMAL: Self = Self(1006);
    /// A text message was not UTF-8.
    pub const INVALID_DATA: Self = Self(1007);
    /// The client may not do what it did.
    pub const POLICY: Self = Self(1008);
    /// A message was longer than the limit.
    pub const TOO_BIG: Self = Self(1009);
    /// Something failed in the server.
    pub const ERROR: Self = Self(1011);
    /// The server stops; come back.
    pub const RESTART: Self = Self(1012);
    /// The client is too far behind, or the server has too much to do; come back later.
    pub const TRY_AGAIN: Self = Self(1013);

    /// Whether the code may stand in a close frame.
    #[must_use]
    pub fn is_sendable(self) -> bool {
        matches!(self.0, 1000..=1003 | 1007..=1014 | 3000..=4999)
    }
}

impl fmt::Display for CloseCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
