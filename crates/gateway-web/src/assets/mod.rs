//! `GET /web/…`: scripts, styles and pictures of the pages, embedded in the binary.

use axum::{
    extract::State,
    response::{IntoResponse as _, Response},
};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use rust_embed::{EmbeddedFile, RustEmbed};

use crate::{Web, pages, params::Rest};

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../../web/static"]
struct Static;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../../web/vendor"]
struct Vendored;

pub(crate) async fn handle(State(web): State<Web>, Rest(path): Rest, headers: HeaderMap) -> Response {
    let path = path.unwrap_or_default();
    let file = match path.strip_prefix("vendor/") {
        // The folder also holds what renews the files.
        Some(name) if name.ends_with(".js") || name.ends_with(".LICENSE") => Vendored::get(name),
        Some(_) => None,
        None => Static::get(&path),
    };
    match file {
        Some(file) => serve(&path, file, &headers),
        None => pages::error(&web, StatusCode::NOT_FOUND, "There is no such file."),
    }
}

pub(crate) async fn favicon(State(web): State<Web>, headers: HeaderMap) -> Response {
    handle(State(web), Rest(Some("mark.svg".to_owned())), headers).await
}

/// Nothing here is meant for search engines yet: rooms are for those who know their names.
pub(crate) async fn robots() -> Response {
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], "User-agent: *\nDisallow: /\n").into_response()
}

fn serve(path: &str, file: EmbeddedFile, asked: &HeaderMap) -> Response {
    use std::fmt::Write as _;
    let hash = file.metadata.sha256_hash();
    let etag = hash[..12].iter().fold(String::from("\""), |mut etag, byte| {
        let _ = write!(etag, "{byte:02x}");
        etag
    }) + "\"";
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type(path)));
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    if let Ok(etag) = HeaderValue::from_str(&etag) {
        headers.insert(header::ETAG, etag);
    }
    let known = asked.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    if known.is_some_and(|known| {
        known.split(',').any(|one| one.trim().trim_start_matches("W/") == etag || one.trim() == "*")
    }) {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    (headers, file.data).into_response()
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, ending)| ending) {
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("json") => "application/json",
        Some("html") => "text/html; charset=utf-8",
        _ => "text/plain; charset=utf-8",
    }
}
