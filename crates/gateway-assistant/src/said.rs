//! What goes to and fro in a session: as its protocol has it, and as people read it in the room.

use std::sync::Arc;

use parlor_flows::{Record, Say};
use parlor_rooms::{Json, Kind, Message, Part, Word, html, session::Way};
use serde::Serialize;

/// Under which name a visitor speaks in the room.
const VISITOR: &str = "Visitor";

/// What is said in a session that is not the flow's.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "kind")]
pub(crate) enum Other<'a> {
    /// The visitor starts over.
    ResetSession,
    /// A person has come.
    OperatorJoined { author: &'a str },
    /// What they say.
    OperatorText { author: &'a str, content: &'a str },
    /// They are typing; never stored.
    Typing { author: &'a str },
    /// They have gone.
    OperatorLeft,
    /// Something between operators.
    Note { author: &'a str, content: &'a str },
    /// What the visitor said is refused; never stored.
    Error { message: &'a str },
}

/// What is only sent.
pub(crate) fn line(message: &impl Serialize) -> String {
    serde_json::to_string(message).expect("structs of texts and numbers can be written")
}

/// A word, as it is stored.
pub(crate) fn word(kind: Way, message: &impl Serialize) -> Word {
    Word { kind, message: Json::written(message).expect("structs of texts and numbers can be written") }
}

/// What a flow says.
pub(crate) fn asked(says: &[Say]) -> impl Iterator<Item = Word> {
    says.iter().map(|say| word(Way::Request, say))
}

/// What a visitor answers.
pub(crate) fn answered(record: &Record) -> Word {
    word(Way::Response, record)
}

/// The same for who reads the room: one message, or none if nothing is to be read.
pub(crate) fn by_flow(author: &str, says: &[Say]) -> Option<Part> {
    let mut text = String::new();
    let mut add = |html: &str| {
        if !html.is_empty() {
            // tidy: what a room keeps of a bot's words is HTML; no page is made of it.
            text.push_str("<p>");
            text.push_str(html);
            // tidy: what a room keeps of a bot's words is HTML; no page is made of it.
            text.push_str("</p>");
        }
    };
    for say in says {
        match say {
            Say::BotText { content } => add(content),
            Say::ChoiceRequest { question, choices, .. } => {
                add(question);
                // tidy: what a room keeps of a bot's words is HTML; no page is made of it.
                let choices: String = choices.iter().map(|choice| format!("<li>{}</li>", choice.content)).collect();
                // tidy: what a room keeps of a bot's words is HTML; no page is made of it.
                add(&format!("<ul>{choices}</ul>"));
            }
            Say::StartChatSession { chat_text, .. } => add(chat_text.as_deref().unwrap_or_default()),
            Say::Handoff { message } => add(message.as_deref().unwrap_or_default()),
            Say::EndChatSession { .. } => {}
        }
    }
    (!text.is_empty()).then(|| part(author, Kind::Bot, text))
}

/// A visitor's answer for who reads the room.
pub(crate) fn by_visitor(record: &Record) -> Part {
    let text = match record {
        Record::ChoiceResponse { content, .. } => html::plain(content),
        Record::UserText { content, .. } => content.clone(),
    };
    part(VISITOR, Kind::User, text)
}

pub(crate) fn part(author: &str, kind: Kind, text: String) -> Part {
    let mut message = Message::user(author, text);
    message.kind = kind;
    Part::Message(Arc::new(message))
}
