//! `/admin/people`: accounts and invitations.

use std::time::Duration;

use axum::{extract::State, response::Response};
use http::{HeaderMap, StatusCode};
use minijinja::{Value, context};
use parlor_accounts::{Error, Invitation};
use parlor_rooms::policy::{Role, ServerAction, check_server};

use super::{ROWS, broken, by, draw};
use crate::{
    Web,
    account::{go, status, with_wait, wrong},
    caller::Caller,
    form::Form,
    params::Params,
    when,
};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// How long an invitation lasts where nobody says.
const INVITED_FOR: u64 = 7;

const SAID: &[(&str, &str)] = &[
    ("added", "The account is made. Give its owner the password, and tell them to change it."),
    ("role", "The role is changed."),
    ("disabled", "The account is disabled: nobody can log in with it, and all its sessions are over."),
    ("enabled", "The account can log in again."),
    ("password", "The password is changed, and all sessions of the account are over."),
    ("revoked", "The invitation is taken back."),
];

/// `/admin`: to what one may see.
pub(crate) async fn first(State(web): State<Web>, caller: Caller) -> Response {
    let manages = check_server(&caller.actor, ServerAction::ManagePeople).is_ok();
    go(&web, if manages { "/admin/people" } else { "/admin/rooms" })
}

pub(crate) async fn show(State(web): State<Web>, caller: Caller, params: Params) -> Response {
    let said = params.text("said").unwrap_or_default();
    let said = SAID.iter().find(|(word, _)| *word == said).map(|(_, said)| *said);
    let after = params.number("after").unwrap_or(0);
    drawn(&web, &caller, StatusCode::OK, after, context! { said }).await
}

pub(crate) async fn add(State(web): State<Web>, caller: Caller, form: Form) -> Response {
    let Some(role) = Role::named(form.text("role")) else { return failed(&web, &caller, "add", &ROLE, &form).await };
    match web.accounts().add(&by(&caller), form.text("name"), role, Some(form.text("password"))).await {
        Ok(_) => go(&web, "/admin/people?said=added"),
        Err(error) => failed(&web, &caller, "add", &error, &form).await,
    }
}

const ROLE: Error = Error::Invalid("role", "choose member, operator or admin");

pub(crate) async fn role(State(web): State<Web>, caller: Caller, form: Form) -> Response {
    let Some(role) = Role::named(form.text("role")) else { return failed(&web, &caller, "people", &ROLE, &form).await };
    match web.accounts().set_role(&by(&caller), form.text("name"), role).await {
        Ok(_) => go(&web, "/admin/people?said=role"),
        Err(error) => failed(&web, &caller, "people", &error, &form).await,
    }
}

pub(crate) async fn disable(State(web): State<Web>, caller: Caller, form: Form) -> Response {
    let disabled = form.text("disabled") == "yes";
    match web.accounts().set_disabled(&by(&caller), form.text("name"), disabled).await {
        Ok(_) => go(&web, if disabled { "/admin/people?said=disabled" } else { "/admin/people?said=enabled" }),
        Err(error) => failed(&web, &caller, "people", &error, &form).await,
    }
}

pub(crate) async fn password(State(web): State<Web>, caller: Caller, form: Form) -> Response {
    match web.accounts().set_password(&by(&caller), form.text("name"), form.text("password")).await {
        Ok(()) => go(&web, "/admin/people?said=password"),
        Err(error) => failed(&web, &caller, "people", &error, &form).await,
    }
}

/// Makes an invitation, and shows its link this once.
pub(crate) async fn invite(State(web): State<Web>, caller: Caller, headers: HeaderMap, form: Form) -> Response {
    let Some(role) = Role::named(form.text("role")) else { return failed(&web, &caller, "invite", &ROLE, &form).await };
    match invitation(&web, &caller, &headers, role, form.number("uses"), form.number("days")).await {
        Ok((link, _)) => drawn(&web, &caller, StatusCode::OK, 0, context! { link }).await,
        Err(error) => failed(&web, &caller, "invite", &error, &form).await,
    }
}

/// Makes an invitation: its link, as it is seen from where somebody asks.
pub(crate) async fn invitation(
    web: &Web,
    caller: &Caller,
    headers: &HeaderMap,
    role: Role,
    uses: Option<u64>,
    days: Option<u64>,
) -> Result<(String, Invitation), Error> {
    let uses = u32::try_from(uses.unwrap_or(1)).unwrap_or(u32::MAX);
    let days = u32::try_from(days.unwrap_or(INVITED_FOR)).unwrap_or(u32::MAX);
    let life = DAY.checked_mul(days).unwrap_or(Duration::MAX);
    let (secret, made) = web.accounts().make_invitation(&by(caller), role, uses, life).await?;
    Ok((web.origins().here(headers) + &web.base().at(&format!("/join#{secret}")), made))
}

pub(crate) async fn revoke(State(web): State<Web>, caller: Caller, form: Form) -> Response {
    match web.accounts().revoke_invitation(&by(&caller), form.number("id").unwrap_or(0)).await {
        Ok(()) => go(&web, "/admin/people?said=revoked"),
        Err(error) => failed(&web, &caller, "invite", &error, &form).await,
    }
}

async fn failed(web: &Web, caller: &Caller, at: &str, error: &Error, form: &Form) -> Response {
    let values = context! { wrong => wrong(error), wrong_at => at, typed => form.text("name") };
    with_wait(drawn(web, caller, status(error), 0, values).await, error)
}

async fn drawn(web: &Web, caller: &Caller, status: StatusCode, after: u64, values: Value) -> Response {
    match page(web, caller, after).await {
        Ok(common) => draw(web, caller, status, "people", context! { ..values, ..common }),
        Err(error) => broken(web, &error),
    }
}

async fn page(web: &Web, caller: &Caller, after: u64) -> Result<Value, Error> {
    let by = by(caller);
    let mut people = web.accounts().people(&by, after, ROWS + 1).await?;
    let more = people.len() > ROWS;
    people.truncate(ROWS);
    let next = people.last().filter(|_| more).map(|last| last.id);
    let own = caller.person().map(|person| person.id);
    let people = people.into_iter().map(|one| {
        context! {
            name => one.name, role => one.role.name(), disabled => one.disabled, password => one.password,
            made => when::value(one.made), own => Some(one.id) == own,
        }
    });
    let invitations = web.accounts().invitations(&by).await?.into_iter().map(|one| {
        context! { id => one.id, role => one.role.name(), uses => one.uses, by => one.by, expires => when::value(one.expires) }
    });
    Ok(context! {
        people => people.collect::<Vec<_>>(), next, after,
        invitations => invitations.collect::<Vec<_>>(),
        roles => Role::ALL.map(Role::name),
    })
}
