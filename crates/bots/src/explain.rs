//! What went wrong with an activation, in words that a beginner can act on: the room's system message and its record.

use crate::{fault::Fault, html};

/// How much is shown of a bot's name, of an address or a pattern, and of a body.
const NAME: usize = 100;
const ADDRESS: usize = 300;
const BODY: usize = 1_000;

macro_rules! template {
    ($name:literal) => {
        include_str!(concat!("explain/", $name, ".html"))
    };
}

/// Whose activation it was, as the message names them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Whose<'a> {
    /// The bot's name.
    pub(crate) name: &'a str,
    /// Where the activation went.
    pub(crate) url: &'a str,
}

/// An explanation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Explained {
    /// For the room.
    pub(crate) html: String,
    /// What happened, as plain text, for the activation's record.
    pub(crate) sentence: String,
}

/// Explains a fault.
pub(crate) fn explain(fault: &Fault, whose: Whose<'_>) -> Explained {
    if let Fault::At { url, fault } = fault {
        return explain(fault, Whose { url, ..whose });
    }
    let (template, own) = words(fault);
    let (name, url) = (html::shorten(whose.name, NAME), html::shorten(whose.url, ADDRESS));
    let mut values: Vec<(&str, &str)> = vec![("bot", &name), ("url", &url)];
    values.extend(own.iter().map(|(key, value)| (*key, value.as_str())));
    Explained { html: html::fill(template, &values), sentence: html::sentence(template, &values) }
}

type Values = Vec<(&'static str, String)>;

fn words(fault: &Fault) -> (&'static str, Values) {
    match fault {
        Fault::Connect(why) => (template!("connect"), vec![("why", html::shorten(why, ADDRESS))]),
        Fault::Forbidden { rule, setting } => {
            (template!("forbidden"), vec![("rule", rule.clone()), ("setting", setting.clone())])
        }
        Fault::TimedOut(limit) => (template!("timed_out"), vec![("seconds", limit.as_secs_f64().to_string())]),
        Fault::Status { status, reason, location } => status_words(*status, reason, location.as_deref()),
        Fault::NotJson { status, body } => {
            let body = if body.trim().is_empty() { "(nothing)".to_owned() } else { html::shorten(body, BODY) };
            (template!("not_json"), vec![("status", status.to_string()), ("body", body)])
        }
        Fault::NotObject(found) => (template!("not_object"), vec![("found", found.clone())]),
        Fault::NoText => (template!("no_text"), vec![]),
        Fault::TextType(found) => (template!("text_type"), vec![("found", found.clone())]),
        Fault::TooLarge { most } => (template!("too_large"), vec![("limit", size(*most))]),
        Fault::EmptyUrl => (template!("empty_url"), vec![]),
        Fault::NoBuiltin(known) => (template!("no_builtin"), vec![("known", known.clone())]),
        Fault::NotConnected => (template!("not_connected"), vec![]),
        Fault::Behind(why) => (template!("behind"), vec![("why", html::shorten(why.trim_end_matches('.'), ADDRESS))]),
        Fault::BadFrame(why) => (template!("bad_frame"), vec![("why", why.clone())]),
        Fault::At { fault, .. } => words(fault),
        Fault::BadPattern(why) => {
            (template!("bad_pattern"), vec![("why", html::shorten(why.trim_end_matches('.'), ADDRESS))])
        }
        Fault::SlowPattern(pattern) => (template!("slow_pattern"), vec![("pattern", html::shorten(pattern, ADDRESS))]),
        Fault::TooMany { waiting } => (template!("too_many"), vec![("waiting", waiting.to_string())]),
        Fault::Interrupted => (template!("interrupted"), vec![]),
        Fault::FormGone => (template!("form_gone"), vec![]),
        Fault::FormPaused => (template!("form_paused"), vec![]),
        Fault::FormAction { action, why } => {
            (template!("form_action"), vec![("action", html::shorten(action, ADDRESS)), ("why", why.clone())])
        }
    }
}

fn status_words(status: u16, reason: &str, location: Option<&str>) -> (&'static str, Values) {
    let shown =
        if reason.is_empty() { status.to_string() } else { format!("{status} ({})", html::shorten(reason, NAME)) };
    let mut values = vec![("status", shown)];
    let template = match (status, location) {
        (404, _) => template!("status_404"),
        (405, _) => template!("status_405"),
        (500, _) => template!("status_500"),
        (300..=399, Some(location)) => {
            values.push(("location", html::shorten(location, ADDRESS)));
            template!("status_redirect")
        }
        _ => template!("status"),
    };
    (template, values)
}

/// “1 MiB”, “300 KiB”, “1025 bytes”.
fn size(bytes: usize) -> String {
    match bytes {
        n if n >= 1 << 20 && n.is_multiple_of(1 << 20) => format!("{} MiB", n >> 20),
        n if n >= 1 << 10 && n.is_multiple_of(1 << 10) => format!("{} KiB", n >> 10),
        n => format!("{n} bytes"),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[track_caller]
    fn check(fault: &Fault, holds: &[&str]) {
        let explained = explain(fault, Whose { name: "Echo<Bot>", url: "http://localhost:1234/echo?a='b'" });
        for part in holds {
            assert!(explained.html.contains(part), "no {part:?} in {}", explained.html);
        }
        assert!(!explained.html.contains("{{") && !explained.sentence.contains("{{"), "{explained:?}");
        assert!(!explained.html.contains('!') && !explained.html.contains("<Bot>"), "{explained:?}");
        assert!(!explained.sentence.contains("<p>") && explained.sentence.ends_with('.'), "{explained:?}");
    }

    fn status(status: u16, reason: &str) -> Fault {
        Fault::Status { status, reason: reason.to_owned(), location: None }
    }

    const BOT: &str = "Echo&lt;Bot&gt;";
    const URL: &str = "<code>http://localhost:1234/echo?a=&#x27;b&#x27;</code>";

    #[test]
    fn the_table_of_what_a_beginner_reads() {
        check(
            &Fault::Connect("nothing is listening there (connection refused)".into()),
            &["could not connect to Echo&lt;Bot&gt;", "endpoint URL", URL, "Is the URL correct", "connection refused"],
        );
        check(&Fault::TimedOut(Duration::from_secs(120)), &[BOT, "timed out after 120 second(s)"]);
        check(&Fault::TimedOut(Duration::from_millis(500)), &["timed out after 0.5 second(s)"]);
        check(&status(418, "I'm a Teapot"), &[BOT, "status code of 418 (I&#x27;m a Teapot)"]);
        check(&status(599, ""), &["status code of 599."]);
        check(
            &status(404, "NOT FOUND"),
            &[
                "status code of 404 (NOT FOUND)",
                "<code>@app.post('/your_bot_name_here')</code>",
                "bot URL <code>http://",
            ],
        );
        check(
            &status(405, "Method Not Allowed"),
            &["<code>@app.post</code> instead of <code>@app.route</code> or <code>@app.get</code>"],
        );
        check(&status(500, "Internal Server Error"), &["server logs of your Flask application"]);
        check(
            &Fault::NotJson { status: 200, body: "<h1>Hi & bye</h1>".into() },
            &[BOT, "status code 200", "returned invalid JSON", "<pre>&lt;h1&gt;Hi &amp; bye&lt;/h1&gt;</pre>"],
        );
        check(
            &Fault::NotObject("list".into()),
            &[BOT, "JSON message was <code>list</code> instead of <code>dict</code>"],
        );
        check(&Fault::NoText, &[BOT, "JSON message was missing the <code>text</code> key"]);
        check(
            &Fault::TextType("int".into()),
            &[BOT, "the <code>text</code> key had the wrong type", "should be a string"],
        );
        check(&Fault::EmptyUrl, &[BOT, "has an empty endpoint URL"]);
        check(
            &Fault::Forbidden { rule: "a multicast address".into(), setting: "the setting x".into() },
            &[BOT, "a multicast address", "the setting x"],
        );
    }

    #[test]
    fn whatever_else_can_happen_has_words_too() {
        let redirect =
            Fault::Status { status: 308, reason: "Permanent Redirect".into(), location: Some("/echo/".into()) };
        check(&redirect, &["status code of 308 (Permanent Redirect)", "<code>/echo/</code>"]);
        check(&Fault::TooLarge { most: 1 << 20 }, &[BOT, "1 MiB"]);
        check(&Fault::TooLarge { most: 300 << 10 }, &[BOT, "300 KiB"]);
        check(&Fault::TooLarge { most: 1_025 }, &[BOT, "1025 bytes"]);
        check(&Fault::NoBuiltin("builtin:echo".into()), &[BOT, URL, "builtin:echo"]);
        check(
            &Fault::NotConnected,
            &[BOT, "is not connected", "<code>parlor relay http://localhost:5000/your_bot</code>"],
        );
        let behind = Fault::Behind("nothing listens <there>.".into()).at(Some("http://localhost:5000/<x>".into()));
        let local = "<code>http://localhost:5000/&lt;x&gt;</code>";
        check(&behind, &["could not connect to Echo&lt;Bot&gt;", local, "nothing listens &lt;there&gt;.</p>"]);
        check(
            &status(404, "Not Found").at(Some("http://localhost:5000/<x>".into())),
            &["bot URL <code>http://localhost:5000/&lt;x&gt;"],
        );
        check(&Fault::BadFrame("`id` is missing".into()), &[BOT, "`id` is missing"]);
        let bad = Fault::BadPattern("The pattern “(<” can't be used: at its end, a bracket is missing.".into());
        check(&bad, &[BOT, "“(&lt;” can&#x27;t be used", "a bracket is missing.</p>"]);
        check(&Fault::SlowPattern("(a+)+$".into()), &[BOT, "<code>(a+)+$</code>", "too long"]);
        check(&Fault::TooMany { waiting: 1000 }, &[BOT, "1000", "loop", "as a user"]);
        check(&Fault::Interrupted, &[BOT, "interrupted"]);
        check(&Fault::FormGone, &["form"]);
        check(&Fault::FormPaused, &[BOT, "paused"]);
        let action = Fault::FormAction { action: "mailto:<me>".into(), why: "it is no web address".into() };
        check(&action, &["<code>mailto:&lt;me&gt;</code>", "it is no web address"]);
    }

    #[test]
    fn what_strangers_send_is_shortened() {
        let long = "x".repeat(100_000);
        let fault = Fault::NotJson { status: 200, body: long.clone() };
        assert!(explain(&fault, Whose { name: &long, url: &long }).html.len() < 3_000);
    }

    #[test]
    fn the_record_has_the_sentence_without_tags() {
        let explained = explain(&Fault::NoText, Whose { name: "E", url: "" });
        assert_eq!(explained.sentence, "E answered, but its JSON message was missing the text key.");
    }
}
