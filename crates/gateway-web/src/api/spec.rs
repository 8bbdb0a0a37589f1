//! `GET /api/spec`: the OpenAPI document.

use axum::response::{IntoResponse as _, Response};
use http::header;

/// The document that describes this API; `/docs/` shows it.
pub(crate) async fn handle() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], crate::document()).into_response()
}
