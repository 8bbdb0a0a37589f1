//! One attempt: stored before it is made, sent, waited for.

use parlor_rooms::BotId;
use parlor_runtime::Signal;
use parlor_store::{Activation, Cause, Progress, Status};

use crate::{
    bots::Inner,
    delivery::Delivery,
    dispatch::What,
    endpoint::Endpoint,
    fault::Fault,
    gate::{Crowded, WAITING},
    plan::{How, Plan},
    request::{Body, Params},
    work::{PutOff, Turn},
};

impl Inner {
    /// Makes an attempt.
    pub(crate) async fn attempt(&self, turn: &Turn<'_>, attempt: u32) -> Result<(), PutOff> {
        let Some(bot) = turn.bot else { return self.pass(turn, None).await };
        let waiting = self.runtime.metrics().waiting.enter();
        let entered = tokio::select! {
            entered = self.gates.turn(bot.id) => entered,
            () = self.runtime.stopping().cancelled() => return Err(PutOff),
        };
        let _at_the_bot = match entered {
            Ok(entered) => entered,
            Err(Crowded { first: true }) => return self.fail(turn, Fault::TooMany { waiting: WAITING }).await,
            Err(Crowded { first: false }) => return self.pass(turn, Some(Fault::TooMany { waiting: WAITING })).await,
        };
        self.wait_for_the_limit(bot.id).await?;
        drop(waiting);
        let _delivering = self.runtime.metrics().delivering.enter();
        let endpoint = match &turn.target.how {
            How::Out(url) => Endpoint::Http(url.clone()),
            _ => Endpoint::of(bot, turn.url(), &self.options.builtin, &self.connected),
        };
        let (room, url, body) = (&turn.work.room, turn.url(), body(turn).json());
        let secret = self.runtime.store().secret(bot.id).await?;
        let record = Activation { attempt, ..self.record(turn) };
        let (request, mut record) = self.pack(Delivery { room, bot, url, secret, body }, record);
        if endpoint.is_somewhere() {
            self.begin(turn, record.clone()).await?;
        } else {
            record.request = None;
        }
        let (outcome, record) = tokio::select! {
            biased;
            done = self.deliver(&endpoint, request, record) => done,
            () = self.grace_is_over() => return Err(PutOff),
        };
        self.settle(turn, outcome, record).await
    }

    /// Waits until the bot may be asked again. Whoever waits has a place at the bot's gate, so that what comes beyond those is
    /// counted there.
    async fn wait_for_the_limit(&self, bot: BotId) -> Result<(), PutOff> {
        while let Err(wait) = self.runtime.limits().activate(bot) {
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = self.runtime.stopping().cancelled() => return Err(PutOff),
            }
        }
        Ok(())
    }

    /// The record of an activation of which nothing is known yet.
    pub(crate) fn record(&self, turn: &Turn<'_>) -> Activation {
        Activation {
            id: turn.id.clone(),
            room: turn.work.room.to_string(),
            bot: turn.target.bot,
            name: turn.name().to_owned(),
            trigger: turn.work.trigger.clone(),
            cause: cause(turn),
            again: if let What::Again(again) = &turn.work.what { Some(again.of.clone()) } else { None },
            attempt: 1,
            status: Status::Pending,
            started: self.runtime.clock().now(),
            took: None,
            request: None,
            response: None,
            error: None,
        }
    }

    /// Stores that an attempt begins, with what is left of the dispatch, this bot first.
    async fn begin(&self, turn: &Turn<'_>, record: Activation) -> Result<(), PutOff> {
        let targets = std::iter::once(turn.target.clone()).chain(turn.rest.targets.iter().cloned()).collect();
        let plan = Plan { step: turn.rest.step, targets };
        let progress = Progress {
            activation: None,
            room: turn.work.room.clone(),
            trigger: turn.work.trigger.clone(),
            plan: plan.stored(),
        };
        self.insist(|| self.runtime.store().begin(record.clone(), progress.clone())).await?;
        self.tell(turn, &record);
        Ok(())
    }

    /// Tells those in the room who want to know it how an activation stands.
    pub(crate) fn tell(&self, turn: &Turn<'_>, record: &Activation) {
        self.runtime.metrics().activation(record);
        self.runtime.signal(&turn.work.room, &Signal::Activation(record));
    }

    /// Waits until the server ends and the time for what is under way is over.
    async fn grace_is_over(&self) {
        self.runtime.stopping().cancelled().await;
        tokio::time::sleep(self.options.grace).await;
    }
}

/// Why the bot is asked.
fn cause(turn: &Turn<'_>) -> Cause {
    match (&turn.work.what, &turn.target.how) {
        (What::Again(again), _) => again.cause,
        (_, How::Out(_)) => Cause::Address,
        (What::Form(_), _) => Cause::Form,
        (What::Message(_), How::Conversation(_)) => Cause::Conversation,
        (What::Message(_), How::Event) | (What::Happened(_), _) => Cause::Event,
        (What::Message(_), _) => Cause::Matched,
    }
}

fn body<'a>(turn: &'a Turn<'_>) -> Body<'a> {
    let (room, event) = (turn.work.room.as_str(), turn.target.event.as_ref());
    match (&turn.work.what, &turn.target.how) {
        (What::Again(again), _) => Body::Again(&again.body),
        (What::Form(form), how) => {
            let state = if let How::Form(state) | How::FormAt { state, .. } = how { state.as_ref() } else { None };
            Body::Form { room, author: &form.author, form_data: &form.data, state, event }
        }
        (What::Message(message), how) => {
            let state = if let How::Conversation(state) = how { Some(state) } else { None };
            let params = if let How::Matched(params) = how { params } else { NO_PARAMS };
            Body::Message { room, author: &message.author, text: &message.text, params, state, event }
        }
        (What::Happened(happening), _) => Body::Event { room, event: &happening.occasion },
    }
}

static NO_PARAMS: &Params = &Params::new();
