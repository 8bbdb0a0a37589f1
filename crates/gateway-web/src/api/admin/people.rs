//! `/api/admin/people…`: accounts, for admins.

use axum::extract::State;
use parlor_accounts::Account;
use parlor_wire::{accounts_api, rooms_api};

use super::{
    super::{Answer, private, seconds},
    limit, named, role,
};
use crate::{Web, admin::by, body::Body, caller::Caller, error::ApiError, params::Params};

fn shown(account: Account) -> accounts_api::Person {
    accounts_api::Person {
        id: account.id,
        name: account.name,
        role: account.role.name().to_owned(),
        disabled: account.disabled,
        password: account.password,
        made: seconds(account.made),
    }
}

/// Whom it is about.
fn name(body: &Body) -> Result<&str, ApiError> {
    body.short("name", body.0.string("name")?)
}

/// Everybody who has an account, in order of id. For admins; with a token, it needs the scope `admin`.
#[utoipa::path(
    get, path = "/api/admin/people", tag = "admin",
    params(
        ("after" = Option<u64>, Query, description = "Only those with a greater id: the next page"),
        ("limit" = Option<u64>, Query, description = "At most so many, up to 500; 100 without"),
    ),
    responses((status = 200, description = "The accounts", body = Vec<accounts_api::Person>))
)]
pub(crate) async fn list(State(web): State<Web>, caller: Caller, params: Params) -> Answer {
    let after = params.number("after").unwrap_or_default();
    let people = web.accounts().people(&by(&caller), after, limit(&params)).await?;
    private(&people.into_iter().map(shown).collect::<Vec<_>>())
}

/// Make an account. For admins; with a token, it needs the scope `admin`.
#[utoipa::path(
    post, path = "/api/admin/people", tag = "admin",
    request_body = accounts_api::NewPerson,
    responses(
        (status = 200, description = "The account", body = accounts_api::Person),
        (status = 400, description = "A name or password that none may have", body = rooms_api::Error),
        (status = 409, description = "The name is taken", body = rooms_api::Error),
    )
)]
pub(crate) async fn add(State(web): State<Web>, caller: Caller, body: Body) -> Answer {
    let (name, password) = (name(&body)?, body.0.optional_string("password")?);
    let role = role(&body)?.unwrap_or_default();
    private(&shown(web.accounts().add(&by(&caller), name, role, password).await?))
}

/// Give an account another role. For admins; with a token, it needs the scope `admin`.
#[utoipa::path(
    post, path = "/api/admin/people/role", tag = "admin",
    request_body = accounts_api::ChangeRole,
    responses(
        (status = 200, description = "The account as it is now", body = accounts_api::Person),
        (status = 404, description = "There is no such account", body = rooms_api::Error),
        (status = 409, description = "It is the last admin", body = rooms_api::Error),
    )
)]
pub(crate) async fn change_role(State(web): State<Web>, caller: Caller, body: Body) -> Answer {
    let (name, role) = (name(&body)?, named(body.0.string("role")?)?);
    private(&shown(web.accounts().set_role(&by(&caller), name, role).await?))
}

/// Disable an account, or let it in again. For admins; with a token, it needs the scope `admin`.
#[utoipa::path(
    post, path = "/api/admin/people/disabled", tag = "admin",
    request_body = accounts_api::Disable,
    responses(
        (status = 200, description = "The account as it is now", body = accounts_api::Person),
        (status = 404, description = "There is no such account", body = rooms_api::Error),
        (status = 409, description = "It is the last admin", body = rooms_api::Error),
    )
)]
pub(crate) async fn disable(State(web): State<Web>, caller: Caller, body: Body) -> Answer {
    private(&shown(web.accounts().set_disabled(&by(&caller), name(&body)?, body.0.bool("disabled")?).await?))
}

/// Give an account another password; all its sessions end. For admins; with a token, it needs the scope `admin`.
#[utoipa::path(
    post, path = "/api/admin/people/password", tag = "admin",
    request_body = accounts_api::SetPassword,
    responses(
        (status = 200, description = "Done", body = rooms_api::Empty),
        (status = 400, description = "The password is too short, too long or too common", body = rooms_api::Error),
        (status = 404, description = "There is no such account", body = rooms_api::Error),
    )
)]
pub(crate) async fn set_password(State(web): State<Web>, caller: Caller, body: Body) -> Answer {
    web.accounts().set_password(&by(&caller), name(&body)?, body.0.string("password")?).await?;
    private(&rooms_api::Empty {})
}

/// End all sessions of an account; its tokens stay. For admins; with a token, it needs the scope `admin`.
#[utoipa::path(
    post, path = "/api/admin/people/log-out", tag = "admin",
    request_body = accounts_api::ByName,
    responses(
        (status = 200, description = "Done", body = rooms_api::Empty),
        (status = 404, description = "There is no such account", body = rooms_api::Error),
    )
)]
pub(crate) async fn log_out(State(web): State<Web>, caller: Caller, body: Body) -> Answer {
    web.accounts().end_sessions_of(&by(&caller), name(&body)?).await?;
    private(&rooms_api::Empty {})
}
