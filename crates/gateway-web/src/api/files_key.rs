//! `GET /api/files-key`: a new key to the files of a room's bots, for a page that outlives the one it came with.

use axum::extract::State;
use http::StatusCode;
use parlor_rooms::policy::Action;
use parlor_wire::rooms_api;

use super::{Answer, json};
use crate::{Web, caller::Caller, file_key, params::Params};

/// A key to the files of a room's socket bots, for who may read the room but sends neither cookie nor token with them, such
/// as the frame of the room's page: `/bot-assets/~{key}/{bot}/{path}`.
#[utoipa::path(
    get, path = "/api/files-key", tag = "rooms",
    params(("room" = String, Query, description = "The room", example = "welcome")),
    responses(
        (status = 200, description = "The key, and for how long it opens", body = rooms_api::FilesKey),
        (status = 403, description = "The room is not for you", body = rooms_api::Error),
    )
)]
pub(crate) async fn handle(State(web): State<Web>, caller: Caller, params: Params) -> Answer {
    let room = params.room()?;
    web.runtime().check(&caller, Action::Read, &room).await?;
    let key = web.file_keys().wanted(web.runtime(), &room).await;
    json(StatusCode::OK, &rooms_api::FilesKey { key, seconds: file_key::LIFE.as_secs() })
}
