//! `POST /api/actions/match`: tries a pattern on a text, or on what people said last in a room.

use axum::extract::State;
use http::StatusCode;
use parlor_rooms::{EventId, Kind, RoomName, policy::Action};
use parlor_runtime::{
    inspect::{Found, Probe},
    limits::What,
    log::{ReadError, record},
};
use parlor_wire::{bots_api, rooms_api};

use super::{Answer, json};
use crate::{Web, body::Body, caller::Caller};

/// How many of people's messages a pattern is tried on.
const MESSAGES: usize = 20;
/// How many messages are looked through for them, and how many at once.
const LOOKED: usize = 500;
const PAGE: usize = 100;

/// Try a pattern, or without one a name, on a text or on the last messages of people. Nothing is stored.
#[utoipa::path(
    post, path = "/api/actions/match", tag = "bots",
    request_body = bots_api::TryPattern,
    responses(
        (status = 200, description = "Where it is found; also what is wrong with the pattern", body = bots_api::TriedPattern),
        (status = 400, description = "A field is wrong", body = rooms_api::Error),
        (status = 429, description = "Too many; `Retry-After` says when to come back", body = rooms_api::Error),
    )
)]
pub(crate) async fn handle(State(web): State<Web>, caller: Caller, body: Body) -> Answer {
    let room = body.room()?;
    web.runtime().check(&caller, Action::Read, &room).await?;
    web.runtime().limits().take(&caller, What::Patterns)?;
    let said = match body.0.optional_string("text")? {
        Some(text) => vec![Said { id: None, author: None, text: body.text(text)?.to_owned() }],
        None => last_said(&web, &room).await?,
    };
    let probe = Probe {
        name: body.optional_short("name")?.unwrap_or_default(),
        responds_to: body.optional_short("responds_to")?,
        texts: said.iter().map(|said| said.text.clone()).collect(),
    };
    let probed = web.control().probe(probe).await;
    let error = probed.error.map(|(message, at)| bots_api::PatternError { message, at });
    let messages = said.into_iter().zip(probed.found).map(|(said, found)| tried(said, found)).collect();
    json(StatusCode::OK, &bots_api::TriedPattern { error, messages })
}

/// What somebody said.
struct Said {
    id: Option<u64>,
    author: Option<String>,
    text: String,
}

/// The last messages of people, the oldest first.
async fn last_said(web: &Web, room: &RoomName) -> Result<Vec<Said>, ReadError> {
    let mut said = Vec::with_capacity(MESSAGES);
    let mut before = EventId(u64::MAX >> 1);
    for _ in 0..LOOKED / PAGE {
        let page = web.runtime().store().before(room, before, PAGE).await?;
        for stored in page.iter().rev() {
            match record::read_message(&stored.record) {
                Ok(message) if message.kind == Kind::User => {
                    said.push(Said { id: Some(stored.id.0), author: Some(message.author), text: message.text });
                }
                Ok(_) => {}
                Err(error) => tracing::error!(%room, id = %stored.id, %error, "a stored message can't be read"),
            }
        }
        match page.first() {
            Some(first) if page.len() == PAGE && said.len() < MESSAGES => before = first.id,
            _ => break,
        }
    }
    said.truncate(MESSAGES);
    said.reverse();
    Ok(said)
}

fn tried(said: Said, found: Option<Found>) -> bots_api::TriedText {
    let span = |span: std::ops::Range<usize>| [span.start, span.end];
    let matched = found.is_some();
    let (whole, groups) = found.map_or((None, Vec::new()), |found| (Some(found.span), found.groups));
    let groups = groups.into_iter().map(|group| bots_api::TriedGroup {
        name: group.name,
        span: group.span.map(span),
        text: group.text,
    });
    bots_api::TriedText {
        id: said.id,
        author: said.author,
        text: said.text,
        matched,
        span: whole.map(span),
        groups: groups.collect(),
    }
}
