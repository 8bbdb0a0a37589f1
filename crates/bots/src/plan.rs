//! What is left of a dispatch, as it is stored: after a crash the bots that were not asked yet still are.

use parlor_rooms::{BotId, Json, conversation::Step};
use serde::{Deserialize, Serialize};

use crate::{fault::Fault, occasion::Occasion, request::Params};

/// The rest of a dispatch.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Plan {
    /// The conversation when the dispatch began.
    pub(crate) step: Step,
    /// Who is to be asked, in this order.
    pub(crate) targets: Vec<Target>,
}

/// One of those who are asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Target {
    /// The bot; with [`How::Out`] the one whose form it was.
    pub(crate) bot: BotId,
    /// Why it is asked, and what it gets beside the message.
    pub(crate) how: How,
    /// What it is told of what happened, if it asked for events.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) event: Option<Occasion>,
}

/// See [`Target::how`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum How {
    /// Its name or pattern was found.
    Matched(Params),
    /// It is in conversation, with this state.
    Conversation(Json),
    /// It gets a form, with the conversation's state if it is in one.
    Form(Option<Json>),
    /// It asked to hear of this.
    Event,
    /// It gets what it got before; a person wants it.
    Again,
    /// It gets a form at another of its places (`socket:/order`), with the state as before.
    FormAt { url: String, state: Option<Json> },
    /// A form goes to this address, which is no bot of the room.
    Out(String),
    /// It can't be asked.
    Fault(Fault),
}

impl Plan {
    /// As stored; nothing when nobody is left.
    pub(crate) fn stored(&self) -> Option<Json> {
        if self.targets.is_empty() {
            return None;
        }
        let text = serde_json::to_string(self).expect("a plan can be written");
        Some(Json::parse(&text).expect("what was just written can be read"))
    }

    /// Reads a stored plan.
    pub(crate) fn read(stored: &Json) -> Result<Self, serde_json::Error> {
        serde_json::from_str(stored.as_str())
    }
}

#[cfg(test)]
mod tests {
    use parlor_rooms::EventId;

    use super::*;

    #[test]
    fn a_plan_reads_back_as_it_was_stored() {
        let target = |bot, how| Target { bot: BotId(bot), how, event: None };
        let event = |occasion| Target { bot: BotId(7), how: How::Event, event: Some(occasion) };
        let state = Json::parse(r#"{"a": [1.0, null]}"#).unwrap();
        let plan = Plan {
            step: Some((BotId(1), EventId(7))),
            targets: vec![
                target(1, How::Matched(Params::from([("a".into(), None), ("b".into(), Some("c".into()))]))),
                target(2, How::Conversation(state.clone())),
                target(3, How::Form(Some(state))),
                target(3, How::Form(None)),
                target(3, How::Again),
                target(3, How::FormAt { url: "socket:/order".into(), state: None }),
                target(4, How::Out("http://x/".into())),
                target(5, How::Fault(Fault::BadPattern("x".into()))),
                target(6, How::Fault(Fault::FormGone)),
                event(Occasion::Command { command: "!a".into(), args: "b c".into() }),
                event(Occasion::Nick { author: "A".into(), before: "B".into() }),
            ],
        };
        assert_eq!(Plan::read(&plan.stored().unwrap()).unwrap(), plan);
        assert_eq!(Plan::default().stored(), None);
    }
}
