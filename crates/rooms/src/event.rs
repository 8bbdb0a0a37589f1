//! Events: what a room's log holds, and what applying one means.

use std::{collections::BTreeMap, sync::Arc};

use serde::{Deserialize, Serialize};

use crate::{Bot, BotId, Conversation, EventId, Json, Message, RoomName, RoomSettings, Session, Timestamp, Words};

/// One piece of an event. An event is accepted or refused whole.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// Somebody said something.
    Message(Arc<Message>),
    /// The room was cleared: messages up to this event are gone.
    Cleared,
    /// A bot was made or changed.
    BotPut(Arc<Bot>),
    /// A bot was deleted.
    BotDeleted(Arc<Bot>),
    /// A bot's answer began a conversation, or went on with one.
    ConversationSet(ConversationSet),
    /// The conversation is over.
    ConversationEnded,
    /// The settings were changed; these hold now.
    SettingsPut(RoomSettings),
    /// A session began or changed; this is what it is now.
    SessionPut(Arc<Session>),
    /// What was said in a session, as its protocol has it; the messages beside it are the same for those who read rooms.
    Said(Words),
}

/// See [`Part::ConversationSet`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConversationSet {
    /// The bot that gets the next message.
    pub bot: BotId,
    /// What it wants back with it.
    pub state: Json,
}

impl Part {
    /// Whether this changes what later commands of the room are checked against.
    pub fn is_control(&self) -> bool {
        !matches!(self, Self::Message(_))
    }
}

/// One entry of a room's log.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// The room.
    pub room: RoomName,
    /// Its place.
    pub id: EventId,
    /// The last id that was given in this room before ([`RoomState::last`] as it was): a reader whose own is another
    /// has missed something.
    pub prev: EventId,
    /// When it was appended; never before the event before it.
    pub at: Timestamp,
    /// What happened, in order.
    pub parts: Vec<Part>,
}

impl Event {
    /// The event's messages with their ids.
    pub fn messages(&self) -> impl Iterator<Item = (EventId, &Arc<Message>)> {
        self.parts
            .iter()
            .filter_map(|part| if let Part::Message(message) = part { Some(message) } else { None })
            .enumerate()
            .map(|(index, message)| (self.id.message(index), message))
    }

    /// The id of its last message, or its own.
    pub fn last_id(&self) -> EventId {
        last_id(self.id, &self.parts)
    }

    /// Whether any part of it is a control part.
    pub fn is_control(&self) -> bool {
        self.parts.iter().any(Part::is_control)
    }
}

/// The last id that an event with these parts takes, if its own is `id`.
pub fn last_id(id: EventId, parts: &[Part]) -> EventId {
    let messages = parts.iter().filter(|part| matches!(part, Part::Message(_))).count();
    id.message(messages.saturating_sub(1))
}

/// A room's bots in order of id, shared with whoever looks at them as they were.
pub type Bots = Arc<BTreeMap<BotId, Arc<Bot>>>;

/// What a room is now: everything that commands are checked against. Small, and changed only by [`RoomState::apply`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RoomState {
    /// The bots.
    pub bots: Bots,
    /// The conversation, if there is one.
    pub conversation: Option<Conversation>,
    /// The last clear; messages at or below it are gone.
    pub mark: EventId,
    /// The last id that was given.
    pub last: EventId,
    /// The last event that changed bots, conversation, mark or settings.
    pub control: EventId,
    /// The settings.
    pub settings: RoomSettings,
    /// The session, if this is the room of one.
    pub session: Option<Arc<Session>>,
}

impl RoomState {
    /// Takes over an event. Events come in order, each once.
    pub fn apply(&mut self, event: &Event) {
        for part in &event.parts {
            match part {
                Part::Message(_) => {}
                Part::Cleared => self.mark = event.id,
                Part::BotPut(bot) => {
                    Arc::make_mut(&mut self.bots).insert(bot.id, Arc::clone(bot));
                }
                Part::BotDeleted(bot) => {
                    Arc::make_mut(&mut self.bots).remove(&bot.id);
                }
                Part::ConversationSet(set) => {
                    self.conversation = Some(Conversation { bot: set.bot, event: event.id, state: set.state.clone() });
                }
                Part::ConversationEnded => self.conversation = None,
                Part::SettingsPut(settings) => self.settings = settings.clone(),
                Part::SessionPut(session) => self.session = Some(Arc::clone(session)),
                Part::Said(_) => {}
            }
        }
        if event.is_control() {
            self.control = event.id;
        }
        self.last = event.last_id();
    }

    /// Whether the room exists: it has had an event.
    pub fn exists(&self) -> bool {
        self.last > EventId::ZERO
    }
}
