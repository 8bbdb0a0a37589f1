//! `GET` and `POST /api/actions/room`: a room's settings.

use axum::extract::State;
use http::StatusCode;
use parlor_rooms::{
    Access, Content, RoomName, RoomSettings,
    policy::{Accounts, Action},
};
use parlor_wire::rooms_api;
use serde::de::DeserializeOwned;

use super::{Answer, json};
use crate::{Web, body::Body, caller::Caller, error::ApiError, params::Params};

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
    let listed = caller.actor.person().is_some_and(|person| state.settings.members.contains(&person.name));
    let mut told = told(&web, &room, &state.settings);
    if listed || web.runtime().check(&caller, Action::Configure, &room).await.is_ok() {
        told.members = listed_in(&web, &state.settings);
    }
    json(StatusCode::OK, &told)
}

/// Settings as clients see them.
fn told(web: &Web, room: &RoomName, settings: &RoomSettings) -> rooms_api::Settings {
    let content = Some(settings.content(web.runtime().accounts()));
    let defaults = Some(web.runtime().keep().into());
    rooms_api::Settings { defaults, ..rooms_api::Settings::new(room, &RoomSettings { content, ..settings.clone() }) }
}

/// Who is on the list; nothing where there are no accounts.
fn listed_in(web: &Web, settings: &RoomSettings) -> Option<Vec<String>> {
    (web.runtime().accounts() != Accounts::Off).then(|| settings.members.clone())
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
    let members = body.0.optional_strings("members")?;
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
    json(StatusCode::OK, &whole(&web, &room, &settings))
}

/// Settings with the list, for who may change it.
pub(super) fn whole(web: &Web, room: &RoomName, settings: &RoomSettings) -> rooms_api::Settings {
    rooms_api::Settings { members: listed_in(web, settings), ..told(web, room, settings) }
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
