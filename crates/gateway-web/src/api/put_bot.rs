//! `POST /api/actions/bot`: makes a bot, or changes one.

use axum::extract::State;
use http::StatusCode;
use parlor_rooms::{Bot, BotId, Interest, RoomName};
use parlor_runtime::{BotChange, CommandError};
use parlor_wire::rooms_api;

use super::{Answer, json};
use crate::{Web, body::Body, caller::Caller, error::ApiError};

/// The longest time-out of a bot, in seconds.
const TIMEOUT_MAX: f64 = 600.0;
const SECRET_LOST: &str =
    "Its url leads to another server now, so its secret was taken away; set one that the new server knows.";

/// Make a bot, or with `id` change one: then an absent key stays as it is.
#[utoipa::path(
    post, path = "/api/actions/bot", tag = "bots",
    request_body = rooms_api::PutBot,
    responses(
        (status = 200, description = "The bot as it is now", body = rooms_api::Bot),
        (status = 400, description = "A field is wrong, or the pattern can't be used", body = rooms_api::Error),
        (status = 404, description = "There is no bot with this id", body = rooms_api::Error),
        (status = 409, description = "With `only_new`: the room has a bot of this name", body = rooms_api::Error),
    )
)]
pub(crate) async fn handle(State(web): State<Web>, caller: Caller, body: Body) -> Answer {
    let change = change(&body)?;
    let (room, before) = room(&web, &body, &change).await?;
    if let Some(Some(pattern)) = change.responds_to.as_ref().filter(|pattern| pattern.as_deref() != Some("")) {
        web.control()
            .check_pattern(pattern.clone())
            .await
            .map_err(|why| ApiError::bad(format!("`responds_to`: {why}")))?;
    }
    let asked_for = change.secret.is_some();
    let bot = web.runtime().put_bot(&caller, &room, change).await?;
    let lost = before.is_some_and(|before| before.signed) && !bot.signed && !asked_for;
    let note = lost.then(|| SECRET_LOST.to_owned());
    json(StatusCode::OK, &rooms_api::Bot { note, ..web.shown(&room, &bot) })
}

/// The room that the bot is in, with the bot as it is; or for a new one the room that it will be in.
async fn room(web: &Web, body: &Body, change: &BotChange) -> Result<(RoomName, Option<Bot>), ApiError> {
    let Some(id) = change.id else { return Ok((body.room()?, None)) };
    let (room, bot) = web.runtime().store().bot(id).await?.ok_or(CommandError::NoBot(id))?;
    if body.0.optional_string("room")?.is_some() {
        let named = body.room()?;
        if named != room {
            return Err(CommandError::BotElsewhere(id, named).into());
        }
    }
    Ok((room, Some(bot)))
}

fn change(body: &Body) -> Result<BotChange, ApiError> {
    let fields = &body.0;
    let id = fields.optional_number("id")?.map(BotId);
    let only_new = fields.optional_bool("only_new")?.unwrap_or_default();
    if only_new && id.is_some() {
        return Err(ApiError::bad("`only_new` is for a new bot; leave it out where there is an `id`"));
    }
    // What a new bot needs, and what can't be taken away from an old one.
    let needed = |name: &'static str| -> Result<Option<String>, ApiError> {
        if id.is_some() && !fields.has(name) {
            return Ok(None);
        }
        Ok(Some(body.short(name, fields.string(name)?)?.to_owned()))
    };
    let (name, url) = (needed("name")?, needed("url")?);
    if name.as_ref().is_some_and(|name| name.trim().is_empty()) {
        return Err(ApiError::bad("`name` is empty; give the bot a name"));
    }
    Ok(BotChange {
        id,
        only_new,
        name,
        url: url.map(|url| url.trim().to_owned()),
        responds_to: fields.nullable_string("responds_to")?,
        secret: secret(body)?,
        timeout: timeout(body)?,
        paused: fields.optional_bool("paused")?,
        events: events(body)?,
    })
}

/// The time-out, if it is there; `Some(None)`: the server's.
pub(super) fn timeout(body: &Body) -> Result<Option<Option<f64>>, ApiError> {
    let timeout = body.0.optional_float("timeout")?;
    if timeout.is_some_and(|seconds| !(seconds > 0.0 && seconds <= TIMEOUT_MAX)) {
        return Err(ApiError::bad(format!("`timeout` must be seconds, above 0 and at most {TIMEOUT_MAX}")));
    }
    Ok(body.0.has("timeout").then_some(timeout))
}

/// The events, if they are there.
pub(super) fn events(body: &Body) -> Result<Option<Vec<Interest>>, ApiError> {
    let words = body.0.optional_strings("events")?;
    let events = words.map(|words| Interest::list(&words)).transpose();
    events.map_err(|error| ApiError::bad(format!("`events`: {error}")))
}

/// The secret, if it is there; `Some(None)`: none from now on.
pub(super) fn secret(body: &Body) -> Result<Option<Option<String>>, ApiError> {
    let secret = body.0.nullable_string("secret")?;
    if let Some(Some(secret)) = &secret {
        body.short("secret", secret)?;
    }
    Ok(secret.map(|secret| secret.filter(|secret| !secret.is_empty())))
}
