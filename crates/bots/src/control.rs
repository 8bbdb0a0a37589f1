//! What gateways ask of the bots.

use async_trait::async_trait;
use parlor_rooms::{BotId, Endpoint, EventId, Json, RoomName, json, policy::Action};
use parlor_runtime::{
    Admitted, Asked, BotControl, BotFile, Boxed, Caller, CommandError, FormSubmission, NoFile, NotAdmitted, Signal,
    inspect::{Heard, Probe, Probed, Resent, Trial, Tried},
};
use parlor_sockets::{CloseCode, Connection};
use parlor_store::{ActivationId, Append, Ask, Trigger};
use sha2::{Digest as _, Sha256};
use std::sync::Arc;

use crate::{
    Bots,
    bots::Inner,
    connected::{LINES_MAX, Stale, TokenHash},
    form::Form,
    random,
};

#[async_trait]
impl BotControl for Bots {
    fn answered(&self, room: &RoomName, trigger: &Trigger) -> Boxed<'static, ()> {
        let over = self.inner.waiters.over(room, trigger);
        let stopping = self.inner.runtime.stopping().clone();
        Box::pin(async move {
            tokio::select! {
                () = over => {}
                () = stopping.cancelled() => {}
            }
        })
    }

    async fn submit_form(&self, form: FormSubmission) -> Result<Trigger, CommandError> {
        let invalid = |field, why: &str| CommandError::Invalid { field, why: why.to_owned() };
        let FormSubmission { caller, room, author, bot, action_url, form_data } = form;
        let author = self.inner.runtime.author(&caller, &author)?;
        if author.is_empty() {
            return Err(invalid("author", "is empty; give your name"));
        }
        if !form_data.as_str().starts_with('{') {
            return Err(invalid("form_data", "is no JSON object"));
        }
        // One level less than what a bot gets, which has the fields within an object.
        if json::depth(form_data.as_str().as_bytes()) >= json::DEPTH_MAX {
            return Err(invalid("form_data", "is nested too deeply"));
        }
        let runtime = &self.inner.runtime;
        if runtime.stopping().is_cancelled() {
            return Err(CommandError::Stopping);
        }
        runtime.admit(&caller, Action::Post, &room).await?;
        let form = Form { author, bot, action: action_url, data: form_data };
        let written = serde_json::to_string(&form).expect("strings and checked JSON can be written");
        let body = Json::parse(&written).map_err(|_| invalid("form_data", "is nested too deeply"))?;
        let trigger = Trigger::Form(random::hex::<16>(&*self.inner.options.random));
        self.inner.dispatch(&room, &trigger, body).await?;
        Ok(trigger)
    }

    async fn check_pattern(&self, pattern: String) -> Result<(), String> {
        self.inner.matcher.check(pattern).await
    }

    async fn new_token(&self, bot: BotId) -> Result<String, CommandError> {
        let store = self.inner.runtime.store();
        store.bot(bot).await?.ok_or(CommandError::NoBot(bot))?;
        // 160 bits.
        let token = random::hex::<20>(&*self.inner.options.random);
        let hash = hash(&token);
        store.set_token(bot, hash).await?;
        self.inner.connected.token_replaced(bot, &hash);
        Ok(token)
    }

    async fn probe(&self, probe: Probe) -> Probed {
        self.inner.matcher.probe(probe).await
    }

    async fn heard(&self, room: &RoomName, message: EventId) -> Result<Vec<Heard>, CommandError> {
        self.inner.heard(room, message).await
    }

    async fn try_bot(&self, trial: Trial) -> Result<Tried, CommandError> {
        self.inner.try_bot(trial).await
    }

    async fn send_again(&self, caller: &Caller, id: ActivationId) -> Result<Resent, CommandError> {
        self.again(caller, id).await
    }

    async fn admit(&self, token: &str) -> Result<Admitted, NotAdmitted> {
        let token = hash(token);
        let store = self.inner.runtime.store();
        let id = store.bot_with_token(token).await?.ok_or(NotAdmitted::Token)?;
        let (room, bot) = store.bot(id).await?.ok_or(NotAdmitted::Token)?;
        if bot.endpoint() != Endpoint::Socket {
            return Err(NotAdmitted::NotSocket);
        }
        if self.inner.connected.lines(id) >= LINES_MAX {
            return Err(NotAdmitted::TooMany(LINES_MAX));
        }
        Ok(Admitted { bot: id, room, token })
    }

    async fn serve_bot(&self, admitted: Admitted, connection: Connection) {
        let Admitted { bot, room, token } = admitted;
        let Some(served) = self.inner.connected.enter(bot, room.clone(), token, &connection) else {
            // Others came while this one shook hands.
            connection.socket().close(CloseCode::POLICY, "this bot has too many connections");
            return;
        };
        // From here on what happens to the bot closes its connections; what happened before is looked for.
        if let Some(stale) = self.stale(bot, token).await {
            served.close(&stale);
        }
        if served.is_first {
            self.tell_connection(&room, bot, true);
        }
        let _open = self.inner.runtime.metrics().bot_sockets.enter();
        served.listen(connection).await;
        drop(served);
        self.tell_connection(&room, bot, false);
    }

    fn is_connected(&self, bot: BotId) -> bool {
        self.inner.connected.lines(bot) > 0
    }

    async fn bot_file(&self, bot: BotId, path: &str) -> Result<BotFile, NoFile> {
        self.inner.connected.file(bot, path).await
    }
}

fn hash(token: &str) -> TokenHash {
    Sha256::digest(token.as_bytes()).into()
}

impl Bots {
    /// Tells the room that a bot is connected now, or no longer; unless that has changed again, and is told by who changed it.
    fn tell_connection(&self, room: &RoomName, bot: BotId, connected: bool) {
        if self.is_connected(bot) == connected {
            self.inner.runtime.signal(room, &Signal::BotConnection { bot, connected });
        }
    }

    /// Why a bot should not have been let in, if something happened to it meanwhile.
    async fn stale(&self, bot: BotId, token: TokenHash) -> Option<Stale> {
        let store = self.inner.runtime.store();
        // A store that can't be read now closes nothing.
        match (store.bot(bot).await, store.bot_with_token(token).await) {
            (Ok(None), _) => Some(Stale::Deleted),
            (Ok(Some((_, now))), _) if now.endpoint() != Endpoint::Socket => Some(Stale::Moved),
            (_, Ok(of)) if of != Some(bot) => Some(Stale::Token),
            _ => None,
        }
    }
}

impl Inner {
    /// Stores a dispatch that no message asks for; from then on it is under way.
    pub(crate) async fn dispatch(
        self: &Arc<Self>,
        room: &RoomName,
        trigger: &Trigger,
        body: Json,
    ) -> Result<(), CommandError> {
        let ask = Ask::Other { trigger: trigger.clone(), body: body.clone() };
        self.runtime.append(Append::new(room.clone(), Vec::new()).asking(ask)).await?;
        if self.runtime.store().may_lose() {
            self.find(room.clone(), trigger, body).await?;
        }
        Ok(())
    }

    /// Makes sure that a dispatch is under way, where the feed may have lost it.
    async fn find(self: &Arc<Self>, room: RoomName, trigger: &Trigger, body: Json) -> Result<(), CommandError> {
        let runtime = &self.runtime;
        let is_pending = runtime.store().pending().await?;
        if is_pending.iter().any(|(pending, begun)| pending.trigger == *trigger && begun.is_empty()) {
            let state = runtime.snapshot(&room).await?;
            let asked = Asked {
                room,
                trigger: trigger.clone(),
                message: None,
                body: Some(body),
                bots: Arc::clone(&state.bots),
                conversation: state.conversation,
            };
            self.take(asked, None, &mut self.lanes());
        }
        Ok(())
    }
}
