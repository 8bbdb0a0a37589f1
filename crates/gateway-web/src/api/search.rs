//! `GET /api/search`: a room's messages by what is in them.

use axum::extract::State;
use http::StatusCode;
use parlor_runtime::log::{Query, Sought};
use parlor_wire::rooms_api;

use super::{Answer, messages, raw_json};
use crate::{Web, caller::Caller, error::ApiError, params::Params};

/// How many messages come without `limit`, and at most.
const LIMIT: u64 = 20;
const LIMIT_MAX: u64 = 100;

/// Messages that have all words of `q` in what people see of them, newest first.
#[utoipa::path(
    get, path = "/api/search", tag = "rooms",
    params(
        ("room" = String, Query, description = "The room", example = "welcome"),
        ("q" = String, Query, description = "Words; the last one may go on. `\"Words in a row\"`. `from:NAME`: in the author's name. At most 1,000 bytes", example = "hello"),
        ("before" = Option<u64>, Query, description = "Only messages with ids below this one: the last id of the page before"),
        ("limit" = Option<u64>, Query, description = "At most so many, up to 100; 20 without"),
    ),
    responses(
        (status = 200, description = "The messages", body = Vec<rooms_api::Message>),
        (status = 400, description = "No room, nothing to look for, or nothing that can be looked for", body = rooms_api::Error),
        (status = 429, description = "Too many; `Retry-After` says when to come back", body = rooms_api::Error),
        (status = 503, description = "The index is behind, or the search took too long; `Retry-After` says when to come back", body = rooms_api::Error),
    )
)]
pub(crate) async fn handle(State(web): State<Web>, caller: Caller, params: Params) -> Answer {
    let room = params.room()?;
    let text = params.text("q").ok_or_else(|| ApiError::bad("`q` is missing; say what to look for with `&q=WORDS`"))?;
    let query = Query::parse(text).map_err(|error| ApiError::bad(format!("`q` {error}")))?;
    let limit = usize::try_from(params.number("limit").unwrap_or(LIMIT).min(LIMIT_MAX)).unwrap_or(0);
    let sought = Sought { room: room.clone(), query, before: params.id("before"), limit };
    let found = web.runtime().search(&caller, sought).await?;
    let found = web.fitted(&room, found).await?;
    Ok(raw_json(StatusCode::OK, messages::array(&found)))
}
