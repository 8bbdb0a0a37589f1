//! What changes a session: a visitor's answer, a request's, a new beginning. Each is one event, or nothing.

use std::{borrow::Cow, collections::BTreeMap, sync::Arc, time::Duration};

use parlor_flows::{Answer, Flow, Given, Progress, Record, Refusal, Reply, Step, Waiting};
use parlor_outbound::{HeaderMap, HeaderName, HeaderValue};
use parlor_rooms::{
    EventId, Json, Part, RoomName, RoomState, Session, Timestamp, Word,
    session::{Status, Way, Writer},
};
use parlor_runtime::CommandError;
use parlor_runtime::log::{Append, Attachment};

use crate::{Door, counts::Tally, fresh::Fresh, said};

/// How often a session may go on to another flow before anybody is asked something.
const JUMPS: usize = 100;
/// How many requests may follow each other before anybody is asked something.
const REQUESTS: usize = 50;
/// How much of an answer to a request is read.
const REPLY: usize = 256 * 1024;
/// How often an answer is tried again that met another version of its flow.
const TRIES: usize = 4;
/// What a visitor reads when something went wrong that is not theirs.
const BROKEN: &str = "Something went wrong here. Please try again in a moment.";
/// What a visitor reads who chooses while a person answers.
const PERSON: &str = "A person answers here now; please write to them.";

/// What became of what a visitor said.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It is in the log.
    Taken {
        /// With this event.
        event: EventId,
        /// Whether a text was taken for a choice.
        chosen: bool,
    },
    /// It has been said before.
    Ignored,
    /// It does not fit, and has changed nothing.
    Refused(String),
}

/// What is decided while the room is looked at.
enum Decided {
    Taken {
        asks: bool,
        chosen: bool,
        /// Whether it was a file.
        sends: bool,
        tally: Tally,
    },
    Ignored,
    Refused(String),
    /// The session is in another flow by now.
    Moved,
}

impl From<Refusal> for Decided {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Repeat => Self::Ignored,
            other => Self::Refused(other.to_string()),
        }
    }
}

/// Where a session is.
pub(crate) fn progress(session: &Session) -> Option<Progress> {
    serde_json::from_str(session.progress.as_str()).ok()
}

/// Where a session is that may be in no log yet.
fn whereabouts(session: Option<&Session>, fresh: Option<&Fresh>) -> Option<Progress> {
    match session {
        Some(session) => progress(session),
        None => fresh.map(|fresh| fresh.start.progress.clone()),
    }
}

impl Door {
    /// Takes what a visitor said. `fresh` is the session as long as it is in no log.
    pub(crate) async fn answer(
        self: &Arc<Self>,
        room: &RoomName,
        fresh: Option<&Arc<Fresh>>,
        answer: Answer,
        file: Option<Attachment>,
    ) -> Result<Outcome, CommandError> {
        for _ in 0..TRIES {
            let state = self.runtime.snapshot(room).await?;
            let Some(at) = whereabouts(state.session.as_deref(), fresh.map(|fresh| &**fresh)) else {
                return Ok(Outcome::Refused(BROKEN.to_owned()));
            };
            // A flow that begins with a jump has left itself before anybody answered.
            let stays = |flow: &Flow| at.flow == flow.name() && at.version == flow.version();
            let flow = match fresh.filter(|fresh| state.session.is_none() && stays(&fresh.flow)) {
                Some(fresh) => Some(fresh.flow.clone()),
                None => self.offer.version(&at.flow, &at.version).await?,
            };
            let Some(flow) = flow else { return Ok(Outcome::Refused(BROKEN.to_owned())) };
            let (this, answer, fresh, file) = (Arc::clone(self), answer.clone(), fresh.cloned(), file.clone());
            let read = (state.session.as_ref().map(|session| session.progress.clone()), at);
            let decide = move |room: &RoomName, state: &RoomState| {
                let (append, decided) = this.decide_answer(room, state, &flow, fresh.as_deref(), &read, &answer)?;
                // One that does not fit was only looked at.
                let kept = file.clone().filter(|_| matches!(decided, Decided::Taken { sends: true, .. }));
                Ok((append.map(|append| Append { file: kept, ..append }), decided))
            };
            let (decided, appended) = self.decide(room, decide).await?;
            return Ok(match (decided, appended) {
                (Decided::Taken { asks, chosen, tally, .. }, Some(appended)) => {
                    self.counts.took(&tally, appended.at);
                    if asks {
                        self.request(room);
                    }
                    Outcome::Taken { event: appended.id, chosen }
                }
                (Decided::Refused(why), _) => Outcome::Refused(why),
                (Decided::Moved, _) => continue,
                (Decided::Ignored | Decided::Taken { .. }, _) => Outcome::Ignored,
            });
        }
        Ok(Outcome::Refused(BROKEN.to_owned()))
    }

    /// `read` is where the session was a moment ago: as it is stored, if it is, and as that reads.
    fn decide_answer(
        &self,
        room: &RoomName,
        state: &RoomState,
        flow: &Flow,
        fresh: Option<&Fresh>,
        read: &(Option<Json>, Progress),
        answer: &Answer,
    ) -> Result<(Option<Append>, Decided), CommandError> {
        let now = self.runtime.clock().now();
        let session = state.session.as_deref();
        if let Some(session) = session {
            if let Err(silence) = session.may_write(Writer::Visitor) {
                return Ok((None, Decided::Refused(silence.to_string())));
            }
            if session.status != Status::Bot {
                return Ok(to_person(room, session, answer, now));
            }
        }
        // Seldom has somebody else been quicker.
        let at = if session.map(|session| &session.progress) == read.0.as_ref() {
            Some(Cow::Borrowed(&read.1))
        } else {
            session.and_then(progress).map(Cow::Owned)
        };
        let Some(at) = at.filter(|at| at.flow == flow.name() && at.version == flow.version()) else {
            return Ok((None, Decided::Moved));
        };
        let step = match flow.answer(&at, answer) {
            Ok(step) => step,
            Err(refusal) => return Ok((None, refusal.into())),
        };
        let step = self.follow(flow, step);
        let asks = matches!(step.progress.waiting, Waiting::Request { .. });
        let begins = fresh.filter(|_| session.is_none());
        let chose = matches!(step.answer, Some(Record::ChoiceResponse { .. }));
        let chosen = chose && matches!(answer.given, Given::Text { .. });
        let sends = matches!(step.answer, Some(Record::UserText { size: Some(_), .. }));
        let (append, tally) = self.append(room, session, &at, begins, &step, now);
        Ok((Some(append), Decided::Taken { asks, chosen, sends, tally }))
    }

    /// What a flow's step comes to: in other flows, as far as it jumps, and asking for a person only while one is there.
    pub(crate) fn follow(&self, flow: &Flow, step: Step) -> Step {
        let step = follow(step, |name| self.offer.flow(name));
        if let Waiting::Jump { flow, state } = &step.progress.waiting {
            tracing::error!(
                from = step.progress.flow,
                to = flow,
                state,
                "a flow jumps to where nothing is, or round and round"
            );
        }
        self.by_the_clock(flow, step)
    }

    fn by_the_clock(&self, flow: &Flow, step: Step) -> Step {
        if !matches!(step.progress.waiting, Waiting::Handoff { .. }) {
            return step;
        }
        let stays = step.progress.flow == flow.name() && step.progress.version == flow.version();
        let there = if stays { Some(flow.clone()) } else { self.offer.flow(&step.progress.flow) };
        let Some(flow) = there else { return step };
        match flow.settings().hours().or(self.hours()) {
            Some(hours) if !hours.open(self.runtime.clock().now().seconds()) => flow.nobody_there(step, hours),
            _ => step,
        }
    }

    /// The event of a step, which began where the session was, and what it is for the counts. `begins` is what was said before the first answer, if this is that.
    fn append(
        &self,
        room: &RoomName,
        before: Option<&Session>,
        from: &Progress,
        begins: Option<&Fresh>,
        step: &Step,
        now: Timestamp,
    ) -> (Append, Tally) {
        let mut words: Vec<Word> = begins.into_iter().flat_map(|fresh| said::asked(&fresh.start.says)).collect();
        words.extend(step.answer.iter().map(said::answered));
        words.extend(said::asked(&step.says));
        let author = self.author(&step.progress);
        let mut parts = Vec::with_capacity(5);
        parts.extend(begins.and_then(|fresh| said::by_flow(&author, &fresh.start.says)));
        parts.extend(step.answer.iter().map(said::by_visitor));
        parts.extend(said::by_flow(&author, &step.says));
        let first = begins.map(|fresh| (fresh.flow.name().to_owned(), fresh.flow.version().to_owned()));
        let (flow, version) = match (before, first) {
            (Some(before), _) => (before.flow.clone(), before.version.clone()),
            (None, Some(first)) => first,
            (None, None) => (step.progress.flow.clone(), step.progress.version.clone()),
        };
        let progress = json(&step.progress);
        let mut session = match before {
            Some(before) => Session { progress, ..before.clone() },
            None => Session {
                flow,
                version,
                status: Status::Bot,
                since: now,
                operator: None,
                queue: None,
                until: None,
                waits: None,
                asked: None,
                variables: BTreeMap::new(),
                words: 0,
                progress,
            },
        };
        let (first, asked) = (session.flow.clone(), session.asked.or(begins.map(|fresh| fresh.at)));
        let tally = Tally::of(&first, Some((from, asked)), step, now);
        let tally = if begins.is_some() { tally.beginning() } else { tally };
        session.asked = match step.progress.number() {
            None => None,
            number if number == from.number() => asked,
            Some(_) => Some(now),
        };
        session.words += words.len() as u64;
        let variables = step.progress.variables.iter();
        session.variables = variables.map(|(name, value)| (name.clone(), value.label().to_owned())).collect();
        if let Waiting::Handoff { queue, .. } = &step.progress.waiting {
            (session.status, session.since, session.waits) = (Status::Pending, now, Some(now));
            session.queue.clone_from(queue);
        }
        parts.push(Part::SessionPut(Arc::new(session)));
        parts.push(Part::Said(words.into()));
        (Append::new(room.clone(), parts), tally)
    }

    /// Under which name a flow speaks.
    pub(crate) fn author(&self, progress: &Progress) -> String {
        let title = self.offer.flow(&progress.flow).and_then(|flow| flow.title(&progress.languages));
        title.unwrap_or_else(|| progress.flow.clone())
    }

    /// Makes the request that a session waits for, in a task of its own, once at a time.
    pub(crate) fn request(self: &Arc<Self>, room: &RoomName) {
        if !self.requesting().insert(room.clone()) {
            return;
        }
        let (this, room) = (Arc::clone(self), room.clone());
        self.runtime.tracker().spawn(async move {
            if let Err(error) = this.make_requests(&room).await {
                tracing::warn!(%error, %room, "what a flow asked for could not be written down");
            }
            this.requesting().remove(&room);
        });
    }

    async fn make_requests(self: &Arc<Self>, room: &RoomName) -> Result<(), CommandError> {
        for _ in 0..REQUESTS {
            let Some(session) = self.runtime.snapshot(room).await?.session else { return Ok(()) };
            let Some(at) = progress(&session) else { return Ok(()) };
            let Some(flow) = self.offer.version(&at.flow, &at.version).await? else { return Ok(()) };
            let Some(wanted) = flow.resolve_request(&at) else { return Ok(()) };
            let mut headers = HeaderMap::new();
            for (name, value) in &wanted.headers {
                if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
                    headers.insert(name, value);
                }
            }
            // What was asked before a crash is asked again; who is asked can tell.
            let key = format!("{room}:{}", session.words);
            headers.insert("idempotency-key", HeaderValue::from_str(&key).expect("a session's room is ASCII"));
            let within = Duration::from_secs(u64::from(wanted.timeout));
            let body = wanted.body.clone().unwrap_or_default().into();
            let method = wanted.method.name();
            let answer = tokio::select! {
                answer = self.outbound.request(method, &wanted.url, headers, body, within, REPLY) => answer,
                // It is made again when the visitor comes back.
                () = self.runtime.stopping().cancelled() => return Ok(()),
            };
            if let Err(error) = &answer {
                tracing::warn!(%error, flow = at.flow, "a flow's request failed");
            }
            let this = Arc::clone(self);
            let before = session.progress.clone();
            let decide = move |room: &RoomName, state: &RoomState| {
                let now = this.runtime.clock().now();
                let Some(session) = state.session.as_deref().filter(|session| session.progress == before) else {
                    return Ok((None, None));
                };
                // Handed back, it is asked again.
                if session.may_write(Writer::Flow).is_err() {
                    return Ok((None, None));
                }
                let reply = answer.as_ref().ok().filter(|answer| !answer.truncated);
                let reply = reply.map(|answer| Reply { status: answer.status, body: &answer.body });
                let Some(at) = progress(session) else { return Ok((None, None)) };
                let Some(step) = flow.requested(&at, reply) else { return Ok((None, None)) };
                let step = this.follow(&flow, step);
                let again = matches!(step.progress.waiting, Waiting::Request { .. });
                let (append, tally) = this.append(room, Some(session), &at, None, &step, now);
                Ok((Some(append), Some((again, tally))))
            };
            let (Some((again, tally)), Some(appended)) = self.decide(room, decide).await? else { return Ok(()) };
            self.counts.took(&tally, appended.at);
            if !again {
                return Ok(());
            }
        }
        tracing::error!(%room, "a flow makes request after request; it is stopped");
        Ok(())
    }

    /// Writes down a session that goes on before anybody has answered: its flow asks a server, or for a person, first of all.
    pub(crate) async fn store(self: &Arc<Self>, room: &RoomName, fresh: &Arc<Fresh>) -> Result<(), CommandError> {
        let (this, fresh) = (Arc::clone(self), Arc::clone(fresh));
        let decide = move |room: &RoomName, state: &RoomState| {
            if state.session.is_some() {
                return Ok((None, None));
            }
            let progress = fresh.start.progress.clone();
            let step = Step { answer: None, says: Vec::new(), progress, passed: Vec::new() };
            let now = this.runtime.clock().now();
            let (append, tally) = this.append(room, None, &fresh.start.progress, Some(&fresh), &step, now);
            Ok((Some(append), Some(tally)))
        };
        if let (Some(tally), Some(appended)) = self.decide(room, decide).await? {
            self.counts.took(&tally, appended.at);
        }
        Ok(())
    }

    /// Ends a session: the visitor starts over.
    pub(crate) async fn start_over(self: &Arc<Self>, room: &RoomName) -> Result<(), CommandError> {
        self.forget(room);
        let now = self.runtime.clock().now();
        let decide = move |room: &RoomName, state: &RoomState| {
            let Some(session) = state.session.as_deref().filter(|session| session.status != Status::Ended) else {
                return Ok((None, ()));
            };
            let words = [said::word(Way::Response, &said::Other::ResetSession)];
            let ended = Session {
                status: Status::Ended,
                since: now,
                waits: None,
                words: session.words + words.len() as u64,
                ..session.clone()
            };
            let parts = vec![Part::SessionPut(Arc::new(ended)), Part::Said(words.into())];
            Ok((Some(Append::new(room.clone(), parts)), ()))
        };
        self.decide(room, decide).await.map(drop)
    }
}

/// Goes on in other flows, as far as it jumps and they are found. Who still waits for a jump then has none to go to, or has jumped
/// too often.
pub(crate) fn follow(mut step: Step, find: impl Fn(&str) -> Option<Flow>) -> Step {
    for _ in 0..JUMPS {
        let Waiting::Jump { flow, state } = &step.progress.waiting else { break };
        let Some(next) = find(flow).and_then(|there| there.arrive(&step.progress, state.as_deref())) else { break };
        step = step.then(next);
    }
    step
}

/// What a visitor says while a person leads, or is waited for.
fn to_person(room: &RoomName, session: &Session, answer: &Answer, now: Timestamp) -> (Option<Append>, Decided) {
    let Given::Text { session_id, content, size } = &answer.given else {
        return (None, Decided::Refused(PERSON.to_owned()));
    };
    let record = Record::UserText { session_id: session_id.clone(), content: content.clone(), size: *size };
    let words = [said::answered(&record)];
    let status = match session.status {
        // What slept wakes up.
        Status::Snoozed if session.operator.is_some() => Status::Open,
        Status::Snoozed | Status::Resolved => Status::Pending,
        other => other,
    };
    let since = if status == session.status { session.since } else { now };
    let next = Session {
        status,
        since,
        until: None,
        waits: session.waits.or(Some(now)),
        words: session.words + words.len() as u64,
        ..session.clone()
    };
    let parts = vec![said::by_visitor(&record), Part::SessionPut(Arc::new(next)), Part::Said(words.into())];
    (
        Some(Append::new(room.clone(), parts)),
        Decided::Taken { asks: false, chosen: false, sends: size.is_some(), tally: Tally::default() },
    )
}

pub(crate) fn json(progress: &Progress) -> Json {
    Json::written(progress).expect("texts, numbers and lists can be written")
}
