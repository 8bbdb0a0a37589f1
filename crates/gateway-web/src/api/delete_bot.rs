//! `DELETE /api/actions/bot`: deletes a bot.

use axum::extract::State;
use http::StatusCode;
use parlor_rooms::BotId;
use parlor_wire::rooms_api;

use super::{Answer, json};
use crate::{Web, body::Body, caller::Caller};

/// Delete a bot.
#[utoipa::path(
    delete, path = "/api/actions/bot", tag = "bots",
    request_body = rooms_api::BotById,
    responses(
        (status = 200, description = "The bot as it was", body = rooms_api::Bot),
        (status = 404, description = "There is no bot with this id", body = rooms_api::Error),
    )
)]
pub(crate) async fn handle(State(web): State<Web>, caller: Caller, body: Body) -> Answer {
    let (room, bot) = web.runtime().delete_bot(&caller, BotId(body.0.number("id")?)).await?;
    json(StatusCode::OK, &rooms_api::Bot::new(&room, &bot))
}
