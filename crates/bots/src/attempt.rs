//! One attempt: stored before it is made, sent, waited for.

use std::time::Duration;

use parlor_outbound::{HeaderName, HeaderValue};
use parlor_rooms::Bot;
use parlor_store::{Activation, Progress, Status};
use url::Url;

use crate::{
    answer,
    bots::Inner,
    dispatch::What,
    endpoint::{Endpoint, Request},
    fault::Fault,
    gate::{Crowded, WAITING},
    plan::{How, Plan},
    record,
    request::{self, Body, Params},
    sign,
    work::{PutOff, Turn},
};

/// The longest time that a bot's own setting may ask for.
const TIMEOUT_MAX: f64 = 3_600.0;

impl Inner {
    /// Makes an attempt.
    pub(crate) async fn attempt(&self, turn: &Turn<'_>, attempt: u32) -> Result<(), PutOff> {
        let Some(bot) = turn.bot else { return self.pass(turn, None).await };
        let entered = tokio::select! {
            entered = self.gates.turn(bot.id) => entered,
            () = self.runtime.stopping().cancelled() => return Err(PutOff),
        };
        let _at_the_bot = match entered {
            Ok(entered) => entered,
            Err(Crowded { first: true }) => return self.fail(turn, Fault::TooMany { waiting: WAITING }).await,
            Err(Crowded { first: false }) => return self.pass(turn, Some(Fault::TooMany { waiting: WAITING })).await,
        };
        let endpoint = match &turn.target.how {
            How::Out(url) => Endpoint::Http(url.clone()),
            _ => Endpoint::of(&bot.url, &self.options.builtin),
        };
        let (request, mut record) = self.request(turn, bot, attempt).await?;
        if endpoint.is_somewhere() {
            self.begin(turn, record.clone()).await?;
        } else {
            record.request = None;
        }
        let reply = tokio::select! {
            biased;
            reply = endpoint.deliver(&self.client, request) => reply,
            () = self.grace_is_over() => return Err(PutOff),
        };
        let took = self.runtime.clock().now().since(record.started);
        let record = Activation {
            took: Some(u64::try_from(took.as_micros()).unwrap_or(u64::MAX)),
            response: reply.as_ref().ok().map(record::received),
            ..record
        };
        let outcome =
            reply.and_then(|reply| answer::read(&reply)).map(|answer| answer.frozen(endpoint.base().as_ref()));
        self.settle(turn, outcome, record).await
    }

    /// What is sent, and the record of it.
    async fn request(&self, turn: &Turn<'_>, bot: &Bot, attempt: u32) -> Result<(Request, Activation), PutOff> {
        let started = self.runtime.clock().now();
        let seconds = started.seconds();
        let message = turn.work.trigger.message();
        let mut headers = request::headers(&turn.id, seconds, &turn.work.room, message);
        let body = body(turn).json();
        let sent = record::sent(turn.url(), &headers, &body);
        let secret = self.runtime.store().secret(bot.id).await?;
        if let Some(secret) = secret.filter(|_| is_of(bot, turn.url())) {
            let signature = sign::signature(&secret, &turn.id.0, seconds, &body);
            let value = HeaderValue::from_str(&signature).expect("base64 is legal in a header");
            headers.insert(HeaderName::from_static("webhook-signature"), value);
        }
        let record = Activation { attempt, started, status: Status::Running, request: Some(sent), ..self.record(turn) };
        Ok((Request { headers, body, within: self.within(bot) }, record))
    }

    /// The record of an activation of which nothing is known yet.
    pub(crate) fn record(&self, turn: &Turn<'_>) -> Activation {
        Activation {
            id: turn.id.clone(),
            room: turn.work.room.to_string(),
            bot: turn.target.bot,
            trigger: turn.work.trigger.clone(),
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
        self.insist(|| self.runtime.store().begin(record.clone(), progress.clone())).await
    }

    fn within(&self, bot: &Bot) -> Duration {
        let own = bot.timeout.filter(|seconds| *seconds > 0.0).map(|seconds| seconds.min(TIMEOUT_MAX));
        own.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()).unwrap_or(self.options.timeout)
    }

    /// Waits until the server ends and the time for what is under way is over.
    async fn grace_is_over(&self) {
        self.runtime.stopping().cancelled().await;
        tokio::time::sleep(self.options.grace).await;
    }
}

fn body<'a>(turn: &'a Turn<'_>) -> Body<'a> {
    let room = turn.work.room.as_str();
    match (&turn.work.what, &turn.target.how) {
        (What::Form(form), how) => {
            let state = if let How::Form(state) = how { state.as_ref() } else { None };
            Body::Form { room, author: &form.author, form_data: &form.data, state }
        }
        (What::Message(message), How::Conversation(state)) => {
            Body::InConversation { room, author: &message.author, text: &message.text, params: Params::new(), state }
        }
        (What::Message(message), how) => {
            let params = if let How::Matched(params) = how { params } else { NO_PARAMS };
            Body::Matched { room, author: &message.author, text: &message.text, params }
        }
    }
}

static NO_PARAMS: &Params = &Params::new();

/// Whether this url is on the bot's own server: a secret signs nothing that goes elsewhere.
fn is_of(bot: &Bot, url: &str) -> bool {
    bot.url == url
        || matches!((Url::parse(&bot.url), Url::parse(url)), (Ok(own), Ok(url)) if own.origin() == url.origin())
}
