//! Signals on the room stream: what is told to those who asked with `also=`, and what they may say themselves.

use serde::{Deserialize, Serialize};

/// Kinds of frames. What a follower asks with is the same word, but for [`BOT_CONNECTION`], which comes with activations.
pub const PRESENCE: &str = "presence";
/// See [`Typing`].
pub const TYPING: &str = "typing";
/// See [`Activation`].
pub const ACTIVATION: &str = "activation";
/// See [`BotConnection`].
pub const BOT_CONNECTION: &str = "bot-connection";
/// `data` is a [`crate::rooms_api::Settings`].
pub const SETTINGS: &str = "settings";

/// The longest frame of a client that is read at all, in bytes.
const SAID_MAX: usize = 4 * 1024;

/// A frame.
#[derive(Debug, Serialize)]
pub struct Signal<'a, T> {
    /// Which.
    pub kind: &'a str,
    /// What.
    pub data: T,
}

/// Who is here, when one comes.
#[derive(Debug, Serialize)]
pub struct Here<'a> {
    /// Distinct names, sorted.
    pub here: Vec<Author<'a>>,
    /// Connections without a name.
    pub unnamed: usize,
}

/// Somebody who is here.
#[derive(Debug, Serialize)]
pub struct Author<'a> {
    /// The name.
    pub author: &'a str,
}

/// Who came and went.
#[derive(Debug, Serialize)]
pub struct Presence<'a> {
    /// Names, sorted.
    pub joined: &'a [&'a str],
    /// Names, sorted.
    pub left: &'a [&'a str],
    /// Connections without a name.
    pub unnamed: usize,
}

/// Somebody is typing.
#[derive(Debug, Serialize)]
pub struct Typing<'a> {
    /// Who.
    pub author: &'a str,
}

/// A delivery to a bot began or ended: its record without what was sent and what came back.
#[derive(Debug, Serialize)]
pub struct Activation<'a> {
    /// The activation.
    pub id: &'a str,
    /// The bot.
    pub bot: u64,
    /// Its name.
    pub name: &'a str,
    /// The message that asked for it; null if something else did.
    pub message: Option<u64>,
    /// What asked for it.
    pub trigger: String,
    /// The number of the attempt, from 1.
    pub attempt: u32,
    /// `running`, and later how it ended.
    pub status: String,
    /// When this attempt began: seconds since 1970, UTC.
    pub started: f64,
    /// How long it took, in seconds; null while it runs.
    pub took: Option<f64>,
    /// The sentence that the room got, as plain text, if it went wrong.
    pub error: Option<&'a str>,
}

/// A bot that connects to the server came or went.
#[derive(Debug, Serialize)]
pub struct BotConnection {
    /// The bot.
    pub id: u64,
    /// Whether it has a connection.
    pub connected: bool,
}

/// What a client says.
#[derive(Debug, PartialEq, Eq)]
pub enum Said {
    /// Its name, if it has one.
    Presence(Option<String>),
    /// It is typing, perhaps under this name.
    Typing(Option<String>),
}

#[derive(Deserialize)]
struct Frame {
    kind: String,
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    author: Option<String>,
}

impl Said {
    /// Reads a frame; anything but one of ours is nothing.
    pub fn read(text: &str) -> Option<Self> {
        if text.len() > SAID_MAX {
            return None;
        }
        let Frame { kind, data } = serde_json::from_str(text).ok()?;
        match kind.as_str() {
            PRESENCE => Some(Self::Presence(data.author)),
            TYPING => Some(Self::Typing(data.author)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_clients_say_is_read() {
        let ann = Some("Ann".to_owned());
        let presence = |author| Some(Said::Presence(author));
        assert_eq!(Said::read(r#"{"kind":"presence","data":{"author":"Ann"}}"#), presence(ann.clone()));
        assert_eq!(Said::read(r#"{"data":{"author":null,"more":[1]},"kind":"presence","x":{}}"#), presence(None));
        assert_eq!(Said::read(r#"{"kind":"presence","data":{}}"#), presence(None));
        assert_eq!(Said::read(r#"{"kind":"typing","data":{}}"#), Some(Said::Typing(None)));
        assert_eq!(Said::read(r#"{"kind":"typing","data":{"author":"Ann"}}"#), Some(Said::Typing(ann)));
    }

    #[test]
    fn anything_else_is_nothing() {
        let deep = format!(r#"{{"kind":"typing","data":{{"author":{}{}}}}}"#, "[".repeat(1500), "]".repeat(1500));
        let long = format!(r#"{{"kind":"presence","data":{{"author":"{}"}}}}"#, "x".repeat(SAID_MAX));
        let others = [
            "",
            "x",
            "null",
            "[]",
            "{}",
            "\"typing\"",
            r#"{"kind":"typing"}"#,
            r#"{"kind":"typing","data":null}"#,
            r#"{"kind":["typing"],"data":{}}"#,
            r#"{"kind":"presence","data":{"author":7}}"#,
            r#"{"kind":"presence","data":{"author":["Ann"]}}"#,
            r#"{"kind":"presence","data":"Ann"}"#,
            r#"{"kind":"presence","kind":"presence","data":{}}"#,
            r#"{"kind":"message","data":{"author":"Ann"}}"#,
            r#"{"kind":"presence","data":{"author":"\ud800"}}"#,
            &deep,
            &long,
        ];
        for text in others {
            assert_eq!(Said::read(text), None, "{text}");
        }
    }
}
