//! `GET` and `POST /api/actions/room`: a room's settings.

use axum::extract::State;
use http::StatusCode;
use parlor_accounts::By;
use parlor_rooms::{Access, Content, RoomName, RoomSettings, policy::Action};
use parlor_wire::rooms_api;
use serde::de::DeserializeOwned;

use super::{Answer, json};
use crate::{Web, body::Body, caller::Caller, error::ApiError, params::Params};

/// The most names on a private room's list.
const MEMBERS_MAX: usize = 1_000;

/// A room's settings.
#[utoipa::path(
    get, path = "/api/actions/room", tag = "rooms",
    params(("room" = String, Query, description = "The room", example = "welcome")),
    responses((status = 200, description = "The settings", body = rooms_api::Settings))
)]
pub(crate) async fn read(State(web): State<Web>, caller: Caller, params: Params) -> Answer {
    let room = params.room()?;
    web.runtime().check(&caller, Action::Read, &room).await?;
    let state = web.runtime().snapshot(&room).await?;
    json(StatusCode::OK, &told(&web, &room, &state.settings))
}

/// Settings as clients see them.
fn told(web: &Web, room: &RoomName, settings: &RoomSettings) -> rooms_api::Settings {
    let content = Some(settings.content(web.runtime().accounts()));
    rooms_api::Settings::new(room, &RoomSettings { content, ..settings.clone() })
}

/// Change a room's settings; an absent key stays as it is.
#[utoipa::path(
    post, path = "/api/actions/room", tag = "rooms",
    request_body = rooms_api::ChangeSettings,
    responses(
        (status = 200, description = "The settings as they are now", body = rooms_api::Settings),
        (status = 400, description = "A field is wrong", body = rooms_api::Error),
        (status = 403, description = "Only an admin may do this here", body = rooms_api::Error),
    )
)]
pub(crate) async fn change(State(web): State<Web>, caller: Caller, body: Body) -> Answer {
    let room = body.room()?;
    let content: Option<Content> = word(&body, "content", "`open`, `formatted` or `plain`")?;
    let access: Option<Access> = word(&body, "access", "`public`, `members` or `private`")?;
    let (markdown, archive) = (body.0.optional_bool("markdown")?, body.0.optional_bool("archive")?);
    let keep = number(&body, "keep", "days")?;
    let keep_messages = number(&body, "keep_messages", "messages")?;
    let members = members(&web, &body)?;
    let said = said(content, access, members.as_deref());
    let settings = web
        .runtime()
        .configure(&caller, &room, move |settings| {
            settings.content = content.or(settings.content);
            if let Some(members) = &members {
                settings.members.clone_from(members);
            }
            settings.access = access.unwrap_or(settings.access);
            settings.markdown = markdown.unwrap_or(settings.markdown);
            settings.archive = archive.unwrap_or(settings.archive);
            settings.keep = keep.unwrap_or(settings.keep);
            settings.keep_messages = keep_messages.unwrap_or(settings.keep_messages);
        })
        .await?;
    let by = By::new(caller.actor.clone(), caller.address);
    if let Err(error) = web.accounts().room_configured(&by, &room, &said).await {
        tracing::warn!(%room, %error, "that a room was set up is not noted");
    }
    json(StatusCode::OK, &told(&web, &room, &settings))
}

/// The list of a private room, if it is there: names as the accounts have them, each once.
fn members(web: &Web, body: &Body) -> Result<Option<Vec<String>>, ApiError> {
    let Some(names) = body.0.optional_strings("members")? else { return Ok(None) };
    if names.len() > MEMBERS_MAX {
        return Err(ApiError::bad(format!("`members` has {} names; at most {MEMBERS_MAX} are allowed", names.len())));
    }
    let mut members: Vec<String> = Vec::with_capacity(names.len());
    for name in names {
        let known = web.accounts().canonical(&name);
        let known = known.ok_or_else(|| ApiError::bad(format!("`members`: there is no account “{}”", name.trim())))?;
        if !members.contains(&known) {
            members.push(known);
        }
    }
    Ok(Some(members))
}

/// What was changed, for the audit.
fn said(content: Option<Content>, access: Option<Access>, members: Option<&[String]>) -> String {
    let word =
        |value: serde_json::Result<serde_json::Value>| value.ok().and_then(|word| word.as_str().map(str::to_owned));
    let parts = [
        content.and_then(|content| word(serde_json::to_value(content))).map(|content| format!("content {content}")),
        access.and_then(|access| word(serde_json::to_value(access))).map(|access| format!("access {access}")),
        members.map(|members| format!("on its list: {}", members.join(", "))),
    ];
    let said = parts.into_iter().flatten().collect::<Vec<_>>().join("; ");
    if said.is_empty() { "other settings".to_owned() } else { said }
}

/// A number from 1, or null; none where nothing is said.
fn number(body: &Body, name: &'static str, of: &str) -> Result<Option<Option<u32>>, ApiError> {
    let Some(number) = body.0.optional_number(name)? else { return Ok(body.0.has(name).then_some(None)) };
    let number = u32::try_from(number).ok().filter(|number| *number > 0);
    number
        .map(|number| Some(Some(number)))
        .ok_or_else(|| ApiError::bad(format!("`{name}` must be a number of {of} from 1, or null")))
}

fn word<T: DeserializeOwned>(body: &Body, name: &'static str, words: &str) -> Result<Option<T>, ApiError> {
    let Some(text) = body.0.optional_string(name)? else { return Ok(None) };
    serde_json::from_value(text.into()).map(Some).map_err(|_| ApiError::bad(format!("`{name}` must be {words}")))
}
