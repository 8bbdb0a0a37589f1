//! `POST /api/actions/clear-room-messages`: clears a room.

use axum::extract::State;
use http::StatusCode;
use parlor_rooms::policy::Actor;
use parlor_wire::rooms_api;

use super::{Answer, json};
use crate::{Web, body::Body};

/// Clear a room: its messages are gone, its bots stay.
#[utoipa::path(
    post, path = "/api/actions/clear-room-messages", tag = "rooms",
    request_body = rooms_api::Room,
    responses((status = 200, description = "Cleared", body = rooms_api::Room))
)]
pub(crate) async fn handle(State(web): State<Web>, body: Body) -> Answer {
    let room = body.room()?;
    web.runtime().clear(&Actor::Anyone, &room).await?;
    json(StatusCode::OK, &rooms_api::Room { room: room.to_string() })
}
