//! `GET`, `POST` and `DELETE /api/account/tokens`: one's own tokens for programs.

use std::time::Duration;

use axum::extract::State;
use parlor_rooms::policy::Scopes;
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

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// The longest life of a token that ends by itself.
const DAYS_MAX: u32 = 3_660;

/// One's own tokens, the newest first. With a token, it needs the scope `account`.
#[utoipa::path(
    get, path = "/api/account/tokens", tag = "account",
    responses((status = 200, description = "The tokens, without their secrets", body = Vec<accounts_api::ApiToken>))
)]
pub(crate) async fn list(State(web): State<Web>, caller: Caller) -> Answer {
    let tokens = web.accounts().tokens(&seen(&caller)?.person).await?.into_iter().map(|token| accounts_api::ApiToken {
        id: token.id,
        name: token.name,
        scopes: token.scopes.names().map(str::to_owned).collect(),
        made: seconds(token.made),
        used: token.used.map(seconds),
        expires: token.expires.map(seconds),
    });
    private(&tokens.collect::<Vec<_>>())
}

/// Make a token. With a token, it needs the scope `account`, and makes none that allows more or lasts longer than itself.
#[utoipa::path(
    post, path = "/api/account/tokens", tag = "account",
    request_body = accounts_api::NewToken,
    responses(
        (status = 200, description = "The token, shown this once", body = accounts_api::MadeToken),
        (status = 400, description = "A field is wrong", body = rooms_api::Error),
        (status = 403, description = "The token that asks does not allow as much itself", body = rooms_api::Error),
        (status = 409, description = "There are as many as there may be", body = rooms_api::Error),
    )
)]
pub(crate) async fn make(State(web): State<Web>, caller: Caller, From(from): From, body: Body) -> Answer {
    let seen = seen(&caller)?;
    let name = body.0.string("name")?;
    let scopes = body.0.optional_strings("scopes")?;
    let scopes = scopes
        .ok_or_else(|| ApiError::bad("`scopes` is missing; give at least one of read, post, manage, account, admin"))?;
    let scopes = Scopes::named(scopes.iter().map(String::as_str))
        .map_err(|_| ApiError::bad("`scopes` may hold read, post, manage, account, admin"))?;
    let days = body.0.optional_number("days")?.map(|days| u32::try_from(days).unwrap_or(u32::MAX));
    if days.is_some_and(|days| !(1..=DAYS_MAX).contains(&days)) {
        return Err(ApiError::bad(format!("`days` must be 1 to {DAYS_MAX}, or null")));
    }
    let (token, made) = web.accounts().make_token(seen, name, scopes, days.map(|days| DAY * days), &from).await?;
    private(&accounts_api::MadeToken { token, id: made.id, expires: made.expires.map(seconds) })
}

/// Take one of one's own tokens back. With a token, it needs the scope `account`.
#[utoipa::path(
    delete, path = "/api/account/tokens", tag = "account",
    request_body = accounts_api::ById,
    responses(
        (status = 200, description = "Done", body = rooms_api::Empty),
        (status = 404, description = "There is no such token", body = rooms_api::Error),
    )
)]
pub(crate) async fn revoke(State(web): State<Web>, caller: Caller, From(from): From, body: Body) -> Answer {
    web.accounts().revoke_token(&seen(&caller)?.person, body.0.number("id")?, &from).await?;
    private(&rooms_api::Empty {})
}
