//! Answers that ask for another room: honoured where a bot with the same url is installed too.

use std::sync::Arc;

use parlor_rooms::{
    BotId, Conversation, ConversationSet, Part, RoomName, RoomState,
    conversation::{Effect, effect},
};
use parlor_store::{Activation, Append, Key};

use crate::{
    answer::Answer,
    bots::Inner,
    form::comparable,
    settle::{ending, said},
    work::{PutOff, Turn},
};

/// Another room that an answer goes to.
pub(crate) struct Elsewhere {
    room: RoomName,
    /// The bot there with the same url.
    bot: BotId,
    name: String,
}

impl Inner {
    /// Where else an answer goes, if it may.
    pub(crate) async fn elsewhere(&self, turn: &Turn<'_>, answer: &Answer) -> Result<Option<Elsewhere>, PutOff> {
        let Some(room) = answer.room.as_deref().and_then(|name| RoomName::parse(name).ok()) else { return Ok(None) };
        // The url of a bot that connects to us says nothing about whose it is.
        let has_no_url = turn.url().trim().is_empty() || turn.url().trim().starts_with("socket:");
        if room == turn.work.room || has_no_url {
            return Ok(None);
        }
        let url = comparable(turn.url());
        let state = self.runtime.snapshot(&room).await?;
        let bot = state.bots.values().find(|bot| comparable(&bot.url) == url);
        Ok(bot.map(|bot| Elsewhere { room, bot: bot.id, name: bot.name.clone() }))
    }

    /// Posts the answer there. Its state begins a conversation there, if there is none; here the bot has said nothing,
    /// so that a conversation with it is over.
    pub(crate) async fn settle_elsewhere(
        &self,
        turn: &Turn<'_>,
        answer: &Answer,
        elsewhere: &Elsewhere,
        record: &Activation,
    ) -> Result<(), PutOff> {
        let here = self.runtime.snapshot(&turn.work.room).await?;
        if ends(turn, &here) {
            self.append(&turn.work.room, |state| {
                let parts = if ends(turn, state) { vec![Part::ConversationEnded] } else { Vec::new() };
                let key = Key::own(&format!("elsewhere:{}", turn.id));
                Append::new(turn.work.room.clone(), parts).keyed(Some(key)).expecting(state.control)
            })
            .await?;
        }
        self.append(&elsewhere.room, |state| {
            let mut message = said(answer, elsewhere.bot, &elsewhere.name, turn.url());
            message.activation = Some(turn.id.0.clone());
            let now = state.conversation.as_ref().map(Conversation::step);
            let begins = effect(elsewhere.bot, None, now, answer.state.is_some()) == Effect::Begin
                && state.bots.contains_key(&elsewhere.bot);
            let mut parts = Vec::with_capacity(2);
            if let Some(left) = answer.state.clone().filter(|_| begins) {
                parts.push(Part::ConversationSet(ConversationSet { bot: elsewhere.bot, state: left.clone() }));
                message.state = Some(left);
            }
            parts.push(Part::Message(Arc::new(message)));
            ending(turn, Append::new(elsewhere.room.clone(), parts), record, begins.then_some(state))
        })
        .await
    }
}

/// Whether the conversation here is still the one with this bot that the answer belongs to.
fn ends(turn: &Turn<'_>, here: &RoomState) -> bool {
    let now = here.conversation.as_ref().map(Conversation::step);
    effect(turn.target.bot, turn.rest.step, now, false) == Effect::End
}
