//! What holds for many routes at once: whom a local server answers, CORS, which origins may change things, caching.

use axum::{
    extract::Request,
    response::{IntoResponse as _, Response},
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};

use crate::{Web, error::ApiError, gate, origins::is_loopback};

/// For whom the server is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Loopback only: limits are off, local bots are allowed, and a Host that is no loopback name is refused.
    Local,
    /// Others reach it.
    Served,
}

/// Headers that a proxy adds.
const FORWARDING: &[&str] = &[
    "forwarded",
    "via",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-port",
    "x-forwarded-prefix",
    "x-forwarded-proto",
    "x-forwarded-server",
    "x-real-ip",
    "cf-connecting-ip",
    "true-client-ip",
];

const MISDIRECTED: &str = "This server is for its own machine only: it answers to localhost, without a proxy. To let others in, \
     start it with --public-url (the address under which they reach it).";

/// Refuses what a local server must not answer: another host's name (DNS rebinding), or a proxy that would put it on the internet.
pub(crate) fn misdirected(web: &Web, request: &Request) -> Option<Response> {
    let misdirected = *web.mode() == Mode::Local && !is_local(request);
    misdirected.then(|| gate::refuse(web, request.uri().path(), StatusCode::MISDIRECTED_REQUEST, MISDIRECTED))
}

fn is_local(request: &Request) -> bool {
    let headers = request.headers();
    if headers.keys().any(|name| FORWARDING.contains(&name.as_str())) {
        return false;
    }
    let mut hosts = headers.get_all(header::HOST).iter();
    let named = match (hosts.next(), hosts.next()) {
        (Some(host), None) => host.to_str().is_ok_and(is_loopback),
        _ => false,
    };
    // An absolute target names a host too.
    named && request.uri().authority().is_none_or(|authority| is_loopback(authority.as_str()))
}

/// The rooms API: open to scripts of any page, but not to those without an origin when something would change. None for what is
/// to be answered by its handler.
pub(crate) fn api(web: &Web, request: &Request) -> Option<Response> {
    if request.method() == Method::OPTIONS {
        return Some((StatusCode::NO_CONTENT, preflight()).into_response());
    }
    if !gate::changes(request.method()) {
        return None;
    }
    if request.headers().get(header::ORIGIN).is_some_and(|origin| origin == "null") {
        let message = "This call comes from a page without an origin of its own, such as a bot's message, \
                       and is refused; call from a page with an address, or from a program.";
        return Some(ApiError::new(StatusCode::FORBIDDEN, message).into_response());
    }
    if web.content().is_some_and(|content| content.made(request.headers())) {
        let message = "This call comes from a bot's message, which may change nothing in a person's name.";
        return Some(ApiError::new(StatusCode::FORBIDDEN, message).into_response());
    }
    if is_delivery(request.headers()) {
        let message = "This call is Parlor's own delivery to a bot: the bot's URL points at Parlor itself, which would \
                       go round in a circle. Give the bot the address of its own program.";
        return Some(ApiError::bad(message).into_response());
    }
    None
}

/// Whether a request is what a bot is sent (`webhook-id: act_…` with `parlor-room`), or `test_…`, where it is only tried.
fn is_delivery(headers: &HeaderMap) -> bool {
    let id = headers.get("webhook-id").and_then(|id| id.to_str().ok());
    headers.contains_key("parlor-room") && id.is_some_and(|id| id.starts_with("act_") || id.starts_with("test_"))
}

fn preflight() -> HeaderMap {
    HeaderMap::from_iter([
        (header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST, DELETE, OPTIONS")),
        (
            header::ACCESS_CONTROL_ALLOW_HEADERS,
            HeaderValue::from_static("content-type, prefer, idempotency-key, authorization"),
        ),
        (header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("86400")),
    ])
}

/// Lets scripts of any page read an answer.
pub(crate) fn open(mut response: Response) -> Response {
    let exposed = HeaderName::from_static("access-control-expose-headers");
    response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response.headers_mut().insert(exposed, HeaderValue::from_static("preference-applied, retry-after"));
    response
}
