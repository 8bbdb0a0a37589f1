//! The gate before each address: who asks, from which page, and whether the address is for them at all.

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use http::{Method, StatusCode};

use crate::{Mode, Web, caller, error::ApiError, origins::Source, pages, table::Gate};

/// Gives each request what the gates need.
pub(crate) async fn open(State(web): State<Web>, mut request: Request, next: Next) -> Response {
    request.extensions_mut().insert(web);
    next.run(request).await
}

/// Lets a request through to its address, which then knows who makes it.
pub(crate) async fn enter(_: Gate, mut request: Request, next: Next) -> Response {
    let Some(web) = request.extensions().get::<Web>().cloned() else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    if changes(request.method())
        && *web.mode() == Mode::Local
        && web.origins().source(request.headers()) == Source::Foreign
    {
        let message = "This server is for its own machine, and a page of another site has called it; that is refused. \
                       If the page is yours, name its address with --server-allowed-origins.";
        return refuse(&web, &request, StatusCode::FORBIDDEN, message);
    }
    let caller = caller::find(&request);
    request.extensions_mut().insert(caller);
    next.run(request).await
}

pub(crate) fn changes(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// Whether errors at this address are for programs.
pub(crate) fn is_for_programs(path: &str) -> bool {
    ["/api/", "/ws/", "/bot-assets/"].iter().any(|folder| path.starts_with(folder)) || path == "/api"
}

/// Says no in the way that fits the address.
pub(crate) fn refuse(web: &Web, request: &Request, status: StatusCode, message: &str) -> Response {
    if is_for_programs(request.uri().path()) {
        return ApiError::new(status, message).into_response();
    }
    pages::error(web, status, message)
}
