//! `GET /api/messages`: a room's messages, forwards from an id or in pages either way.

use axum::{body::Body, extract::State, response::IntoResponse as _};
use bytes::Bytes;
use futures_util::stream;
use http::{StatusCode, header};
use parlor_rooms::{EventId, RoomName, policy::Action};
use parlor_runtime::{
    Chunk,
    log::{ReadError, StoredMessage, record},
};
use parlor_wire::rooms_api;

use super::{Answer, raw_json};
use crate::{Web, caller::Caller, params::Params};

/// The most messages of a page.
const PAGE_MAX: u64 = 1_000;

/// Messages above `since` (all without it), or a page: with `before` or `limit` of the newest ones, with `after` of the oldest
/// above it; ascending always.
#[utoipa::path(
    get, path = "/api/messages", tag = "rooms",
    params(
        ("room" = String, Query, description = "The room", example = "welcome"),
        ("since" = Option<u64>, Query, description = "Only messages with ids above this one"),
        ("before" = Option<u64>, Query, description = "Only the newest messages with ids below this one"),
        ("after" = Option<u64>, Query, description = "Only the oldest messages with ids above this one"),
        ("limit" = Option<u64>, Query, description = "At most so many, of the newest ones or with `after` of the oldest, up to 1,000"),
    ),
    responses(
        (status = 200, description = "The messages", body = Vec<rooms_api::Message>),
        (status = 400, description = "No room, or no name that can be one", body = rooms_api::Error),
    )
)]
pub(crate) async fn handle(State(web): State<Web>, caller: Caller, params: Params) -> Answer {
    let room = params.room()?;
    web.runtime().check(&caller, Action::Read, &room).await?;
    let since = params.id("since").unwrap_or_default();
    let (before, limit) = (params.id("before"), params.number("limit"));
    let count = usize::try_from(limit.unwrap_or(PAGE_MAX).min(PAGE_MAX)).unwrap_or(0);
    if let Some(after) = params.id("after") {
        return page_forwards(&web, &room, after.max(since), before, count).await;
    }
    if before.is_some() || limit.is_some() {
        return page(&web, &room, since, before, count).await;
    }
    let upto = web.runtime().snapshot(&room).await?.last;
    // Read first, so that an error can still be said.
    let first = read(&web, &room, since, upto, Chunk::FIRST).await?;
    let body = Body::from_stream(all(web, room, first, upto));
    Ok(([(header::CONTENT_TYPE, "application/json")], body).into_response())
}

async fn page(web: &Web, room: &RoomName, since: EventId, before: Option<EventId>, limit: usize) -> Answer {
    let before = before.unwrap_or(EventId(u64::MAX >> 1));
    let messages = web.runtime().store().before(room, before, limit).await?;
    let newer = messages.into_iter().filter(|message| message.id > since).collect();
    let newer = web.fitted(room, newer).await?;
    Ok(raw_json(StatusCode::OK, array(&newer)))
}

async fn page_forwards(web: &Web, room: &RoomName, after: EventId, before: Option<EventId>, limit: usize) -> Answer {
    let upto = before.map_or(EventId(u64::MAX >> 1), |before| EventId(before.0.saturating_sub(1)));
    let messages = web.runtime().store().after(room, after, upto, limit).await?;
    let messages = web.fitted(room, messages).await?;
    Ok(raw_json(StatusCode::OK, array(&messages)))
}

/// Messages as one array.
pub(crate) fn array(messages: &[StoredMessage]) -> Vec<u8> {
    let mut out = vec![b'['];
    write(&mut out, messages, true);
    out.push(b']');
    out
}

fn write(out: &mut Vec<u8>, messages: &[StoredMessage], mut first: bool) {
    for message in messages {
        if !std::mem::take(&mut first) {
            out.push(b',');
        }
        record::splice(out, message.id, message.at, &message.record);
    }
}

/// A chunk, and the size of the next one.
async fn read(
    web: &Web,
    room: &RoomName,
    after: EventId,
    upto: EventId,
    chunk: Chunk,
) -> Result<(Vec<StoredMessage>, Chunk), ReadError> {
    let messages = web.runtime().store().after(room, after, upto, chunk.limit()).await?;
    let chunk = chunk.after_messages(&messages);
    Ok((web.fitted(room, messages).await?, chunk))
}

/// All messages up to `upto`, as pieces of one array, so that a long room is never in memory whole.
fn all(
    web: Web,
    room: RoomName,
    first: (Vec<StoredMessage>, Chunk),
    upto: EventId,
) -> impl futures_util::Stream<Item = Result<Bytes, ReadError>> {
    let begin = Some((first, true));
    stream::unfold(begin, move |state| {
        let (web, room) = (web.clone(), room.clone());
        async move {
            let ((messages, chunk), is_first) = state?;
            let mut out = Vec::new();
            if is_first {
                out.push(b'[');
            }
            write(&mut out, &messages, is_first);
            let next = match messages.last() {
                Some(last) if last.id < upto => match read(&web, &room, last.id, upto, chunk).await {
                    Ok(next) => next,
                    Err(error) => {
                        tracing::error!(%room, %error, "a list of messages broke off");
                        return Some((Err(error), None));
                    }
                },
                _ => (Vec::new(), chunk),
            };
            if next.0.is_empty() {
                out.push(b']');
                return Some((Ok(out.into()), None));
            }
            Some((Ok(out.into()), Some((next, false))))
        }
    })
}
