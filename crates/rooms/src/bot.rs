//! A room's bots, as the log knows them. Secrets are not part of it: they never stand in an event.

use serde::{Deserialize, Serialize};

use crate::{
    BotId, Interest, interest,
    pattern::{Pattern, PatternError},
};

/// A bot of a room.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bot {
    /// Its number, unique over the server.
    pub id: BotId,
    /// Its name: literal text that activates it when it has no pattern.
    pub name: String,
    /// The pattern (Python's syntax) that activates it.
    #[serde(default)]
    pub responds_to: Option<String>,
    /// Where it lives; empty as long as a student has not filled it in.
    pub url: String,
    /// Seconds until its answer is given up; the server's default without.
    #[serde(default)]
    pub timeout: Option<f64>,
    /// A paused bot is not activated.
    #[serde(default)]
    pub paused: bool,
    /// What it asked to hear of besides what it responds to.
    #[serde(default, deserialize_with = "interest::known")]
    pub events: Vec<Interest>,
    /// Whether it has a secret, with which what it is sent is signed.
    #[serde(default)]
    pub signed: bool,
    /// The address of a form that answered with a state (`(Auto) …`): it hears no messages but those of its conversation.
    #[serde(default)]
    pub auto: bool,
}

/// Where activations of a bot go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Endpoint<'a> {
    /// Nowhere yet.
    Empty,
    /// An address for HTTP, not looked into here.
    Http(&'a str),
    /// A bot that is part of the server, by its name.
    Builtin(&'a str),
    /// A bot that connects to us.
    Socket,
}

impl Bot {
    /// A bot of which no more is known than this.
    pub fn new(id: BotId, name: impl Into<String>, url: impl Into<String>) -> Self {
        Self {
            id,
            name: name.into(),
            responds_to: None,
            url: url.into(),
            timeout: None,
            paused: false,
            events: Vec::new(),
            signed: false,
            auto: false,
        }
    }

    /// Where activations go.
    pub fn endpoint(&self) -> Endpoint<'_> {
        Endpoint::of(&self.url)
    }

    /// Reads the pattern that activates this bot: `responds_to`, or else its name as literal text.
    pub fn pattern(&self) -> Result<Pattern, PatternError> {
        match self.responds_to.as_deref() {
            Some(source) if !source.is_empty() => Pattern::parse(source),
            _ => Pattern::literal(&self.name),
        }
    }
}

impl<'a> Endpoint<'a> {
    /// Reads a bot's url.
    pub fn of(url: &'a str) -> Self {
        let url = url.trim();
        if url.is_empty() {
            Self::Empty
        } else if let Some(name) = url.strip_prefix("builtin:") {
            Self::Builtin(name)
        } else if url == "socket:" {
            Self::Socket
        } else {
            Self::Http(url)
        }
    }

    /// Whether what is sent here gets to the same server as what is sent there. Spellings that a reader of addresses might
    /// take for the same do not count: a secret that one of the two knows is at stake.
    pub fn shares_server(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Http(one), Self::Http(other)) => server(one).eq_ignore_ascii_case(server(other)),
            (one, other) => one == other,
        }
    }
}

/// The scheme, host and port of an address as they are written; all of it where there is no `://`.
fn server(url: &str) -> &str {
    let Some(scheme) = url.find("://") else { return url };
    let start = scheme + 3;
    let length = url[start..].find(['/', '\\', '?', '#']).unwrap_or(url.len() - start);
    &url[..start + length]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_stays_only_where_it_is_known() {
        let same = |one, other| Endpoint::of(one).shares_server(&Endpoint::of(other));
        for (one, other) in [
            ("http://a.example/x", "http://a.example/y?z"),
            ("http://A.example", "http://a.EXAMPLE/#x"),
            ("http://a.example:5000/", "http://a.example:5000/z"),
            ("builtin:echo", " builtin:echo"),
            ("", ""),
        ] {
            assert!(same(one, other), "{one} {other}");
        }
        for (one, other) in [
            ("http://a.example/", "https://a.example/"),
            ("http://a.example/", "http://a.example:81/"),
            ("http://a.example/", "http://a.example@b.example/"),
            ("http://a.example/", "http://a.example\n.b.example/"),
            ("http://a.example/", "http:/\\b.example/"),
            ("http://a.example/", "http://b.example\\@a.example/"),
            ("http://a.example/", ""),
            ("", "http://a.example/"),
            ("http://a.example/", "socket:"),
            ("builtin:echo", "builtin:log"),
        ] {
            assert!(!same(one, other), "{one} {other}");
        }
    }
}
