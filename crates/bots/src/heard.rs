//! What a message was to each bot of its room: who was asked, who was not, and why.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use parlor_rooms::{Bot, BotId, EventId, Kind, Message, Part, RoomName, RoomState};
use parlor_runtime::{
    CommandError,
    inspect::{Heard, Reason},
};
use parlor_store::{Activation, Cause, ReadError, Trigger, Wanted};

use crate::{
    bots::Inner,
    matching::Verdict,
    occasion::Occasion,
    why::{Why, say},
};

/// How many deliveries of one message are looked at.
const DELIVERIES: usize = 1_000;
/// How many changes after the message are searched for bots that were put.
const CONTROLS: usize = 2_000;

/// All that is known about a message and the room's bots.
struct Known {
    message: Message,
    state: RoomState,
    /// The message's own activations, not those that were sent again; by bot.
    asked: BTreeMap<BotId, Activation>,
    /// Bots that were added or changed after it.
    later: BTreeSet<BotId>,
    /// Whether its dispatch is not over yet.
    open: bool,
}

impl Inner {
    /// See [`parlor_runtime::BotControl::heard`].
    pub(crate) async fn heard(&self, room: &RoomName, id: EventId) -> Result<Vec<Heard>, CommandError> {
        let known = self.known(room, id).await?;
        let bots: Vec<Arc<Bot>> = known.state.bots.values().cloned().collect();
        let verdicts = if known.message.kind == Kind::User {
            self.matcher.verdicts(bots.clone(), &known.message.text).await
        } else {
            vec![Verdict::Missing(None); bots.len()]
        };
        let mut heard: Vec<Heard> =
            bots.iter().zip(&verdicts).map(|(bot, verdict)| known.heard(bot, verdict)).collect();
        heard.extend(known.asked.values().filter(|asked| !known.state.bots.contains_key(&asked.bot)).map(gone));
        heard.sort_by_key(|heard| heard.bot);
        Ok(heard)
    }

    async fn known(&self, room: &RoomName, id: EventId) -> Result<Known, CommandError> {
        // Before the records: a dispatch that ends meanwhile has them.
        let open = self.waiters.is_open(room, &Trigger::Message(id));
        let message = self.message(room, id).await?.ok_or(CommandError::NoMessage(id))?;
        let state = self.runtime.snapshot(room).await?;
        let wanted = Wanted { room: Some(room.clone()), message: Some(id), limit: DELIVERIES, ..Wanted::default() };
        let records = self.runtime.store().activations(wanted).await?;
        let own = records.into_iter().filter(|record| record.trigger == Trigger::Message(id));
        let asked = own.map(|record| (record.bot, record)).collect();
        let later = self.put_after(room, id, state.last).await?;
        Ok(Known { message, state, asked, later, open })
    }

    /// Bots that were put after an event, as far as one looks.
    async fn put_after(&self, room: &RoomName, id: EventId, last: EventId) -> Result<BTreeSet<BotId>, ReadError> {
        let changes = self.runtime.store().controls(room, id, last, CONTROLS).await?;
        let parts = changes.iter().flat_map(|(_, parts)| parts);
        Ok(parts.filter_map(|part| if let Part::BotPut(bot) = part { Some(bot.id) } else { None }).collect())
    }
}

impl Known {
    fn heard(&self, bot: &Bot, verdict: &Verdict) -> Heard {
        let activation = self.asked.get(&bot.id);
        let (matched, reason, why) = match activation {
            Some(asked) => was_asked(asked, verdict),
            None => self.was_not(bot, verdict),
        };
        let mut sentence = say(&why, bot);
        if reason == Reason::Later {
            sentence = format!("{sentence} {}", say(&Why::Not(verdict), bot));
        }
        let activation = activation.map(|asked| asked.id.clone());
        Heard { bot: bot.id, name: bot.name.clone(), matched, reason, why: sentence, activation }
    }

    /// Why a bot was not asked. What explains it whatever the text is comes first.
    fn was_not<'a>(&'a self, bot: &Bot, verdict: &'a Verdict) -> (bool, Reason, Why<'a>) {
        match self.message.kind {
            Kind::Bot => return (false, Reason::Kind, Why::OfBot),
            Kind::System => return (false, Reason::Kind, Why::OfSystem),
            Kind::User => {}
        }
        let in_conversation = self.asked.values().find(|asked| asked.cause == Cause::Conversation);
        if let Some(other) = in_conversation {
            return (false, Reason::Conversation, Why::OtherConversation(&other.name));
        }
        if bot.auto {
            return (false, Reason::Auto, Why::Auto);
        }
        if bot.paused {
            return (false, Reason::Paused, Why::Paused);
        }
        if self.later.contains(&bot.id) {
            return (false, Reason::Later, Why::Later);
        }
        let event = Occasion::of_message(bot, &self.message.text);
        match verdict {
            Verdict::Missing(_) if event.is_some_and(|event| event.is_wanted(bot)) => self.may_come(),
            Verdict::Found(_) => self.may_come(),
            Verdict::Missing(_) => (false, missing(bot), Why::Not(verdict)),
            Verdict::Slow => (false, Reason::Slow, Why::Not(verdict)),
            Verdict::Bad(_) => (false, Reason::BadPattern, Why::Not(verdict)),
        }
    }
}

impl Known {
    /// A bot that is to be asked as it is now, and was not.
    fn may_come<'a>(&self) -> (bool, Reason, Why<'a>) {
        if self.open { (true, Reason::Matched, Why::Pending) } else { (false, Reason::Later, Why::Unknown) }
    }
}

/// Which reason it is that neither name nor pattern was found.
fn missing(bot: &Bot) -> Reason {
    if bot.responds_to.as_deref().is_none_or(str::is_empty) { Reason::Name } else { Reason::Pattern }
}

/// A bot of which there is an activation: it was asked, unless its pattern was in the way.
fn was_asked<'a>(asked: &Activation, verdict: &'a Verdict) -> (bool, Reason, Why<'a>) {
    match (asked.cause, verdict) {
        (Cause::Conversation, _) => (true, Reason::Conversation, Why::InConversation),
        (Cause::Event, _) => (true, Reason::Matched, Why::Event),
        (_, Verdict::Slow) if asked.request.is_none() => (false, Reason::Slow, Why::Not(verdict)),
        (_, Verdict::Bad(_)) if asked.request.is_none() => (false, Reason::BadPattern, Why::Not(verdict)),
        _ => (true, Reason::Matched, Why::Asked),
    }
}

/// A bot that was asked and is not in the room any more.
fn gone(asked: &Activation) -> Heard {
    let bot = crate::probe::unsaved(&asked.name, None);
    let reason = if asked.cause == Cause::Conversation { Reason::Conversation } else { Reason::Matched };
    Heard {
        bot: asked.bot,
        name: asked.name.clone(),
        matched: true,
        reason,
        why: say(&Why::Gone, &bot),
        activation: Some(asked.id.clone()),
    }
}
