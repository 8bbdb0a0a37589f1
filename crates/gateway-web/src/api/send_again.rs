//! `POST /api/actions/activation-again`: makes a delivery once more, under an id of its own.

use axum::{extract::State, response::IntoResponse as _};
use http::{HeaderMap, StatusCode};
use parlor_runtime::log::ActivationId;
use parlor_wire::{bots_api, rooms_api};

use super::{Answer, activations, json, wants_async};
use crate::{Web, body::Body, caller::Caller};

/// Make a delivery again: the same body, to the bot's url as it is now. The answer is posted in the room as usual.
#[utoipa::path(
    post, path = "/api/actions/activation-again", tag = "bots",
    params(("Prefer" = Option<String>, Header, description = "`respond-async`: answer 202 as soon as it is stored")),
    request_body = bots_api::ActivationById,
    responses(
        (status = 200, description = "The new delivery, now that it is over", body = rooms_api::Activation),
        (status = 202, description = "Stored; this will be its id", body = bots_api::ActivationById),
        (status = 400, description = "It can't be made again", body = rooms_api::Error),
        (status = 404, description = "There is no delivery with this id", body = rooms_api::Error),
    )
)]
pub(crate) async fn handle(State(web): State<Web>, caller: Caller, headers: HeaderMap, body: Body) -> Answer {
    let id = ActivationId(body.short("id", body.0.string("id")?)?.to_owned());
    let resent = web.control().send_again(&caller, id).await?;
    let named = bots_api::ActivationById { id: resent.id.0.clone() };
    if wants_async(&headers) {
        return Ok(([("preference-applied", "respond-async")], json(StatusCode::ACCEPTED, &named)).into_response());
    }
    web.control().answered(&resent.room, &resent.trigger).await;
    match web.runtime().store().activation(&resent.id).await? {
        Some(activation) => json(StatusCode::OK, &activations::record(activation)),
        // The server is about to end before it was begun, or its bot was deleted meanwhile.
        None => json(StatusCode::ACCEPTED, &named),
    }
}
