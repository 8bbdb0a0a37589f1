//! Deliveries to bots: what is pending, and what became of each.

use std::fmt;

use parlor_rooms::{BotId, EventId, Json, RoomName, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// What activates bots: a message, the submission of a form, a person's “send again”.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Trigger {
    /// The message with this id.
    Message(EventId),
    /// A form's submission, by a random name.
    Form(String),
    /// Something else that bots asked to hear of: somebody came, a while went by. A random name.
    Event(String),
    /// A person sent an activation again.
    Again {
        /// The message that the first one was for, if it was for one.
        message: Option<EventId>,
        /// A random name.
        name: String,
    },
    /// A person tries a bot: its activation is never stored. A random name.
    Test(String),
}

impl Trigger {
    /// The message that it is, or that was sent again.
    pub fn message(&self) -> Option<EventId> {
        match self {
            Self::Message(id) => Some(*id),
            Self::Again { message, .. } => *message,
            Self::Form(_) | Self::Event(_) | Self::Test(_) => None,
        }
    }

    /// Between these two texts, neither included, lie those of all triggers by which this message was sent again.
    pub fn again_of(message: EventId) -> (String, String) {
        // What follows the colon in ASCII.
        (format!("again:{message}:"), format!("again:{message};"))
    }
}

/// `message:12`, `form:4f…`, `event:b0…`, `again:12:77…` (`again::77…` where there is no message), `test:9a…`.
impl fmt::Display for Trigger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Message(id) => write!(f, "message:{id}"),
            Self::Form(name) => write!(f, "form:{name}"),
            Self::Event(name) => write!(f, "event:{name}"),
            Self::Again { message: Some(message), name } => write!(f, "again:{message}:{name}"),
            Self::Again { message: None, name } => write!(f, "again::{name}"),
            Self::Test(name) => write!(f, "test:{name}"),
        }
    }
}

impl std::str::FromStr for Trigger {
    type Err = UnknownTrigger;

    fn from_str(text: &str) -> Result<Self, UnknownTrigger> {
        match text.split_once(':') {
            Some(("message", id)) => id.parse().map(|id| Self::Message(EventId(id))).map_err(|_| UnknownTrigger),
            Some(("form", name)) => Ok(Self::Form(name.to_owned())),
            Some(("event", name)) => Ok(Self::Event(name.to_owned())),
            Some(("again", rest)) => {
                let (message, name) = rest.split_once(':').ok_or(UnknownTrigger)?;
                let message = match message {
                    "" => None,
                    id => Some(EventId(id.parse().map_err(|_| UnknownTrigger)?)),
                };
                Ok(Self::Again { message, name: name.to_owned() })
            }
            Some(("test", name)) => Ok(Self::Test(name.to_owned())),
            _ => Err(UnknownTrigger),
        }
    }
}

/// A text that is no [`Trigger`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a trigger")]
pub struct UnknownTrigger;

/// An activation's id, the same whenever it is repeated; bots get it as `webhook-id`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ActivationId(pub String);

impl ActivationId {
    /// Made from room, trigger and bot, so that whoever repeats a delivery finds the same one.
    pub fn of(room: &RoomName, trigger: &Trigger, bot: BotId) -> Self {
        let digest = Sha256::digest(format!("{room}\0{trigger}\0{bot}"));
        Self(digest[..16].iter().fold("act_".to_owned(), |mut id, byte| {
            use fmt::Write as _;
            write!(id, "{byte:02x}").expect("a String takes all");
            id
        }))
    }
}

impl fmt::Display for ActivationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A dispatch that is not done: stored in the transaction of the message that asks for it, gone when all is answered.
#[derive(Clone, Debug, PartialEq)]
pub struct Pending {
    /// The room.
    pub room: RoomName,
    /// What asks for it.
    pub trigger: Trigger,
    /// What the dispatcher needs beside the message: a form's submission, an activation to send again. JSON of the dispatcher's own.
    pub body: Option<Json>,
    /// Who is to be activated, once that is decided: JSON of the dispatcher's own.
    pub plan: Option<Json>,
}

/// Where an activation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Waits for its turn.
    Pending,
    /// Was sent; nothing has come back.
    Running,
    /// Was answered well.
    Answered,
    /// Failed; the room was told why.
    Failed,
    /// The server ended while it ran, more than once.
    Interrupted,
}

/// Why a bot was asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Cause {
    /// Its name or its pattern was found.
    #[default]
    Matched,
    /// It was in conversation, so that it got the message whatever was in it.
    Conversation,
    /// Somebody submitted a form to it.
    Form,
    /// It asked to hear of events, and this was one.
    Event,
    /// Somebody submitted a form of its to an address that is no bot of the room.
    Address,
}

/// The record of one activation. Bounded: bodies are cut by who makes it, and a room keeps only the newest ones.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Activation {
    /// The `webhook-id`.
    pub id: ActivationId,
    /// The room.
    pub room: RoomNameText,
    /// The bot.
    pub bot: BotId,
    /// Its name, or the address that was asked in its place.
    #[serde(default)]
    pub name: String,
    /// What asked for it.
    pub trigger: Trigger,
    /// Why it was asked.
    #[serde(default)]
    pub cause: Cause,
    /// The activation that this one repeats, because a person wanted it.
    #[serde(default)]
    pub again: Option<ActivationId>,
    /// The number of the attempt, from 1.
    pub attempt: u32,
    /// Where it stands.
    pub status: Status,
    /// When this attempt began.
    pub started: Timestamp,
    /// How long it took, in microseconds, once it is over.
    pub took: Option<u64>,
    /// What was sent.
    pub request: Option<Sent>,
    /// What came back.
    pub response: Option<Received>,
    /// The sentence that the room got, if it went wrong.
    pub error: Option<String>,
}

/// A room's name in a record, checked when it is used.
pub type RoomNameText = String;

/// The request of an activation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sent {
    /// `POST`.
    pub method: String,
    /// Where to.
    pub url: String,
    /// Name and value; secrets and signatures left out.
    pub headers: Vec<(String, String)>,
    /// The body, perhaps cut.
    pub body: String,
}

/// The answer to an activation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Received {
    /// The HTTP status.
    pub status: u16,
    /// Name and value.
    pub headers: Vec<(String, String)>,
    /// The body, perhaps cut.
    pub body: String,
}

/// What the end of an activation changes beside the log.
#[derive(Clone, Debug, PartialEq)]
pub struct Progress {
    /// The activation's record as it is now.
    pub activation: Option<Activation>,
    /// The room of the pending dispatch.
    pub room: RoomName,
    /// Its trigger.
    pub trigger: Trigger,
    /// What is left to do; with `None` the dispatch is done, and is no longer pending.
    pub plan: Option<Json>,
}

/// Which activations somebody wants to see; the newest come first.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Of this room.
    pub room: Option<RoomName>,
    /// Of this bot.
    pub bot: Option<BotId>,
    /// Of this message, those that were sent again among them.
    pub message: Option<EventId>,
    /// At most so many.
    pub limit: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn triggers_read_back_as_they_were_written() {
        let again = |message| Trigger::Again { message, name: "x:y".into() };
        for trigger in [
            Trigger::Message(EventId(12)),
            Trigger::Form("f:1".into()),
            Trigger::Event("e".into()),
            again(Some(EventId(12))),
            again(None),
            Trigger::Test("t".into()),
        ] {
            assert_eq!(trigger.to_string().parse(), Ok(trigger));
        }
        for wrong in ["else", "again:x", "again:x:y"] {
            assert_eq!(wrong.parse::<Trigger>(), Err(UnknownTrigger));
        }
    }

    #[test]
    fn what_was_sent_again_for_one_message_lies_between_two_texts() {
        let (from, to) = Trigger::again_of(EventId(12));
        let lies = |trigger: Trigger| (from.as_str()..to.as_str()).contains(&trigger.to_string().as_str());
        let again = |message| Trigger::Again { message, name: "ff".into() };
        assert!(lies(again(Some(EventId(12)))));
        for other in [again(None), again(Some(EventId(1))), again(Some(EventId(121))), Trigger::Message(EventId(12))] {
            assert!(!lies(other));
        }
    }

    #[test]
    fn an_activation_keeps_its_id() {
        let room = RoomName::parse("a").expect("a name");
        let id = ActivationId::of(&room, &Trigger::Message(EventId(1)), BotId(2));
        assert_eq!(id, ActivationId::of(&room, &Trigger::Message(EventId(1)), BotId(2)));
        assert_ne!(id, ActivationId::of(&room, &Trigger::Message(EventId(12)), BotId(2)));
        assert!(id.0.starts_with("act_") && id.0.len() == 36);
    }
}
