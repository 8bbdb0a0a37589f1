//! The pages with which people come in, and look after their own account.

pub(crate) mod enter;
pub(crate) mod login;
pub(crate) mod me;
mod next;
pub(crate) mod oidc;

use std::time::Duration;

use axum::response::{IntoResponse as _, Redirect, Response};
use http::{Extensions, HeaderValue, StatusCode, header};
use parlor_accounts::{Error, LoggedIn};

use crate::{Web, caller, cookie, gate::sentence};

/// The status of an answer that shows a form again, with what was wrong.
pub(crate) fn status(error: &Error) -> StatusCode {
    match error {
        Error::Wrong | Error::Disabled => StatusCode::UNAUTHORIZED,
        Error::TryLater(_) => StatusCode::TOO_MANY_REQUESTS,
        Error::Refused(_) | Error::NoSignUp => StatusCode::FORBIDDEN,
        Error::Off | Error::NoAccount(_) | Error::Gone(_) | Error::SetUpOver | Error::InvitationOver => {
            StatusCode::NOT_FOUND
        }
        Error::NameTaken(_) | Error::IdentityTaken | Error::LastAdmin | Error::TooMany(..) => StatusCode::CONFLICT,
        Error::Name(_) | Error::Password(_) | Error::Invalid(..) => StatusCode::BAD_REQUEST,
        Error::Append(_) | Error::Read(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// What went wrong, as a page says it. What is internal is logged.
pub(crate) fn wrong(error: &Error) -> String {
    if matches!(error, Error::Append(_) | Error::Read(_)) {
        tracing::error!(%error, "an account can't be read or changed");
        return "Something went wrong inside the server; its log says what.".to_owned();
    }
    sentence(&error.to_string())
}

/// Puts the waiting time into an answer that says to come back.
pub(crate) fn with_wait(mut response: Response, error: &Error) -> Response {
    if let Error::TryLater(wait) = error {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(parlor_accounts::seconds(wait)));
    }
    response
}

/// Somebody is in: their browser keeps the session, and goes on.
pub(crate) fn begin(web: &Web, extensions: &Extensions, entered: &LoggedIn, next: &str) -> Response {
    let secure = caller::is_secure(web, extensions);
    let life = web.accounts().options().session;
    let mut response = go(web, next::safe(next));
    response
        .headers_mut()
        .append(header::SET_COOKIE, cookie::set(cookie::session_name(secure), &entered.token, life, secure));
    response
}

/// Their browser forgets the session.
pub(crate) fn end(web: &Web, extensions: &Extensions, to: &str) -> Response {
    let secure = caller::is_secure(web, extensions);
    let mut response = go(web, to);
    let gone = cookie::set(cookie::session_name(secure), "", Duration::ZERO, secure);
    response.headers_mut().append(header::SET_COOKIE, gone);
    response
}

/// On to another page, after something was done.
pub(crate) fn go(web: &Web, to: &str) -> Response {
    away(&web.base().at(to))
}

/// The same to any address, of another server, too.
pub(crate) fn away(to: &str) -> Response {
    let mut response = Redirect::to(to).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
