//! `GET`, `POST` and `DELETE /api/admin/invitations`: links with which people make accounts, for admins.

use axum::extract::State;
use http::HeaderMap;
use parlor_wire::{accounts_api, rooms_api};

use super::{
    super::{Answer, private, seconds},
    role,
};
use crate::{
    Web,
    admin::{by, people::invitation},
    body::Body,
    caller::Caller,
    error::ApiError,
};

/// The invitations that can still be used, the newest first. For admins; with a token, it needs the scope `admin`.
#[utoipa::path(
    get, path = "/api/admin/invitations", tag = "admin",
    responses((status = 200, description = "The invitations, without their links", body = Vec<accounts_api::Invitation>))
)]
pub(crate) async fn list(State(web): State<Web>, caller: Caller) -> Answer {
    let invitations = web.accounts().invitations(&by(&caller)).await?.into_iter().map(|one| accounts_api::Invitation {
        id: one.id,
        role: one.role.name().to_owned(),
        uses: one.uses,
        made: seconds(one.made),
        expires: seconds(one.expires),
        by: one.by,
    });
    private(&invitations.collect::<Vec<_>>())
}

/// Make an invitation. For admins; with a token, it needs the scope `admin`.
#[utoipa::path(
    post, path = "/api/admin/invitations", tag = "admin",
    request_body = accounts_api::NewInvitation,
    responses(
        (status = 200, description = "The invitation; its link is shown this once", body = accounts_api::MadeInvitation),
        (status = 400, description = "A field is wrong", body = rooms_api::Error),
        (status = 409, description = "There are as many as there may be", body = rooms_api::Error),
    )
)]
pub(crate) async fn make(State(web): State<Web>, caller: Caller, headers: HeaderMap, body: Body) -> Answer {
    let role = role(&body)?.unwrap_or_default();
    let (uses, days) = (body.0.optional_number("uses")?, body.0.optional_number("days")?);
    if uses.is_some_and(|uses| !(1..=10_000).contains(&uses)) {
        return Err(ApiError::bad("`uses` must be 1 to 10000"));
    }
    if days.is_some_and(|days| !(1..=366).contains(&days)) {
        return Err(ApiError::bad("`days` must be 1 to 366"));
    }
    let (link, made) = invitation(&web, &caller, &headers, role, uses, days).await?;
    private(&accounts_api::MadeInvitation { link, id: made.id, expires: seconds(made.expires) })
}

/// Take an invitation back. For admins; with a token, it needs the scope `admin`.
#[utoipa::path(
    delete, path = "/api/admin/invitations", tag = "admin",
    request_body = accounts_api::ById,
    responses(
        (status = 200, description = "Done", body = rooms_api::Empty),
        (status = 404, description = "There is no such invitation", body = rooms_api::Error),
    )
)]
pub(crate) async fn revoke(State(web): State<Web>, caller: Caller, body: Body) -> Answer {
    web.accounts().revoke_invitation(&by(&caller), body.0.number("id")?).await?;
    private(&rooms_api::Empty {})
}
