//! The names and numbers by which rooms, events and bots are known.

use std::{borrow::Borrow, fmt, sync::Arc};

use serde::{Deserialize, Serialize};

/// First segments of a path that belong to the server: no room's name may begin with one.
pub const OWN_SEGMENTS: &[&str] = &[
    "account",
    "admin",
    "api",
    "archive",
    "assistant",
    "assistant.js",
    "bot-assets",
    "docs",
    "favicon.ico",
    "frame",
    "fs",
    "guide",
    "healthz",
    "hub",
    "invite",
    "join",
    "login",
    "logout",
    "me",
    "metrics",
    "operator",
    "parlor.js",
    "readyz",
    "robots.txt",
    "schemas",
    "setup",
    "sign-up",
    "web",
    "webhook",
    "ws",
];

/// The longest name of a room, in bytes of UTF-8.
pub const ROOM_NAME_MAX: usize = 200;

/// A room's name: nonempty, case-sensitive, checked once.
///
/// Names that begin with `~` are rooms of the server itself; [`RoomName::is_own`] tells. They parse, since they have
/// pages and take posts where they exist, but nobody can make one.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RoomName(Arc<str>);

/// Why a text can't be a room's name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RoomNameError {
    /// There is nothing.
    #[error("is empty; give the room a name")]
    Empty,
    /// Over [`ROOM_NAME_MAX`] bytes.
    #[error("is {0} bytes long; at most {ROOM_NAME_MAX} are allowed")]
    TooLong(usize),
    /// Has a control character.
    #[error("holds a control character (such as a line break)")]
    Control,
    /// Has a segment that a path can't have.
    #[error("has a part between slashes that is empty, `.` or `..`")]
    Segment,
    /// Begins with one of [`OWN_SEGMENTS`].
    #[error("begins with `{0}`, which the server keeps for itself; choose another name")]
    Reserved(String),
}

impl RoomName {
    /// Checks a name.
    pub fn parse(name: &str) -> Result<Self, RoomNameError> {
        if name.is_empty() {
            return Err(RoomNameError::Empty);
        }
        if name.len() > ROOM_NAME_MAX {
            return Err(RoomNameError::TooLong(name.len()));
        }
        if name.chars().any(char::is_control) {
            return Err(RoomNameError::Control);
        }
        if name.split('/').any(|segment| matches!(segment, "" | "." | "..")) {
            return Err(RoomNameError::Segment);
        }
        let first = name.split('/').next().unwrap_or(name);
        if OWN_SEGMENTS.contains(&first) {
            return Err(RoomNameError::Reserved(first.to_owned()));
        }
        Ok(Self(name.into()))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is a room of the server itself (`~hub/chat_service`).
    pub fn is_own(&self) -> bool {
        self.0.starts_with('~')
    }
}

impl fmt::Display for RoomName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for RoomName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", &*self.0)
    }
}

impl Borrow<str> for RoomName {
    fn borrow(&self) -> &str {
        &self.0
    }
}

/// The place of an event in its room's log; a message is known by its room and this. Grows, with gaps.
///
/// The store leaves room for an event's messages: message `i` of an event has the id `event + i`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EventId(pub u64);

impl EventId {
    /// Before every event.
    pub const ZERO: Self = Self(0);

    /// The id of the event's message number `index`.
    pub fn message(self, index: usize) -> Self {
        Self(self.0 + index as u64)
    }
}

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A bot's number, unique over the whole server, below 2^53 so that JavaScript can hold it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BotId(pub u64);

impl fmt::Display for BotId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn refused(name: &str, why: &RoomNameError) {
        assert_eq!(RoomName::parse(name).as_ref(), Err(why), "{name:?}");
    }

    #[test]
    fn any_unicode_slashes_and_spaces_make_a_name() {
        for name in
            ["a", "welcome", "Käse und Brot", "school/8b", "日本語", "#dev", "a.b", "apix", "x/api", "~hub/chat"]
        {
            assert_eq!(RoomName::parse(name).expect(name).as_str(), name);
        }
    }

    #[test]
    fn what_a_path_cannot_hold_is_refused() {
        refused("", &RoomNameError::Empty);
        refused(&"é".repeat(101), &RoomNameError::TooLong(202));
        refused("a\nb", &RoomNameError::Control);
        refused("a\u{85}b", &RoomNameError::Control);
        for name in ["/a", "a/", "a//b", ".", "a/..", "./a"] {
            refused(name, &RoomNameError::Segment);
        }
        refused("api", &RoomNameError::Reserved("api".into()));
        refused("ws/x", &RoomNameError::Reserved("ws".into()));
    }
}
