//! `/metrics`: the server's numbers, and those of its process, in Prometheus' format.

use axum::{
    Router,
    http::header,
    response::{IntoResponse as _, Response},
    routing::get,
};
use parlor_gateway_web::Web;
use parlor_runtime::metrics::Page;

use crate::process::Process;

/// What is answered at an address of its own.
pub(crate) fn router(web: Web) -> Router {
    let ready = web.clone();
    Router::new()
        .route("/metrics", get(move || async move { answer(&web) }))
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(move || async move { ready.readiness() }))
}

fn answer(web: &Web) -> Response {
    let text = web.metrics(process);
    ([(header::CONTENT_TYPE, Page::KIND)], text).into_response()
}

/// The process; where nothing is known of it, nothing is told.
pub(crate) fn process(page: &mut Page) {
    let version = format!("version=\"{}\"", env!("CARGO_PKG_VERSION"));
    page.gauge("parlor_build_info", "The server's version", &[(version.as_str(), 1)]);
    let Process { memory, open_files, max_files } = Process::now();
    for (name, help, value) in [
        ("process_resident_memory_bytes", "Memory that the process has", memory),
        ("process_open_fds", "Files and sockets that are open", open_files),
        ("process_max_fds", "Files and sockets that may be open", max_files),
    ] {
        if let Some(value) = value {
            page.gauge(name, help, &[("", value)]);
        }
    }
}
