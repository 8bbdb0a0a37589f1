//! Reading what a bot answered: which of it counts, and what is wrong with it if none does.

use std::collections::HashMap;

use bytes::Bytes;
use parlor_rooms::{BotId, Json, json};
use serde_json::value::RawValue;
use url::Url;

use crate::fault::Fault;

/// The longest name that an answer may come under, in characters.
const AUTHOR_MAX: usize = 100;

/// The largest body that is taken, in longest texts: JSON may write each character as six, and there is a state beside it.
const BODY_TIMES: usize = 8;

/// The largest body in which a text of so many bytes may come.
pub(crate) fn body_max(text_max: usize) -> usize {
    text_max.saturating_mul(BODY_TIMES)
}

/// What came back from a bot, over whatever way.
#[derive(Clone, Debug, Default)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// Its reason; may be empty.
    pub reason: String,
    /// Name and value.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Bytes,
    /// Whether the body was longer than is taken, and is cut.
    pub truncated: bool,
    /// Where it came from, if that is another address than the bot's.
    pub url: Option<String>,
}

/// What the addresses in an answer are relative to.
#[derive(Clone, Debug)]
pub(crate) enum Base {
    /// Nothing: only absolute ones count.
    Nothing,
    /// The bot's url.
    Url(Url),
    /// The files of a bot that connects to us; addresses become paths on this server.
    Files(BotId),
}

/// The path of a connected bot's files on this server.
pub(crate) fn files(bot: BotId) -> String {
    format!("/bot-assets/{bot}/")
}

/// What a bot says.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Answer {
    pub(crate) text: String,
    /// Who it is to come from, if not the bot's name.
    pub(crate) author: Option<String>,
    pub(crate) image: Option<String>,
    pub(crate) media: Option<String>,
    pub(crate) css: Option<String>,
    pub(crate) js: Option<String>,
    pub(crate) state: Option<Json>,
    pub(crate) room: Option<String>,
}

/// Reads an answer, whose text, and whose state, may have so many bytes.
pub(crate) fn read(reply: &Reply, text_max: usize) -> Result<Answer, Fault> {
    let too_large = || Fault::TooLarge { most: text_max };
    let Reply { status, reason, .. } = reply;
    if !(200..=299).contains(status) {
        let location = reply.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("location"));
        let location = location.map(|(_, value)| value.clone());
        return Err(Fault::Status { status: *status, reason: reason.clone(), location });
    }
    if reply.truncated || reply.body.len() > body_max(text_max) {
        return Err(too_large());
    }
    let not_json = || Fault::NotJson { status: *status, body: String::from_utf8_lossy(&reply.body).into_owned() };
    let body = reply.body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&reply.body);
    if json::depth(body) > json::DEPTH_MAX {
        return Err(not_json());
    }
    let raw: &RawValue = serde_json::from_slice(body).map_err(|_| not_json())?;
    if type_name(raw) != "dict" {
        return Err(Fault::NotObject(type_name(raw).to_owned()));
    }
    // Of a key that comes twice the last counts, as in Python.
    let mut object: HashMap<String, Box<RawValue>> = serde_json::from_str(raw.get()).map_err(|_| not_json())?;
    let text = object.get("text").ok_or(Fault::NoText)?;
    if type_name(text) != "str" {
        return Err(Fault::TextType(type_name(text).to_owned()));
    }
    let text: String = serde_json::from_str(text.get()).map_err(|_| not_json())?;
    if text.len() > text_max || object.get("state").is_some_and(|state| state.get().len() > text_max) {
        return Err(too_large());
    }
    let mut string = |key: &str| -> Option<String> {
        let text: String = serde_json::from_str(object.remove(key)?.get()).ok()?;
        Some(text).filter(|text| !text.is_empty() && text.len() <= text_max)
    };
    Ok(Answer {
        text,
        author: string("author").map(|author| presentable(&author)).filter(|author| !author.is_empty()),
        image: string("image"),
        media: string("media"),
        css: string("css"),
        js: string("js"),
        room: string("room"),
        state: object.get("state").map(|raw| Json::from(&**raw)).filter(|state| !state.is_null()),
    })
}

impl Answer {
    /// Whether nothing of it would be seen or kept.
    pub(crate) fn says_nothing(&self) -> bool {
        let Self { text, author: _, image, media, css, js, state, room: _ } = self;
        text.trim().is_empty() && [image, media, css, js].iter().all(|address| address.is_none()) && state.is_none()
    }

    /// Makes the answer's addresses absolute, for good; what can't be, or is no web address, is dropped.
    #[must_use]
    pub(crate) fn frozen(mut self, base: &Base) -> Self {
        for address in [&mut self.image, &mut self.media, &mut self.css, &mut self.js] {
            *address = address.take().and_then(|text| absolute(&text, base));
        }
        self
    }
}

fn absolute(text: &str, base: &Base) -> Option<String> {
    let url = match base {
        Base::Nothing => Url::parse(text).ok(),
        Base::Url(base) => base.join(text).ok(),
        Base::Files(bot) => {
            // A host that nobody has: what stays on it is relative.
            let nowhere = Url::parse("https://bot.invalid/").expect("an address");
            let url = nowhere.join(text).ok()?;
            if url.origin() == nowhere.origin() {
                return Some(files(*bot) + &url[url::Position::BeforePath..][1..]);
            }
            Some(url)
        }
    };
    url.filter(|url| matches!(url.scheme(), "http" | "https" | "data")).map(String::from)
}

/// A name that fits on one line: no control characters, not too long.
fn presentable(author: &str) -> String {
    author.chars().filter(|c| !c.is_control()).take(AUTHOR_MAX).collect::<String>().trim().to_owned()
}

/// Python's name of a JSON value's type.
fn type_name(raw: &RawValue) -> &'static str {
    let text = raw.get().trim_start();
    match text.as_bytes().first() {
        Some(b'{') => "dict",
        Some(b'[') => "list",
        Some(b'"') => "str",
        Some(b't' | b'f') => "bool",
        Some(b'n') => "NoneType",
        _ if text.contains(['.', 'e', 'E']) => "float",
        _ => "int",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_all(reply: &Reply) -> Result<Answer, Fault> {
        read(reply, 1 << 20)
    }

    fn reply(status: u16, body: &str) -> Reply {
        Reply { status, body: Bytes::copy_from_slice(body.as_bytes()), ..Reply::default() }
    }

    #[track_caller]
    fn check(body: &str, expected: &Answer) {
        assert_eq!(read_all(&reply(200, body)).as_ref(), Ok(expected), "{body}");
    }

    #[track_caller]
    fn refused(body: &str, expected: &Fault) {
        assert_eq!(read_all(&reply(200, body)).as_ref(), Err(expected), "{body}");
    }

    fn said(text: &str) -> Answer {
        Answer { text: text.into(), ..Answer::default() }
    }

    #[test]
    fn text_is_all_that_is_needed() {
        check(r#"{"text": "hi"}"#, &said("hi"));
        check("\u{feff} {\"text\": \"\"} \n", &said(""));
        check(r#"{"text": "a", "text": "b"}"#, &said("b"));
    }

    #[test]
    fn optional_keys_of_the_right_type_count_and_others_are_dropped() {
        check(
            r#"{"text":"t","author":"A","image":"i.png","media":"m","css":"c","js":"j","room":"r","state":[1.0,null],"x":1}"#,
            &Answer {
                text: "t".into(),
                author: Some("A".into()),
                image: Some("i.png".into()),
                media: Some("m".into()),
                css: Some("c".into()),
                js: Some("j".into()),
                room: Some("r".into()),
                state: Some(Json::parse("[1.0,null]").unwrap()),
            },
        );
        check(
            r#"{"text":"t","author":7,"image":[],"media":null,"css":{},"js":true,"room":1.5,"state":null}"#,
            &said("t"),
        );
        check(r#"{"text":"t","author":"","image":""}"#, &said("t"));
    }

    #[test]
    fn every_value_but_null_is_a_state() {
        for state in ["0", "\"\"", "false", "[]", "{}"] {
            let expected = Answer { state: Some(Json::parse(state).unwrap()), ..said("t") };
            check(&format!(r#"{{"text":"t","state":{state}}}"#), &expected);
        }
    }

    #[test]
    fn a_name_is_made_to_fit_on_a_line() {
        let author = format!("{{\"text\":\"t\",\"author\":\"A\\r\\n\\u0000{}\"}}", "b".repeat(200));
        let expected = Answer { author: Some(format!("A{}", "b".repeat(99))), ..said("t") };
        check(&author, &expected);
    }

    #[test]
    fn what_is_no_object_with_a_text_is_named_in_pythons_words() {
        for (body, found) in [
            ("[]", "list"),
            ("\"a\"", "str"),
            ("1", "int"),
            ("-1.5", "float"),
            ("1e3", "float"),
            ("true", "bool"),
            ("null", "NoneType"),
        ] {
            refused(body, &Fault::NotObject(found.into()));
            if found != "str" {
                refused(&format!("{{\"text\": {body}}}"), &Fault::TextType(found.into()));
            }
        }
        refused(r#"{"text": {}}"#, &Fault::TextType("dict".into()));
        refused(r#"{"Text": "a"}"#, &Fault::NoText);
        for body in ["", "<p>hi</p>", "{'text': 'hi'}", "{\"text\": \"hi\"} x", "{\"text\": \"\\ud800\"}"] {
            refused(body, &Fault::NotJson { status: 200, body: body.into() });
        }
        let deep = format!("{{\"text\":\"t\",\"state\":{}{}}}", "[".repeat(128), "]".repeat(128));
        refused(&deep, &Fault::NotJson { status: 200, body: deep.clone() });
    }

    #[test]
    fn only_2xx_counts() {
        assert_eq!(read_all(&reply(299, r#"{"text":"t"}"#)), Ok(said("t")));
        for status in [199, 300, 404, 500] {
            let fault = Fault::Status { status, reason: String::new(), location: None };
            assert_eq!(read_all(&reply(status, r#"{"text":"t"}"#)), Err(fault));
        }
        let cut = Reply { truncated: true, ..reply(200, r#"{"text":"t"}"#) };
        assert_eq!(read_all(&cut), Err(Fault::TooLarge { most: 1 << 20 }));
    }

    #[test]
    fn addresses_become_absolute() {
        let base = Url::parse("https://example.com/bots/desserts").unwrap();
        let answer = Answer {
            image: Some("a.png".into()),
            media: Some("javascript:alert(1)".into()),
            css: Some("/static/style.css".into()),
            js: Some("https://other/x.mjs".into()),
            ..Answer::default()
        };
        let frozen = answer.clone().frozen(&Base::Url(base));
        assert_eq!(frozen.image.as_deref(), Some("https://example.com/bots/a.png"));
        assert_eq!(frozen.media, None);
        assert_eq!(frozen.css.as_deref(), Some("https://example.com/static/style.css"));
        assert_eq!(frozen.js.as_deref(), Some("https://other/x.mjs"));
        let files = answer.clone().frozen(&Base::Files(BotId(7)));
        assert_eq!(files.image.as_deref(), Some("/bot-assets/7/a.png"));
        assert_eq!(files.media, None);
        assert_eq!(files.css.as_deref(), Some("/bot-assets/7/static/style.css"));
        assert_eq!(files.js.as_deref(), Some("https://other/x.mjs"));
        for (image, expected) in [
            ("../../x y.png?a=1", "/bot-assets/7/x%20y.png?a=1"),
            ("//other/x.png", "https://other/x.png"),
            ("/\\other/x.png", "https://other/x.png"),
            ("/bot-assets/8/x", "/bot-assets/7/bot-assets/8/x"),
        ] {
            let answer = Answer { image: Some(image.into()), ..Answer::default() };
            assert_eq!(answer.frozen(&Base::Files(BotId(7))).image.as_deref(), Some(expected), "{image}");
        }
        assert_eq!(answer.frozen(&Base::Nothing).image, None);
    }
}
