//! What a person does with a session: takes it, writes in it, leaves notes, hands it back, resolves it, puts it off.

use std::sync::Arc;

use parlor_flows::{Step, Waiting};
use parlor_rooms::{
    Kind, Part, RoomName, RoomState, Session, Timestamp, Word,
    session::{Silence, Status, Way, Writer},
};
use parlor_runtime::CommandError;
use parlor_runtime::log::{Append, WantedSessions};

use crate::{
    Door,
    said::{self, Other},
    session::{json, progress},
};

/// How many sessions that were put off are looked at together.
const MANY: usize = 1_000;

/// What an operator does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    /// Leads the visitor from now on; from another operator, too.
    Take,
    /// Says something to the visitor.
    Say(String),
    /// Leaves a note that the visitor does not see.
    Note(String),
    /// Lets the flow go on.
    HandBack,
    /// Is done.
    Resolve,
    /// Puts it off until a time, or until the visitor writes.
    Snooze(Option<Timestamp>),
}

/// Why nothing was done.
#[derive(Clone, Debug, thiserror::Error)]
pub(crate) enum NotDone {
    /// There is no such session.
    #[error("there is no such session")]
    None,
    /// Not in this state.
    #[error("{0}")]
    Silent(Silence),
    /// It is so already, or can't be.
    #[error("{0}")]
    Already(&'static str),
    /// It was not taken by the log.
    #[error(transparent)]
    Command(#[from] CommandError),
}

impl From<Silence> for NotDone {
    fn from(silence: Silence) -> Self {
        Self::Silent(silence)
    }
}

impl Door {
    /// Does it, as the operator of this name. Who may be one is the caller's to ask.
    pub(crate) async fn act(self: &Arc<Self>, room: &RoomName, who: &str, act: Act) -> Result<(), NotDone> {
        let Some(session) = self.runtime.snapshot(room).await.map_err(CommandError::from)?.session else {
            return Err(NotDone::None);
        };
        // What the flow says when it goes on is found out beforehand, and only said if nothing has come between.
        let next = match &act {
            Act::HandBack => self.handed_back(&session).await.map_err(CommandError::from)?,
            _ => None,
        };
        let asks = next.as_ref().is_some_and(|step| matches!(step.progress.waiting, Waiting::Request { .. }));
        let (this, who) = (Arc::clone(self), who.to_owned());
        let decide = move |room: &RoomName, state: &RoomState| {
            let now = this.runtime.clock().now();
            Ok(match state.session.as_deref() {
                None => (None, Err(NotDone::None)),
                Some(now_is) if next.is_some() && now_is.progress != session.progress => {
                    (None, Err(NotDone::Already("the session has moved on meanwhile; look again")))
                }
                Some(session) => match this.acted(room, session, &who, &act, next.as_ref(), now) {
                    Ok(append) => (Some(append), Ok(())),
                    Err(why) => (None, Err(why)),
                },
            })
        };
        self.decide(room, decide).await?.0?;
        if asks {
            self.request(room);
        }
        Ok(())
    }

    async fn handed_back(&self, session: &Session) -> Result<Option<Step>, parlor_runtime::log::ReadError> {
        let Some(at) = progress(session) else { return Ok(None) };
        let Some(flow) = self.offer.version(&at.flow, &at.version).await? else { return Ok(None) };
        Ok(flow.handed_back(&at).map(|step| self.follow(&flow, step)))
    }

    fn acted(
        &self,
        room: &RoomName,
        session: &Session,
        who: &str,
        act: &Act,
        next: Option<&Step>,
        now: Timestamp,
    ) -> Result<Append, NotDone> {
        let mut after = session.clone();
        let (mut words, mut parts) = (Vec::new(), Vec::new());
        let say = |way: Way, other: &Other<'_>| said::word(way, other);
        let has_it = session.operator.as_deref() == Some(who);
        if session.status == Status::Ended && !matches!(act, Act::Note(_)) {
            return Err(Silence::Ended.into());
        }
        match act {
            Act::Take if session.status == Status::Open && has_it => {
                return Err(NotDone::Already("you have this session already"));
            }
            Act::Take => {
                after.operator = Some(who.to_owned());
                enter(&mut after, Status::Open, now);
                words.push(say(Way::Request, &Other::OperatorJoined { author: who }));
            }
            Act::Say(text) => {
                session.may_write(Writer::Operator(who))?;
                after.waits = None;
                words.push(say(Way::Request, &Other::OperatorText { author: who, content: text }));
                parts.push(said::part(who, Kind::User, text.clone()));
            }
            Act::Note(text) => words.push(say(Way::Note, &Other::Note { author: who, content: text })),
            Act::HandBack if session.status == Status::Bot => {
                return Err(NotDone::Already("the flow has this session already"));
            }
            Act::HandBack => {
                let was_there = matches!(session.status, Status::Open | Status::Snoozed);
                after.operator = None;
                enter(&mut after, Status::Bot, now);
                after.waits = None;
                words.extend(was_there.then(|| say(Way::Request, &Other::OperatorLeft)));
                if let Some(step) = next {
                    words.extend(said::asked(&step.says));
                    parts.extend(said::by_flow(&self.author(&step.progress), &step.says));
                    after.progress = json(&step.progress);
                    if let Waiting::Handoff { queue, .. } = &step.progress.waiting {
                        enter(&mut after, Status::Pending, now);
                        (after.waits, after.queue) = (Some(now), queue.clone());
                    }
                }
            }
            Act::Resolve | Act::Snooze(_) if session.status != Status::Open => return Err(Silence::NotTaken.into()),
            Act::Resolve | Act::Snooze(_) if !has_it => {
                return Err(Silence::Theirs(session.operator.clone().unwrap_or_default()).into());
            }
            Act::Resolve => {
                enter(&mut after, Status::Resolved, now);
                after.waits = None;
                words.push(say(Way::Request, &Other::OperatorLeft));
            }
            Act::Snooze(until) => {
                enter(&mut after, Status::Snoozed, now);
                (after.until, after.waits) = (*until, None);
            }
        }
        Ok(write(room, after, words, parts))
    }

    /// Gives back to their operators what was put off until now.
    pub(crate) async fn wake(&self) -> Result<(), CommandError> {
        let wanted = WantedSessions { flow: None, status: Some(Status::Snoozed), before: u64::MAX, limit: MANY };
        for stored in self.runtime.store().flow_sessions(wanted).await? {
            if stored.session.until.is_none_or(|until| until > self.runtime.clock().now()) {
                continue;
            }
            let now = self.runtime.clock().now();
            let decide = move |room: &RoomName, state: &RoomState| {
                let due = |session: &&Session| {
                    session.status == Status::Snoozed && session.until.is_some_and(|until| until <= now)
                };
                let Some(session) = state.session.as_deref().filter(due) else { return Ok((None, ())) };
                let mut after = session.clone();
                enter(&mut after, Status::Open, now);
                after.waits = Some(now);
                Ok((Some(write(room, after, Vec::new(), Vec::new())), ()))
            };
            self.decide(&stored.room, decide).await?;
        }
        Ok(())
    }
}

fn enter(session: &mut Session, status: Status, now: Timestamp) {
    if session.status != status {
        (session.status, session.since) = (status, now);
    }
    session.until = None;
}

fn write(room: &RoomName, mut after: Session, words: Vec<Word>, mut parts: Vec<Part>) -> Append {
    after.words += words.len() as u64;
    parts.push(Part::SessionPut(Arc::new(after)));
    if !words.is_empty() {
        parts.push(Part::Said(words.into()));
    }
    Append::new(room.clone(), parts)
}
