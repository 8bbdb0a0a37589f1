//! Ways to an account of one's own: `/join/{invitation}`, `/sign-up`, and `/setup/{token}` for the first admin.

use axum::{extract::State, response::Response};
use http::{Extensions, StatusCode};
use minijinja::{Value, context};
use parlor_accounts::{Error, LoggedIn};
use parlor_rooms::policy::Role;

use super::{begin, status, with_wait, wrong};
use crate::{
    Web,
    caller::{Caller, From},
    form::Form,
    pages,
    params::Rest,
};

/// Which of the ways.
#[derive(Clone, Copy)]
enum Way {
    Join,
    SignUp,
    SetUp,
}

pub(crate) async fn show_join(State(web): State<Web>, caller: Caller, Rest(secret): Rest) -> Response {
    match web.accounts().invitation(&secret.unwrap_or_default()).await {
        Ok(invitation) => draw(&web, Way::Join, &caller, StatusCode::OK, context! { role => role(invitation.role) }),
        Err(error) => closed(&web, &error),
    }
}

pub(crate) async fn join(
    State(web): State<Web>,
    caller: Caller,
    From(from): From,
    Rest(secret): Rest,
    extensions: Extensions,
    form: Form,
) -> Response {
    let secret = secret.unwrap_or_default();
    let done = match same(&form) {
        Ok(()) => web.accounts().accept_invitation(&secret, form.text("name"), form.text("password"), &from).await,
        Err(error) => Err(error),
    };
    entered(&web, Way::Join, &caller, &extensions, &form, done)
}

pub(crate) async fn show_sign_up(State(web): State<Web>, caller: Caller) -> Response {
    if !web.accounts().options().sign_up {
        return closed(&web, &Error::NoSignUp);
    }
    draw(&web, Way::SignUp, &caller, StatusCode::OK, context! {})
}

pub(crate) async fn sign_up(
    State(web): State<Web>,
    caller: Caller,
    From(from): From,
    extensions: Extensions,
    form: Form,
) -> Response {
    let done = match same(&form) {
        Ok(()) => web.accounts().sign_up(form.text("name"), form.text("password"), &from).await,
        Err(error) => Err(error),
    };
    entered(&web, Way::SignUp, &caller, &extensions, &form, done)
}

pub(crate) async fn show_set_up(State(web): State<Web>, caller: Caller, Rest(secret): Rest) -> Response {
    if !web.accounts().is_setup_token(&secret.unwrap_or_default()) {
        return closed(&web, &Error::SetUpOver);
    }
    draw(&web, Way::SetUp, &caller, StatusCode::OK, context! {})
}

pub(crate) async fn set_up(
    State(web): State<Web>,
    caller: Caller,
    From(from): From,
    Rest(secret): Rest,
    extensions: Extensions,
    form: Form,
) -> Response {
    let secret = secret.unwrap_or_default();
    let done = match same(&form) {
        Ok(()) => web.accounts().set_up(&secret, form.text("name"), form.text("password"), &from).await,
        Err(error) => Err(error),
    };
    entered(&web, Way::SetUp, &caller, &extensions, &form, done)
}

/// A password that is typed for the first time is typed twice.
fn same(form: &Form) -> Result<(), Error> {
    if form.text("password") == form.text("again") {
        return Ok(());
    }
    Err(Error::Invalid("password", "the two are not the same; type it again"))
}

fn entered(
    web: &Web,
    way: Way,
    caller: &Caller,
    extensions: &Extensions,
    form: &Form,
    done: Result<LoggedIn, Error>,
) -> Response {
    match done {
        Ok(entered) => begin(web, extensions, &entered, if matches!(way, Way::SetUp) { "/admin" } else { "/" }),
        Err(error @ (Error::Off | Error::InvitationOver | Error::SetUpOver | Error::NoSignUp)) => closed(web, &error),
        Err(error) => {
            let values = context! { name => form.text("name"), wrong => wrong(&error) };
            with_wait(draw(web, way, caller, status(&error), values), &error)
        }
    }
}

/// There is no way in here, or none any more.
fn closed(web: &Web, error: &Error) -> Response {
    if matches!(error, Error::Off) {
        return pages::no_accounts(web);
    }
    pages::error(web, status(error), &wrong(error))
}

fn draw(web: &Web, way: Way, caller: &Caller, status: StatusCode, values: Value) -> Response {
    let (kind, title) = match way {
        Way::Join => ("join", "Join"),
        Way::SignUp => ("sign-up", "Sign up"),
        Way::SetUp => ("setup", "The first admin"),
    };
    let server = web.templates().name();
    let common = context! { kind, title => format!("{title} · {server}"), already => caller.person().map(|person| &person.name) };
    pages::enter(web, status, context! { ..values, ..common })
}

/// What somebody becomes, in words.
fn role(role: Role) -> Option<&'static str> {
    (role != Role::Member).then(|| role.name())
}
