//! Conversations: the bot that left a state gets the next message, alone.

use serde::{Deserialize, Serialize};

use crate::{BotId, EventId, Json};

/// A conversation that is going on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conversation {
    /// The bot that gets the next message.
    pub bot: BotId,
    /// The event that left the state: with the bot it says which conversation, at which step, this is.
    pub event: EventId,
    /// The state.
    pub state: Json,
}

/// A step of a conversation: what an activation remembers of the one it was sent in.
pub type Step = Option<(BotId, EventId)>;

impl Conversation {
    /// This step.
    pub fn step(&self) -> (BotId, EventId) {
        (self.bot, self.event)
    }
}

/// What an answer does to the room's conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Nothing; if the answer has a state, it comes to nothing and is stored as null.
    None,
    /// The answer's state is the room's now.
    Begin,
    /// The conversation ends.
    End,
}

/// What the answer of `bot` does.
///
/// `then` is the conversation's step when its message was dispatched, `now` the one that holds when it answers. An
/// answer changes the conversation only if it is still that one; without a state it ends none but its own bot's.
pub fn effect(bot: BotId, then: Step, now: Step, has_state: bool) -> Effect {
    if then != now {
        return Effect::None;
    }
    match (has_state, now) {
        (true, _) => Effect::Begin,
        (false, Some((current, _))) if current == bot => Effect::End,
        (false, _) => Effect::None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: BotId = BotId(1);
    const B: BotId = BotId(2);
    const STEP_A: Step = Some((A, EventId(5)));

    #[test]
    fn a_state_begins_a_conversation_and_no_state_ends_it() {
        assert_eq!(effect(A, None, None, true), Effect::Begin);
        assert_eq!(effect(A, STEP_A, STEP_A, true), Effect::Begin);
        assert_eq!(effect(A, STEP_A, STEP_A, false), Effect::End);
        assert_eq!(effect(A, None, None, false), Effect::None);
    }

    #[test]
    fn a_late_answer_changes_nothing() {
        assert_eq!(effect(A, STEP_A, None, true), Effect::None);
        assert_eq!(effect(A, STEP_A, Some((A, EventId(7))), false), Effect::None);
        assert_eq!(effect(A, None, STEP_A, true), Effect::None);
    }

    #[test]
    fn another_bot_without_a_state_ends_no_conversation() {
        assert_eq!(effect(B, STEP_A, STEP_A, false), Effect::None);
        assert_eq!(effect(B, None, STEP_A, false), Effect::None);
    }
}
