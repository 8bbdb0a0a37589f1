//! `POST /api/actions/clear-room-messages`: clears a room.

use axum::extract::State;
use http::StatusCode;
use parlor_wire::rooms_api;

use super::{Answer, json};
use crate::{Web, body::Body, caller::Caller};

/// Clear a room: its messages are gone, its bots stay.
#[utoipa::path(
    post, path = "/api/actions/clear-room-messages", tag = "rooms",
    request_body = rooms_api::Room,
    responses((status = 200, description = "Cleared", body = rooms_api::Room))
)]
pub(crate) async fn handle(State(web): State<Web>, caller: Caller, body: Body) -> Answer {
    let room = body.room()?;
    web.runtime().clear(&caller, &room).await?;
    json(StatusCode::OK, &rooms_api::Room { room: room.to_string() })
}
