//! Pages and answers of the API are compressed where that pays; files have their own way (`assets`).

use axum::{
    body::{Body, HttpBody as _},
    response::Response,
};
use flate2::Compression;
use http::{HeaderValue, header};
use http_body_util::BodyExt as _;

use crate::assets::gzip;

/// Which answers: smaller ones are sent in one packet anyway, larger ones would keep a thread busy.
const SIZES: std::ops::Range<u64> = 1_024..512 * 1_024;

/// Compresses a whole answer of text for a client that takes gzip. Streams and websockets pass as they are.
pub(crate) async fn answer(mut response: Response, takes_it: bool) -> Response {
    let headers = response.headers();
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let dynamic = !headers.contains_key(header::VARY) && !headers.contains_key(header::CONTENT_ENCODING);
    if !dynamic || !(kind.starts_with("text/html") || kind == "application/json") {
        return response;
    }
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if !takes_it || !response.body().size_hint().exact().is_some_and(|size| SIZES.contains(&size)) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    // Its size is known, so it is there; an error can't be.
    let plain = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    let Some(encoded) = gzip(&plain, Compression::new(4)) else {
        return Response::from_parts(parts, Body::from(plain));
    };
    parts.headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(encoded))
}
