//! `GET /api/matches`: which bots a message concerned, which not, and why.

use axum::extract::State;
use http::StatusCode;
use parlor_rooms::policy::Action;
use parlor_runtime::limits::What;
use parlor_wire::{bots_api, rooms_api};

use super::{Answer, json};
use crate::{Web, caller::Caller, error::ApiError, params::Params};

/// What a message was to each bot of its room, in order of id.
#[utoipa::path(
    get, path = "/api/matches", tag = "bots",
    params(
        ("room" = String, Query, description = "The room", example = "welcome"),
        ("message" = u64, Query, description = "The message"),
    ),
    responses(
        (status = 200, description = "For each bot whether it was asked, and why", body = Vec<bots_api::Match>),
        (status = 404, description = "There is no such message in the room", body = rooms_api::Error),
    )
)]
pub(crate) async fn handle(State(web): State<Web>, caller: Caller, params: Params) -> Answer {
    let room = params.room()?;
    let message =
        params.id("message").ok_or_else(|| ApiError::bad("`message` is missing; add `&message=ID` to the address"))?;
    web.runtime().check(&caller, Action::Read, &room).await?;
    web.runtime().limits().take(&caller, What::Patterns)?;
    let heard = web.control().heard(&room, message).await?;
    let matches = heard.into_iter().map(|heard| bots_api::Match {
        bot: heard.bot.0,
        name: heard.name,
        matched: heard.matched,
        reason: heard.reason.as_str().to_owned(),
        why: heard.why,
        activation: heard.activation.map(|id| id.0),
    });
    json(StatusCode::OK, &matches.collect::<Vec<_>>())
}
