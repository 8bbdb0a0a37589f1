//! `POST /api/account/password`: another password of one's own.

use axum::extract::State;
use http::StatusCode;
use parlor_accounts::{By, Error};
use parlor_wire::{accounts_api, rooms_api};

use super::{
    super::{Answer, private},
    seen,
};
use crate::{
    Web,
    body::Body,
    caller::{Caller, From},
    error::ApiError,
};

const WRONG: &str = "`old` is not the password of this account";
const FIRST: &str = "this account has no password; its first one is set on the page /me, not with a token";

/// Change one's own password. All sessions end but the one that asks; tokens stay. With a token, it needs the scope `account`.
#[utoipa::path(
    post, path = "/api/account/password", tag = "account",
    request_body = accounts_api::ChangePassword,
    responses(
        (status = 200, description = "Done", body = rooms_api::Empty),
        (status = 400, description = "The new one is too short, too long or too common", body = rooms_api::Error),
        (status = 403, description = "The old one is wrong", body = rooms_api::Error),
        (status = 429, description = "Too many tries; `Retry-After` says when to come back", body = rooms_api::Error),
    )
)]
pub(crate) async fn change(State(web): State<Web>, caller: Caller, From(from): From, body: Body) -> Answer {
    let (seen, accounts) = (seen(&caller)?, web.accounts());
    let (old, new) = (body.0.optional_string("old")?, body.0.string("new")?);
    // A first password would make a login of the token, which is more than it is.
    if caller.is_token() && !accounts.account(&By::server(), &seen.person.name)?.password {
        return Err(ApiError::new(StatusCode::FORBIDDEN, FIRST));
    }
    match accounts.change_password(&seen.person, old, new, seen.session_id(), &from).await {
        Ok(()) => private(&rooms_api::Empty {}),
        Err(Error::Wrong) => Err(ApiError::new(StatusCode::FORBIDDEN, WRONG)),
        Err(error) => Err(error.into()),
    }
}
