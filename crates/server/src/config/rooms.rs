//! `[rooms]`.

use parlor_rooms::Keep;

use super::setting::{About, SETTING, section};

section! {
    /// What holds in rooms whose own settings say nothing.
    struct Rooms as rooms in "rooms" {
        /// Days for which messages are kept; for ever without
        keep: Option<u32> = None,
            About { value: "DAYS", example: "365", ..SETTING },
            check from_one;

        /// How many messages of a room are kept, the newest; all without
        keep_messages: Option<u32> = None,
            About { value: "NUMBER", example: "100000", ..SETTING },
            check from_one;
    }
}

impl Rooms {
    pub(crate) fn keeps(&self) -> Keep {
        Keep { days: self.keep, messages: self.keep_messages }
    }
}

fn from_one(number: &Option<u32>) -> Result<(), String> {
    if *number == Some(0) { Err("give a number from 1; without one all are kept".to_owned()) } else { Ok(()) }
}
