//! Pages, files, and what is not there.

use std::{collections::BTreeSet, path::Path};

use http::StatusCode;
use parlor_testkit::{http::Request, server::Server};
use serde_json::Value;

use crate::kit::{say, says, server};

const HTML: Option<&str> = Some("text/html; charset=utf-8");

async fn page(server: &Server, target: &str, status: u16) -> String {
    let reply = server.get(target).await;
    assert_eq!((reply.status, reply.header("content-type")), (status, HTML), "{target}");
    reply.text().to_owned()
}

#[tokio::test]
async fn lobby_room_frame_docs_and_hub_are_html() {
    let server = server().await;
    for target in ["/", "/welcome", "/a/b", "/frame", "/docs/", "/hub"] {
        let html = page(&server, target, 200).await;
        assert!(html.starts_with("<!doctype html>"), "{target}");
    }
    assert!(page(&server, "/welcome", 200).await.contains("welcome"));
    let redirect = server.get("/docs").await;
    assert_eq!((redirect.status, redirect.header("location")), (308, Some("/docs/")));
}

#[tokio::test]
async fn a_name_stands_in_its_page_as_text_and_never_as_html() {
    let server = server().await;
    let html = page(&server, "/%3Cscript%3Ealert(1)%3C%2Fscript%3E\"x", 200).await;
    assert!(!html.contains("<script>alert"), "{html}");
    let html = page(&server, "/api%0A%3Cb%3E", 404).await;
    assert!(!html.contains("<b>"), "{html}");
}

#[tokio::test]
async fn every_page_says_what_it_may_load() {
    let server = server().await;
    for target in ["/", "/welcome", "/docs/", "/hub", "/a//b"] {
        let reply = server.get(target).await;
        let csp = reply.header("content-security-policy").expect(target);
        for rule in
            ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "require-trusted-types-for 'script'"]
        {
            assert!(csp.contains(rule), "{target}: {csp}");
        }
        assert!(!csp.contains("unsafe"), "{target}: {csp}");
    }
    let frame = server.get("/frame").await;
    let csp = frame.header("content-security-policy").expect("a policy");
    assert!(
        csp.starts_with("sandbox ") && !csp.contains("allow-same-origin"),
        "the frame's origin stays opaque: {csp}"
    );
}

#[tokio::test]
async fn every_answer_has_cache_control_and_nosniff() {
    let server = server().await;
    for target in [
        "/",
        "/welcome",
        "/web/base.css",
        "/docs",
        "/docs/",
        "/api/spec",
        "/api/bots",
        "/api/nothing",
        "/healthz",
        "/web/no",
        "/a//b",
    ] {
        let reply = server.get(target).await;
        assert_eq!(reply.header("cache-control"), Some("no-cache"), "{target}");
        assert_eq!(reply.header("x-content-type-options"), Some("nosniff"), "{target}");
    }
}

#[tokio::test]
async fn a_file_has_an_etag_and_is_not_sent_twice() {
    let server = server().await;
    let files = [
        ("/web/base.css", "text/css; charset=utf-8"),
        ("/web/js/room.js", "text/javascript; charset=utf-8"),
        ("/web/mark.svg", "image/svg+xml"),
        ("/favicon.ico", "image/svg+xml"),
    ];
    for (target, kind) in files {
        let reply = server.get(target).await;
        assert_eq!((reply.status, reply.header("content-type")), (200, Some(kind)), "{target}");
        assert!(!reply.body.is_empty());
        let etag = reply.header("etag").unwrap_or_else(|| panic!("no etag: {target}"));
        assert!(etag.starts_with('"') && etag.ends_with('"') && etag.len() > 10, "{etag}");
        for known in [etag.to_owned(), format!("W/{etag}"), format!("\"other\", {etag}"), "*".to_owned()] {
            let again = server.send(Request::get(target).header("if-none-match", &known)).await;
            assert_eq!((again.status, again.body.len(), again.header("etag")), (304, 0, Some(etag)), "{known}");
        }
        let stale = server.send(Request::get(target).header("if-none-match", "\"other\"")).await;
        assert_eq!(stale.status, 200);
    }
    let one = server.get("/web/base.css").await;
    let other = server.get("/web/room.css").await;
    assert_ne!(one.header("etag"), other.header("etag"));
}

#[tokio::test]
async fn sheets_are_joined_as_the_pages_want_them_and_not_as_strangers_do() {
    let server = server().await;
    let (one, two) = (server.get("/web/tokens.css").await, server.get("/web/base.css").await);
    let joined = server.get("/web/tokens+base.css").await;
    assert_eq!(joined.text(), format!("{}{}", one.text(), two.text()));
    for target in ["/web/base+tokens.css", "/web/tokens+base+base.css", "/web/tokens+.css", "/web/frame+frame.css"] {
        assert_eq!(server.get(target).await.status, 404, "{target}");
    }
}

#[tokio::test]
async fn files_are_compressed_as_the_client_likes_it_each_with_an_etag_of_its_own() {
    let server = server().await;
    let plain = server.get("/web/base.css").await;
    assert_eq!(plain.header("content-encoding"), None);
    let mut etags = vec![plain.header("etag").expect("an etag").to_owned()];
    for (asked, coding) in [("gzip", "gzip"), ("br", "br"), ("gzip, deflate, br", "br"), ("br;q=0, gzip", "gzip")] {
        let reply = server.send(Request::get("/web/base.css").header("accept-encoding", asked)).await;
        assert_eq!(reply.header("content-encoding"), Some(coding), "{asked}");
        assert!(reply.body.len() * 2 < plain.body.len(), "{} of {}", reply.body.len(), plain.body.len());
        assert_eq!(reply.header("vary"), Some("accept-encoding"));
        let etag = reply.header("etag").expect("an etag").to_owned();
        let again = Request::get("/web/base.css").header("accept-encoding", asked).header("if-none-match", &etag);
        assert_eq!(server.send(again).await.status, 304);
        let other = Request::get("/web/base.css").header("if-none-match", &etag);
        assert_eq!(server.send(other).await.status, 200, "that etag is of another coding");
        etags.push(etag);
    }
    etags.sort();
    etags.dedup();
    assert_eq!(etags.len(), 3);
    let picture = server.send(Request::get("/api/spec").header("accept-encoding", "br")).await;
    assert_eq!(picture.header("vary"), Some("accept-encoding"));
}

#[tokio::test]
async fn pages_and_long_answers_are_compressed_and_short_ones_are_not() {
    let server = server().await;
    let asked = |target: &str| Request::get(target).header("accept-encoding", "gzip, br");
    say(&server, "a", &"so long ".repeat(200)).await;
    for target in ["/welcome", "/api/spec", "/api/messages?room=a&limit=9"] {
        let plain = server.get(target).await;
        let reply = server.send(asked(target)).await;
        assert_eq!((reply.status, reply.header("content-encoding")), (200, Some("gzip")), "{target}");
        assert!(reply.body.len() < plain.body.len() && reply.body.starts_with(&[0x1f, 0x8b]), "{target}");
        assert_eq!((plain.header("vary"), plain.header("content-encoding")), (Some("accept-encoding"), None));
    }
    for target in ["/api/bots?room=empty", "/healthz", "/api/nothing"] {
        assert_eq!(server.send(asked(target)).await.header("content-encoding"), None, "{target}");
    }
    let head = server.send(Request::new("HEAD", "/welcome").header("accept-encoding", "gzip")).await;
    assert_eq!(head.status, 200);
    let mut stream = server.try_ws("/ws/welcome", "accept-encoding: gzip\r\n").await.expect("a websocket");
    assert!(stream.json().await["kind"].is_string());
}

#[tokio::test]
async fn no_file_outside_of_the_web_folder_is_served() {
    let server = server().await;
    let outside = [
        "/web/../Cargo.toml",
        "/web/%2e%2e/Cargo.toml",
        "/web/..%2f..%2fCargo.toml",
        "/web//etc/passwd",
        "/web/js/../../x",
        "/web/vendor/../x",
        "/web/no.js",
    ];
    for target in outside {
        page(&server, target, 404).await;
    }
}

#[tokio::test]
async fn health_readiness_and_robots_are_plain_text() {
    let server = server().await;
    for (target, text) in
        [("/healthz", "ok\n"), ("/readyz", "ready\n"), ("/robots.txt", "User-agent: *\nDisallow: /\n")]
    {
        let reply = server.get(target).await;
        assert_eq!((reply.status, reply.text()), (200, text));
        assert_eq!(reply.header("content-type"), Some("text/plain; charset=utf-8"));
    }
}

#[tokio::test]
async fn the_openapi_document_names_every_call() {
    let server = server().await;
    let spec = server.get("/api/spec").await.expect(200);
    assert!(spec["openapi"].as_str().is_some_and(|version| version.starts_with("3.")));
    // Those that every method leads to are no calls, and the document does not name itself.
    let calls = parlor_gateway_web::routes()
        .into_iter()
        .filter(|route| route.path.starts_with("/api/") && route.path != "/api/spec" && route.method != "*");
    let calls: BTreeSet<(String, String)> =
        calls.map(|route| (route.path.to_owned(), route.method.to_lowercase())).collect();
    let paths = spec["paths"].as_object().expect("an object");
    let named = paths.iter().flat_map(|(path, methods)| {
        methods.as_object().into_iter().flatten().map(|(method, _)| (path.clone(), method.clone()))
    });
    assert_eq!(named.collect::<BTreeSet<_>>(), calls, "those of the document, and those of the router");
    for (path, method) in calls {
        let call = &spec["paths"][path.as_str()][method.as_str()];
        assert!(call["summary"].as_str().is_some_and(|summary| !summary.is_empty()), "{method} {path}");
        assert!(call["responses"].as_object().is_some_and(|responses| !responses.is_empty()), "{method} {path}");
    }
}

/// The statuses in a source text, as the code names them.
fn statuses(source: &str) -> impl Iterator<Item = StatusCode> {
    let names = source.split("StatusCode::").skip(1).map(|rest| {
        let end = rest.find(|letter: char| !letter.is_ascii_uppercase() && letter != '_');
        &rest[..end.unwrap_or(rest.len())]
    });
    let all = (100..600).filter_map(|number| StatusCode::from_u16(number).ok());
    let named: Vec<(String, StatusCode)> = all
        .filter_map(|status| Some((status.canonical_reason()?.to_uppercase().replace([' ', '-'], "_"), status)))
        .collect();
    names.filter(|name| !name.is_empty()).map(move |name| {
        let known = named.iter().find(|(reason, _)| reason == name);
        known.unwrap_or_else(|| panic!("no status is called {name}")).1
    })
}

#[test]
fn every_status_of_an_error_stands_in_the_reference() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let page = std::fs::read_to_string(root.join("docs/reference/errors.md")).expect("the page is there");
    let rows: Vec<&str> = page.lines().filter_map(|line| line.strip_prefix("| ")?.split(" |").next()).collect();
    let mut found = BTreeSet::new();
    let mut folders = vec![root.join("crates/gateway-web/src"), root.join("crates/sockets/src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("the source is there") {
            let path = entry.expect("it can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                found.extend(statuses(&std::fs::read_to_string(path).expect("UTF-8")));
            }
        }
    }
    assert!(found.contains(&StatusCode::CONFLICT), "statuses are found at all: {found:?}");
    for status in found.into_iter().filter(|status| status.is_client_error() || status.is_server_error()) {
        let named = rows.iter().any(|row| row.split(", ").any(|number| number == status.as_str()));
        assert!(named, "docs/reference/errors.md does not say when the answer is {status}");
    }
}

#[tokio::test]
async fn unknown_calls_and_wrong_methods_are_told_in_json() {
    let server = server().await;
    for target in [
        "/api/nothing",
        "/api/actions",
        "/api/actions/",
        "/api/",
        "/api",
        "/api/messages/",
        "/api/actions/nothing?room=a",
    ] {
        for method in ["GET", "POST"] {
            says(&server.send(Request::new(method, target)).await, 404, &["/docs/"]);
        }
    }
    let wrong = [
        ("POST", "/api/messages"),
        ("POST", "/api/bots"),
        ("DELETE", "/api/spec"),
        ("GET", "/api/actions/message"),
        ("PUT", "/api/actions/message"),
        ("GET", "/api/actions/bot"),
        ("PATCH", "/api/actions/bot"),
        ("GET", "/api/actions/clear-room-messages"),
        ("DELETE", "/api/actions/room"),
        ("QUERY", "/api/activations"),
    ];
    for (method, target) in wrong {
        let reply = server.send(Request::new(method, target)).await;
        says(&reply, 405, &["method"]);
        assert!(reply.header("allow").is_some(), "{method} {target}");
    }
}

#[tokio::test]
async fn a_page_that_is_posted_to_and_one_that_is_not_there_are_html() {
    let server = server().await;
    for (method, target) in [("POST", "/"), ("POST", "/welcome"), ("DELETE", "/docs/"), ("PUT", "/web/base.css")] {
        let reply = server.send(Request::new(method, target)).await;
        assert_eq!((reply.status, reply.header("content-type")), (405, HTML), "{method} {target}");
    }
    for target in ["/web/nothing.css", "/a//b", "/ws", "/schemas/x", "/archive", "/admin"] {
        page(&server, target, 404).await;
    }
}

#[tokio::test]
async fn head_is_answered_like_get_without_a_body() {
    let server = server().await;
    for target in ["/", "/welcome", "/web/base.css", "/api/bots", "/api/spec", "/healthz"] {
        let head = server.send(Request::new("HEAD", target)).await;
        let get = server.get(target).await;
        assert_eq!((head.status, head.header("content-type")), (get.status, get.header("content-type")), "{target}");
        assert!(head.body.is_empty());
    }
}

#[tokio::test]
async fn asking_for_a_room_stream_without_a_websocket_is_told_what_is_missing() {
    let server = server().await;
    let reply = server.get("/ws/a").await;
    says(&reply, 426, &["Upgrade"]);
    assert_eq!(reply.header("upgrade"), Some("websocket"));
    let post = server.send(Request::new("POST", "/ws/a")).await;
    assert_eq!(post.status, 405);
    let old = "sec-websocket-version: 8\r\n";
    let refused = server.try_ws("/ws/a", old).await.expect_err("two versions");
    assert_eq!(refused.status, 426);
    assert!(serde_json::from_slice::<Value>(&refused.body).is_ok());
}
