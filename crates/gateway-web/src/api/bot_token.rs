//! `POST /api/actions/bot-token`: a new token for a bot that connects to the server.

use axum::extract::State;
use http::StatusCode;
use parlor_rooms::{BotId, Endpoint, policy::Action};
use parlor_runtime::CommandError;
use parlor_wire::rooms_api;

use super::{Answer, json};
use crate::{Web, body::Body, caller::Caller, error::ApiError};

/// A new token for a socket bot, in place of the one before. It is shown this once.
#[utoipa::path(
    post, path = "/api/actions/bot-token", tag = "bots",
    request_body = rooms_api::BotById,
    responses(
        (status = 200, description = "The token", body = rooms_api::Token),
        (status = 400, description = "The bot is no socket bot", body = rooms_api::Error),
        (status = 404, description = "There is no bot with this id", body = rooms_api::Error),
    )
)]
pub(crate) async fn handle(State(web): State<Web>, caller: Caller, body: Body) -> Answer {
    let id = BotId(body.0.number("id")?);
    let (room, bot) = web.runtime().store().bot(id).await?.ok_or(CommandError::NoBot(id))?;
    web.runtime().check(&caller, Action::ManageBots, &room).await?;
    if bot.endpoint() != Endpoint::Socket {
        return Err(ApiError::bad(format!(
            "the bot {id} has an address of its own; a token is for bots whose `url` is `socket:`"
        )));
    }
    json(StatusCode::OK, &rooms_api::Token { token: web.control().new_token(id).await? })
}
