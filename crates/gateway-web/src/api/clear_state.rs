//! `POST /api/actions/clear-room-state`: leaves a conversation.

use axum::extract::State;
use http::StatusCode;
use parlor_wire::rooms_api;

use super::{Answer, json};
use crate::{Web, body::Body, caller::Caller};

/// Leave the room's conversation; nothing happens where there is none.
#[utoipa::path(
    post, path = "/api/actions/clear-room-state", tag = "rooms",
    request_body = rooms_api::Room,
    responses((status = 200, description = "There is no conversation now", body = rooms_api::Room))
)]
pub(crate) async fn handle(State(web): State<Web>, caller: Caller, body: Body) -> Answer {
    let room = body.room()?;
    web.runtime().end_conversation(&caller, &room).await?;
    json(StatusCode::OK, &rooms_api::Room { room: room.to_string() })
}
