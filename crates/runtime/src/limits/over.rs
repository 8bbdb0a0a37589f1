//! What was over, in words, and when to come back.

use std::{fmt, time::Duration};

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum What {
    /// Messages, forms, and whatever else changes a room.
    Posts,
    /// Searches.
    Searches,
    /// Patterns tried on texts.
    Patterns,
    /// Bots tried, and deliveries made again.
    Trials,
    /// Rooms made.
    Rooms,
    /// Bots made.
    Bots,
    /// Connections.
    Connections,
    /// Websockets.
    Sockets,
}

/// Whose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Whose {
    /// Those of an address.
    Address,
    /// Those of an account.
    Account,
    /// Those in a room.
    Room,
    /// All.
    Server,
}

/// Something is over its limit, for now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limited {
    /// What.
    pub what: What,
    /// Whose.
    pub whose: Whose,
    /// After this there is room for one again.
    pub retry_after: Duration,
}

impl Limited {
    /// In how many whole seconds to come back: at least one.
    pub fn seconds(&self) -> u64 {
        let whole = self.retry_after.as_secs();
        (whole + u64::from(self.retry_after > Duration::from_secs(whole))).max(1)
    }
}

impl What {
    fn as_str(self) -> &'static str {
        match self {
            Self::Posts => "messages and changes",
            Self::Searches => "searches",
            Self::Patterns => "patterns tried",
            Self::Trials => "bots tried",
            Self::Rooms => "new rooms",
            Self::Bots => "new bots",
            Self::Connections => "connections",
            Self::Sockets => "websockets",
        }
    }
}

impl fmt::Display for Limited {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whose = match self.whose {
            Whose::Address => "from your network address",
            Whose::Account => "from your account",
            Whose::Room => "in this room",
            Whose::Server => "on this server",
        };
        let seconds = self.seconds();
        let unit = if seconds == 1 { "second" } else { "seconds" };
        write!(f, "too many {} {whose}; try again in {seconds} {unit}", self.what.as_str())
    }
}

impl std::error::Error for Limited {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_say_what_was_over_and_when_to_come_back() {
        let said =
            |what, whose, millis| Limited { what, whose, retry_after: Duration::from_millis(millis) }.to_string();
        assert_eq!(
            said(What::Posts, Whose::Address, 0),
            "too many messages and changes from your network address; try again in 1 second"
        );
        assert_eq!(
            said(What::Rooms, Whose::Account, 59_001),
            "too many new rooms from your account; try again in 60 seconds"
        );
        assert_eq!(
            said(What::Posts, Whose::Room, 2_000),
            "too many messages and changes in this room; try again in 2 seconds"
        );
    }
}
