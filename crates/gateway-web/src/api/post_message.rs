//! `POST /api/actions/message`: says something in a room.

use axum::{extract::State, response::IntoResponse as _};
use http::{HeaderMap, StatusCode};
use parlor_rooms::{EventId, Message};
use parlor_runtime::{
    Runtime,
    log::{Key, Trigger},
};

use super::{Answer, raw_json, wants_async};
use crate::{Web, body::Body, caller::Caller, error::ApiError};

/// The longest idempotency key.
const KEY_MAX: usize = 255;

/// Post a message. The answer comes once the room's bots have answered, or with `Prefer: respond-async` at once.
#[utoipa::path(
    post, path = "/api/actions/message", tag = "rooms",
    params(
        ("Prefer" = Option<String>, Header, description = "`respond-async`: answer 202 as soon as the message is stored"),
        ("Idempotency-Key" = Option<String>, Header, description = "the same key in the same room gives the same message for 24 hours"),
    ),
    request_body = parlor_wire::rooms_api::PostMessage,
    responses(
        (status = 200, description = "Stored, and its bots have answered", body = parlor_wire::rooms_api::Message),
        (status = 202, description = "Stored", body = parlor_wire::rooms_api::Message),
        (status = 400, description = "A field is wrong", body = parlor_wire::rooms_api::Error),
        (status = 413, description = "The text is too long", body = parlor_wire::rooms_api::Error),
        (status = 429, description = "Too many; `Retry-After` says when to come back", body = parlor_wire::rooms_api::Error),
        (status = 507, description = "The disk is full", body = parlor_wire::rooms_api::Error),
    )
)]
pub(crate) async fn handle(State(web): State<Web>, caller: Caller, headers: HeaderMap, body: Body) -> Answer {
    let room = body.room()?;
    let message = message(&caller, &body)?;
    let posted = web.runtime().post(&caller, room.clone(), message, key(&headers)?).await?;
    let json = Runtime::json(&posted.message);
    if wants_async(&headers) {
        return Ok(([("preference-applied", "respond-async")], raw_json(StatusCode::ACCEPTED, json)).into_response());
    }
    web.control().answered(&room, &Trigger::Message(posted.message.id)).await;
    Ok(raw_json(StatusCode::OK, json))
}

fn message(caller: &Caller, body: &Body) -> Result<Message, ApiError> {
    let author = body.author(caller)?;
    let text = body.text(body.0.string("text")?)?;
    let mut message = Message::user(author, text);
    message.image = body.optional_short("image")?;
    message.media = body.optional_short("media")?;
    message.css = body.optional_short("css")?;
    message.js = body.optional_short("js")?;
    message.base_url = body.optional_short("base_url")?;
    message.reply_to = body.0.optional_number("reply_to")?.map(EventId);
    Ok(message)
}

fn key(headers: &HeaderMap) -> Result<Option<Key>, ApiError> {
    let Some(value) = headers.get("idempotency-key") else { return Ok(None) };
    match value.to_str() {
        Ok(key) if !key.is_empty() && key.len() <= KEY_MAX => Ok(Some(Key::post(key))),
        _ => Err(ApiError::bad(format!("the header `Idempotency-Key` must be 1 to {KEY_MAX} characters of ASCII"))),
    }
}
