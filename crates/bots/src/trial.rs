//! Trying a bot: one delivery, as the bot stands in a form, of which nothing is stored and nothing is posted.

use parlor_rooms::{Bot, Message, policy::Action};
use parlor_runtime::{
    CommandError,
    inspect::{Trial, Tried},
    limits::What,
};
use parlor_store::{Activation, ActivationId, Cause, Status, Trigger};

use crate::{
    answer::Answer,
    bots::Inner,
    delivery::{Delivery, is_of},
    endpoint::Endpoint,
    explain::{Whose, explain},
    fault::Fault,
    matching::Verdict,
    occasion::Occasion,
    random,
    request::{Body, Params},
    settle::said,
    why::{Why, say},
};

impl Inner {
    /// See [`parlor_runtime::BotControl::try_bot`].
    pub(crate) async fn try_bot(&self, trial: Trial) -> Result<Tried, CommandError> {
        if self.runtime.stopping().is_cancelled() {
            return Err(CommandError::Stopping);
        }
        self.runtime.check(&trial.caller, Action::ManageBots, &trial.room).await?;
        self.runtime.limits().take(&trial.caller, What::Trials)?;
        let verdict = self.matcher.verdict(&trial.bot, &trial.text).await;
        let event = Occasion::of_message(&trial.bot, &trial.text).filter(|event| event.is_wanted(&trial.bot));
        let (matched, why, params) = match (verdict, event) {
            (Verdict::Missing(_), Some(_)) => (true, say(&Why::Event, &trial.bot), Params::new()),
            (verdict, _) => {
                let why = say(&Why::Not(&verdict), &trial.bot);
                if let Verdict::Found(params) = verdict { (true, why, params) } else { (false, why, Params::new()) }
            }
        };
        let (outcome, record) = self.deliver_trial(&trial, params).await?;
        let (activation, mut message) = ended(&trial, outcome, record);
        let content = self.runtime.snapshot(&trial.room).await?.settings.content(self.runtime.accounts());
        if let Some(mut unclean) = message.take_if(|message| !parlor_content::fits(message, content)) {
            let cleaned = tokio::task::spawn_blocking(move || {
                parlor_content::fit(&mut unclean, content);
                unclean
            });
            message = Some(cleaned.await.map_err(|_| CommandError::Stopping)?);
        }
        Ok(Tried { matched, why, activation, message })
    }

    async fn deliver_trial(
        &self,
        trial: &Trial,
        params: Params,
    ) -> Result<(Result<Answer, Fault>, Activation), CommandError> {
        let Trial { caller, room, bot, secret, author, text, state } = trial;
        let record = self.record_of_trial(trial);
        let address = caller.address.filter(|_| self.runtime.limits().limits().on);
        let _turn = tokio::select! {
            turn = self.trials.turn(address, room) => turn?,
            () = self.runtime.stopping().cancelled() => return Err(CommandError::Stopping),
        };
        let secret = match secret {
            Some(secret) => secret.clone(),
            None => self.saved_secret(bot).await?,
        };
        let event = Occasion::of_message(bot, text);
        let (state, event) = (state.as_ref(), event.as_ref());
        let params = if state.is_some() { Params::new() } else { params };
        let body = Body::Message { room: room.as_str(), author, text, params: &params, state, event };
        let endpoint = Endpoint::of(bot, &bot.url, &self.options.builtin, &self.connected);
        let delivery = Delivery { room, bot, url: &bot.url, secret, body: body.json() };
        let (request, mut record) = self.pack(delivery, record);
        if !endpoint.is_somewhere() {
            record.request = None;
        }
        tokio::select! {
            done = self.deliver(&endpoint, request, record) => Ok(done),
            () = self.runtime.stopping().cancelled() => Err(CommandError::Stopping),
        }
    }

    /// The secret that is saved, if the url is still at the saved bot's own server: nobody gets signatures for a server of
    /// theirs by trying it.
    async fn saved_secret(&self, bot: &Bot) -> Result<Option<String>, CommandError> {
        let store = self.runtime.store();
        match store.bot(bot.id).await? {
            Some((_, saved)) if is_of(&saved, &bot.url) => Ok(store.secret(bot.id).await?),
            _ => Ok(None),
        }
    }

    fn record_of_trial(&self, trial: &Trial) -> Activation {
        let name = random::hex::<16>(&*self.options.random);
        Activation {
            id: ActivationId(format!("test_{name}")),
            room: trial.room.to_string(),
            bot: trial.bot.id,
            name: trial.bot.name.clone(),
            trigger: Trigger::Test(name),
            cause: if trial.state.is_some() { Cause::Conversation } else { Cause::Matched },
            again: None,
            attempt: 1,
            status: Status::Pending,
            started: self.runtime.clock().now(),
            took: None,
            request: None,
            response: None,
            error: None,
        }
    }
}

/// The record at its end, and what the room would get to see.
fn ended(trial: &Trial, outcome: Result<Answer, Fault>, record: Activation) -> (Activation, Option<Message>) {
    let bot = &trial.bot;
    let (mut message, record) = match outcome {
        Ok(answer) if answer.says_nothing() && !bot.events.is_empty() => {
            return (Activation { status: Status::Answered, ..record }, None);
        }
        Ok(answer) => {
            let mut message = said(&answer, bot.id, &bot.name, &bot.url);
            message.state = answer.state;
            (message, Activation { status: Status::Answered, ..record })
        }
        Err(fault) => {
            let explained = explain(&fault, Whose { name: &bot.name, url: &bot.url });
            let record = Activation { status: Status::Failed, error: Some(explained.sentence), ..record };
            (Message::system(explained.html), record)
        }
    };
    message.activation = Some(record.id.0.clone());
    (record, Some(message))
}
