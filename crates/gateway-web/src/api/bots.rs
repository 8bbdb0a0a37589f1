//! `GET /api/bots`: the bots of a room, or of all rooms.

use axum::extract::State;
use http::StatusCode;
use parlor_rooms::policy::Action;
use parlor_wire::rooms_api;

use super::{Answer, json};
use crate::{Web, caller::Caller, params::Params};

/// The bots of a room, or without `room` of all rooms, in order of id.
#[utoipa::path(
    get, path = "/api/bots", tag = "bots",
    params(("room" = Option<String>, Query, description = "The room")),
    responses((status = 200, description = "The bots", body = Vec<rooms_api::Bot>))
)]
pub(crate) async fn handle(State(web): State<Web>, caller: Caller, params: Params) -> Answer {
    let bots: Vec<rooms_api::Bot> = match params.optional_room()? {
        Some(room) => {
            web.runtime().check(&caller, Action::Read, &room).await?;
            let state = web.runtime().snapshot(&room).await?;
            state.bots.values().map(|bot| web.shown(&room, bot)).collect()
        }
        None => {
            let mut shown = Vec::new();
            for (room, bot) in web.runtime().store().all_bots().await? {
                if web.runtime().check(&caller, Action::Read, &room).await.is_ok() {
                    shown.push(web.shown(&room, &bot));
                }
            }
            shown
        }
    };
    json(StatusCode::OK, &bots)
}
