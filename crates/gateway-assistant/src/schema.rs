//! The JSON Schema of flows, for editors.

use axum::{Router, response::IntoResponse as _, routing::get};
use http::{HeaderName, header};

/// For so long (seconds) an editor may keep it: it changes with the program only.
const KEPT: &str = "public, max-age=3600";

/// The schema at `/flow.json`, for programs and pages of any site.
pub fn schema() -> Router {
    let answer = async || {
        let headers = [
            (header::CONTENT_TYPE, "application/schema+json"),
            (header::CACHE_CONTROL, KEPT),
            (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
            (HeaderName::from_static("cross-origin-resource-policy"), "cross-origin"),
        ];
        (headers, parlor_flows::SCHEMA).into_response()
    };
    Router::new().route("/flow.json", get(answer))
}
