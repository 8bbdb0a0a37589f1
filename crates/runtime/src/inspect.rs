//! What gateways ask of the bots to show how they work: a pattern tried on texts, who heard a message and why not, a
//! delivery tried without a trace, one that is made again.

use std::ops::Range;

use parlor_rooms::{Bot, BotId, Json, Message, RoomName};
use parlor_store::{Activation, ActivationId, Trigger};

use crate::Caller;

/// A pattern, or without one a name, that is tried on texts.
#[derive(Clone, Debug, Default)]
pub struct Probe {
    /// The bot's name.
    pub name: String,
    /// Its pattern.
    pub responds_to: Option<String>,
    /// The texts.
    pub texts: Vec<String>,
}

/// What came of a [`Probe`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Probed {
    /// What is wrong with the pattern: a sentence, and where it knows, the place in UTF-16 units of the pattern.
    pub error: Option<(String, Option<usize>)>,
    /// For each text, in order, what was found; nothing where the pattern could not be searched for.
    pub found: Vec<Option<Found>>,
}

/// Where a pattern was found. Places are counted in UTF-16 units of the text, as JavaScript counts them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The whole.
    pub span: Range<usize>,
    /// The groups in order of number, from 1.
    pub groups: Vec<FoundGroup>,
}

/// One group of a [`Found`] pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundGroup {
    /// Its name, if it has one.
    pub name: Option<String>,
    /// Where it is, if it took part.
    pub span: Option<Range<usize>>,
    /// What it took.
    pub text: Option<String>,
}

/// Why a bot was asked about a message, or was not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// Its name or its pattern was found.
    Matched,
    /// Its pattern was not found.
    Pattern,
    /// Its name was not found.
    Name,
    /// It rests.
    Paused,
    /// The message went to the bot in conversation alone.
    Conversation,
    /// It was added or changed after the message.
    Later,
    /// Messages of bots and of the system activate nobody.
    Kind,
    /// Its pattern takes too long on this text.
    Slow,
    /// Its pattern can't be read.
    BadPattern,
    /// It stands for a form's address and hears no messages but those of its conversation.
    Auto,
}

impl Reason {
    /// The reason as the rooms API writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Matched => "matched",
            Self::Pattern => "pattern",
            Self::Name => "name",
            Self::Paused => "paused",
            Self::Conversation => "conversation",
            Self::Later => "later",
            Self::Kind => "kind",
            Self::Slow => "slow",
            Self::BadPattern => "bad_pattern",
            Self::Auto => "auto",
        }
    }
}

/// What a message was to one bot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    /// The bot.
    pub bot: BotId,
    /// Its name; of one that is gone, its name when it was asked.
    pub name: String,
    /// Whether it was asked.
    pub matched: bool,
    /// Why, or why not.
    pub reason: Reason,
    /// The same in a sentence, as plain text.
    pub why: String,
    /// Its activation.
    pub activation: Option<ActivationId>,
}

/// A delivery that is tried: nothing is stored, nothing is posted.
#[derive(Clone, Debug)]
pub struct Trial {
    /// Who asks.
    pub caller: Caller,
    /// The room.
    pub room: RoomName,
    /// The bot as it stands in the form; its number is 0 if it was never saved.
    pub bot: Bot,
    /// The secret in the form; `None`: the saved bot's.
    pub secret: Option<Option<String>>,
    /// Who says it.
    pub author: String,
    /// What.
    pub text: String,
    /// The state of the conversation that it is to be in, if it is.
    pub state: Option<Json>,
}

/// What came of a [`Trial`].
#[derive(Clone, Debug)]
pub struct Tried {
    /// Whether the bot would have been asked.
    pub matched: bool,
    /// Why, or why not.
    pub why: String,
    /// The record, which is stored nowhere.
    pub activation: Activation,
    /// What the room would get to see.
    pub message: Option<Message>,
}

/// An activation that is under way once more.
#[derive(Clone, Debug)]
pub struct Resent {
    /// Its room.
    pub room: RoomName,
    /// Its trigger, to wait for with [`crate::BotControl::answered`].
    pub trigger: Trigger,
    /// Its id.
    pub id: ActivationId,
}
