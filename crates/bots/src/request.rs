//! What a bot gets: the documented keys in the documented shapes, and the headers beside them.

use std::collections::BTreeMap;

use bytes::Bytes;
use parlor_outbound::{HeaderMap, HeaderName, HeaderValue};
use parlor_rooms::{EventId, Json, RoomName};
use parlor_store::ActivationId;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;

use crate::occasion::Occasion;

/// Named groups of a pattern; one that took no part is `None`.
pub(crate) type Params = BTreeMap<String, Option<String>>;

/// The shapes of an activation's body. `event` and what belongs to it stand in it only for bots that asked for events.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Body<'a> {
    /// A message that concerns the bot; `state` only within a conversation, where `params` is empty.
    Message {
        room: &'a str,
        author: &'a str,
        text: &'a str,
        params: &'a Params,
        #[serde(skip_serializing_if = "Option::is_none")]
        state: Option<&'a Json>,
        #[serde(flatten)]
        event: Option<&'a Occasion>,
    },
    /// A form; `state` only if it is part of a conversation with the bot.
    Form {
        room: &'a str,
        author: &'a str,
        form_data: &'a Json,
        #[serde(skip_serializing_if = "Option::is_none")]
        state: Option<&'a Json>,
        #[serde(flatten)]
        event: Option<&'a Occasion>,
    },
    /// An event that is no message.
    Event {
        room: &'a str,
        #[serde(flatten)]
        event: &'a Occasion,
    },
    /// What was sent before, once more.
    Again(&'a Json),
}

impl Body<'_> {
    /// As sent.
    pub(crate) fn json(&self) -> Bytes {
        serde_json::to_vec(self).expect("strings and checked JSON can be written").into()
    }
}

/// What stays as it is in `parlor-room`.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b'/');

/// The headers of an activation, but for the signature.
pub(crate) fn headers(id: &ActivationId, seconds: i64, room: &RoomName, message: Option<EventId>) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let mut put = |name: &'static str, value: &str| {
        let value = HeaderValue::from_str(value).expect("hexadecimal digits, numbers and percent-encoding");
        headers.insert(HeaderName::from_static(name), value);
    };
    put("content-type", "application/json");
    put("webhook-id", &id.0);
    put("webhook-timestamp", &seconds.to_string());
    put("parlor-room", &utf8_percent_encode(room.as_str(), PLAIN).to_string());
    if let Some(message) = message {
        put("parlor-message-id", &message.to_string());
    }
    headers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(body: &Body<'_>, expected: &str) {
        assert_eq!(std::str::from_utf8(&body.json()).unwrap(), expected);
    }

    #[test]
    fn bodies_have_exactly_the_documented_keys() {
        let params = Params::from([("count".to_owned(), Some("5".to_owned())), ("word".to_owned(), None)]);
        let (room, author, text) = ("a/ü", "Ann", "Repeat \"x\"");
        check(
            &Body::Message { room, author, text, params: &params, state: None, event: None },
            r#"{"room":"a/ü","author":"Ann","text":"Repeat \"x\"","params":{"count":"5","word":null}}"#,
        );
        let state = Json::parse(r#"["any", {"json": 1.0}]"#).unwrap();
        check(
            &Body::Message { room, author, text, params: &Params::new(), state: Some(&state), event: None },
            r#"{"room":"a/ü","author":"Ann","text":"Repeat \"x\"","params":{},"state":["any", {"json": 1.0}]}"#,
        );
        let form_data = &Json::parse(r#"{"a":["1","2"]}"#).unwrap();
        check(
            &Body::Form { room, author, form_data, state: None, event: None },
            r#"{"room":"a/ü","author":"Ann","form_data":{"a":["1","2"]}}"#,
        );
        check(
            &Body::Form { room, author, form_data, state: Some(&Json::parse("0").unwrap()), event: None },
            r#"{"room":"a/ü","author":"Ann","form_data":{"a":["1","2"]},"state":0}"#,
        );
    }

    #[test]
    fn who_asked_for_events_gets_them_behind_the_documented_keys() {
        let (room, author, text) = ("a", "Ann", "!time in Rome");
        let event = Some(&Occasion::Command { command: "!time".into(), args: "in Rome".into() });
        let state = Json::parse("[1.0]").unwrap();
        check(
            &Body::Message { room, author, text, params: &Params::new(), state: Some(&state), event },
            r#"{"room":"a","author":"Ann","text":"!time in Rome","params":{},"state":[1.0],"event":"command","command":"!time","args":"in Rome"}"#,
        );
        let form_data = &Json::parse("{}").unwrap();
        check(
            &Body::Form { room, author, form_data, state: None, event: Some(&Occasion::Form) },
            r#"{"room":"a","author":"Ann","form_data":{},"event":"form"}"#,
        );
        let event = &Occasion::Every { every: "10s".into() };
        check(&Body::Event { room, event }, r#"{"room":"a","event":"every","every":"10s"}"#);
    }

    #[test]
    fn any_rooms_name_makes_a_legal_header() {
        let room = RoomName::parse("Käse und/日本").unwrap();
        let headers = headers(&ActivationId("act_1".into()), 12, &room, Some(EventId(7)));
        assert_eq!(headers["parlor-room"], "K%C3%A4se%20und/%E6%97%A5%E6%9C%AC");
        assert_eq!(headers["parlor-message-id"], "7");
        assert_eq!(headers["webhook-timestamp"], "12");
    }
}
