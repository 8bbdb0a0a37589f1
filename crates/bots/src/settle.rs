//! The end of an activation: the answer or the error in the room, its record, the conversation, and what is left to
//! do, in one transaction.

use std::{
    collections::HashMap,
    sync::{Arc, MutexGuard},
    time::Duration,
};

use parlor_rooms::{
    Bot, BotId, Content, ConversationSet, Message, Part, RoomName, RoomState,
    conversation::{Effect, effect},
};
use parlor_runtime::CommandError;
use parlor_store::{Activation, Append, AppendError, Appended, Key, Progress, Status};

use crate::{
    answer::{self, Answer},
    bots::Inner,
    dispatch::What,
    explain::{Whose, explain},
    fault::Fault,
    form,
    plan::How,
    work::{PutOff, Turn},
};

/// How often the end is decided again because the room changed meanwhile.
const CONFLICT_TRIES: usize = 64;
/// How often a store that does not work is asked again, and how long is waited at first; doubled each time.
const TRIES: u32 = 6;
const WAIT: Duration = Duration::from_millis(100);
/// Of how many bots it is remembered what the room was told last; beyond that it may be told once more.
const TOLD_MAX: usize = 4_096;

impl Inner {
    /// Brings an answer, or what went wrong, into the room.
    pub(crate) async fn settle(
        &self,
        turn: &Turn<'_>,
        outcome: Result<Answer, Fault>,
        record: Activation,
    ) -> Result<(), PutOff> {
        match outcome {
            Err(fault) => self.settle_fault(turn, &fault, record).await,
            Ok(answer) => {
                let record = self.over_now(Activation { status: Status::Answered, ..record });
                self.told().remove(&turn.target.bot);
                match self.elsewhere(turn, &answer).await? {
                    Some(_) if is_silent(turn, &answer) => self.settle_answer(turn, &answer, &record).await?,
                    Some(elsewhere) => self.settle_elsewhere(turn, &answer, &elsewhere, &record).await?,
                    None => self.settle_answer(turn, &answer, &record).await?,
                }
                self.tell(turn, &record);
                Ok(())
            }
        }
    }

    /// Says in the room what went wrong before anything was sent.
    pub(crate) async fn fail(&self, turn: &Turn<'_>, fault: Fault) -> Result<(), PutOff> {
        let begun = turn.work.left.as_ref().and_then(|left| left.begun.iter().find(|begun| begun.id == turn.id));
        let record = begun.cloned().unwrap_or_else(|| self.record(turn));
        self.settle_fault(turn, &fault, record).await
    }

    /// Goes on without a word in the room; a fault is only recorded.
    pub(crate) async fn pass(&self, turn: &Turn<'_>, fault: Option<Fault>) -> Result<(), PutOff> {
        let activation = fault.map(|fault| {
            let error = Some(explain(&fault, whose(turn)).sentence);
            Activation { status: Status::Failed, error, ..self.record(turn) }
        });
        let progress = progress(turn, activation);
        self.insist(|| self.runtime.store().progress(progress.clone())).await?;
        if let Some(record) = &progress.activation {
            self.tell(turn, record);
        }
        Ok(())
    }

    async fn settle_fault(&self, turn: &Turn<'_>, fault: &Fault, record: Activation) -> Result<(), PutOff> {
        let explained = explain(fault, whose(turn));
        let status = if *fault == Fault::Interrupted { Status::Interrupted } else { Status::Failed };
        let record = self.over_now(Activation { status, error: Some(explained.sentence), ..record });
        // What was never asked ends no conversation; nor does an address that is no bot.
        let concerns = !matches!(turn.target.how, How::Fault(_) | How::Out(_));
        let is_new = self.is_new(turn, &explained.html);
        self.append(&turn.work.room, |state| {
            let mut parts = Vec::with_capacity(2);
            parts.extend(is_new.then(|| message(turn, Message::system(explained.html.clone()))));
            let ends = concerns && step_effect(turn, turn.target.bot, state, false) == Effect::End;
            parts.extend(ends.then_some(Part::ConversationEnded));
            ending(turn, Append::new(turn.work.room.clone(), parts), &record, ends.then_some(state))
        })
        .await?;
        self.tell(turn, &record);
        Ok(())
    }

    async fn settle_answer(&self, turn: &Turn<'_>, answer: &Answer, record: &Activation) -> Result<(), PutOff> {
        let new = match &turn.target.how {
            How::Out(url) if answer.state.is_some() => Some(self.automatic(url).await?),
            _ => None,
        };
        let most = self.runtime.limits().limits().bots;
        self.append(&turn.work.room, |state| {
            let new = new.as_ref().filter(|_| state.bots.len() < most);
            let (parts, control) = answer_parts(turn, answer, new, state);
            ending(turn, Append::new(turn.work.room.clone(), parts), record, control.then_some(state))
        })
        .await
    }

    /// The bot that a form's address becomes when it answers with a state.
    async fn automatic(&self, url: &str) -> Result<Bot, PutOff> {
        let id = self.runtime.store().next_bot_id().await?;
        Ok(Bot { auto: true, ..Bot::new(id, format!("(Auto) {url}"), url) })
    }

    /// Whether the room was not told the same of this bot at the event before. What nobody sent it may come every few
    /// seconds, and a bot that is not there would fill the room.
    fn is_new(&self, turn: &Turn<'_>, html: &str) -> bool {
        if !matches!(turn.work.what, What::Happened(_)) {
            return true;
        }
        let mut told = self.told();
        if told.len() >= TOLD_MAX {
            told.clear();
        }
        let before = told.insert(turn.target.bot, html.to_owned());
        before.is_none_or(|before| before != html)
    }

    fn told(&self) -> MutexGuard<'_, HashMap<BotId, String>> {
        self.told.lock().expect("nobody panics while holding it")
    }

    /// The record with the time that it took, if nothing was sent that took any.
    fn over_now(&self, record: Activation) -> Activation {
        Activation { took: record.took.or_else(|| Some(self.micros_since(&record))), ..record }
    }

    /// Appends what `decide` makes of the room as it is, again if it has changed meanwhile.
    pub(crate) async fn append(
        &self,
        room: &RoomName,
        decide: impl Fn(&RoomState) -> Append + Send,
    ) -> Result<(), PutOff> {
        let mut state = self.runtime.snapshot(room).await?;
        for _ in 0..CONFLICT_TRIES {
            let append = fitted(decide(&state), state.settings.content(self.runtime.accounts())).await;
            match self.append_once(&append).await? {
                Some(appended) => {
                    if let Some(progress) = append.progress.filter(|_| appended.duplicate) {
                        // It was answered before; what should have gone with that goes now.
                        self.insist(|| self.runtime.store().progress(progress.clone())).await?;
                    }
                    return Ok(());
                }
                // Not the snapshot, which may lag behind what was just refused.
                None => state = self.runtime.store().open(room).await?.state,
            }
        }
        tracing::warn!(%room, "the room changes faster than an answer can be appended");
        Err(PutOff)
    }

    /// `None` on a conflict.
    async fn append_once(&self, append: &Append) -> Result<Option<Appended>, PutOff> {
        let mut wait = WAIT;
        for attempt in 1.. {
            match self.runtime.append(append.clone()).await {
                Ok(appended) => return Ok(Some(appended)),
                Err(CommandError::Append(AppendError::Conflict(_))) => return Ok(None),
                Err(CommandError::Stopping) => return Err(PutOff),
                Err(error) if attempt >= TRIES => {
                    tracing::error!(room = %append.room, %error, "an answer can't be appended");
                    return Err(PutOff);
                }
                Err(_) => self.rest(&mut wait).await?,
            }
        }
        Err(PutOff)
    }

    /// Does something with the store until it works, for a while.
    pub(crate) async fn insist<F: Future<Output = Result<(), AppendError>> + Send>(
        &self,
        mut act: impl FnMut() -> F + Send,
    ) -> Result<(), PutOff> {
        let mut wait = WAIT;
        for attempt in 1.. {
            match act().await {
                Ok(()) => return Ok(()),
                Err(error) if attempt >= TRIES => {
                    tracing::error!(%error, "an activation can't be recorded");
                    return Err(PutOff);
                }
                Err(_) => self.rest(&mut wait).await?,
            }
        }
        Err(PutOff)
    }

    async fn rest(&self, wait: &mut Duration) -> Result<(), PutOff> {
        tokio::select! {
            () = tokio::time::sleep(*wait) => {}
            () = self.runtime.stopping().cancelled() => return Err(PutOff),
        }
        *wait *= 2;
        Ok(())
    }
}

/// Completes the append that ends an activation.
pub(crate) fn ending(turn: &Turn<'_>, append: Append, record: &Activation, expected: Option<&RoomState>) -> Append {
    let append = append.keyed(Some(Key::answer(&turn.id))).progressing(progress(turn, Some(record.clone())));
    match expected {
        Some(state) => append.expecting(state.control),
        None => append,
    }
}

/// What bots say as the room's setting leaves it; cleaned where it holds up nobody.
async fn fitted(append: Append, content: Content) -> Append {
    let fits = |part: &Part| !matches!(part, Part::Message(message) if !parlor_content::fits(message, content));
    if content == Content::Open || append.parts.iter().all(fits) {
        return append;
    }
    let cleaned = tokio::task::spawn_blocking({
        let mut parts = append.parts.clone();
        move || {
            for part in &mut parts {
                if let Part::Message(message) = part {
                    parlor_content::fit(Arc::make_mut(message), content);
                }
            }
            parts
        }
    });
    // If that broke down, whoever reads it gets it cleaned all the same.
    let Ok(parts) = cleaned.await else { return append };
    let records = Append::new(append.room.clone(), parts.clone()).records;
    Append { parts, records, ..append }
}

/// What an answer changes in its own room, and whether that holds only for the room as it is.
fn answer_parts(turn: &Turn<'_>, answer: &Answer, new: Option<&Bot>, state: &RoomState) -> (Vec<Part>, bool) {
    let mut parts = Vec::with_capacity(3);
    let mut speaker = turn.target.bot;
    let mut effect = match (&turn.target.how, new) {
        (How::Out(url), Some(new)) => {
            // Another answer may have installed it meanwhile.
            let there = state.bots.values().find(|bot| bot.auto && form::comparable(&bot.url) == *url);
            let bot = there.map_or(new.id, |bot| bot.id);
            let effect = step_effect(turn, bot, state, true);
            if effect == Effect::Begin {
                speaker = bot;
                parts.extend(there.is_none().then(|| Part::BotPut(Arc::new(new.clone()))));
            }
            effect
        }
        (How::Out(_), None) => Effect::None,
        _ => step_effect(turn, speaker, state, answer.state.is_some()),
    };
    let left = match (effect, &answer.state) {
        (Effect::Begin, Some(left)) => {
            parts.push(Part::ConversationSet(ConversationSet { bot: speaker, state: left.clone() }));
            Some(left.clone())
        }
        (Effect::End, _) => {
            parts.push(Part::ConversationEnded);
            None
        }
        _ => {
            effect = Effect::None;
            None
        }
    };
    if !is_silent(turn, answer) {
        let mut said = said(answer, speaker, turn.name(), turn.url());
        said.state = left;
        parts.push(message(turn, said));
    }
    (parts, effect != Effect::None)
}

/// Whether an answer is no message: a bot that asked for events may have nothing to say to one.
fn is_silent(turn: &Turn<'_>, answer: &Answer) -> bool {
    let asked = turn.bot.is_some_and(|bot| !bot.events.is_empty()) && !matches!(turn.target.how, How::Out(_));
    asked && answer.says_nothing()
}

/// What an answer does, if the bot is still there.
fn step_effect(turn: &Turn<'_>, bot: BotId, state: &RoomState, has_state: bool) -> Effect {
    // What was cleared is not begun again by a late answer to it.
    if turn.work.trigger.message().is_some_and(|asked| asked <= state.mark) {
        return Effect::None;
    }
    let now = state.conversation.as_ref().map(parlor_rooms::Conversation::step);
    match (&turn.work.what, now) {
        // What a person sends again for a look takes no conversation away from another bot.
        (What::Again(_), Some((current, _))) if current != bot => return Effect::None,
        // What nobody said is no part of a conversation.
        (What::Happened(_), Some(_)) => return Effect::None,
        _ => {}
    }
    match effect(bot, turn.rest.step, now, has_state) {
        Effect::Begin if matches!(turn.target.how, How::Out(_)) || state.bots.contains_key(&bot) => Effect::Begin,
        Effect::Begin => Effect::None,
        other => other,
    }
}

/// A bot's answer as a message, without its state.
pub(crate) fn said(answer: &Answer, speaker: BotId, name: &str, url: &str) -> Message {
    let author = answer.author.as_deref().unwrap_or(name);
    let mut message = Message::bot(author, speaker, answer.text.clone());
    message.image.clone_from(&answer.image);
    message.media.clone_from(&answer.media);
    message.css.clone_from(&answer.css);
    message.js.clone_from(&answer.js);
    message.base_url = match url::Url::parse(url) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => Some(url.into()),
        Ok(url) if url.scheme() == "socket" => Some(answer::files(speaker)),
        _ => None,
    };
    message
}

fn message(turn: &Turn<'_>, message: Message) -> Part {
    let (activation, reply_to) = (Some(turn.id.0.clone()), turn.work.trigger.message());
    Part::Message(Arc::new(Message { activation, reply_to, ..message }))
}

fn whose<'a>(turn: &'a Turn<'_>) -> Whose<'a> {
    Whose { name: turn.name(), url: turn.url() }
}

/// The progress that a turn's end is.
fn progress(turn: &Turn<'_>, activation: Option<Activation>) -> Progress {
    Progress { activation, room: turn.work.room.clone(), trigger: turn.work.trigger.clone(), plan: turn.rest.stored() }
}
