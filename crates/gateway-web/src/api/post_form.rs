//! `POST /api/actions/message-form`: submits a form that stands in a bot's message.

use axum::{extract::State, response::IntoResponse as _};
use http::{HeaderMap, StatusCode};
use parlor_rooms::BotId;
use parlor_runtime::FormSubmission;
use parlor_wire::rooms_api::Empty;

use super::{Answer, json, wants_async};
use crate::{Web, body::Body, caller::Caller};

/// Submit a form of a bot's message. The answer comes once the bot has answered.
#[utoipa::path(
    post, path = "/api/actions/message-form", tag = "rooms",
    params(("Prefer" = Option<String>, Header, description = "`respond-async`: answer 202 as soon as the submission is stored")),
    request_body = parlor_wire::rooms_api::PostForm,
    responses(
        (status = 200, description = "Its bot has answered", body = Empty),
        (status = 202, description = "Stored", body = Empty),
        (status = 400, description = "A field is wrong", body = parlor_wire::rooms_api::Error),
    )
)]
pub(crate) async fn handle(State(web): State<Web>, caller: Caller, headers: HeaderMap, body: Body) -> Answer {
    let form = FormSubmission {
        room: body.room()?,
        author: body.author(&caller)?.to_owned(),
        caller: caller.0,
        bot: BotId(body.0.number("bot_id")?),
        action_url: body.optional_short("action_url")?,
        form_data: body.0.object("form_data")?,
    };
    let room = form.room.clone();
    let trigger = web.control().submit_form(form).await?;
    if wants_async(&headers) {
        return Ok(([("preference-applied", "respond-async")], json(StatusCode::ACCEPTED, &Empty {})).into_response());
    }
    web.control().answered(&room, &trigger).await;
    json(StatusCode::OK, &Empty {})
}
