//! Whom the server answers: Host and forwarding headers, CORS, origins.

use parlor_testkit::{http::Request, server::Server};

use crate::kit::{message, messages, say, says, server, starter};

const HEADERS: &[(&str, &str)] = &[
    ("forwarded", "for=192.0.2.1"),
    ("via", "1.1 proxy"),
    ("x-forwarded-for", "192.0.2.1"),
    ("x-forwarded-host", "localhost"),
    ("x-forwarded-proto", "https"),
    ("x-real-ip", "192.0.2.1"),
];

fn hosts(server: &Server) -> (Vec<String>, Vec<String>) {
    let port = server.address().port();
    let fine = ["localhost", "LocalHost", "127.0.0.1", "127.8.8.8", "[::1]", "x.localhost", "localhost."];
    let strange = [
        "example.org",
        "localhost.example.org",
        "127.0.0.1.nip.io",
        "192.168.0.5",
        "10.0.0.1",
        "[fe80::1]",
        "0.0.0.0",
        "",
    ];
    let both = |names: &[&str]| names.iter().flat_map(|name| [(*name).to_owned(), format!("{name}:{port}")]).collect();
    (both(&fine), both(&strange))
}

#[tokio::test]
async fn a_local_server_answers_its_own_machines_names_only() {
    let server = server().await;
    let (fine, strange) = hosts(&server);
    for host in fine {
        assert_eq!(server.send(Request::get("/api/bots").header("host", &host)).await.status, 200, "{host}");
        assert_eq!(server.send(Request::get("/").header("host", &host)).await.status, 200, "{host}");
    }
    for host in strange {
        let reply = server.send(Request::get("/api/bots").header("host", &host)).await;
        says(&reply, 421, &["--public-url"]);
        let reply = server.send(Request::post("/api/actions/message", &message("a", "x")).header("host", &host)).await;
        says(&reply, 421, &["--public-url"]);
        for target in ["/", "/a", "/web/base.css", "/docs/", "/healthz"] {
            let reply = server.send(Request::get(target).header("host", &host)).await;
            assert_eq!(
                (reply.status, reply.header("content-type")),
                (421, Some("text/html; charset=utf-8")),
                "{host} {target}"
            );
            assert!(reply.text().contains("--public-url"));
        }
        let refused = server.try_ws("/ws/a", &format!("host: {host}\r\n")).await.expect_err("no websocket");
        assert_eq!(refused.status, 421, "{host}");
    }
    assert!(messages(&server, "a").await.is_empty());
}

#[tokio::test]
async fn a_local_server_needs_exactly_one_host() {
    let server = server().await;
    let twice = Request::get("/api/bots").header("host", "localhost").header("host", "localhost");
    assert!(matches!(server.send(twice).await.status, 400 | 421));
    let absolute = Request::get("http://example.org/api/bots").header("host", "localhost");
    assert_eq!(server.send(absolute).await.status, 421, "an absolute target names a host too");
}

#[tokio::test]
async fn a_local_server_refuses_what_came_through_a_proxy() {
    let server = server().await;
    for (name, value) in HEADERS {
        says(&server.send(Request::get("/api/bots").header(name, value)).await, 421, &["--public-url"]);
        assert_eq!(server.send(Request::get("/").header(name, value)).await.status, 421, "{name}");
        let refused = server.try_ws("/ws/a", &format!("{name}: {value}\r\n")).await.expect_err("no websocket");
        assert_eq!(refused.status, 421, "{name}");
    }
}

#[tokio::test]
async fn a_server_for_others_takes_any_host_and_any_proxy() {
    let everywhere = starter().listen("0.0.0.0:0").start().await;
    let behind_a_proxy = starter().args(&["--public-url", "https://chat.example.org"]).start().await;
    assert!(behind_a_proxy.said().contains("https://chat.example.org/"), "{}", behind_a_proxy.said());
    for server in [everywhere, behind_a_proxy] {
        let (fine, strange) = hosts(&server);
        for host in fine.iter().chain(strange.iter().filter(|host| !host.starts_with(':') && !host.is_empty())) {
            assert_eq!(server.send(Request::get("/api/bots").header("host", host)).await.status, 200, "{host}");
        }
        for (name, value) in HEADERS {
            let request = Request::get("/a").header("host", "chat.example.org").header(name, value);
            assert_eq!(server.send(request).await.status, 200, "{name}");
        }
        say(&server, "a", "hello").await;
        let mut stream = server
            .try_ws("/ws/a", "host: chat.example.org\r\nx-forwarded-for: 192.0.2.1\r\n")
            .await
            .expect("a websocket");
        assert_eq!(stream.json().await["data"]["text"], "hello");
    }
}

#[tokio::test]
async fn scripts_of_any_page_may_call_the_api_without_credentials() {
    let server = server().await;
    for target in
        ["/api/bots", "/api/messages?room=a", "/api/messages", "/api/nothing", "/api/spec", "/api/actions/message"]
    {
        let reply = server.send(Request::get(target).header("origin", "https://example.org")).await;
        assert_eq!(reply.header("access-control-allow-origin"), Some("*"), "{target}");
        assert_eq!(reply.header("access-control-allow-credentials"), None, "{target}");
    }
    let others = starter().listen("0.0.0.0:0").start().await;
    let post = Request::post("/api/actions/message", &message("a", "x")).header("origin", "https://example.org");
    let reply = others.send(post).await;
    assert_eq!((reply.status, reply.header("access-control-allow-origin")), (200, Some("*")));
    assert_eq!(
        server.get("/").await.header("access-control-allow-origin"),
        None,
        "pages are not for other pages' scripts"
    );
}

#[tokio::test]
async fn a_preflight_allows_what_the_api_needs() {
    let server = server().await;
    for target in ["/api/actions/message", "/api/actions/bot", "/api/messages", "/api/nothing"] {
        let request = Request::new("OPTIONS", target)
            .header("origin", "https://example.org")
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "content-type,prefer,idempotency-key");
        let reply = server.send(request).await;
        assert_eq!((reply.status, reply.header("access-control-allow-origin")), (204, Some("*")), "{target}");
        let methods = reply.header("access-control-allow-methods").expect("methods");
        assert!(["GET", "POST", "DELETE"].iter().all(|method| methods.contains(method)), "{methods}");
        let headers = reply.header("access-control-allow-headers").expect("headers");
        assert!(
            ["content-type", "prefer", "idempotency-key", "authorization"].iter().all(|name| headers.contains(name))
        );
        assert_eq!(reply.header("access-control-allow-credentials"), None);
    }
}

#[tokio::test]
async fn a_page_without_an_origin_may_read_but_change_nothing() {
    for server in [server().await, starter().listen("0.0.0.0:0").start().await] {
        say(&server, "a", "hello").await;
        for (method, target) in [
            ("POST", "/api/actions/message"),
            ("POST", "/api/actions/message-form"),
            ("POST", "/api/actions/bot"),
            ("DELETE", "/api/actions/bot"),
            ("POST", "/api/actions/bot-token"),
            ("POST", "/api/actions/clear-room-messages"),
            ("POST", "/api/actions/clear-room-state"),
            ("POST", "/api/actions/room"),
        ] {
            let request = Request::new(method, target).header("origin", "null").body(message("a", "x").to_string());
            says(&server.send(request).await, 403, &["origin"]);
        }
        assert_eq!(server.send(Request::get("/api/messages?room=a").header("origin", "null")).await.status, 200);
        assert_eq!(messages(&server, "a").await.len(), 1);
    }
}

#[tokio::test]
async fn a_room_stream_of_a_public_room_takes_any_origin() {
    let server = server().await;
    say(&server, "a", "hello").await;
    for origin in ["null", "https://example.org", "http://localhost:1"] {
        let mut stream = server.try_ws("/ws/a", &format!("origin: {origin}\r\n")).await.expect("a websocket");
        assert_eq!(stream.json().await["data"]["text"], "hello", "{origin}");
    }
}

#[tokio::test]
async fn a_page_of_another_site_changes_nothing_on_a_local_server() {
    let server = server().await;
    let post = |headers: &[(&str, &str)]| {
        let request = Request::post("/api/actions/message", &message("a", "x"));
        headers.iter().fold(request, |request, (name, value)| request.header(name, value))
    };
    for foreign in [
        &[("origin", "https://example.org")][..],
        &[("origin", "http://localhost.example.org")],
        &[("origin", "https://example.org"), ("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "cross-site")],
    ] {
        says(&server.send(post(foreign)).await, 403, &["another site"]);
    }
    let read = Request::get("/api/messages?room=a").header("origin", "https://example.org");
    assert_eq!(server.send(read).await.status, 200, "reading is open to all");
    assert!(messages(&server, "a").await.is_empty());
    let own = format!("http://{}", server.address());
    for near in [
        &[("origin", own.as_str()), ("sec-fetch-site", "same-origin")][..],
        &[("origin", own.as_str())],
        &[("origin", "http://localhost:3000"), ("sec-fetch-site", "cross-site")],
        &[("origin", "http://[::1]:5000")],
        &[],
    ] {
        assert_eq!(server.send(post(near)).await.status, 200, "{near:?}");
    }
}
