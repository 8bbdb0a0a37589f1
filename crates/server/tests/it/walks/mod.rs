//! Walks over every address of the router's own table, so that no new one can be forgotten.

mod headers;
mod logs;
mod permissions;

use parlor_gateway_web::routes;
use parlor_testkit::http::Reply;

/// What is asked for, where an address stands for many.
const TARGETS: &[(&str, &str)] = &[
    ("/api/{*call}", "/api/no-such-call"),
    ("/ws/{*room}", "/ws/a"),
    ("/bot-assets/{*path}", "/bot-assets/999999/x.png"),
    ("/assistant/{flow}", "/assistant/none"),
    ("/admin/flows/{flow}", "/admin/flows/none"),
    ("/web/{*path}", "/web/js/room.js"),
    ("/guide/{*page}", "/guide/first-bot"),
    ("/{*room}", "/a"),
];

/// A target for an address of the table.
fn target(path: &str) -> String {
    if !path.contains('{') {
        return path.to_owned();
    }
    let known = TARGETS.iter().find(|(pattern, _)| *pattern == path);
    known.unwrap_or_else(|| panic!("say in `TARGETS` what is to be asked for at {path}")).1.to_owned()
}

/// All addresses, each once.
fn paths() -> Vec<&'static str> {
    let mut paths: Vec<_> = routes().into_iter().map(|route| route.path).collect();
    paths.dedup();
    paths
}

/// A header's value, or nothing.
fn value<'a>(reply: &'a Reply, name: &str) -> &'a str {
    reply.header(name).unwrap_or_default()
}
