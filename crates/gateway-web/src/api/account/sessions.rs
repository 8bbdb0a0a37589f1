//! `GET` and `DELETE /api/account/sessions`: where one is logged in.

use axum::extract::State;
use parlor_wire::{accounts_api, rooms_api};

use super::{
    super::{Answer, private, seconds},
    seen,
};
use crate::{
    Web,
    body::Body,
    caller::{Caller, From},
    error::ApiError,
};

/// One's own sessions, the last used first. With a token, it needs the scope `account`.
#[utoipa::path(
    get, path = "/api/account/sessions", tag = "account",
    responses((status = 200, description = "The sessions", body = Vec<accounts_api::Session>))
)]
pub(crate) async fn list(State(web): State<Web>, caller: Caller) -> Answer {
    let seen = seen(&caller)?;
    let sessions = web.accounts().sessions(&seen.person).await?.into_iter().map(|session| accounts_api::Session {
        id: session.id,
        current: Some(session.id) == seen.session_id(),
        agent: session.agent,
        address: session.address,
        made: seconds(session.made),
        seen: seconds(session.seen),
        expires: seconds(session.expires),
    });
    private(&sessions.collect::<Vec<_>>())
}

/// End one of one's own sessions, or all others. With a token, it needs the scope `account`.
#[utoipa::path(
    delete, path = "/api/account/sessions", tag = "account",
    request_body = accounts_api::EndSessions,
    responses(
        (status = 200, description = "Done", body = rooms_api::Empty),
        (status = 404, description = "There is no such session", body = rooms_api::Error),
    )
)]
pub(crate) async fn end(State(web): State<Web>, caller: Caller, From(from): From, body: Body) -> Answer {
    let seen = seen(&caller)?;
    match (body.0.optional_number("id")?, body.0.optional_bool("others")?.unwrap_or_default()) {
        (Some(id), false) => web.accounts().end_session(&seen.person, id, &from).await?,
        (None, true) => web.accounts().log_out_everywhere(&seen.person, seen.session_id(), &from).await?,
        (Some(_), true) => return Err(ApiError::bad("give `id` or `others`, not both")),
        (None, false) => return Err(ApiError::bad("`id` is missing; or end all others with `\"others\": true`")),
    }
    private(&rooms_api::Empty {})
}
