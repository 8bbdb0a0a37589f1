//! The room stream's frames: `{"kind": …, "data": …}`, the same bytes for every client, live and on replay.

use parlor_rooms::{Bot, Content, EventId, Message, Part, RoomName, Timestamp};
use parlor_runtime::{
    Encoder, Said, Signal,
    log::{Activation, Committed, StoredMessage, record},
};
use parlor_sockets::Frame;
use parlor_wire::{
    rooms_api::{self, stream},
    signals,
};
use serde::Serialize;

use crate::{api::activations, fitted::fitted};

/// Writes the rooms API's stream.
#[derive(Debug, Default)]
pub struct RoomsEncoder;

impl RoomsEncoder {
    fn message_frame(id: EventId, at: Timestamp, stored: &[u8]) -> Frame {
        let head = record::Head::new(id, at);
        let kind = [b"{\"kind\":\"", stream::MESSAGE.as_bytes(), b"\",\"data\":"];
        Frame::text_parts(&[kind[0], kind[1], kind[2], head.as_bytes(), record::tail(stored), b"}"])
    }

    fn bot_frame(kind: &str, room: &RoomName, bot: &Bot) -> Frame {
        let data = serde_json::to_string(&rooms_api::Bot::new(room, bot)).unwrap_or_default();
        Frame::text(&format!("{{\"kind\":\"{kind}\",\"data\":{data}}}"))
    }

    fn cleared_frame() -> Frame {
        Frame::text(&format!("{{\"kind\":\"{}\",\"data\":{{}}}}", stream::CLEAR_MESSAGES))
    }
}

impl Encoder for RoomsEncoder {
    fn event(&self, committed: &Committed, content: Content, frames: &mut Vec<Frame>) {
        let event = &committed.event;
        let mut messages = 0;
        for part in &event.parts {
            match part {
                Part::Message(message) => {
                    if let Some(stored) = committed.records.get(messages) {
                        let id = event.id.message(messages);
                        frames.push(if content == Content::Open || parlor_content::fits(message, content) {
                            Self::message_frame(id, event.at, stored)
                        } else {
                            let mut message = Message::clone(message);
                            parlor_content::fit(&mut message, content);
                            Self::message_frame(id, event.at, &record::message(&event.room, &message))
                        });
                    }
                    messages += 1;
                }
                Part::Cleared => frames.push(Self::cleared_frame()),
                Part::BotPut(bot) => frames.push(Self::bot_frame(stream::PUT_BOT, &event.room, bot)),
                Part::BotDeleted(bot) => frames.push(Self::bot_frame(stream::DELETE_BOT, &event.room, bot)),
                Part::ConversationSet(_)
                | Part::ConversationEnded
                | Part::SettingsPut(_)
                | Part::SessionPut(_)
                | Part::Said(_) => {}
            }
        }
    }

    fn message(&self, room: &RoomName, message: &StoredMessage, content: Content) -> Frame {
        if content == Content::Open {
            return Self::message_frame(message.id, message.at, &message.record);
        }
        let message = fitted(room, message, content);
        Self::message_frame(message.id, message.at, &message.record)
    }

    fn cleared(&self, _: &RoomName) -> Option<Frame> {
        Some(Self::cleared_frame())
    }

    fn bot(&self, room: &RoomName, bot: &Bot) -> Option<Frame> {
        Some(Self::bot_frame(stream::PUT_BOT, room, bot))
    }

    fn bot_deleted(&self, room: &RoomName, bot: &Bot) -> Option<Frame> {
        Some(Self::bot_frame(stream::DELETE_BOT, room, bot))
    }

    fn signal(&self, room: &RoomName, signal: &Signal<'_>) -> Option<Frame> {
        match *signal {
            Signal::Here { names, unnamed } => {
                let here = names.iter().map(|author| signals::Author { author }).collect();
                signal_frame(signals::PRESENCE, signals::Here { here, unnamed })
            }
            Signal::Presence { joined, left, unnamed } => {
                signal_frame(signals::PRESENCE, signals::Presence { joined, left, unnamed })
            }
            Signal::Typing { author } => signal_frame(signals::TYPING, signals::Typing { author }),
            Signal::Activation(record) => signal_frame(signals::ACTIVATION, activation(record)),
            Signal::BotConnection { bot, connected } => {
                signal_frame(signals::BOT_CONNECTION, signals::BotConnection { id: bot.0, connected })
            }
            Signal::Settings(settings) => signal_frame(signals::SETTINGS, rooms_api::Settings::new(room, settings)),
        }
    }

    fn said(&self, text: &str) -> Option<Said> {
        Some(match signals::Said::read(text)? {
            signals::Said::Presence(author) => Said::Presence(author),
            signals::Said::Typing(author) => Said::Typing(author),
        })
    }
}

fn signal_frame(kind: &str, data: impl Serialize) -> Option<Frame> {
    serde_json::to_string(&signals::Signal { kind, data }).ok().map(|text| Frame::text(&text))
}

fn activation(record: &Activation) -> signals::Activation<'_> {
    signals::Activation {
        id: &record.id.0,
        bot: record.bot.0,
        name: &record.name,
        message: record.trigger.message().map(|id| id.0),
        trigger: record.trigger.to_string(),
        attempt: record.attempt,
        status: activations::word(record.status),
        started: record.started.0 as f64 / 1e6,
        took: record.took.map(|micros| micros as f64 / 1e6),
        error: record.error.as_deref(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use parlor_rooms::{BotId, Event, Json};

    use super::*;

    #[test]
    fn a_message_is_the_documented_json_live_and_on_replay() {
        let room = RoomName::parse("a/b").expect("a name");
        let mut message = Message::bot("Echo", BotId(3), "<b>\"hi\"</b>");
        message.state = Some(Json::parse("[1]").expect("JSON"));
        let stored = record::message(&room, &message);
        let at = Timestamp(1_700_000_000_250_000);
        let event = Event {
            room: room.clone(),
            id: EventId(7),
            prev: EventId(5),
            at,
            parts: vec![Part::Message(Arc::new(message))],
        };
        let committed = Committed { event: Arc::new(event), records: vec![stored.clone()], pending: false };
        let mut live = Vec::new();
        RoomsEncoder.event(&committed, Content::Open, &mut live);
        let replayed =
            RoomsEncoder.message(&room, &StoredMessage { id: EventId(7), at, record: stored }, Content::Open);
        assert_eq!(live[0].bytes(), replayed.bytes());
        let value: serde_json::Value = serde_json::from_slice(replayed.payload()).expect("JSON");
        assert_eq!(value["kind"], "message");
        let data: rooms_api::Message = serde_json::from_value(value["data"].clone()).expect("a message");
        assert_eq!((data.id, data.when, data.from_bot), (7, 1_700_000_000.25, Some(3)));
        assert_eq!(data.state, Some(serde_json::json!([1])));
        assert_eq!(value["data"].as_object().expect("an object").len(), 15, "every key is there, null or not");
    }
}
