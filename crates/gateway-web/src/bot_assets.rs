//! `GET /bot-assets/{bot}/{path}`, or with a room's key `/bot-assets/~{key}/{bot}/{path}`: files of bots without an address, fetched through their sockets.
//!
//! What is served here is a stranger's, on our own origin: nothing of it may run there. The frame, whose origin is
//! opaque, may load it; a page of ours, or one opened at this address, gets no script out of it.

use axum::{
    extract::State,
    response::{IntoResponse as _, Response},
};
use http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use parlor_rooms::{BotId, Endpoint, policy::Action};
use parlor_runtime::{BotFile, CommandError, NoFile};
use percent_encoding::percent_decode_str;

use sha2::{Digest as _, Sha256};

use crate::{
    Web,
    assets::{Coding, etag, knows},
    caller::Caller,
    error::ApiError,
    headers,
};

const PREFIX: &str = "/bot-assets/";
const CSP: &str = "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'; frame-ancestors 'none'";
/// The longest path that is passed on to a bot.
const PATH_MAX: usize = 4 * 1024;

pub(crate) async fn handle(State(web): State<Web>, caller: Caller, uri: Uri, headers: HeaderMap) -> Response {
    let mut response = match find(&web, &caller, &uri, &headers).await {
        Ok(file) => answer(file, &headers),
        Err(error) => error.into_response(),
    };
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(CSP));
    headers::for_any_origin(response.headers_mut());
    response
}

async fn find(web: &Web, caller: &Caller, uri: &Uri, headers: &HeaderMap) -> Result<BotFile, ApiError> {
    // At the host for bots' content everything is a stranger's.
    let apart = web.content().is_some_and(|content| content.is_asked(headers));
    if !apart && runs_here(headers) {
        let message = "a bot's script or page does not run on this server's own pages; the room's frame may load it";
        return Err(ApiError::new(StatusCode::FORBIDDEN, message));
    }
    let nothing = || ApiError::new(StatusCode::NOT_FOUND, "there is no such file; it is /bot-assets/BOT/PATH");
    let rest = uri.path().strip_prefix(PREFIX).ok_or_else(nothing)?;
    let (key, rest) = match rest.strip_prefix('~') {
        Some(keyed) => keyed.split_once('/').map(|(key, rest)| (Some(key), rest)).ok_or_else(nothing)?,
        None => (None, rest),
    };
    let (bot, path) = rest.split_once('/').ok_or_else(nothing)?;
    let bot = BotId(bot.parse().map_err(|_| nothing())?);
    let path = relative(path, uri.query())?;
    let (room, known) = web.runtime().store().bot(bot).await?.ok_or(CommandError::NoBot(bot))?;
    let now = web.runtime().clock().now();
    if !key.is_some_and(|key| web.file_keys().opens(key, &room, now)) {
        web.runtime().check(caller, Action::Read, &room).await?;
    }
    if known.endpoint() != Endpoint::Socket {
        let message = "this bot has an address of its own; its files are there";
        return Err(ApiError::new(StatusCode::NOT_FOUND, message));
    }
    web.control().bot_file(bot, &path).await.map_err(|why| {
        let status = match why {
            NoFile::NotThere => StatusCode::NOT_FOUND,
            NoFile::TimedOut(_) => StatusCode::GATEWAY_TIMEOUT,
            NoFile::NotConnected | NoFile::TooLarge(_) | NoFile::Failed(_) => StatusCode::BAD_GATEWAY,
        };
        ApiError::new(status, why.to_string())
    })
}

/// Whether a page of this very origin, and not the frame, wants to run what it gets.
fn runs_here(headers: &HeaderMap) -> bool {
    let says = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let runs = matches!(
        says("sec-fetch-dest"),
        "script" | "worker" | "sharedworker" | "serviceworker" | "audioworklet" | "paintworklet" | "style" | "xslt"
    );
    headers.contains_key("service-worker") || (runs && says("sec-fetch-site") == "same-origin")
}

/// The path that the bot is asked for: as it came, but never out of where the bot lives.
fn relative(path: &str, query: Option<&str>) -> Result<String, ApiError> {
    let plain = percent_decode_str(path).decode_utf8().map_err(|_| ApiError::bad("the path is not UTF-8"))?;
    // Twice encoded dots are dots too for a server that decodes twice.
    let twice = percent_decode_str(&plain).decode_utf8_lossy();
    let leaves = |path: &str| path.split(['/', '\\']).any(|segment| matches!(segment, "." | ".."));
    if leaves(&plain) || leaves(&twice) || plain.starts_with(['/', '\\']) || plain.chars().any(char::is_control) {
        return Err(ApiError::bad("the path of a bot's file has no `..` and no control characters"));
    }
    let path = match query {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    };
    if path.len() > PATH_MAX {
        return Err(ApiError::new(StatusCode::URI_TOO_LONG, "the path of the file is too long"));
    }
    Ok(path)
}

/// What the viewer has already is not sent again; that it still is so the bot was asked.
fn answer(file: BotFile, asked: &HeaderMap) -> Response {
    let kind = file.content_type.and_then(|kind| HeaderValue::from_str(&kind).ok());
    let kind = kind.unwrap_or(HeaderValue::from_static("application/octet-stream"));
    let etag = etag(&Sha256::digest(&file.body).into(), Coding::Plain);
    let is_known = knows(asked, &etag);
    let headers = [(header::CONTENT_TYPE, Some(kind)), (header::ETAG, HeaderValue::from_str(&etag).ok())];
    let headers: HeaderMap = headers.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
    if is_known { (StatusCode::NOT_MODIFIED, headers).into_response() } else { (headers, file.body).into_response() }
}

#[cfg(test)]
mod tests {
    use http::HeaderName;

    use super::*;

    #[test]
    fn paths_are_passed_on_as_they_came_and_never_lead_out() {
        for (path, query, expected) in [
            ("", None, ""),
            ("a%20b/c.png", None, "a%20b/c.png"),
            ("static/%C3%A4.css", Some("v=1&x=%2e%2e"), "static/%C3%A4.css?v=1&x=%2e%2e"),
            ("a..b/...c", None, "a..b/...c"),
        ] {
            assert_eq!(relative(path, query).ok().as_deref(), Some(expected));
        }
        for path in [
            "..",
            "../x",
            "a/../x",
            "%2e%2e/x",
            "a/%2E%2e",
            "..%2fx",
            "a%5c..%5cx",
            "%252e%252e/x",
            "./x",
            "/x",
            "%2fx",
            "%5Cx",
            "a%00b",
            "a%0d%0ab",
            "%ff",
        ] {
            assert!(relative(path, None).is_err(), "{path}");
        }
    }

    #[test]
    fn our_own_pages_run_nothing_from_here() {
        let ask = |headers: &[(&'static str, &'static str)]| {
            let pairs = headers.iter().map(|(n, v)| (HeaderName::from_static(n), HeaderValue::from_static(v)));
            runs_here(&pairs.collect())
        };
        assert!(!ask(&[]));
        assert!(!ask(&[("sec-fetch-site", "cross-site"), ("sec-fetch-dest", "script")]), "the frame");
        assert!(!ask(&[("sec-fetch-site", "same-origin"), ("sec-fetch-dest", "image")]), "the page shows pictures");
        assert!(ask(&[("sec-fetch-site", "same-origin"), ("sec-fetch-dest", "script")]));
        assert!(ask(&[("sec-fetch-site", "same-origin"), ("sec-fetch-dest", "serviceworker")]));
        assert!(ask(&[("service-worker", "script")]));
    }
}
