//! `GET /web/…`: scripts, styles and pictures of the pages, embedded in the binary.

mod coding;
mod modules;

use std::borrow::Cow;

use axum::{
    extract::State,
    response::{IntoResponse as _, Response},
};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use rust_embed::{EmbeddedFile, RustEmbed};
use sha2::{Digest as _, Sha256};

pub(crate) use self::coding::{Coded, Coding, Hash, gzip};
use crate::{Web, pages, params::Rest, templates::JOINED};

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../../web/static"]
struct Static;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../../web/vendor"]
struct Vendored;

/// The embedded file behind `/web/{path}`.
fn embedded(path: &str) -> Option<EmbeddedFile> {
    match path.strip_prefix("vendor/") {
        // The folder also holds what renews the files.
        Some(name) if name.ends_with(".js") || name.ends_with(".LICENSE") => Vendored::get(name),
        Some(_) => None,
        None => Static::get(path),
    }
}

/// The addresses of all modules that this one needs, so that a browser asks for all of them at once.
pub(crate) fn preloads(entry: &str) -> Vec<String> {
    let read = |path: &str| Some(String::from_utf8_lossy(&embedded(path)?.data).into_owned());
    modules::imported(entry, read).into_iter().map(|path| format!("/web/{path}")).collect()
}

/// The modules that hold the pages' words, `words.js` first.
pub(crate) fn words() -> Vec<String> {
    let mut names: Vec<_> =
        Static::iter().filter(|name| name.starts_with("js/words") && name.ends_with(".js")).collect();
    names.sort_by_key(|name| (name != "js/words.js", name.clone()));
    let text = |name: &Cow<'_, str>| Some(String::from_utf8_lossy(&Static::get(name)?.data).into_owned());
    names.iter().filter_map(text).collect()
}

pub(crate) async fn handle(State(web): State<Web>, Rest(path): Rest, headers: HeaderMap) -> Response {
    let path = path.unwrap_or_default();
    if let Some(path) = path.strip_prefix("skin/") {
        return skin(&web, path, &headers);
    }
    if let Some((hash, sheets)) = joined(&path) {
        return serve(web.coded(), &path, hash, || sheets, &headers);
    }
    let Some(file) = embedded(&path) else {
        return pages::error(&web, StatusCode::NOT_FOUND, "There is no such file.");
    };
    let ours = path.ends_with(".js") && !path.starts_with("vendor/");
    let body = || match ours.then(|| std::str::from_utf8(&file.data)) {
        Some(Ok(source)) => Bytes::from(modules::below(web.base().as_str(), modules::without_comments(source))),
        _ => Bytes::from(Cow::into_owned(file.data.clone())),
    };
    serve(web.coded(), &path, file.metadata.sha256_hash(), body, &headers)
}

/// `tokens+base.css`: several style sheets as one, a tenth smaller and one question in place of many. Only those that our
/// own templates ask for: strangers do not choose what is put together, compressed and kept.
fn joined(path: &str) -> Option<(Hash, Bytes)> {
    let names = JOINED.get(path)?.strip_suffix(".css")?;
    let mut sheets = Vec::new();
    for name in names.split('+') {
        sheets.extend_from_slice(&Static::get(&format!("{name}.css"))?.data);
    }
    Some((Sha256::digest(&sheets).into(), Bytes::from(sheets)))
}

/// A skin's file. Opened as a page of its own it runs no script: what it may hold is more than the pages'.
fn skin(web: &Web, path: &str, headers: &HeaderMap) -> Response {
    let Some((hash, body)) = web.skin().and_then(|skin| skin.worn().file(path)) else {
        return pages::error(web, StatusCode::NOT_FOUND, "The skin has no such file.");
    };
    let mut response = serve(web.coded(), path, hash, || body, headers);
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox"));
    response
}

/// The assistant's widget, at an address that pages of other sites can keep.
pub(crate) async fn assistant(web: State<Web>, headers: HeaderMap) -> Response {
    handle(web, Rest(Some("assistant.js".to_owned())), headers).await
}

pub(crate) async fn favicon(State(web): State<Web>, headers: HeaderMap) -> Response {
    let icon = web.skin().and_then(|skin| skin.worn().icon());
    handle(State(web), Rest(Some(icon.unwrap_or_else(|| "mark.svg".to_owned()))), headers).await
}

/// Nothing here is meant for search engines yet: rooms are for those who know their names.
pub(crate) async fn robots() -> Response {
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], "User-agent: *\nDisallow: /\n").into_response()
}

/// Answers with a file: compressed as the client likes it, or not at all if the client has it.
pub(crate) fn serve(
    coded: &Coded,
    path: &str,
    hash: Hash,
    body: impl FnOnce() -> Bytes,
    asked: &HeaderMap,
) -> Response {
    let kind = content_type(path);
    let coding = if is_text(kind) { Coding::asked(asked) } else { Coding::Plain };
    let (body, coding) = match coding {
        Coding::Plain => (body(), coding),
        coding => coded.body(hash, coding, body),
    };
    let mut headers = HeaderMap::from_iter([
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::VARY, HeaderValue::from_static("accept-encoding")),
    ]);
    crate::headers::for_any_origin(&mut headers);
    let etag = etag(&hash, coding);
    if let Ok(etag) = HeaderValue::from_str(&etag) {
        headers.insert(header::ETAG, etag);
    }
    if knows(asked, &etag) {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    if let Some((name, _)) = coding.name() {
        headers.insert(header::CONTENT_ENCODING, name);
    }
    (headers, body).into_response()
}

/// Whether who asks has this already.
pub(crate) fn knows(asked: &HeaderMap, etag: &str) -> bool {
    let known = asked.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    known.is_some_and(|known| {
        known.split(',').any(|one| one.trim().trim_start_matches("W/") == etag || one.trim() == "*")
    })
}

pub(crate) fn etag(hash: &Hash, coding: Coding) -> String {
    use std::fmt::Write as _;
    let mut etag = hash[..12].iter().fold(String::from("\""), |mut etag, byte| {
        let _ = write!(etag, "{byte:02x}");
        etag
    });
    etag.push_str(coding.name().map_or("", |(_, ending)| ending));
    etag.push('"');
    etag
}

/// Whether compressing makes it smaller.
fn is_text(kind: &str) -> bool {
    kind.starts_with("text/") || kind.ends_with("json") || kind.ends_with("+xml")
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, ending)| ending) {
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("jpg" | "jpeg") => "image/jpeg",
        Some("webp") => "image/webp",
        Some("woff2") => "font/woff2",
        Some("json") => "application/json",
        Some("html") => "text/html; charset=utf-8",
        _ => "text/plain; charset=utf-8",
    }
}
