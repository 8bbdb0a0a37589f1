//! For the fuzz targets: what reads the heads of requests.

use axum::extract::FromRequestParts as _;
use futures_util::FutureExt as _;

use crate::{
    Origins,
    assets::Coding,
    caller,
    content_origin::ContentOrigin,
    cookie,
    params::{Params, Rest},
};

/// The head of a request.
pub fn request(request: http::Request<()>) {
    let (mut parts, ()) = request.into_parts();
    let headers = parts.headers.clone();
    let _ = (Coding::asked(&headers), Coding::takes_gzip(&headers));
    let _ = (cookie::read(&headers, cookie::session_name(true)), caller::bearer(&headers));
    let own = Some("https://chat.example".to_owned());
    let _ = Origins { own, ..Origins::default() }.source(&headers);
    let content = ContentOrigin::new("https://content.example", &["https://chat.example".to_owned()]);
    let _ = (content.is_asked(&headers), content.made(&headers));
    if let Some(Ok(params)) = Params::from_request_parts(&mut parts, &()).now_or_never() {
        let _ = (params.room(), params.number("limit"), params.id("since"), params.text("q"), params.has("also"));
    }
    let _ = Rest::from_request_parts(&mut parts, &()).now_or_never();
    let _ = parlor_sockets::Upgrade::from_parts(&mut parts, &[]);
    let _ = (caller::bearer(&headers), cookie::read(&headers, cookie::session_name(true)));
}
