//! How messages, parts and settings are written down. Version 1; a change of shape needs a new version and a reader of both.
//!
//! A message's record is the JSON that clients get, but for `id` and `when`, which the log knows beside it:
//! [`splice`] puts them in front without parsing anything.

use std::{borrow::Cow, sync::Arc};

use bytes::Bytes;
use parlor_rooms::{
    Bot, BotId, Content, ConversationSet, EventId, Json, Kind, Message, Part, RoomName, RoomSettings, Session,
    Timestamp, Word,
};
use serde::{Deserialize, Serialize};

/// The version of what this module writes.
pub const VERSION: u32 = 1;

#[derive(Serialize)]
struct Written<'a> {
    room: &'a str,
    author: &'a str,
    kind: Kind,
    text: &'a str,
    image: Option<&'a str>,
    media: Option<&'a str>,
    css: Option<&'a str>,
    js: Option<&'a str>,
    base_url: Option<&'a str>,
    from_bot: Option<BotId>,
    state: Option<&'a Json>,
    reply_to: Option<EventId>,
    activation: Option<&'a str>,
    #[serde(skip_serializing_if = "is_open")]
    content: Content,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_open(content: &Content) -> bool {
    *content == Content::Open
}

#[derive(Deserialize)]
struct Read {
    author: String,
    kind: Kind,
    text: String,
    image: Option<String>,
    media: Option<String>,
    css: Option<String>,
    js: Option<String>,
    base_url: Option<String>,
    from_bot: Option<BotId>,
    // `Option<Json>` would read the state `null` as a value.
    state: Option<Box<serde_json::value::RawValue>>,
    reply_to: Option<EventId>,
    activation: Option<String>,
    #[serde(default)]
    content: Content,
}

/// What people read of a message.
#[derive(Deserialize)]
pub struct Readable<'a> {
    /// Who says it.
    #[serde(borrow)]
    pub author: Cow<'a, str>,
    /// Who wrote it, and so whether its text is HTML.
    pub kind: Kind,
    /// What they say.
    #[serde(borrow)]
    pub text: Cow<'a, str>,
}

/// A message's record.
pub fn message(room: &RoomName, message: &Message) -> Bytes {
    let written = Written {
        room: room.as_str(),
        author: &message.author,
        kind: message.kind,
        text: &message.text,
        image: message.image.as_deref(),
        media: message.media.as_deref(),
        css: message.css.as_deref(),
        js: message.js.as_deref(),
        base_url: message.base_url.as_deref(),
        from_bot: message.from_bot,
        state: message.state.as_ref(),
        reply_to: message.reply_to,
        activation: message.activation.as_deref(),
        content: message.content,
    };
    // With nothing in them, the names of the members have some 200 bytes.
    let sized = message.text.len() + message.state.as_ref().map_or(0, |state| state.as_str().len()) + 320;
    let mut record = Vec::with_capacity(sized);
    serde_json::to_writer(&mut record, &written).expect("strings, numbers and checked JSON can be written");
    record.into()
}

/// Reads a message's record.
pub fn read_message(record: &[u8]) -> Result<Message, serde_json::Error> {
    let read: Read = serde_json::from_slice(record)?;
    Ok(Message {
        author: read.author,
        kind: read.kind,
        text: read.text,
        image: read.image,
        media: read.media,
        css: read.css,
        js: read.js,
        base_url: read.base_url,
        from_bot: read.from_bot,
        state: read.state.map(|state| Json::from(&*state)).filter(|state| !state.is_null()),
        reply_to: read.reply_to,
        activation: read.activation,
        content: read.content,
    })
}

/// Reads what people read of a record, and leaves out the rest.
pub fn readable(record: &[u8]) -> Result<Readable<'_>, serde_json::Error> {
    serde_json::from_slice(record)
}

/// What stands before a record in what clients get: `id` and `when`. On the stack, for there is one for each frame.
#[derive(Clone, Copy, Debug)]
pub struct Head {
    bytes: [u8; Head::LONGEST],
    length: usize,
}

impl Head {
    /// With the largest id and the earliest time it has 55 bytes.
    const LONGEST: usize = 64;

    /// Of a message.
    pub fn new(id: EventId, at: Timestamp) -> Self {
        let mut head = Self { bytes: [0; Self::LONGEST], length: 0 };
        let mut number = itoa::Buffer::new();
        head.push(b"{\"id\":");
        head.push(number.format(id.0).as_bytes());
        head.push(b",\"when\":");
        // As `at` is written elsewhere, without the machinery of formatting.
        head.push(number.format(at.seconds()).as_bytes());
        head.push(b".");
        let micros = number.format(at.0.rem_euclid(1_000_000)).as_bytes();
        head.push(&b"000000"[micros.len()..]);
        head.push(micros);
        head.push(b",");
        head
    }

    fn push(&mut self, part: &[u8]) {
        self.bytes[self.length..][..part.len()].copy_from_slice(part);
        self.length += part.len();
    }

    /// Its bytes; [`tail`] is what follows.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.length]
    }
}

/// What of a record follows its [`Head`].
pub fn tail(record: &[u8]) -> &[u8] {
    debug_assert!(record.first() == Some(&b'{') && record.len() > 2, "a record is an object with members");
    &record[1..]
}

/// Appends to `out` what clients get: the record with `id` and `when` put in.
pub fn splice(out: &mut Vec<u8>, id: EventId, at: Timestamp, record: &[u8]) {
    out.extend_from_slice(Head::new(id, at).as_bytes());
    out.extend_from_slice(tail(record));
}

/// The parts of an event that are no messages, as written beside it.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum WrittenControl<'a> {
    Cleared,
    BotPut(&'a Bot),
    BotDeleted(&'a Bot),
    ConversationSet(&'a ConversationSet),
    ConversationEnded,
    SettingsPut(&'a RoomSettings),
    SessionPut(&'a Session),
    Said(&'a [Word]),
}

/// The same as they are read.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Control {
    Cleared,
    BotPut(Bot),
    BotDeleted(Bot),
    ConversationSet(ConversationSet),
    ConversationEnded,
    SettingsPut(RoomSettings),
    SessionPut(Session),
    Said(Vec<Word>),
}

/// The record of an event's control parts; `None` if it has none. They come before its messages.
pub fn controls(parts: &[Part]) -> Option<Vec<u8>> {
    let controls: Vec<WrittenControl<'_>> = parts
        .iter()
        .filter_map(|part| {
            Some(match part {
                Part::Message(_) => return None,
                Part::Cleared => WrittenControl::Cleared,
                Part::BotPut(bot) => WrittenControl::BotPut(bot),
                Part::BotDeleted(bot) => WrittenControl::BotDeleted(bot),
                Part::ConversationSet(set) => WrittenControl::ConversationSet(set),
                Part::ConversationEnded => WrittenControl::ConversationEnded,
                Part::SettingsPut(settings) => WrittenControl::SettingsPut(settings),
                Part::SessionPut(session) => WrittenControl::SessionPut(session),
                Part::Said(words) => WrittenControl::Said(words),
            })
        })
        .collect();
    if controls.is_empty() {
        return None;
    }
    let mut written = Vec::with_capacity(1024);
    serde_json::to_writer(&mut written, &controls).expect("plain structs and checked JSON can be written");
    Some(written)
}

/// Reads an event's control parts.
pub fn read_controls(record: &[u8]) -> Result<Vec<Part>, serde_json::Error> {
    let controls: Vec<Control> = serde_json::from_slice(record)?;
    Ok(controls
        .into_iter()
        .map(|control| match control {
            Control::Cleared => Part::Cleared,
            Control::BotPut(bot) => Part::BotPut(Arc::new(bot)),
            Control::BotDeleted(bot) => Part::BotDeleted(Arc::new(bot)),
            Control::ConversationSet(set) => Part::ConversationSet(set),
            Control::ConversationEnded => Part::ConversationEnded,
            Control::SettingsPut(settings) => Part::SettingsPut(settings),
            Control::SessionPut(session) => Part::SessionPut(Arc::new(session)),
            Control::Said(words) => Part::Said(words.into()),
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use parlor_rooms::session::Way;

    use super::*;

    fn room() -> RoomName {
        RoomName::parse("a \"room\"").expect("a name")
    }

    #[test]
    fn a_message_reads_back_as_it_was_written() {
        let mut wrote = Message::bot("Echo\u{2028}Bot", BotId(7), "<b>\"hi\"</b>\n");
        wrote.state = Some(Json::parse("[1.0,\"any\",null]").expect("JSON"));
        wrote.activation = Some("act_1".into());
        wrote.image = Some("http://x/y.png".into());
        let record = message(&room(), &wrote);
        assert_eq!(read_message(&record).expect("a record"), wrote);
        let said = readable(&record).expect("a record");
        assert_eq!((&*said.author, said.kind, &*said.text), ("Echo\u{2028}Bot", Kind::Bot, "<b>\"hi\"</b>\n"));
    }

    #[test]
    fn splicing_gives_the_whole_message() {
        let mut out = Vec::new();
        splice(&mut out, EventId(12), Timestamp(1_700_000_000_000_042), &message(&room(), &Message::user("Ann", "hi")));
        let value: serde_json::Value = serde_json::from_slice(&out).expect("JSON");
        assert_eq!(value["id"], 12);
        assert_eq!(value["when"], 1_700_000_000.000_042);
        assert_eq!(value["room"], "a \"room\"");
        assert_eq!(value["state"], serde_json::Value::Null);
    }

    #[test]
    fn the_largest_numbers_fit_into_a_head() {
        for (id, at) in [(u64::MAX, i64::MIN), (u64::MAX, i64::MAX), (0, 0), (1, -1)] {
            let mut out = Vec::new();
            splice(&mut out, EventId(id), Timestamp(at), b"{\"a\":1}");
            let head = format!("{{\"id\":{},\"when\":{},", EventId(id), Timestamp(at));
            assert!(out.starts_with(head.as_bytes()), "{head} {}", String::from_utf8_lossy(&out));
            let value: serde_json::Value = serde_json::from_slice(&out).expect("JSON");
            assert_eq!(value["id"], id);
        }
    }

    #[test]
    fn control_parts_read_back_as_they_were_written() {
        let bot = Bot { timeout: Some(1.5), ..Bot::new(BotId(3), "E", "") };
        let parts = vec![
            Part::BotPut(Arc::new(bot)),
            Part::Cleared,
            Part::ConversationSet(ConversationSet { bot: BotId(3), state: Json::parse("0").expect("JSON") }),
            Part::ConversationEnded,
            Part::SettingsPut(RoomSettings::default()),
            Part::Said([Word { kind: Way::Note, message: Json::parse("{\"a\":  1.0}").expect("JSON") }].into()),
        ];
        assert_eq!(read_controls(&controls(&parts).expect("controls")).expect("a record"), parts);
        assert_eq!(controls(&[Part::Message(Arc::new(Message::user("a", "b")))]), None);
    }
}
