//! Commands: what gateways ask of a room, checked against its state and the policy, made into one event each.

use std::{collections::HashSet, sync::Arc};

use parlor_rooms::{
    Bot, BotId, Endpoint, EventId, Interest, Message, Part, RoomName, RoomSettings, RoomState,
    policy::{Action, Actor},
};
use parlor_store::{Append, AppendError, Appended, Ask, Key, SecretChange, Sought, StoredMessage, record};

use crate::{Caller, CommandError, Register, Runtime, limits::What, map::RoomHandle};

/// How often a command is decided again because the room changed between the look and the append.
const CONFLICT_TRIES: usize = 64;

/// The text of the message that ends a conversation by hand.
const STATE_CLEARED: &str = "The room state has been cleared";

/// A message that was posted.
#[derive(Clone, Debug)]
pub struct Posted {
    /// As it is stored.
    pub message: StoredMessage,
    /// Whether it was there already, under the same key.
    pub duplicate: bool,
}

/// A bot that is made or changed: what is `None` stays as it is.
#[derive(Clone, Debug, Default)]
pub struct BotChange {
    /// The bot; a new one without.
    pub id: Option<BotId>,
    /// Whether a new one is made only where none of the room's has its name.
    pub only_new: bool,
    /// Its name.
    pub name: Option<String>,
    /// Its pattern; `Some(None)` takes it away.
    pub responds_to: Option<Option<String>>,
    /// Where it lives.
    pub url: Option<String>,
    /// Its secret; `Some(None)` takes it away.
    pub secret: Option<Option<String>>,
    /// Its time-out in seconds; `Some(None)` takes it away.
    pub timeout: Option<Option<f64>>,
    /// Whether it rests.
    pub paused: Option<bool>,
    /// What it wants to hear of.
    pub events: Option<Vec<Interest>>,
}

impl BotChange {
    /// A secret is known to one server: whoever may change a bot must not have this one sign for another.
    fn leave_secret_behind(&mut self, bot: &Bot) {
        let moves = self.url.as_ref().is_some_and(|url| !Endpoint::of(url).shares_server(&bot.endpoint()));
        if moves && bot.signed && self.secret.is_none() {
            self.secret = Some(None);
        }
    }
}

impl Runtime {
    /// Asks the policy.
    pub async fn check(&self, caller: &Caller, action: Action, room: &RoomName) -> Result<(), CommandError> {
        let handle = self.room(room).await?;
        self.check_in(caller, action, &handle)
    }

    /// What a change of a room begins with: the caller is counted, the policy is asked, the room is counted.
    async fn enter(&self, caller: &Caller, action: Action, room: &RoomName) -> Result<RoomHandle, CommandError> {
        if self.stopping().is_cancelled() {
            return Err(CommandError::Stopping);
        }
        self.limits().take(caller, What::Posts)?;
        let handle = self.room(room).await?;
        self.check_in(caller, action, &handle)?;
        self.limits().take_in(caller, room)?;
        if action != Action::Clear && !handle.lock().state.exists() {
            self.limits().take(caller, What::Rooms)?;
        }
        Ok(handle)
    }

    /// The same, for what is then appended with [`Runtime::append`].
    pub async fn admit(&self, caller: &Caller, action: Action, room: &RoomName) -> Result<(), CommandError> {
        self.enter(caller, action, room).await.map(drop)
    }

    /// The messages that a caller looks for, newest first.
    pub async fn search(&self, caller: &Caller, sought: Sought) -> Result<Vec<StoredMessage>, CommandError> {
        self.check(caller, Action::Read, &sought.room).await?;
        self.limits().take(caller, What::Searches)?;
        let began = tokio::time::Instant::now();
        let found = self.store().search(sought).await;
        self.metrics().searches.add(began.elapsed());
        Ok(found?)
    }

    fn check_in(&self, caller: &Caller, action: Action, handle: &RoomHandle) -> Result<(), CommandError> {
        Ok(self.shared().check(&caller.actor, action, &handle.name, &handle.lock().state)?)
    }

    /// Under which name somebody speaks who says that it is theirs: an account's own, whatever is said; and no name of an
    /// account for who has not proved that it is theirs.
    pub fn author(&self, caller: &Caller, said: &str) -> Result<String, CommandError> {
        match &caller.actor {
            Actor::Person(person, _) => Ok(person.name.clone()),
            Actor::Anyone if self.belongs_to_an_account(said) => Err(CommandError::NameTaken(said.trim().to_owned())),
            Actor::Anyone | Actor::Server => Ok(said.to_owned()),
        }
    }

    pub(crate) fn belongs_to_an_account(&self, name: &str) -> bool {
        self.shared().register.as_ref().is_some_and(|register| register.account(name).is_some())
    }

    /// Posts a person's message. With a key, the same key in the same room gives the same message for 24 hours.
    pub async fn post(
        &self,
        caller: &Caller,
        room: RoomName,
        mut message: Message,
        key: Option<Key>,
    ) -> Result<Posted, CommandError> {
        let handle = self.enter(caller, Action::Post, &room).await?;
        message.author = self.author(caller, &message.author)?;
        message.bare(handle.lock().state.settings.content(self.accounts()));
        let append = Append::new(room, vec![Part::Message(Arc::new(message))]).keyed(key).asking(Ask::Message);
        let record = append.records[0].clone();
        let this = self.clone();
        let task = self.tracker().spawn(async move {
            let appended = this.append_in(&handle, append).await?;
            Ok((handle, appended))
        });
        let (handle, appended) = task.await.unwrap_or(Err(CommandError::Stopping))?;
        let message = if appended.duplicate {
            self.stored(&handle, appended.id).await?.unwrap_or(StoredMessage {
                id: appended.id,
                at: appended.at,
                record,
            })
        } else {
            StoredMessage { id: appended.id, at: appended.at, record }
        };
        self.metrics().posts.add(u64::from(!appended.duplicate));
        Ok(Posted { message, duplicate: appended.duplicate })
    }

    async fn stored(&self, handle: &RoomHandle, id: EventId) -> Result<Option<StoredMessage>, CommandError> {
        let before = EventId(id.0.saturating_sub(1));
        Ok(self.store().after(&handle.name, before, id, 1).await?.pop())
    }

    /// Makes or changes a bot; a conversation with one that is paused ends, and one that moves to another server without a new
    /// secret has none any more. The pattern was checked by the caller, where a slow one holds up nobody.
    pub async fn put_bot(&self, caller: &Caller, room: &RoomName, change: BotChange) -> Result<Bot, CommandError> {
        let handle = self.enter(caller, Action::ManageBots, room).await?;
        let new = match change.id {
            Some(_) => None,
            None => {
                self.limits().take(caller, What::Bots)?;
                Some(self.store().next_bot_id().await?)
            }
        };
        let most = self.limits().limits().bots;
        self.decide_in(handle, move |room, state| {
            let mut change = change.clone();
            if let Some(bot) =
                state.bots.values().find(|bot| change.only_new && change.name.as_ref() == Some(&bot.name))
            {
                return Err(CommandError::BotThere(bot.name.clone(), bot.id));
            }
            let bot = match (change.id, new) {
                (Some(id), _) => {
                    let bot = state.bots.get(&id).ok_or(CommandError::NoBot(id))?;
                    change.leave_secret_behind(bot);
                    changed(bot, &change)?
                }
                (None, Some(_)) if state.bots.len() >= most => return Err(CommandError::RoomFull(most)),
                (None, Some(id)) => changed(&Bot::new(id, "", ""), &change)?,
                (None, None) => unreachable!("a new bot was given a number above"),
            };
            let mut parts = vec![Part::BotPut(Arc::new(bot.clone()))];
            // A bot that rests would leave everybody without an answer.
            if bot.paused && state.conversation.as_ref().is_some_and(|conversation| conversation.bot == bot.id) {
                parts.push(Part::ConversationEnded);
            }
            let mut append = Append::new(room.clone(), parts);
            append.secret = change.secret.clone().map(|secret| SecretChange { bot: bot.id, secret });
            Ok((Some(append), bot))
        })
        .await
    }

    /// Deletes a bot; a conversation with it ends.
    pub async fn delete_bot(&self, caller: &Caller, id: BotId) -> Result<(RoomName, Bot), CommandError> {
        let (room, _) = self.store().bot(id).await?.ok_or(CommandError::NoBot(id))?;
        let handle = self.enter(caller, Action::ManageBots, &room).await?;
        let bot = self
            .decide_in(handle, move |room, state| {
                let bot = Arc::clone(state.bots.get(&id).ok_or(CommandError::NoBot(id))?);
                let mut parts = vec![Part::BotDeleted(Arc::clone(&bot))];
                if state.conversation.as_ref().is_some_and(|conversation| conversation.bot == id) {
                    parts.push(Part::ConversationEnded);
                }
                Ok((Some(Append::new(room.clone(), parts)), Bot::clone(&bot)))
            })
            .await?;
        Ok((room, bot))
    }

    /// Clears a room: its messages are gone, its conversation is over, its bots stay.
    pub async fn clear(&self, caller: &Caller, room: &RoomName) -> Result<(), CommandError> {
        let handle = self.enter(caller, Action::Clear, room).await?;
        self.decide_in(handle, |room, state| {
            if !state.exists() {
                return Ok((None, ()));
            }
            let mut parts = vec![Part::Cleared];
            parts.extend(state.conversation.is_some().then_some(Part::ConversationEnded));
            Ok((Some(Append::new(room.clone(), parts)), ()))
        })
        .await
    }

    /// Ends the room's conversation and says so; nothing where there is none.
    pub async fn end_conversation(&self, caller: &Caller, room: &RoomName) -> Result<(), CommandError> {
        let handle = self.enter(caller, Action::Post, room).await?;
        self.decide_in(handle, |room, state| {
            let append = state.conversation.is_some().then(|| {
                let message = Message::system(STATE_CLEARED);
                Append::new(room.clone(), vec![Part::ConversationEnded, Part::Message(Arc::new(message))])
            });
            Ok((append, ()))
        })
        .await
    }

    /// Changes a room's settings and gives those that hold now. Who is on the list must have an account, and stands there by
    /// the account's own name.
    pub async fn configure(
        &self,
        caller: &Caller,
        room: &RoomName,
        change: impl Fn(&mut RoomSettings) + Send + 'static,
    ) -> Result<RoomSettings, CommandError> {
        let handle = self.enter(caller, Action::Configure, room).await?;
        let most = self.limits().limits().members;
        let register = self.shared().register.clone();
        let decided = self.decide_in(handle, move |room, state| {
            let mut settings = state.settings.clone();
            change(&mut settings);
            settings.members = listed(settings.members, &state.settings.members, register.as_deref())?;
            if settings.members.len() > most.max(state.settings.members.len()) {
                let why = format!("names {} people; at most {most} can be on a room's list", settings.members.len());
                return Err(CommandError::Invalid { field: "members", why });
            }
            let append = (settings != state.settings)
                .then(|| Append::new(room.clone(), vec![Part::SettingsPut(settings.clone())]));
            let what = settings.difference(&state.settings);
            Ok((append, (settings, what)))
        });
        let (settings, what) = decided.await?;
        self.configured();
        if let Some(register) = self.shared().register.as_ref().filter(|_| !what.is_empty()) {
            register.configured(caller, room, &what).await;
        }
        Ok(settings)
    }

    /// Looks at a room, decides, and appends if it is still as it was; else looks again. Gives what was decided, and the event, if
    /// one was. Who may do it is the caller's to ask.
    pub async fn decide<T: Send + 'static>(
        &self,
        room: &RoomName,
        decide: impl Fn(&RoomName, &RoomState) -> Result<(Option<Append>, T), CommandError> + Send + 'static,
    ) -> Result<(T, Option<Appended>), CommandError> {
        self.decided(self.room(room).await?, decide).await
    }

    async fn decide_in<T: Send + 'static>(
        &self,
        handle: RoomHandle,
        decide: impl Fn(&RoomName, &RoomState) -> Result<(Option<Append>, T), CommandError> + Send + 'static,
    ) -> Result<T, CommandError> {
        self.decided(handle, decide).await.map(|(result, _)| result)
    }

    async fn decided<T: Send + 'static>(
        &self,
        handle: RoomHandle,
        decide: impl Fn(&RoomName, &RoomState) -> Result<(Option<Append>, T), CommandError> + Send + 'static,
    ) -> Result<(T, Option<Appended>), CommandError> {
        if self.stopping().is_cancelled() {
            return Err(CommandError::Stopping);
        }
        let this = self.clone();
        // In a box: a task's future is moved several times on its way to the heap, and this one has kilobytes.
        let task = self.tracker().spawn(Box::pin(async move {
            let mut tries = 0;
            loop {
                let state = handle.lock().state.clone();
                let (append, result) = decide(&handle.name, &state)?;
                let Some(append) = append else { return Ok((result, None)) };
                match this.append_in(&handle, append.expecting(state.control)).await {
                    Ok(appended) => return Ok((result, Some(appended))),
                    Err(CommandError::Append(AppendError::Conflict(control))) if tries < CONFLICT_TRIES => {
                        tries += 1;
                        // The refusal came through the feed, behind what was in the way; unless the feed lost that.
                        if this.store().may_lose() {
                            this.catch_up(&handle, control).await;
                        }
                    }
                    Err(error) => return Err(error),
                }
            }
        }));
        task.await.unwrap_or(Err(CommandError::Stopping))
    }

    /// What clients get for a posted message.
    pub fn json(message: &StoredMessage) -> Vec<u8> {
        let mut out = Vec::with_capacity(message.record.len() + 48);
        record::splice(&mut out, message.id, message.at, &message.record);
        out
    }
}

/// A room's list, by the names of accounts, each once. Who is on it already stays there, also without an account.
fn listed(names: Vec<String>, before: &[String], register: Option<&dyn Register>) -> Result<Vec<String>, CommandError> {
    let mut listed = Vec::with_capacity(names.len());
    let mut seen = HashSet::new();
    for name in names {
        let found =
            if before.contains(&name) { Some(name.clone()) } else { register.and_then(|all| all.account(&name)) };
        let Some(account) = found else {
            let name: String = name.chars().take(100).collect();
            return Err(CommandError::Invalid { field: "members", why: format!("there is no account “{name}”") });
        };
        if seen.insert(account.clone()) {
            listed.push(account);
        }
    }
    Ok(listed)
}

fn changed(bot: &Bot, change: &BotChange) -> Result<Bot, CommandError> {
    let mut bot = bot.clone();
    if let Some(name) = &change.name {
        bot.name.clone_from(name);
    }
    if let Some(responds_to) = &change.responds_to {
        bot.responds_to = responds_to.clone().filter(|pattern| !pattern.is_empty());
    }
    if let Some(url) = &change.url {
        bot.url.clone_from(url);
    }
    if let Some(timeout) = change.timeout {
        bot.timeout = timeout;
    }
    if let Some(paused) = change.paused {
        bot.paused = paused;
    }
    if let Some(events) = &change.events {
        bot.events.clone_from(events);
    }
    if let Some(secret) = &change.secret {
        bot.signed = secret.is_some();
    }
    // Whoever changes it by hand wants an ordinary bot.
    bot.auto = false;
    if bot.name.is_empty() {
        return Err(CommandError::Invalid { field: "name", why: "is empty; give the bot a name".into() });
    }
    Ok(bot)
}
