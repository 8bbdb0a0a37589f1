//! Carrying out a dispatch: who is asked, then one bot after another.

use std::{sync::Arc, time::Duration};

use parlor_rooms::{Conversation, conversation::Step};
use parlor_store::{ActivationId, ReadError, Status};

use crate::{
    bots::Inner,
    dispatch::{What, Work},
    fault::Fault,
    form::{self, Goes},
    occasion::Occasion,
    plan::{How, Plan, Target},
    random,
};

/// How long a repeated attempt is put off at most, so that not all come at once.
const JITTER: Duration = Duration::from_secs(2);

/// The dispatch can't go on now; it stays pending, and the next start takes it up.
#[derive(Debug)]
pub(crate) struct PutOff;

impl From<ReadError> for PutOff {
    fn from(error: ReadError) -> Self {
        tracing::warn!(%error, "a dispatch can't go on");
        Self
    }
}

impl Inner {
    /// Carries out a dispatch. `step` is the conversation's, if the dispatch is part of it.
    pub(crate) async fn carry_out(&self, work: &Work, conversation: Option<Conversation>, step: Step) {
        // Only a closed semaphore gives an error, and this one never is.
        let _turn = if work.left.is_some() { self.recovering.acquire().await.ok() } else { None };
        let mut plan = match work.left.as_ref().and_then(|left| left.plan.clone()) {
            Some(plan) => plan,
            None => self.plan(work, conversation, step).await,
        };
        if plan.targets.is_empty() {
            self.over(&work.room, &work.trigger).await;
        }
        while !plan.targets.is_empty() {
            let target = plan.targets.remove(0);
            if self.runtime.stopping().is_cancelled() || self.ask(work, &target, &plan).await.is_err() {
                tracing::info!(room = %work.room, trigger = %work.trigger, "a dispatch is left for the next start");
                return;
            }
        }
    }

    /// Decides who is asked.
    async fn plan(&self, work: &Work, conversation: Option<Conversation>, step: Step) -> Plan {
        let now = conversation.as_ref().map(Conversation::step);
        let state = conversation.filter(|_| step.is_some()).map(|conversation| (conversation.bot, conversation.state));
        let targets = match (&work.what, state) {
            (What::Message(message), Some((bot, state))) => {
                let event = work.bots.get(&bot).and_then(|bot| Occasion::of_message(bot, &message.text));
                vec![Target { bot, how: How::Conversation(state), event }]
            }
            (What::Message(message), None) => self.matcher.concerned(&work.bots, &message.text).await,
            (What::Form(form), state) => {
                let (bot, how, event) = match form::resolve(&work.bots, form) {
                    Goes::To(bot) => (bot.id, How::Form(state.map(|(_, state)| state)), Occasion::of_form(&bot)),
                    Goes::At(bot, url) => {
                        let event = Occasion::of_form(&bot);
                        (bot.id, How::FormAt { url, state: state.map(|(_, state)| state) }, event)
                    }
                    Goes::Out(url) => (form.bot, How::Out(url.into()), None),
                    Goes::Nowhere(fault) => (form.bot, How::Fault(fault), None),
                };
                vec![Target { bot, how, event }]
            }
            (What::Again(again), _) => vec![again.target()],
            (What::Happened(happening), _) => happening.targets(&work.bots),
        };
        Plan { step: now, targets }
    }

    /// Asks one bot, if it is still to be asked. `rest` is what is left to do after it.
    async fn ask(&self, work: &Work, target: &Target, rest: &Plan) -> Result<(), PutOff> {
        let id = ActivationId::of(&work.room, &work.trigger, target.bot);
        let state = self.runtime.snapshot(&work.room).await?;
        // A bot that was deleted or put to rest since hears nothing.
        let bot = state.bots.get(&target.bot).filter(|bot| !bot.paused || matches!(target.how, How::Fault(_)));
        let turn = Turn { work, target, rest, id, bot: bot.map(Arc::as_ref) };
        match &target.how {
            How::Fault(fault) if turn.bot.is_some() || *fault == Fault::FormGone => {
                return self.fail(&turn, fault.clone()).await;
            }
            _ if turn.bot.is_none() => return self.pass(&turn, None).await,
            _ => {}
        }
        match work.left.as_ref().and_then(|left| left.begun.iter().find(|begun| begun.id == turn.id)) {
            None => self.attempt(&turn, 1).await,
            Some(begun) => match begun.status {
                Status::Pending => self.attempt(&turn, begun.attempt.max(1)).await,
                Status::Running if begun.attempt <= 1 => {
                    let most = u64::try_from(JITTER.as_millis()).unwrap_or(u64::MAX);
                    let wait = Duration::from_millis(random::below(&*self.options.random, most));
                    tokio::select! {
                        () = tokio::time::sleep(wait) => self.attempt(&turn, begun.attempt + 1).await,
                        () = self.runtime.stopping().cancelled() => Err(PutOff),
                    }
                }
                Status::Running => self.fail(&turn, Fault::Interrupted).await,
                Status::Answered | Status::Failed | Status::Interrupted => self.pass(&turn, None).await,
            },
        }
    }
}

/// One bot's turn within a dispatch.
pub(crate) struct Turn<'a> {
    pub(crate) work: &'a Work,
    pub(crate) target: &'a Target,
    /// What is left to do after it.
    pub(crate) rest: &'a Plan,
    pub(crate) id: ActivationId,
    /// The bot as it is now; with [`How::Out`] the one whose form it was.
    pub(crate) bot: Option<&'a parlor_rooms::Bot>,
}

impl Turn<'_> {
    /// The name under which the room knows who was asked.
    pub(crate) fn name(&self) -> &str {
        match (&self.target.how, self.bot) {
            (How::Out(url), _) => url,
            (_, Some(bot)) => &bot.name,
            (_, None) => "",
        }
    }

    /// Where the activation goes.
    pub(crate) fn url(&self) -> &str {
        match (&self.target.how, self.bot) {
            (How::Out(url) | How::FormAt { url, .. }, _) => url,
            (_, Some(bot)) => &bot.url,
            (_, None) => "",
        }
    }
}
