//! The dispatcher's door: what asks for bots becomes work, in a lane if the room is in conversation.

use std::{
    collections::HashMap,
    sync::{Arc, MutexGuard},
};

use parlor_rooms::{BotId, Bots as RoomBots, Conversation, EventId, Json, Kind, Message, RoomName, conversation::Step};
use parlor_runtime::{Asked, Dispatch, PresenceChange};
use parlor_store::{Activation, Cause, Progress, Trigger};
use serde::de::DeserializeOwned;

use crate::{
    Bots,
    again::Again,
    bots::Inner,
    form::{self, Form, Goes},
    lane::Lane,
    occasion::Happening,
    plan::Plan,
    waiters::Open,
};

/// One dispatch that is to be carried out.
pub(crate) struct Work {
    pub(crate) room: RoomName,
    pub(crate) trigger: Trigger,
    pub(crate) what: What,
    /// The room's bots when it was asked for.
    pub(crate) bots: RoomBots,
    /// What is left of it, if the server ended meanwhile.
    pub(crate) left: Option<Left>,
    _open: Open,
}

/// What the server left of a dispatch when it ended.
#[derive(Debug, Default)]
pub(crate) struct Left {
    /// Who was still to be asked, if that had been decided.
    pub(crate) plan: Option<Plan>,
    /// Whom it had begun to ask.
    pub(crate) begun: Vec<Activation>,
}

/// What asks for bots.
pub(crate) enum What {
    /// A person's message.
    Message(Arc<Message>),
    /// A form.
    Form(Form),
    /// An activation that is sent again.
    Again(Again),
    /// Something else that bots asked to hear of.
    Happened(Happening),
}

impl What {
    /// Reads it; `None` for what activates no bots.
    pub(crate) fn of(asked: &Asked) -> Option<Self> {
        match (&asked.trigger, &asked.message, &asked.body) {
            (Trigger::Message(_), Some((_, message)), _) if message.kind == Kind::User => {
                Some(Self::Message(Arc::clone(message)))
            }
            (Trigger::Form(_), _, Some(body)) => stored(asked, body).map(Self::Form),
            (Trigger::Again { .. }, _, Some(body)) => stored(asked, body).map(Self::Again),
            (Trigger::Event(_), _, Some(body)) => stored(asked, body).map(Self::Happened),
            _ => None,
        }
    }
}

/// Reads what was stored with a dispatch.
fn stored<T: DeserializeOwned>(asked: &Asked, body: &Json) -> Option<T> {
    serde_json::from_str(body.as_str())
        .inspect_err(|error| {
            tracing::error!(room = %asked.room, trigger = %asked.trigger, %error, "what is stored for a dispatch can't be read");
        })
        .ok()
}

/// The lanes, locked.
pub(crate) type Lanes<'a> = MutexGuard<'a, HashMap<RoomName, Lane<Work>>>;

impl Dispatch for Bots {
    fn asked(&self, asked: Asked) {
        self.inner.take(asked, None, &mut self.inner.lanes());
    }

    fn changed(&self, room: &RoomName, bots: &RoomBots, conversation: Option<&Conversation>) {
        self.inner.set_timers(room, bots);
        self.inner.connected.changed(room, bots);
        let mut lanes = self.inner.lanes();
        if let Some(lane) = lanes.get_mut(room) {
            lane.changed(conversation);
            self.inner.pump(&mut lanes, room);
        }
    }

    fn presence(&self, room: &RoomName, bots: &RoomBots, change: &PresenceChange) {
        self.inner.presence(room, bots, change);
    }
}

impl Inner {
    pub(crate) fn lanes(&self) -> Lanes<'_> {
        self.lanes.lock().expect("nobody panics while holding the lanes")
    }

    /// Takes what asks for bots, with what is left of it from before.
    pub(crate) fn take(self: &Arc<Self>, asked: Asked, left: Option<Left>, lanes: &mut Lanes<'_>) {
        if self.runtime.stopping().is_cancelled() {
            return;
        }
        let Some(open) = self.waiters.open(&asked.room, &asked.trigger) else { return };
        let Some(what) = What::of(&asked) else {
            let this = Arc::clone(self);
            self.runtime.tracker().spawn(async move {
                this.over(&asked.room, &asked.trigger).await;
                drop(open);
            });
            return;
        };
        let Asked { room, trigger, bots, conversation, .. } = asked;
        let work = Work { room, trigger, what, bots, left, _open: open };
        // Where there is a lane, it knows the conversation better than who found the dispatch in the log.
        let conversation = match lanes.get(&work.room) {
            Some(lane) => lane.conversation().cloned(),
            None => conversation,
        };
        match work.place(conversation.as_ref()) {
            Place::Aside => self.start(work, conversation, None),
            Place::InLane(only) => {
                let room = work.room.clone();
                lanes.entry(room.clone()).or_insert_with(|| Lane::new(conversation)).enter(work, only);
                self.pump(lanes, &room);
            }
        }
    }

    /// Starts what may go in a room's lane.
    fn pump(self: &Arc<Self>, lanes: &mut Lanes<'_>, room: &RoomName) {
        if self.runtime.stopping().is_cancelled() {
            // What waits stays pending; dropping it answers who waits for it.
            lanes.remove(room);
            return;
        }
        let Some(lane) = lanes.get_mut(room) else { return };
        while let Some(go) = lane.next() {
            self.start(go.item, go.conversation, go.step);
        }
        if lane.is_empty() {
            lanes.remove(room);
        }
    }

    fn start(self: &Arc<Self>, work: Work, conversation: Option<Conversation>, step: Step) {
        let this = Arc::clone(self);
        self.runtime.tracker().spawn(async move {
            let turn = step.map(|step| LaneTurn { inner: Arc::clone(&this), room: work.room.clone(), step });
            Box::pin(this.carry_out(&work, conversation, step)).await;
            drop(turn);
            drop(work);
        });
    }

    /// Ends a dispatch that leaves nothing to do.
    pub(crate) async fn over(&self, room: &RoomName, trigger: &Trigger) {
        let progress = Progress { activation: None, room: room.clone(), trigger: trigger.clone(), plan: None };
        if let Err(error) = self.runtime.store().progress(progress).await {
            tracing::warn!(%room, %trigger, %error, "a finished dispatch stays pending until the next start");
        }
    }
}

/// The step of a lane that is under way. Dropping it lets the next one go, whatever became of this one.
struct LaneTurn {
    inner: Arc<Inner>,
    room: RoomName,
    step: (BotId, EventId),
}

impl Drop for LaneTurn {
    fn drop(&mut self) {
        if tokio::runtime::Handle::try_current().is_err() {
            return;
        }
        let mut lanes = self.inner.lanes();
        if let Some(lane) = lanes.get_mut(&self.room) {
            lane.finished(self.step);
            self.inner.pump(&mut lanes, &self.room);
        }
    }
}

/// Whether a dispatch is part of the room's conversation.
enum Place {
    /// It waits for nobody.
    Aside,
    /// It is, as long as the conversation is with this bot, if one is named.
    InLane(Option<BotId>),
}

impl Work {
    fn place(&self, conversation: Option<&Conversation>) -> Place {
        let Some(conversation) = conversation else { return Place::Aside };
        if let Some(plan) = self.left.as_ref().and_then(|left| left.plan.as_ref()) {
            let still = plan.step == Some(conversation.step()) && self.is_next(plan, conversation.bot);
            return if still { Place::InLane(Some(conversation.bot)) } else { Place::Aside };
        }
        match &self.what {
            What::Message(..) => Place::InLane(None),
            What::Form(form) => match form::resolve(&self.bots, form) {
                Goes::To(bot) | Goes::At(bot, _) if bot.id == conversation.bot => Place::InLane(Some(bot.id)),
                _ => Place::Aside,
            },
            What::Again(again) if again.bot == conversation.bot && again.cause != Cause::Address => {
                Place::InLane(Some(again.bot))
            }
            What::Again(_) | What::Happened(_) => Place::Aside,
        }
    }

    fn is_next(&self, plan: &Plan, bot: BotId) -> bool {
        plan.targets.first().is_some_and(|target| target.bot == bot)
    }
}
