//! `/login` and `/logout`.

use axum::{extract::State, response::Response};
use http::{Extensions, StatusCode};
use minijinja::{Value, context};
use parlor_accounts::Error;
use parlor_rooms::policy::Accounts;

use super::{begin, end, go, next, status, with_wait, wrong};
use crate::{
    Web,
    caller::{self, Caller, From},
    cookie,
    form::Form,
    pages,
    params::Params,
};

/// The page, or on to where one came from if one is in already.
pub(crate) async fn show(State(web): State<Web>, caller: Caller, params: Params) -> Response {
    let next = next::safe(params.text("next").unwrap_or_default());
    if web.accounts().mode() == Accounts::Off {
        return pages::no_accounts(&web);
    }
    if caller.person().is_some() {
        return go(&web, next);
    }
    draw(&web, StatusCode::OK, context! { next, ended => params.has("ended") })
}

pub(crate) async fn enter(State(web): State<Web>, From(from): From, extensions: Extensions, form: Form) -> Response {
    let next = next::safe(form.text("next"));
    match web.accounts().log_in(form.text("name"), form.text("password"), &from).await {
        Ok(entered) => begin(&web, &extensions, &entered, next),
        Err(Error::Off) => pages::no_accounts(&web),
        Err(error) => {
            let values = context! { next, name => form.text("name"), wrong => wrong(&error) };
            with_wait(draw(&web, status(&error), values), &error)
        }
    }
}

/// Ends the session.
pub(crate) async fn leave(
    State(web): State<Web>,
    From(from): From,
    headers: http::HeaderMap,
    extensions: Extensions,
) -> Response {
    let name = cookie::session_name(caller::is_secure(&web, &extensions));
    if let Some(session) = cookie::read(&headers, name)
        && let Err(error) = web.accounts().log_out(session, &from).await
    {
        return pages::error(&web, status(&error), &wrong(&error));
    }
    end(&web, &extensions, if web.accounts().mode() == Accounts::Required { "/login" } else { "/" })
}

pub(crate) fn draw(web: &Web, status: StatusCode, values: Value) -> Response {
    let common = context! {
        title => format!("Log in · {}", web.templates().name()),
        sign_up => web.accounts().options().sign_up,
        providers => web.providers(),
        required => web.accounts().mode() == Accounts::Required,
    };
    pages::login(web, status, context! { ..values, ..common })
}
