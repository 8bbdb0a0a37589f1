//! `GET /api/activations`: the deliveries to bots, with what was sent and what came back.

use axum::extract::State;
use http::StatusCode;
use parlor_rooms::{
    BotId,
    policy::{Accounts, Action, ServerAction, check_server},
};
use parlor_runtime::log::{Activation, ActivationId, Wanted};
use parlor_wire::rooms_api;

use super::{Answer, json};
use crate::{Mode, Web, caller::Caller, error::ApiError, params::Params};

/// The most records of an answer.
const LIMIT_MAX: u64 = 1_000;

/// Deliveries to bots, newest first.
#[utoipa::path(
    get, path = "/api/activations", tag = "bots",
    params(
        ("room" = Option<String>, Query, description = "Only of this room; needed on a server that others reach"),
        ("bot" = Option<u64>, Query, description = "Only to this bot"),
        ("message" = Option<u64>, Query, description = "Only those that this message asked for, and those of them that were sent again"),
        ("id" = Option<String>, Query, description = "Only the one with this id"),
        ("limit" = Option<u64>, Query, description = "At most so many, up to 1,000; 100 without"),
    ),
    responses((status = 200, description = "The records", body = Vec<rooms_api::Activation>))
)]
pub(crate) async fn handle(State(web): State<Web>, caller: Caller, params: Params) -> Answer {
    let oversees = check_server(&caller.actor, ServerAction::Oversee).is_ok();
    let open = *web.mode() == Mode::Local && web.accounts().mode() == Accounts::Off;
    if !open && !oversees && !params.has("room") {
        // Whoever is in a room may read its deliveries; a room's name is what lets one in.
        return Err(ApiError::bad("`room` is missing; add `?room=NAME` to the address"));
    }
    let room = params.optional_room()?;
    if let Some(room) = &room {
        web.runtime().check(&caller, Action::Read, room).await?;
    }
    if let Some(id) = params.text("id") {
        let found = web.runtime().store().activation(&ActivationId(id.to_owned())).await?;
        let found = found.filter(|found| room.as_ref().is_none_or(|room| found.room == room.as_str()));
        return json(StatusCode::OK, &found.into_iter().map(record).collect::<Vec<_>>());
    }
    let wanted = Wanted {
        room,
        bot: params.number("bot").map(BotId),
        message: params.id("message"),
        limit: usize::try_from(params.number("limit").unwrap_or(100).min(LIMIT_MAX)).unwrap_or(0),
    };
    let records = web.runtime().store().activations(wanted).await?;
    let records: Vec<_> = records.into_iter().map(record).collect();
    json(StatusCode::OK, &records)
}

/// A record as clients see it.
pub(super) fn record(activation: Activation) -> rooms_api::Activation {
    rooms_api::Activation {
        id: activation.id.0,
        room: activation.room,
        bot: activation.bot.0,
        name: activation.name,
        message: activation.trigger.message().map(|id| id.0),
        trigger: activation.trigger.to_string(),
        cause: word(activation.cause),
        again: activation.again.map(|id| id.0),
        attempt: activation.attempt,
        status: word(activation.status),
        started: super::seconds(activation.started),
        took: activation.took.map(|micros| micros as f64 / 1e6),
        request: activation.request.map(|sent| rooms_api::ActivationRequest {
            method: sent.method,
            url: sent.url,
            headers: sent.headers.into_iter().collect(),
            body: sent.body,
        }),
        response: activation.response.map(|received| rooms_api::ActivationResponse {
            status: received.status,
            headers: received.headers.into_iter().collect(),
            body: received.body,
        }),
        error: activation.error,
    }
}

/// A status or a cause, in the API's word.
pub(crate) fn word(value: impl serde::Serialize) -> String {
    let word = serde_json::to_value(value).ok();
    word.as_ref().and_then(|word| word.as_str()).unwrap_or_default().to_owned()
}
