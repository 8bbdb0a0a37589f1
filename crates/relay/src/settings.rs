//! What is wanted: from the command line, from the terminal where something is missing, or by default.

use percent_encoding::percent_decode_str;
use url::Url;

use crate::{Failure, Options, terminal::Terminal};

const SERVER: &str = "http://localhost:6277";
const ROOM: &str = "welcome";
const PROGRAM: &str = "http://localhost:5000/echo";

/// Everything that is needed.
#[derive(Debug)]
pub(crate) struct Wanted {
    /// The program that answers.
    pub(crate) url: Url,
    /// The server; where it is below a path, that path ends without a slash.
    pub(crate) server: Url,
    pub(crate) room: String,
    pub(crate) name: String,
    pub(crate) responds_to: Option<String>,
}

/// Completes what the command line says.
pub(crate) fn complete(options: &Options, terminal: &Terminal) -> Result<Wanted, Failure> {
    let url = match &options.url {
        Some(url) => url.clone(),
        None if terminal.asks() => terminal.ask("Which address does your bot answer at?", PROGRAM)?,
        None => return Err(Failure(format!("say which program answers, for example: parlor relay {PROGRAM}"))),
    };
    let url = address(&url, "http://")
        .ok_or_else(|| Failure(format!("“{url}” is no address of a program; it looks like {PROGRAM}")))?;
    let or_ask = |given: &Option<String>, question: &str, usual: &str| match given {
        Some(given) => Ok(given.clone()),
        None if terminal.asks() => terminal.ask(question, usual),
        None => Ok(usual.to_owned()),
    };
    let text = or_ask(&options.server, "Which Parlor server?", SERVER)?;
    let (server, named) = server(&text).ok_or_else(|| {
        Failure(format!("“{text}” is no address of a server; it looks like https://chat.example.org"))
    })?;
    let (room, name) = match &options.token {
        // It belongs to a bot that has both.
        Some(_) => (options.room.clone().or(named).unwrap_or_default(), options.name.clone().unwrap_or_default()),
        None => (
            or_ask(&options.room.clone().or(named), "Which room?", ROOM)?,
            or_ask(&options.name, "What is the bot’s name?", &suggested(&url))?,
        ),
    };
    Ok(Wanted { url, server, room, name: name.trim().to_owned(), responds_to: options.responds_to.clone() })
}

/// An http address; `scheme` is for one that has none.
fn address(text: &str, scheme: &str) -> Option<Url> {
    let text = text.trim();
    let whole = if text.contains("://") { text.to_owned() } else { format!("{scheme}{text}") };
    let mut url = Url::parse(&whole).ok()?;
    url.set_fragment(None);
    (matches!(url.scheme(), "http" | "https") && url.has_host()).then_some(url)
}

/// A server's address, and the room if it is a room's. A path with a slash at its end is where the server is.
fn server(text: &str) -> Option<(Url, Option<String>)> {
    let text = text.trim();
    let host = text.split(['/', ':']).next().unwrap_or_default();
    let is_near = host == "localhost" || text.starts_with('[') || host.parse::<std::net::Ipv4Addr>().is_ok();
    let mut url = address(text, if is_near { "http://" } else { "https://" })?;
    url.set_query(None);
    if url.path().ends_with('/') {
        let path = url.path().trim_end_matches('/').to_owned();
        url.set_path(&path);
        return Some((url, None));
    }
    let path = percent_decode_str(url.path().trim_matches('/')).decode_utf8().ok()?.into_owned();
    url.set_path("");
    Some((url, Some(path).filter(|path| !path.is_empty())))
}

/// A name for the bot at this address: `/weather_bot` is `Weather Bot`.
fn suggested(url: &Url) -> String {
    let last = url.path().rsplit('/').find(|part| !part.is_empty()).unwrap_or("bot");
    let last = percent_decode_str(last).decode_utf8_lossy();
    let words = last.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(|word| {
        let mut letters = word.chars();
        letters.next().map(char::to_uppercase).into_iter().flatten().chain(letters).collect::<String>()
    });
    let name = words.collect::<Vec<_>>().join(" ");
    if name.is_empty() { "Bot".to_owned() } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_suggested_from_the_path() {
        for (url, name) in [
            ("http://localhost:5000/weather_bot", "Weather Bot"),
            ("http://localhost:5000/bots/echo/", "Echo"),
            ("http://localhost:5000/EchoBot?x=1", "EchoBot"),
            ("http://localhost:5000/k%C3%A4se-bot", "Käse Bot"),
            ("http://localhost:5000", "Bot"),
            ("http://localhost:5000/--", "Bot"),
        ] {
            assert_eq!(suggested(&Url::parse(url).unwrap()), name, "{url}");
        }
    }

    #[test]
    fn a_server_is_named_in_many_ways_and_a_rooms_address_names_the_room_too() {
        for (text, url, room) in [
            ("http://localhost:6277", "http://localhost:6277/", None),
            ("localhost:6277", "http://localhost:6277/", None),
            ("127.0.0.1:6277/", "http://127.0.0.1:6277/", None),
            ("[::1]:6277", "http://[::1]:6277/", None),
            ("chat.example.org", "https://chat.example.org/", None),
            ("https://example.org/chat/", "https://example.org/chat", None),
            ("example.org/a/b//", "https://example.org/a/b", None),
            ("https://chat.example.org/welcome", "https://chat.example.org/", Some("welcome")),
            ("https://chat.example.org/a%20b/c?x#y", "https://chat.example.org/", Some("a b/c")),
        ] {
            let (found, named) = server(text).expect(text);
            assert_eq!((found.as_str(), named.as_deref()), (url, room), "{text}");
        }
        for text in ["", "ftp://x", "http://", "a b"] {
            assert!(server(text).is_none(), "{text}");
        }
    }

    #[test]
    fn a_program_is_named_with_or_without_http() {
        assert_eq!(address("localhost:5000/echo", "http://").unwrap().as_str(), "http://localhost:5000/echo");
        assert_eq!(address("https://x/y#z", "http://").unwrap().as_str(), "https://x/y");
        assert!(address("ftp://x/y", "http://").is_none());
    }
}
