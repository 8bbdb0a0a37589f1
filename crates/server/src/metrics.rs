//! `/metrics`: the server's numbers, and those of its process, in Prometheus' format.

use axum::{
    Router,
    http::header,
    response::{IntoResponse as _, Response},
    routing::get,
};
use parlor_gateway_web::Web;
use parlor_runtime::metrics::Page;

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

/// The process, as Linux tells of it; elsewhere nothing is told.
pub(crate) fn process(page: &mut Page) {
    let version = format!("version=\"{}\"", env!("CARGO_PKG_VERSION"));
    page.gauge("parlor_build_info", "The server's version", &[(version.as_str(), 1)]);
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:")?.trim().strip_suffix(" kB"));
    if let Some(kib) = resident.and_then(|kib| kib.parse::<u64>().ok()) {
        page.gauge("process_resident_memory_bytes", "Memory that the process has", &[("", kib * 1024)]);
    }
    if let Ok(files) = std::fs::read_dir("/proc/self/fd") {
        page.gauge("process_open_fds", "Files and sockets that are open", &[("", files.count())]);
    }
    let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile).current;
    if let Some(limit) = limit {
        page.gauge("process_max_fds", "Files and sockets that may be open", &[("", limit)]);
    }
}
