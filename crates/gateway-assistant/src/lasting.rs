//! How long sessions last: they end when nothing happens in them, and are erased after a while, or when somebody asks for it. What one
//! has said and given can be taken along before.

use std::sync::Arc;

use axum::{
    Json,
    body::Body,
    extract::State,
    response::{IntoResponse as _, Response},
};
use futures_util::{StreamExt as _, stream};
use http::{HeaderName, StatusCode, header};
use parlor_rooms::{Part, RoomName, RoomState, Session, session::Status};
use parlor_runtime::{
    CommandError,
    log::{Append, ReadError, StoredSession, WantedSessions},
};
use serde_json::json;

use crate::{
    Door,
    ask::{Asked, From, Path, bad},
    inbox::{Operator, failed, unread, whole},
    takeover::NotDone,
};

/// How many sessions are looked at together.
const PAGE: usize = 200;
/// How many are erased at the same time, so that they are written together.
const TOGETHER: usize = 64;

/// What becomes of a session.
#[derive(Clone, Copy)]
enum Fate {
    Ended,
    Erased,
}

impl Door {
    /// Sessions that fit, page by page.
    async fn page(&self, wanted: &mut Option<WantedSessions>) -> Result<Vec<StoredSession>, ReadError> {
        let Some(asked) = wanted.take() else { return Ok(Vec::new()) };
        let found = self.runtime.store().flow_sessions(asked.clone()).await?;
        if let Some(last) = found.last().filter(|_| found.len() == asked.limit) {
            *wanted = Some(WantedSessions { before: last.number, ..asked });
        }
        Ok(found)
    }

    /// Ends what is still, and erases what is old.
    pub(crate) async fn let_go(self: &Arc<Self>) -> Result<(), CommandError> {
        let now = self.runtime.clock().now();
        let still = |status, age| WantedSessions {
            status: Some(status),
            still_since: Some(now.minus(age)),
            ..WantedSessions::all(PAGE)
        };
        if let Some(age) = self.settings().expire_after {
            for status in [Status::Bot, Status::Resolved] {
                self.each(still(status, age), Fate::Ended).await?;
            }
        }
        if let Some(age) = self.settings().delete_after {
            for status in [Status::Bot, Status::Resolved, Status::Ended] {
                self.each(still(status, age), Fate::Erased).await?;
            }
        }
        Ok(())
    }

    /// Does it with each of these; with how many it was done.
    async fn each(self: &Arc<Self>, wanted: WantedSessions, fate: Fate) -> Result<u64, CommandError> {
        let (mut wanted, mut all) = (Some(wanted), 0);
        while wanted.is_some() {
            let found = self.page(&mut wanted).await?;
            let acts = found.into_iter().map(|stored| {
                let this = Arc::clone(self);
                async move {
                    match fate {
                        Fate::Ended => this.end(&stored).await,
                        Fate::Erased => this.erase(&stored.room).await,
                    }
                }
            });
            let mut acts = stream::iter(acts).buffer_unordered(TOGETHER);
            while let Some(done) = acts.next().await {
                all += u64::from(done?);
            }
        }
        Ok(all)
    }

    /// Ends a session in which nothing has happened since it was found.
    async fn end(&self, found: &StoredSession) -> Result<bool, CommandError> {
        self.forget(&found.room);
        let (now, before) = (self.runtime.clock().now(), found.session.clone());
        let decide = move |room: &RoomName, state: &RoomState| {
            let Some(session) = state.session.as_deref().filter(|session| **session == before) else {
                return Ok((None, false));
            };
            let ended = Session { status: Status::Ended, since: now, waits: None, ..session.clone() };
            Ok((Some(Append::new(room.clone(), vec![Part::SessionPut(Arc::new(ended))])), true))
        };
        self.decide(&found.room, decide).await.map(|(ended, _)| ended)
    }

    /// Erases what was said in a session, and what is known of its visitor; whether there was such a session.
    async fn erase(&self, room: &RoomName) -> Result<bool, CommandError> {
        self.forget(room);
        let now = self.runtime.clock().now();
        let decide = move |room: &RoomName, state: &RoomState| {
            let Some(session) = state.session.as_deref().filter(|session| !session.is_erased()) else {
                return Ok((None, false));
            };
            let parts = vec![Part::Cleared, Part::SessionPut(Arc::new(session.erased(now)))];
            Ok((Some(Append::new(room.clone(), parts)), true))
        };
        self.decide(room, decide).await.map(|(was_there, _)| was_there)
    }
}

/// Erases one session.
pub(crate) async fn delete(
    State(door): State<Arc<Door>>,
    _: Operator,
    Path((flow, id)): Path<(String, String)>,
) -> Response {
    let Some(room) = RoomName::of_session(&flow, &id) else { return failed(&NotDone::None) };
    match door.erase(&room).await {
        Ok(true) => StatusCode::NO_CONTENT.into_response(),
        Ok(false) => failed(&NotDone::None),
        Err(error) => failed(&error.into()),
    }
}

/// Which sessions: all of a flow, or those with what is known of somebody.
fn chosen(asked: &Asked) -> Option<WantedSessions> {
    let (flow, with) = (asked.text("flow").map(str::to_owned), asked.text("with").map(str::to_owned));
    (flow.is_some() || with.is_some()).then(|| WantedSessions { flow, with, ..WantedSessions::all(PAGE) })
}

const CHOOSE: &str = "say which: flow=NAME for all of a flow, with=TEXT for those in which a variable is this text";

/// Erases many sessions.
pub(crate) async fn delete_many(State(door): State<Arc<Door>>, asked: Asked, from: From) -> Response {
    if let Err(refused) = door.flow_writer(&from) {
        return *refused;
    }
    let Some(wanted) = chosen(&asked) else { return bad(CHOOSE).into_response() };
    match door.each(wanted, Fate::Erased).await {
        Ok(deleted) => Json(json!({ "deleted": deleted })).into_response(),
        Err(error) => failed(&error.into()),
    }
}

fn download(name: &str, kind: &'static str) -> [(HeaderName, String); 3] {
    [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ]
}

/// Answers with everything of one session, as a file.
pub(crate) async fn export(
    State(door): State<Arc<Door>>,
    _: Operator,
    Path((flow, id)): Path<(String, String)>,
) -> Response {
    let Some(room) = RoomName::of_session(&flow, &id) else { return failed(&NotDone::None) };
    match whole(&door, &room).await {
        Ok(Some(text)) => (download(&format!("{flow}-{id}.json"), "application/json"), text).into_response(),
        Ok(None) => failed(&NotDone::None),
        Err(error) => unread(&error),
    }
}

/// Answers with everything of many sessions, one a line.
pub(crate) async fn export_many(State(door): State<Arc<Door>>, _: Operator, asked: Asked) -> Response {
    let Some(wanted) = chosen(&asked) else { return bad(CHOOSE).into_response() };
    let name = asked.text("flow").unwrap_or("sessions").replace(|c: char| !c.is_ascii_alphanumeric() && c != '-', "_");
    let lines = stream::unfold((door, Some(wanted), Vec::new()), |(door, mut wanted, mut found)| async move {
        while found.is_empty() && wanted.is_some() {
            match door.page(&mut wanted).await {
                Ok(page) => found = page,
                Err(error) => return Some((Err(error), (door, None, Vec::new()))),
            }
            // What is taken from the end came first.
            found.reverse();
        }
        let stored = found.pop()?;
        let line = whole(&door, &stored.room).await.map(|text| text.map_or_else(String::new, |text| text + "\n"));
        Some((line, (door, wanted, found)))
    });
    (download(&format!("{name}.ndjson"), "application/x-ndjson"), Body::from_stream(lines)).into_response()
}
