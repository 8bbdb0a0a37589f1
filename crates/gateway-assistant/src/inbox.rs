//! The operators' calls: sessions by who leads them, one with all that was said, and what is done with it.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, FromRequestParts, State},
    response::{IntoResponse as _, Response},
    routing::{get, post},
};
use http::{StatusCode, header, request::Parts};
use parlor_rooms::{EventId, Part, RoomName, Session, Timestamp, Word, policy, session::Status};
use parlor_runtime::log::{ReadError, StoredSession, WantedSessions, record};
use parlor_runtime::{Caller, CommandError, limits::What};
use serde::{Deserialize, Serialize};

use crate::{
    Door,
    ask::{Asked, BODY, Body, From, Path, Wrong, bad, caller},
    counts,
    door::refuse,
    lasting, news,
    takeover::{Act, NotDone},
};

/// How many sessions a list has, and may have.
const LIST: usize = 50;
const LONGEST_LIST: usize = 200;
/// How many events of a session are read at once.
const CHUNK: usize = 256;
/// How long a text of an operator may be, in bytes.
const LONGEST: usize = 16 * 1024;
/// Under which name somebody answers where nobody has an account.
const NAMELESS: &str = "Operator";

#[derive(Serialize)]
struct Listed<'a> {
    sessions: Vec<Shown<'a>>,
    /// What to ask for next: sessions that began before these.
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<u64>,
}

/// A session as an operator sees it. Times are seconds since 1970.
#[derive(Serialize)]
struct Shown<'a> {
    flow: &'a str,
    id: &'a str,
    status: Status,
    since: f64,
    operator: Option<&'a str>,
    queue: Option<&'a str>,
    until: Option<f64>,
    /// Since when the visitor waits for a word.
    waits: Option<f64>,
    variables: &'a BTreeMap<String, String>,
    /// When the last thing happened.
    last_at: f64,
    last: Option<Last>,
}

#[derive(Serialize)]
struct Last {
    author: String,
    text: String,
}

#[derive(Serialize)]
struct Whole<'a> {
    session: Shown<'a>,
    said: Vec<Said>,
}

#[derive(Serialize)]
struct Said {
    at: f64,
    /// The event with which it came; a file is fetched by it.
    event: u64,
    #[serde(flatten)]
    word: Word,
}

#[derive(Deserialize, Default)]
struct Given {
    text: Option<String>,
    until: Option<f64>,
    author: Option<String>,
}

#[expect(clippy::cast_precision_loss, reason = "microseconds of this millennium fit")]
fn seconds(at: Timestamp) -> f64 {
    at.0 as f64 / 1e6
}

fn shown<'a>(room: &'a RoomName, session: &'a Session, at: Timestamp, last: Option<Last>) -> Shown<'a> {
    let (flow, id) = room.session().unwrap_or_default();
    Shown {
        flow,
        id,
        status: session.status,
        since: seconds(session.since),
        operator: session.operator.as_deref(),
        queue: session.queue.as_deref(),
        until: session.until.map(seconds),
        waits: session.waits.map(seconds),
        variables: &session.variables,
        last_at: seconds(at),
        last,
    }
}

pub(crate) fn unread(error: &ReadError) -> Response {
    tracing::error!(%error, "sessions can't be read");
    refuse(StatusCode::SERVICE_UNAVAILABLE, "the sessions can't be read; try again in a moment")
}

pub(crate) fn failed(why: &NotDone) -> Response {
    let status = match why {
        NotDone::None => StatusCode::NOT_FOUND,
        NotDone::Silent(_) | NotDone::Already(_) => StatusCode::CONFLICT,
        NotDone::Command(CommandError::Limited(_)) => StatusCode::TOO_MANY_REQUESTS,
        NotDone::Command(CommandError::Refused(_)) => StatusCode::FORBIDDEN,
        NotDone::Command(_) => StatusCode::SERVICE_UNAVAILABLE,
    };
    refuse(status, &why.to_string())
}

/// Somebody who may answer visitors. Whoever may not gets no further.
pub(crate) struct Operator {
    /// The name of their account, where they have one.
    account: Option<String>,
}

impl FromRequestParts<Arc<Door>> for Operator {
    type Rejection = Wrong;

    async fn from_request_parts(parts: &mut Parts, door: &Arc<Door>) -> Result<Self, Wrong> {
        let nobody = Caller::anyone(None);
        let actor = &parts.extensions.get::<Caller>().unwrap_or(&nobody).actor;
        policy::operate(actor, door.runtime.is_local(), door.runtime.accounts())?;
        Ok(Self { account: actor.person().map(|person| person.name.clone()) })
    }
}

impl Operator {
    /// Under which name they speak; `said` counts only where nobody has an account.
    fn name(self, said: Option<&str>) -> String {
        let said = said.map(str::trim).filter(|name| !name.is_empty());
        self.account.unwrap_or_else(|| said.unwrap_or(NAMELESS).chars().take(80).collect())
    }
}

impl Door {
    /// The operators' calls: `/events` tells which sessions change; `/sessions`, `/sessions/{flow}/{id}`, and below that what is done with it.
    pub fn operators(self: &Arc<Self>) -> Router {
        Router::new()
            .route("/events", get(news::events))
            .route("/overview", get(overview))
            .route("/counts", get(counts::counts))
            .route("/export", get(lasting::export_many))
            .route("/sessions", get(list).delete(lasting::delete_many))
            .route("/sessions/{flow}/{id}", get(one).delete(lasting::delete))
            .route("/sessions/{flow}/{id}/export", get(lasting::export))
            .route("/sessions/{flow}/{id}/files/{event}", get(file))
            .route("/sessions/{flow}/{id}/{act}", post(act))
            .layer(DefaultBodyLimit::max(BODY))
            .with_state(Arc::clone(self))
    }

    async fn last(&self, room: &RoomName) -> Result<Option<Last>, ReadError> {
        let found = self.runtime.store().before(room, EventId(u64::MAX), 1).await?;
        let message = found.last().and_then(|stored| record::read_message(&stored.record).ok());
        Ok(message.map(|message| {
            let text = if message.kind == parlor_rooms::Kind::User {
                message.text
            } else {
                parlor_rooms::html::plain(&message.text)
            };
            Last { author: message.author, text: text.chars().take(200).collect() }
        }))
    }
}

async fn list(State(door): State<Arc<Door>>, _: Operator, asked: Asked) -> Response {
    let status = match asked.text("status").map(Status::named) {
        Some(None) => return bad("status: one of bot, pending, open, snoozed, resolved, ended").into_response(),
        Some(Some(status)) => Some(status),
        None => None,
    };
    let (limit, before) = match (asked.number("limit"), asked.number("before")) {
        (Ok(limit), Ok(before)) => (limit.unwrap_or(LIST).clamp(1, LONGEST_LIST), before.unwrap_or(u64::MAX)),
        (Err(wrong), _) | (_, Err(wrong)) => return wrong.into_response(),
    };
    let text = |name| asked.text(name).map(str::to_owned);
    let (flow, queue, with) = (text("flow"), text("queue"), text("with"));
    let wanted = WantedSessions { flow, status, queue, with, before, ..WantedSessions::all(limit) };
    let found = match door.runtime.store().flow_sessions(wanted).await {
        Ok(found) => found,
        Err(error) => return unread(&error),
    };
    let mut sessions = Vec::with_capacity(found.len());
    for StoredSession { room, at, session, .. } in &found {
        match door.last(room).await {
            Ok(last) => sessions.push(shown(room, session, *at, last)),
            Err(error) => return unread(&error),
        }
    }
    let before = found.last().filter(|_| found.len() == limit).map(|last| last.number);
    Json(Listed { sessions, before }).into_response()
}

async fn one(State(door): State<Arc<Door>>, _: Operator, Path((flow, id)): Path<(String, String)>) -> Response {
    let Some(room) = RoomName::of_session(&flow, &id) else { return failed(&NotDone::None) };
    match whole(&door, &room).await {
        Ok(Some(text)) => ([(header::CONTENT_TYPE, "application/json")], text).into_response(),
        Ok(None) => failed(&NotDone::None),
        Err(error) => unread(&error),
    }
}

/// A session and everything that was said in it, as JSON; nothing if there is none.
pub(crate) async fn whole(door: &Door, room: &RoomName) -> Result<Option<String>, ReadError> {
    let opened = door.runtime.store().open(room).await?;
    let Some(session) = opened.state.session.as_ref().filter(|session| !session.is_erased()) else { return Ok(None) };
    let mut said = Vec::new();
    let mut after = EventId::ZERO;
    loop {
        let events = door.runtime.store().events(room, after, opened.state.last, CHUNK).await?;
        let Some(last) = events.last() else { break };
        after = last.event.last_id();
        for committed in &events {
            let words = committed.event.parts.iter().filter_map(|part| match part {
                Part::Said(words) => Some(words),
                _ => None,
            });
            let at = seconds(committed.event.at);
            said.extend(words.flat_map(|words| words.iter().cloned()).map(|word| Said {
                at,
                event: committed.event.id.0,
                word,
            }));
        }
    }
    let whole = Whole { session: shown(room, session, opened.last_at, None), said };
    Ok(Some(serde_json::to_string(&whole).expect("texts, numbers and checked JSON can be written")))
}

/// Answers with a file that the visitor has sent. It may be anything, and is for saving, not for showing.
async fn file(
    State(door): State<Arc<Door>>,
    _: Operator,
    Path((flow, id, event)): Path<(String, String, u64)>,
) -> Response {
    let Some(room) = RoomName::of_session(&flow, &id) else { return failed(&NotDone::None) };
    match door.runtime.store().attachment(&room, EventId(event)).await {
        Ok(Some(file)) => {
            let headers = [
                (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
                (header::CONTENT_DISPOSITION, format!("attachment; filename*=UTF-8''{}", percent(&file.name))),
                (header::CACHE_CONTROL, "no-store".to_owned()),
            ];
            (headers, file.bytes).into_response()
        }
        Ok(None) => refuse(StatusCode::NOT_FOUND, "there is no such file"),
        Err(error) => unread(&error),
    }
}

/// A name as headers have it that are only ASCII (RFC 8187).
fn percent(name: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    name.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

#[derive(Serialize)]
struct Overview {
    counts: BTreeMap<&'static str, u64>,
    waits: Option<f64>,
    flows: Vec<Named>,
    queues: Vec<String>,
}

#[derive(Serialize)]
struct Named {
    flow: String,
    title: String,
}

/// Answers with how many sessions there are in which state, and of which flows and queues.
async fn overview(State(door): State<Arc<Door>>, _: Operator, asked: Asked) -> Response {
    let found = match door.runtime.store().session_counts(asked.text("flow"), asked.text("queue")).await {
        Ok(found) => found,
        Err(error) => return unread(&error),
    };
    let mut counts: BTreeMap<_, _> = Status::ALL.into_iter().map(|status| (status.name(), 0)).collect();
    counts.extend(found.by_status.into_iter().map(|(status, count)| (status.name(), count)));
    let titled = |flow: String| Named { title: door.offer.title(&flow).unwrap_or_else(|| flow.clone()), flow };
    let flows = found.flows.into_iter().map(titled).collect();
    Json(Overview { counts, waits: found.waits.map(seconds), flows, queues: found.queues }).into_response()
}

async fn act(
    State(door): State<Arc<Door>>,
    operator: Operator,
    Path((flow, id, act)): Path<(String, String, String)>,
    from: From,
    Body(given): Body<Given>,
) -> Response {
    let who = operator.name(given.author.as_deref());
    if let Some(caller) = caller(&from)
        && let Err(limited) = door.runtime.limits().take(caller, What::Posts)
    {
        return failed(&NotDone::Command(limited.into()));
    }
    let text = || match given.text.as_deref().map(str::trim) {
        None | Some("") => Err("text: write something"),
        Some(text) if text.len() > LONGEST => Err("text: at most 16 KiB"),
        Some(text) => Ok(text.to_owned()),
    };
    let Some(room) = RoomName::of_session(&flow, &id) else { return failed(&NotDone::None) };
    let act = match act.as_str() {
        "typing" => {
            return match door.operator_types(&room, &who).await {
                Ok(()) => StatusCode::NO_CONTENT.into_response(),
                Err(why) => failed(&why),
            };
        }
        "take" => Act::Take,
        "say" => match text() {
            Ok(text) => Act::Say(text),
            Err(why) => return bad(why).into_response(),
        },
        "note" => match text() {
            Ok(text) => Act::Note(text),
            Err(why) => return bad(why).into_response(),
        },
        "hand-back" => Act::HandBack,
        "resolve" => Act::Resolve,
        "snooze" => match given.until {
            Some(until) if !until.is_finite() => return bad("until: seconds since 1970").into_response(),
            #[expect(clippy::cast_possible_truncation, reason = "what is out of range is far away either way")]
            until => Act::Snooze(until.map(|until| Timestamp((until * 1e6) as i64))),
        },
        _ => return refuse(StatusCode::NOT_FOUND, "it can be: take, say, typing, note, hand-back, resolve, snooze"),
    };
    match door.act(&room, &who, act).await {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(why) => failed(&why),
    }
}
