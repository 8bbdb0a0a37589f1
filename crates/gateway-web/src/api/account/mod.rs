//! `/api/account`: one's own account, for programs.

pub(crate) mod password;
pub(crate) mod sessions;
pub(crate) mod tokens;

use axum::extract::State;
use parlor_accounts::{By, Credential, Seen};
use parlor_rooms::policy::Refusal;
use parlor_runtime::CommandError;
use parlor_wire::{accounts_api, rooms_api};

use super::{Answer, private};
use crate::{Web, caller::Caller, error::ApiError};

/// Who one is, and what one may with what one has shown. Any token will do.
#[utoipa::path(
    get, path = "/api/account", tag = "account",
    responses(
        (status = 200, description = "The account", body = accounts_api::OwnAccount),
        (status = 401, description = "Nobody has logged in, or the token is over", body = rooms_api::Error),
    )
)]
pub(crate) async fn handle(State(web): State<Web>, caller: Caller) -> Answer {
    let seen = seen(&caller)?;
    let account = web.accounts().account(&By::server(), &seen.person.name)?;
    let token = match seen.credential {
        Credential::Token(id) => Some(id),
        Credential::Session(_) | Credential::Proxy => None,
    };
    private(&accounts_api::OwnAccount {
        name: account.name,
        role: account.role.name().to_owned(),
        password: account.password,
        scopes: seen.scopes.names().map(str::to_owned).collect(),
        session: seen.session_id(),
        token,
    })
}

/// How the caller proved to be who they are; the gate lets nobody through who did not.
fn seen(caller: &Caller) -> Result<&Seen, ApiError> {
    caller.seen().ok_or_else(|| CommandError::Refused(Refusal::NeedsLogin).into())
}
