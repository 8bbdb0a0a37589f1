//! How far visitors come: at each step of a flow, how many came to it, answered, were handed off, and where they are now. What is counted is
//! written every few seconds, so that an answer costs no more for it; a server that is killed forgets the last ones.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::{
    Json,
    extract::State,
    response::{IntoResponse as _, Response},
};
use parlor_flows::{Flow, Passed, Progress, Step, Waiting};
use parlor_rooms::{Timestamp, session::Status};
use parlor_runtime::log::{ReadError, StepCount, WantedSessions};
use serde::Serialize;

use crate::{
    Door,
    ask::{Asked, bad},
    fresh::Fresh,
    inbox::{Operator, unread},
    session::progress,
};

/// An answer that took longer counts with this: somebody has gone for lunch.
const LONGEST: Duration = Duration::from_secs(600);
/// Who has said nothing for so long has left.
const HERE: Duration = Duration::from_secs(1_800);
/// How many sessions are looked at for who is there.
const LOOKED_AT: usize = 2_000;
/// How many days are shown, and may be.
const DAYS: i64 = 30;
const MOST_DAYS: i64 = 3_660;

/// What is counted and not written yet.
#[derive(Default)]
pub(crate) struct Counts(Mutex<HashMap<String, Days>>);

/// A flow's days, nearly always one, with the steps of each.
type Days = Vec<(i64, HashMap<String, StepCount>)>;

/// What one event means for the counts.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// The flow in which the session began.
    flow: String,
    /// Whether this was the visitor's first answer.
    began: bool,
    /// The step that was answered, and how long that took.
    answered: Option<(String, Duration)>,
    reached: Vec<String>,
    handed_off: Option<String>,
    ended: Option<String>,
}

/// What a step is called among those of the flow in which the session began.
fn name(first: &str, flow: &str, state: &str) -> String {
    if first == flow { state.to_owned() } else { format!("{flow}/{state}") }
}

fn day(at: Timestamp) -> i64 {
    at.seconds().div_euclid(86_400)
}

impl Tally {
    /// What a step means that was taken in a session that began with a flow. `before` is where it was, and since when its question was
    /// open.
    pub(crate) fn of(first: &str, before: Option<(&Progress, Option<Timestamp>)>, step: &Step, now: Timestamp) -> Self {
        let is_open = |number: u64| {
            let questions = step.progress.open.iter().chain(&step.progress.aside);
            questions.into_iter().any(|question| question.number == number)
        };
        let answered = before.filter(|_| step.answer.is_some()).and_then(|(at, asked)| {
            let question = at.open.as_ref().filter(|question| !is_open(question.number))?;
            let took = asked.map_or(Duration::ZERO, |asked| now.since(asked)).min(LONGEST);
            Some((name(first, &at.flow, &question.state), took))
        });
        let last = step.passed.last().map(|passed| name(first, &passed.flow, &passed.state));
        let handed_off = match &step.progress.waiting {
            Waiting::Handoff { state, .. } => Some(name(first, &step.progress.flow, state)),
            _ => None,
        };
        // Who leaves an e-mail address where nobody is there has asked for a person by that, once.
        let answered = answered.filter(|(step, _)| handed_off.as_ref() != Some(step));
        let ended = last.filter(|_| step.progress.waiting == Waiting::End);
        let reached = step.passed.iter().map(|Passed { flow, state }| name(first, flow, state)).collect();
        Self { flow: first.to_owned(), began: false, answered, reached, handed_off, ended }
    }

    /// The same where it was the first answer: what came before it was counted when it was said.
    pub(crate) fn beginning(self) -> Self {
        Self { began: true, ..self }
    }
}

impl Counts {
    fn lock(&self) -> MutexGuard<'_, HashMap<String, Days>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is counted and not written yet.
    fn waiting(&self) -> Vec<StepCount> {
        self.lock().values().flatten().flat_map(|(_, steps)| steps.values().cloned()).collect()
    }

    /// The same, and it is counted anew.
    fn take(&self) -> Vec<StepCount> {
        let days = std::mem::take(&mut *self.lock()).into_values().flatten();
        days.flat_map(|(_, steps)| steps.into_values()).collect()
    }

    /// Puts back what could not be written.
    fn give_back(&self, counted: &[StepCount]) {
        let mut all = self.lock();
        for count in counted {
            step(steps(&mut all, &count.flow, count.day), &count.flow, count.day, &count.step).add(count);
        }
    }

    /// Somebody is shown a flow for the first time.
    pub(crate) fn opened(&self, first: &str, start: &Step, now: Timestamp) {
        let reached = Tally::of(first, None, start, now);
        self.add(&Tally { handed_off: None, ..reached }, now, true);
    }

    /// Something was written down.
    pub(crate) fn took(&self, tally: &Tally, now: Timestamp) {
        self.add(tally, now, false);
    }

    fn add(&self, tally: &Tally, now: Timestamp, opens: bool) {
        let mut all = self.lock();
        let (flow, day) = (tally.flow.as_str(), day(now));
        let steps = steps(&mut all, flow, day);
        let mut at = |name: &str, count: &dyn Fn(&mut StepCount)| count(step(steps, flow, day, name));
        if opens || tally.began || tally.ended.is_some() || tally.handed_off.is_some() {
            at("", &|whole| {
                whole.reached += u64::from(opens);
                whole.answered += u64::from(tally.began);
                whole.ended += u64::from(tally.ended.is_some());
                whole.handed_off += u64::from(tally.handed_off.is_some());
            });
        }
        tally.reached.iter().for_each(|step| at(step, &|count| count.reached += 1));
        if let Some((step, took)) = &tally.answered {
            let millis = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
            at(step, &|count| {
                count.answered += 1;
                count.millis += millis;
            });
        }
        tally.handed_off.iter().for_each(|step| at(step, &|count| count.handed_off += 1));
        tally.ended.iter().for_each(|step| at(step, &|count| count.ended += 1));
    }
}

/// The steps of a flow on a day.
fn steps<'a>(all: &'a mut HashMap<String, Days>, flow: &str, day: i64) -> &'a mut HashMap<String, StepCount> {
    if !all.contains_key(flow) {
        all.insert(flow.to_owned(), Days::new());
    }
    let days = all.get_mut(flow).expect("it is there now");
    let at = days.iter().position(|(known, _)| *known == day).unwrap_or_else(|| {
        days.push((day, HashMap::new()));
        days.len() - 1
    });
    &mut days[at].1
}

/// What is counted of a step; its name is copied the first time only.
fn step<'a>(steps: &'a mut HashMap<String, StepCount>, flow: &str, day: i64, name: &str) -> &'a mut StepCount {
    if !steps.contains_key(name) {
        let none = StepCount { flow: flow.to_owned(), day, step: name.to_owned(), ..StepCount::default() };
        steps.insert(name.to_owned(), none);
    }
    steps.get_mut(name).expect("it is there now")
}

impl Door {
    /// Writes down what was counted since the last time.
    pub(crate) async fn write_counts(&self) {
        let counted = self.counts.take();
        if counted.is_empty() {
            return;
        }
        if let Err(error) = self.runtime.store().count_steps(counted.clone()).await {
            tracing::warn!(%error, "what visitors did can't be counted now; it is tried again");
            self.counts.give_back(&counted);
        }
    }

    /// At which steps visitors are now, by flow.
    async fn here(&self, flow: Option<&str>) -> Result<HashMap<(String, String), u64>, ReadError> {
        let now = self.runtime.clock().now();
        let mut here = HashMap::new();
        let mut stands = |first: &str, at: &Progress| {
            if let Some(open) = at.open.as_ref().filter(|_| at.waiting == Waiting::Answer) {
                *here.entry((first.to_owned(), name(first, &at.flow, &open.state))).or_insert(0) += 1;
            }
        };
        let (status, flow_wanted) = (Some(Status::Bot), flow.map(str::to_owned));
        let wanted = WantedSessions { flow: flow_wanted, status, ..WantedSessions::all(LOOKED_AT) };
        for stored in self.runtime.store().flow_sessions(wanted).await? {
            if now.since(stored.at) < HERE
                && let Some(at) = progress(&stored.session)
            {
                stands(&stored.session.flow, &at);
            }
        }
        for fresh in self.fresh.all() {
            let wanted = flow.is_none_or(|flow| flow == fresh.flow.name());
            if wanted && self.is_unanswered(&fresh).await? {
                stands(fresh.flow.name(), &fresh.start.progress);
            }
        }
        Ok(here)
    }

    async fn is_unanswered(&self, fresh: &Fresh) -> Result<bool, ReadError> {
        match fresh.room() {
            Some(room) => Ok(self.runtime.snapshot(&room).await?.session.is_none()),
            None => Ok(false),
        }
    }
}

#[derive(Serialize)]
struct Counted {
    days: i64,
    flows: Vec<OfFlow>,
}

#[derive(Serialize)]
struct OfFlow {
    flow: String,
    title: String,
    opened: u64,
    began: u64,
    ended: u64,
    handed_off: u64,
    steps: Vec<OfStep>,
}

#[derive(Serialize)]
struct OfStep {
    step: String,
    kind: &'static str,
    text: String,
    reached: u64,
    answered: u64,
    left: u64,
    here: u64,
    handed_off: u64,
    ended: u64,
    seconds: Option<f64>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    gone: bool,
}

impl OfStep {
    #[expect(clippy::cast_precision_loss, reason = "nobody takes so long")]
    fn new(step: String, state: Option<(&Flow, &parlor_flows::State)>, count: Option<&StepCount>, here: u64) -> Self {
        let none = StepCount::default();
        let count = count.unwrap_or(&none);
        let asks = state.is_none_or(|(_, state)| state.asks() || state.kind() == "Handoff");
        let went_on = count.answered + count.handed_off + count.ended + here;
        Self {
            kind: state.map_or("", |(_, state)| state.kind()),
            text: state.map(|(flow, state)| flow.gist(state)).unwrap_or_default(),
            gone: state.is_none() && !step.contains('/'),
            step,
            reached: count.reached,
            answered: count.answered,
            left: if asks { count.reached.saturating_sub(went_on) } else { 0 },
            here,
            handed_off: count.handed_off,
            ended: count.ended,
            seconds: (count.answered > 0).then(|| count.millis as f64 / 1_000.0 / count.answered as f64),
        }
    }
}

/// Answers with how far visitors came.
pub(crate) async fn counts(State(door): State<Arc<Door>>, _: Operator, asked: Asked) -> Response {
    let days = match asked.number::<i64>("days") {
        Ok(days) => days.unwrap_or(DAYS),
        Err(wrong) => return wrong.into_response(),
    };
    if !(1..=MOST_DAYS).contains(&days) {
        return bad(&format!("days: from 1 to {MOST_DAYS}")).into_response();
    }
    match door.counted(asked.text("flow"), days).await {
        Ok(flows) => Json(Counted { days, flows }).into_response(),
        Err(error) => unread(&error),
    }
}

impl Door {
    async fn counted(&self, flow: Option<&str>, days: i64) -> Result<Vec<OfFlow>, ReadError> {
        let from = day(self.runtime.clock().now()) - days + 1;
        let mut counts: BTreeMap<String, BTreeMap<String, StepCount>> = BTreeMap::new();
        let stored = self.runtime.store().step_counts(flow, from).await?;
        let waiting: Vec<StepCount> = self.counts.waiting();
        let waiting =
            waiting.into_iter().filter(|count| flow.is_none_or(|flow| flow == count.flow) && count.day >= from);
        for count in stored.into_iter().chain(waiting) {
            let steps = counts.entry(count.flow.clone()).or_default();
            steps.entry(count.step.clone()).and_modify(|known| known.add(&count)).or_insert(count);
        }
        let mut here = self.here(flow).await?;
        let offered = self.offer.names().into_iter();
        let names: BTreeSet<String> =
            offered.filter(|name| flow.is_none_or(|flow| flow == name)).chain(counts.keys().cloned()).collect();
        let of_flow = |name: String| {
            let mut steps = counts.remove(&name).unwrap_or_default();
            let whole = steps.remove("").unwrap_or_default();
            let flow = self.offer.flow(&name);
            let mut shown = Vec::new();
            let mut at = |step: &str| here.remove(&(name.clone(), step.to_owned())).unwrap_or(0);
            if let Some(flow) = &flow {
                for state in flow.states() {
                    let (step, count) = (state.name().to_owned(), steps.remove(state.name()));
                    shown.push(OfStep::new(step, Some((flow, state)), count.as_ref(), at(state.name())));
                }
            }
            for (step, count) in &steps {
                let there = step.split_once('/').and_then(|(flow, state)| Some((self.offer.flow(flow)?, state)));
                let state = there.as_ref().and_then(|(flow, state)| Some((flow, flow.state(state)?)));
                shown.push(OfStep::new(step.clone(), state, Some(count), at(step)));
            }
            let title = flow.and_then(|flow| flow.title(&[])).unwrap_or_else(|| name.clone());
            OfFlow {
                flow: name,
                title,
                opened: whole.reached,
                began: whole.answered,
                ended: whole.ended,
                handed_off: whole.handed_off,
                steps: shown,
            }
        };
        Ok(names.into_iter().map(of_flow).collect())
    }
}
