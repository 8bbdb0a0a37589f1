//! What can go wrong with an activation; `explain` puts it into words.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Why an activation came to nothing. Texts are as they came, neither escaped nor cut.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Fault {
    /// No connection; the cause in words.
    Connect(String),
    /// The server's own rules forbid the address: which, and the setting that would allow it.
    Forbidden { rule: String, setting: String },
    /// No whole answer in time.
    TimedOut(Duration),
    /// A status that is not 2xx; where it leads, if it is a redirect.
    Status { status: u16, reason: String, location: Option<String> },
    /// The body is not JSON.
    NotJson { status: u16, body: String },
    /// The JSON is no object but this (Python's name).
    NotObject(String),
    /// The object has no `text`.
    NoText,
    /// `text` is no string but this (Python's name).
    TextType(String),
    /// The body is larger than is taken.
    TooLarge { most: usize },
    /// The bot has no url yet.
    EmptyUrl,
    /// There is no built-in bot of this name.
    NoBuiltin(String),
    /// A bot that connects to us has not.
    NotConnected,
    /// A bot that connects to us could not ask the program behind it: why.
    Behind(String),
    /// A bot that connects to us sent what is no answer: why.
    BadFrame(String),
    /// This happened at another address than the bot's: where the program behind it lives.
    At { url: String, fault: Box<Fault> },
    /// The bot's pattern can't be read: a sentence that names it, the place and why.
    BadPattern(String),
    /// The bot's pattern took too long on this message.
    SlowPattern(String),
    /// More activations of the bot wait than are taken.
    TooMany { waiting: usize },
    /// The server ended while the activation ran, more than once.
    Interrupted,
    /// The form's bot is not there any more.
    FormGone,
    /// The form's bot rests.
    FormPaused,
    /// The form's `action` leads nowhere: why.
    FormAction { action: String, why: String },
}

impl Fault {
    /// Says where it happened, if that is known.
    #[must_use]
    pub(crate) fn at(self, url: Option<String>) -> Self {
        match url.filter(|url| !url.is_empty()) {
            Some(url) => Self::At { url, fault: Box::new(self) },
            None => self,
        }
    }
}

impl From<parlor_outbound::Error> for Fault {
    fn from(error: parlor_outbound::Error) -> Self {
        use parlor_outbound::Error as E;
        match error {
            E::Forbidden { rule, setting } => Self::Forbidden { rule: rule.to_string(), setting: setting.to_string() },
            E::TimedOut(limit) => Self::TimedOut(limit),
            other => Self::Connect(other.to_string()),
        }
    }
}
