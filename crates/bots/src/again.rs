//! “Send again”: what a bot got once goes to it once more, under an id of its own, and is answered as usual.

use parlor_rooms::{Bot, BotId, Endpoint, EventId, Json, RoomName, policy::Action};
use parlor_runtime::{Caller, CommandError, inspect::Resent, limits::What};
use parlor_store::{Activation, ActivationId, Cause, ReadError, Trigger};
use serde::{Deserialize, Serialize};

use crate::{
    Bots,
    matching::Verdict,
    occasion::Occasion,
    plan::{How, Target},
    random,
    request::{Body, Params},
};

/// An activation that is sent again, as it is stored with its pending dispatch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Again {
    /// The first one.
    pub(crate) of: ActivationId,
    /// Its bot.
    pub(crate) bot: BotId,
    /// Why the bot was asked then.
    pub(crate) cause: Cause,
    /// Where it went, if that was no bot of the room, or another place of one that connects to us.
    pub(crate) address: Option<String>,
    /// What it got.
    pub(crate) body: Json,
}

impl Again {
    /// Who is asked.
    pub(crate) fn target(&self) -> Target {
        let how = match &self.address {
            None => How::Again,
            Some(url) if url.starts_with("socket:") => How::FormAt { url: url.clone(), state: None },
            Some(url) => How::Out(url.clone()),
        };
        Target { bot: self.bot, how, event: None }
    }
}

impl Bots {
    /// See [`parlor_runtime::BotControl::send_again`].
    pub(crate) async fn again(&self, caller: &Caller, id: ActivationId) -> Result<Resent, CommandError> {
        let runtime = &self.inner.runtime;
        if runtime.stopping().is_cancelled() {
            return Err(CommandError::Stopping);
        }
        let gone = || CommandError::NoActivation(id.to_string());
        let record = runtime.store().activation(&id).await?.ok_or_else(gone)?;
        let room = RoomName::parse(&record.room).map_err(|_| gone())?;
        runtime.check(caller, Action::ManageBots, &room).await?;
        runtime.limits().take(caller, What::Trials)?;
        let state = runtime.snapshot(&room).await?;
        let bot = state.bots.get(&record.bot).ok_or_else(|| invalid("its bot is not in the room any more"))?;
        if bot.paused {
            return Err(invalid("its bot is paused; let it go on first"));
        }
        let is_socket = bot.endpoint() == Endpoint::Socket;
        let body = self.body_again(&room, bot, &record).await?.ok_or_else(|| {
            invalid("what was sent is not kept, since it was too long or nothing was sent; do again what asked for it")
        })?;
        let elsewhere =
            |url: &str| record.cause == Cause::Address || (url.starts_with("socket:") && url != bot.url && is_socket);
        let address = record.request.as_ref().map(|sent| sent.url.clone()).filter(|url| elsewhere(url));
        let again = Again { of: id, bot: record.bot, cause: record.cause, address, body };
        let name = random::hex::<16>(&*self.inner.options.random);
        let trigger = Trigger::Again { message: record.trigger.message(), name };
        let written = serde_json::to_string(&again).expect("strings and checked JSON can be written");
        let body = Json::parse(&written).map_err(|_| invalid("what was sent is nested too deeply"))?;
        self.inner.dispatch(&room, &trigger, body).await?;
        let id = ActivationId::of(&room, &trigger, again.bot);
        Ok(Resent { room, trigger, id })
    }

    /// What is sent: the same as before; if that was never sent or not kept whole, what the message makes of it now.
    async fn body_again(&self, room: &RoomName, bot: &Bot, record: &Activation) -> Result<Option<Json>, ReadError> {
        // What was cut is no JSON any more.
        if let Some(body) = record.request.as_ref().and_then(|sent| Json::parse(&sent.body).ok()) {
            return Ok(Some(body));
        }
        match record.trigger.message() {
            Some(id) if matches!(record.cause, Cause::Matched | Cause::Event) => self.body_anew(room, bot, id).await,
            _ => Ok(None),
        }
    }

    async fn body_anew(&self, room: &RoomName, bot: &Bot, id: EventId) -> Result<Option<Json>, ReadError> {
        let Some(message) = self.inner.message(room, id).await? else { return Ok(None) };
        let verdict = self.inner.matcher.verdict(bot, &message.text).await;
        let params = if let Verdict::Found(params) = verdict { params } else { Params::new() };
        let (author, text) = (&message.author, &message.text);
        let event = Occasion::of_message(bot, text);
        let body =
            Body::Message { room: room.as_str(), author, text, params: &params, state: None, event: event.as_ref() };
        Ok(std::str::from_utf8(&body.json()).ok().and_then(|body| Json::parse(body).ok()))
    }
}

fn invalid(why: &str) -> CommandError {
    CommandError::Invalid { field: "id", why: why.to_owned() }
}
