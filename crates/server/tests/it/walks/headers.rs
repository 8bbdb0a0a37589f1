//! Every address, asked with every method: what each answer carries, whatever it is.

use parlor_testkit::http::{Reply, Request};

use super::{paths, target, value};
use crate::kit::{server, starter};

const METHODS: &[&str] = &["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
/// Addresses whose answers are for the frame, which has an opaque origin.
const FOR_THE_FRAME: &[&str] = &["/web/", "/favicon.ico", "/bot-assets/", "/assistant.js"];

fn is_for_programs(path: &str) -> bool {
    path == "/api" || ["/api/", "/ws/", "/bot-assets/"].iter().any(|folder| path.starts_with(folder))
}

#[track_caller]
fn keeps_to_itself(reply: &Reply, what: &str) {
    assert!(!value(reply, "cache-control").is_empty(), "{what}");
    assert_eq!(value(reply, "x-content-type-options"), "nosniff", "{what}");
    assert!(matches!(value(reply, "referrer-policy"), "no-referrer" | "same-origin"), "{what}");
    assert_eq!(reply.header("access-control-allow-credentials"), None, "{what}");
    let policy = value(reply, "content-security-policy");
    let frame = what == "GET /frame (200)" || what == "HEAD /frame (200)";
    assert_eq!(value(reply, "x-frame-options"), if frame { "SAMEORIGIN" } else { "DENY" }, "{what}");
    if frame {
        assert!(policy.starts_with("sandbox ") && !policy.contains("allow-same-origin"), "{what}: {policy}");
        return;
    }
    assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{what}: {policy}");
    if value(reply, "content-type").starts_with("text/html") {
        assert!(!policy.contains("unsafe"), "{what}: {policy}");
        assert!(policy.contains("require-trusted-types-for 'script'"), "{what}: {policy}");
        assert_eq!(value(reply, "cross-origin-opener-policy"), "same-origin", "{what}");
        let permissions = value(reply, "permissions-policy");
        assert!(permissions.contains("microphone=(self)") && permissions.contains("camera=()"), "{what}");
    }
}

#[tokio::test]
async fn every_address_answers_every_method_with_the_headers_that_keep_it_safe() {
    let server = server().await;
    let mut http = server.http();
    for path in paths() {
        for method in METHODS {
            let mut request = Request::new(method, &target(path));
            if !matches!(*method, "GET" | "HEAD" | "OPTIONS") {
                request = request.body("{}".to_owned());
            }
            let reply = http.send(request).await;
            let what = format!("{method} {path} ({})", reply.status);
            assert!(reply.status < 500, "{what}: {}", reply.text());
            keeps_to_itself(&reply, &what);
            let from_anywhere = FOR_THE_FRAME.iter().any(|folder| path.starts_with(folder)) && reply.status < 400;
            let owner = if from_anywhere { "cross-origin" } else { "same-origin" };
            if path != "/bot-assets/{*path}" {
                assert_eq!(value(&reply, "cross-origin-resource-policy"), owner, "{what}");
            }
            let error = reply.status >= 400 && *method != "HEAD";
            if error && is_for_programs(path) {
                assert_eq!(value(&reply, "content-type"), "application/json", "{what}");
            } else if error {
                assert!(value(&reply, "content-type").starts_with("text/html"), "{what}");
            }
            if reply.status == 405 {
                assert!(!value(&reply, "allow").is_empty(), "{what}");
            }
            assert_eq!(reply.header("strict-transport-security"), None, "{what}: this is plain http");
        }
    }
}

#[tokio::test]
async fn a_server_with_a_public_url_of_https_asks_browsers_to_stay_with_it() {
    let server = starter().args(&["--public-url", "https://chat.example.org"]).start().await;
    for path in paths() {
        let reply = server.send(Request::get(&target(path)).header("host", "chat.example.org")).await;
        assert_eq!(value(&reply, "strict-transport-security"), "max-age=31536000", "{path}");
    }
    let plain = starter().args(&["--public-url", "http://chat.example.org"]).start().await;
    assert_eq!(plain.get("/").await.header("strict-transport-security"), None);
}
