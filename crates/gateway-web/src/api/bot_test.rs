//! `POST /api/actions/bot-test`: sends one delivery to a bot as it stands in a form, and posts nothing.

use axum::extract::State;
use http::StatusCode;
use parlor_rooms::{Bot, BotId, Endpoint, EventId, Message, RoomName};
use parlor_runtime::{
    CommandError, Runtime,
    inspect::Trial,
    log::{StoredMessage, record},
};
use parlor_wire::{bots_api, rooms_api};
use serde_json::value::RawValue;

use super::{Answer, activations, json, put_bot};
use crate::{Web, body::Body, caller::Caller, error::ApiError};

/// Who speaks in a test, and what a bot is called that has no name yet.
const AUTHOR: &str = "Test";
const NAME: &str = "Bot";

/// Test a bot as it stands in a form: one delivery is sent, nothing is stored, nothing is posted.
#[utoipa::path(
    post, path = "/api/actions/bot-test", tag = "bots",
    request_body = bots_api::TestBot,
    responses(
        (status = 200, description = "The delivery, and what the room would have got", body = bots_api::TestedBot),
        (status = 400, description = "A field is wrong", body = rooms_api::Error),
        (status = 429, description = "Too many; `Retry-After` says when to come back", body = rooms_api::Error),
        (status = 404, description = "There is no bot with this id", body = rooms_api::Error),
    )
)]
pub(crate) async fn handle(State(web): State<Web>, caller: Caller, body: Body) -> Answer {
    let room = body.room()?;
    let author = body.optional_short("author")?.filter(|author| !author.trim().is_empty());
    let (bot, moved) = bot(&web, &room, &body).await?;
    let trial = Trial {
        caller: caller.0,
        bot,
        // The saved secret signs for the saved bot's server alone.
        secret: put_bot::secret(&body)?.or(moved.then_some(None)),
        author: author.unwrap_or_else(|| AUTHOR.to_owned()),
        text: body.text(body.0.string("text")?)?.to_owned(),
        state: body.0.optional_json("state"),
        room: room.clone(),
    };
    let tried = web.control().try_bot(trial).await?;
    let message = tried.message.map(|message| shown(&web, &room, &message)).transpose()?;
    let activation = activations::record(tried.activation);
    json(StatusCode::OK, &bots_api::TestedBot { matched: tried.matched, why: tried.why, activation, message })
}

/// The bot in the form: what is absent is the saved one's; and whether it lives on another server than that.
async fn bot(web: &Web, room: &RoomName, body: &Body) -> Result<(Bot, bool), ApiError> {
    let fields = &body.0;
    let mut bot = match fields.optional_number("id")?.map(BotId) {
        Some(id) => {
            let (there, bot) = web.runtime().store().bot(id).await?.ok_or(CommandError::NoBot(id))?;
            if there != *room {
                return Err(CommandError::BotElsewhere(id, room.clone()).into());
            }
            bot
        }
        None => Bot::new(BotId(0), NAME, body.short("url", fields.string("url")?)?),
    };
    if let Some(name) = body.optional_short("name")?.filter(|name| !name.trim().is_empty()) {
        bot.name = name;
    }
    let mut moved = false;
    if let Some(url) = body.optional_short("url")? {
        moved = !Endpoint::of(&url).shares_server(&bot.endpoint());
        url.trim().clone_into(&mut bot.url);
    }
    if let Some(responds_to) = fields.nullable_string("responds_to")? {
        bot.responds_to = responds_to.filter(|pattern| !pattern.is_empty());
    }
    if let Some(events) = put_bot::events(body)? {
        bot.events = events;
    }
    if let Some(timeout) = put_bot::timeout(body)? {
        bot.timeout = timeout;
    }
    Ok((bot, moved))
}

/// A message as the room would get it, with the id 0.
fn shown(web: &Web, room: &RoomName, message: &Message) -> Result<Box<RawValue>, ApiError> {
    let at = web.runtime().clock().now();
    let stored = StoredMessage { id: EventId::ZERO, at, record: record::message(room, message) };
    serde_json::from_slice(&Runtime::json(&stored))
        .map_err(|_| ApiError::new(StatusCode::INTERNAL_SERVER_ERROR, "the message can't be written as JSON"))
}
