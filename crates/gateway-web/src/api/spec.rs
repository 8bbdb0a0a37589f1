//! `GET /api/spec`: the OpenAPI document.

use axum::{
    extract::State,
    response::{IntoResponse as _, Response},
};
use http::header;

use crate::Web;

/// The document that describes this API; `/docs/` shows it.
pub(crate) async fn handle(State(web): State<Web>) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], crate::openapi::document_at(web.base().as_str())).into_response()
}
