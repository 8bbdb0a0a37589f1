//! A room's lane: while there is a conversation, what concerns it goes one at a time, each with the newest state.
//!
//! Pure: it is told what happened, in the order of the room's log, and says what may go.

use std::collections::VecDeque;

use parlor_rooms::{BotId, Conversation, EventId, conversation::Step};

/// What may go now.
#[derive(Debug, PartialEq)]
pub(crate) struct Go<T> {
    /// What.
    pub(crate) item: T,
    /// The conversation at this moment.
    pub(crate) conversation: Option<Conversation>,
    /// The step that is under way until the lane is told that this is over; without, nobody waits for it.
    pub(crate) step: Step,
}

/// The lane of one room. Exists only while something is in it.
#[derive(Debug)]
pub(crate) struct Lane<T> {
    conversation: Option<Conversation>,
    waiting: VecDeque<(Option<BotId>, T)>,
    running: Step,
}

impl<T> Lane<T> {
    /// The lane of a room that is in this conversation.
    pub(crate) fn new(conversation: Option<Conversation>) -> Self {
        Self { conversation, waiting: VecDeque::new(), running: None }
    }

    /// Takes what concerns the conversation: with `only`, as long as it is one with that bot.
    pub(crate) fn enter(&mut self, item: T, only: Option<BotId>) {
        self.waiting.push_back((only, item));
    }

    /// The room's conversation is now this. Ended or replaced, nobody waits any more for what is under way.
    pub(crate) fn changed(&mut self, conversation: Option<&Conversation>) {
        self.conversation = conversation.cloned();
        if self.running.is_some() && self.step() != self.running {
            self.running = None;
        }
    }

    /// What was under way with this step is over.
    pub(crate) fn finished(&mut self, step: (BotId, EventId)) {
        if self.running == Some(step) {
            self.running = None;
        }
    }

    /// The next that may go; to be asked again until there is none.
    pub(crate) fn next(&mut self) -> Option<Go<T>> {
        if self.running.is_some() {
            return None;
        }
        let (only, item) = self.waiting.pop_front()?;
        let concerns = |conversation: &&Conversation| only.is_none_or(|bot| bot == conversation.bot);
        let step = self.conversation.as_ref().filter(concerns).map(Conversation::step);
        self.running = step;
        Some(Go { item, conversation: self.conversation.clone(), step })
    }

    /// The room's conversation, as far as the lane was told.
    pub(crate) fn conversation(&self) -> Option<&Conversation> {
        self.conversation.as_ref()
    }

    /// Whether nothing is in it.
    pub(crate) fn is_empty(&self) -> bool {
        self.running.is_none() && self.waiting.is_empty()
    }

    fn step(&self) -> Step {
        self.conversation.as_ref().map(Conversation::step)
    }
}

#[cfg(test)]
mod tests {
    use parlor_rooms::Json;

    use super::*;

    const A: BotId = BotId(1);
    const B: BotId = BotId(2);

    fn with(bot: BotId, event: u64) -> Conversation {
        Conversation { bot, event: EventId(event), state: Json::parse(&event.to_string()).unwrap() }
    }

    /// What goes now: each item with the event of the step that it is under way with.
    fn goes(lane: &mut Lane<char>) -> Vec<(char, Option<u64>)> {
        std::iter::from_fn(|| lane.next()).map(|go| (go.item, go.step.map(|(_, event)| event.0))).collect()
    }

    fn lane(items: &str) -> Lane<char> {
        let mut lane = Lane::new(Some(with(A, 5)));
        items.chars().for_each(|item| lane.enter(item, None));
        lane
    }

    #[test]
    fn each_waits_for_the_answer_before_it_and_gets_the_newest_state() {
        let mut lane = lane("abc");
        assert_eq!(goes(&mut lane), [('a', Some(5))]);
        // The answer to `a`, then the news that it is over.
        lane.changed(Some(&with(A, 8)));
        assert_eq!(goes(&mut lane), [('b', Some(8))]);
        lane.finished((A, EventId(5)));
        assert_eq!(goes(&mut lane), []);
        lane.changed(Some(&with(A, 9)));
        assert_eq!(goes(&mut lane), [('c', Some(9))]);
        lane.finished((A, EventId(9)));
        assert!(lane.is_empty());
    }

    #[test]
    fn an_answer_that_ends_it_releases_all_who_wait() {
        let mut lane = lane("abc");
        assert_eq!(goes(&mut lane), [('a', Some(5))]);
        lane.changed(None);
        assert_eq!(goes(&mut lane), [('b', None), ('c', None)]);
        assert!(lane.is_empty());
    }

    #[test]
    fn a_clear_releases_and_the_late_answer_holds_up_nobody() {
        let mut lane = lane("abc");
        assert_eq!(goes(&mut lane), [('a', Some(5))]);
        lane.changed(None);
        lane.enter('d', None);
        lane.changed(Some(&with(B, 7)));
        assert_eq!(goes(&mut lane), [('b', Some(7))]);
        lane.finished((A, EventId(5)));
        assert_eq!(goes(&mut lane), []);
    }

    #[test]
    fn other_changes_of_the_room_release_nobody() {
        let mut lane = lane("ab");
        assert_eq!(goes(&mut lane), [('a', Some(5))]);
        lane.changed(Some(&with(A, 5)));
        assert_eq!(goes(&mut lane), []);
        // It came to nothing, and could not even be said: the next one goes with the same state.
        lane.finished((A, EventId(5)));
        assert_eq!(goes(&mut lane), [('b', Some(5))]);
    }

    #[test]
    fn a_form_waits_only_for_its_own_bot() {
        let mut lane = lane("a");
        lane.enter('f', Some(A));
        lane.enter('b', None);
        assert_eq!(goes(&mut lane), [('a', Some(5))]);
        lane.changed(Some(&with(B, 8)));
        assert_eq!(goes(&mut lane), [('f', None), ('b', Some(8))]);
    }
}
