//! `GET /api/bots`: the bots of a room, or of all rooms.

use axum::extract::State;
use http::StatusCode;
use parlor_wire::rooms_api;

use super::{Answer, json};
use crate::{Web, params::Params};

/// The bots of a room, or without `room` of all rooms, in order of id.
#[utoipa::path(
    get, path = "/api/bots", tag = "bots",
    params(("room" = Option<String>, Query, description = "The room")),
    responses((status = 200, description = "The bots", body = Vec<rooms_api::Bot>))
)]
pub(crate) async fn handle(State(web): State<Web>, params: Params) -> Answer {
    let bots: Vec<rooms_api::Bot> = match params.optional_room()? {
        Some(room) => {
            let state = web.runtime().snapshot(&room).await?;
            state.bots.values().map(|bot| web.shown(&room, bot)).collect()
        }
        None => web.runtime().store().all_bots().await?.iter().map(|(room, bot)| web.shown(room, bot)).collect(),
    };
    json(StatusCode::OK, &bots)
}
