//! Behind a proxy: who is believed, what the client's address is good for, and the path under which the server is shown.

use parlor_testkit::{http::Request, server::Starter};
use serde_json::json;

use crate::kit::{message, say, says, starter};

fn served(args: &[&str]) -> Starter {
    starter().listen("0.0.0.0:0").args(args)
}

fn post(from: &str) -> Request {
    let post = Request::post("/api/actions/message", &message("a", "hi")).header("prefer", "respond-async");
    post.header("x-forwarded-for", from)
}

#[tokio::test]
async fn clients_behind_a_trusted_proxy_are_limited_each_by_itself() {
    let server = served(&["--trusted-proxies", "loopback", "--limits-posts-per-address", "2/h"]).start().await;
    let mut http = server.http();
    for _ in 0..2 {
        assert_eq!(http.send(post("192.0.2.1")).await.status, 202);
        // What a client says itself stands before what the proxy adds.
        assert_eq!(http.send(post("10.0.0.1, 192.0.2.2")).await.status, 202);
    }
    for from in ["192.0.2.1", "10.0.0.2, 192.0.2.2", "[::ffff:192.0.2.1]:80"] {
        says(&http.send(post(from)).await, 429, &["network address"]);
    }
    assert_eq!(http.send(post("192.0.2.3")).await.status, 202, "others go on");
}

#[tokio::test]
async fn who_is_not_trusted_is_not_believed() {
    for args in [
        &["--limits-posts-per-address", "2/h"][..],
        &["--trusted-proxies", "10.0.0.0/8", "--limits-posts-per-address", "2/h"],
    ] {
        let server = served(args).start().await;
        assert_eq!(server.send(post("192.0.2.1")).await.status, 202);
        assert_eq!(server.send(post("192.0.2.2")).await.status, 202);
        assert_eq!(server.send(post("192.0.2.3")).await.status, 429);
    }
}

#[tokio::test]
async fn broken_headers_do_no_harm() {
    let server = served(&["--trusted-proxies", "loopback"]).start().await;
    for (name, value) in [
        ("x-forwarded-for", ", ,"),
        ("x-forwarded-for", "\u{e4}"),
        ("x-forwarded-host", "a b"),
        ("x-forwarded-host", "user@example.org"),
        ("x-forwarded-proto", ""),
        ("x-forwarded-prefix", "//evil.example"),
        ("forwarded", "for=\""),
        ("forwarded", "host=\"\\"),
    ] {
        assert_eq!(server.send(Request::get("/a").header(name, value)).await.status, 200, "{name}: {value}");
    }
}

/// The addresses in a page that stand for this server's own; not those that its text speaks of.
fn addresses(page: &str) -> Vec<&str> {
    let tags = page.split('<').filter_map(|piece| piece.split('>').next());
    let named = tags.flat_map(|tag| ["href=\"", "src=\"", "action=\""].map(|name| tag.split(name).nth(1)));
    let found = named.flatten().filter_map(|rest| rest.split('"').next());
    found.filter(|address| address.starts_with(['/', '&'])).collect()
}

#[tokio::test]
async fn below_a_path_every_address_begins_with_it_and_leads_somewhere() {
    let server = served(&["--public-url", "https://example.org/chat/"]).start().await;
    assert!(server.said().contains("https://example.org/chat/"), "{}", server.said());
    for page in [
        "/",
        "/room",
        "/docs/",
        "/hub",
        "/operator",
        "/operator/flows",
        "/guide/",
        "/guide/forms",
        "/guide/?q=bot",
        "/frame",
        "/nothing/../here",
    ] {
        let html = server.get(&format!("/chat{page}")).await;
        let found = addresses(html.text());
        assert!(!found.is_empty(), "{page}");
        for address in found {
            let address = address.replace("&#x2f;", "/");
            assert!(address.starts_with("/chat/"), "{address} in {page}");
            let address = address.split('#').next().unwrap_or_default();
            assert_eq!(server.get(address).await.status, 200, "{address} in {page}");
        }
    }
    let script = server.get("/chat/web/js/room.js").await;
    assert!(script.text().contains("from '/chat/web/vendor/lit.js'") && !script.text().contains("from '/web/"));
    assert_eq!(server.get("/chat/api/spec").await.json()["servers"], json!([{ "url": "/chat" }]));
    for (asked, there) in [("/chat", "/chat/"), ("/chat/docs", "/chat/docs/"), ("/chat/guide", "/chat/guide/")] {
        assert_eq!(server.get(asked).await.header("location"), Some(there), "{asked}");
    }
}

#[tokio::test]
async fn the_path_may_have_been_taken_away_already() {
    let server = served(&["--public-url", "https://example.org/chat", "--trusted-proxies", "loopback"]).start().await;
    say(&server, "room", "hello").await;
    for target in ["/api/messages?room=room", "/chat/api/messages?room=room"] {
        assert_eq!(server.get(target).await.expect(200)[0]["text"], "hello", "{target}");
    }
    for target in ["/ws/room", "/chat/ws/room"] {
        assert_eq!(server.ws(target).await.json().await["data"]["text"], "hello", "{target}");
    }
    // A room may be called like the path; then a proxy that takes it away has to say so.
    let page = async |headers: &[(&str, &str)]| {
        let request =
            headers.iter().fold(Request::get("/chat/x"), |request, (name, value)| request.header(name, value));
        server.send(request).await.text().to_owned()
    };
    assert!(page(&[]).await.contains("room=\"x\""));
    assert!(page(&[("x-forwarded-prefix", "/chat/")]).await.contains("room=\"chat&#x2f;x\""));
}
