//! Room names: what can be one, what can't, and that pages, API and room stream mean the same room.

use parlor_testkit::{http::encode, server::Server};
use serde_json::{Value, json};

use crate::kit::{message, messages, say, says, server, starter, texts};

/// First segments that the server keeps for itself.
const RESERVED: &[&str] = &[
    "api",
    "ws",
    "docs",
    "guide",
    "archive",
    "assistant",
    "hub",
    "fs",
    "operator",
    "admin",
    "login",
    "logout",
    "join",
    "me",
    "setup",
    "sign-up",
    "webhook",
    "web",
    "frame",
    "schemas",
    "metrics",
    "healthz",
    "readyz",
    "bot-assets",
];

/// Names that are fine, odd as they are.
const FINE: &[&str] = &[
    "a",
    "A",
    "group2-joel",
    "Käse und Brot",
    "school/8b",
    "a/b/c/d",
    "日本語",
    "👩‍👩‍👧",
    "#dev",
    "a?b",
    "50%",
    "%41",
    "a+b",
    "a&b=c",
    "a;b",
    "a\\b",
    " leading and trailing ",
    "apix",
    "API",
    "x/api",
    "a.b",
    "...",
    "..a",
    "a~b",
    "<b>",
    "\"q\"",
    "'",
    "{room}",
    "e\u{301}",
    "\u{202e}x",
    "room:5",
    "@me",
    "$",
    "*",
    "|",
    "^",
];

async fn everywhere(server: &Server, name: &str) -> [u16; 4] {
    let post = server.post("/api/actions/message", &message(name, "x")).await;
    let list = server.get(&format!("/api/messages?room={}", encode(name))).await;
    let page = server.get(&format!("/{}", encode(name))).await;
    let stream = match server.try_ws(&format!("/ws/{}", encode(name)), "").await {
        Ok(_) => 101,
        Err(refused) => refused.status,
    };
    [post.status, list.status, page.status, stream]
}

#[tokio::test]
async fn any_name_means_the_same_room_in_pages_api_and_stream() {
    let server = server().await;
    for name in FINE {
        let mut stream = server.ws(&format!("/ws/{}", encode(name))).await;
        let posted = say(&server, name, "here").await;
        assert_eq!(posted["room"], *name);
        assert_eq!(messages(&server, name).await, std::slice::from_ref(&posted), "{name}");
        assert_eq!(stream.json().await, json!({"kind": "message", "data": posted}), "{name}");
        let page = server.get(&format!("/{}", encode(name))).await;
        assert_eq!((page.status, page.header("content-type")), (200, Some("text/html; charset=utf-8")), "{name}");
    }
    // No two of them are one room.
    for name in FINE {
        assert_eq!(texts(&messages(&server, name).await), ["here"], "{name}");
    }
}

#[tokio::test]
async fn slashes_and_letters_may_stand_in_an_address_as_they_are() {
    let server = server().await;
    say(&server, "school/8b", "here").await;
    for target in ["/ws/school/8b", "/ws/school%2F8b", "/ws/%73chool/8b", "/ws/school%2f8b?since=0"] {
        let frame = server.ws(target).await.json().await;
        assert_eq!(frame["data"]["text"], "here", "{target}");
    }
    for target in ["/school/8b", "/school%2F8b", "/school/8b?x=y"] {
        assert!(server.get(target).await.text().contains("school"), "{target}");
    }
    assert_eq!(server.get("/api/messages?room=school/8b").await.expect(200).as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn what_the_server_keeps_for_itself_cannot_be_a_room() {
    let server = server().await;
    for first in RESERVED {
        for name in [(*first).to_owned(), format!("{first}/x")] {
            let post = server.post("/api/actions/message", &message(&name, "x")).await;
            says(&post, 400, &["`room`", first]);
            let refused = server.try_ws(&format!("/ws/{}", encode(&name)), "").await.expect_err("no room");
            assert_eq!(refused.status, 400, "{name}");
            let error: Value = serde_json::from_slice(&refused.body).expect("JSON");
            assert!(error["message"].as_str().expect("a sentence").contains(first));
        }
    }
}

#[tokio::test]
async fn impossible_names_are_refused_everywhere() {
    let server = server().await;
    let (long, fits) = ("é".repeat(100) + "x", "é".repeat(100));
    assert_eq!(everywhere(&server, &fits).await, [200, 200, 200, 101], "200 bytes are fine");
    for name in [&long, "a\nb", "a\u{0}", "\u{7f}", "a\u{85}b", "a//b", "a/", "/a", "a/./b", "../x", "..", "."] {
        assert_eq!(everywhere(&server, name).await, [400, 400, 404, 400], "{name:?}");
        says(&server.post("/api/actions/message", &message(name, "x")).await, 400, &["`room`"]);
    }
    says(&server.post("/api/actions/message", &message("", "x")).await, 400, &["`room`", "empty"]);
}

#[tokio::test]
async fn names_are_case_sensitive_and_not_normalised() {
    let server = server().await;
    for name in ["Room", "room", "é", "e\u{301}", " room", "room "] {
        say(&server, name, name).await;
    }
    for name in ["Room", "room", "é", "e\u{301}", " room", "room "] {
        assert_eq!(texts(&messages(&server, name).await), [name]);
    }
}

#[tokio::test]
async fn nobody_can_make_a_room_of_the_servers_own() {
    for server in [server().await, starter().listen("0.0.0.0:0").start().await] {
        for name in ["~", "~hub/another", "~assistant/x"] {
            says(&server.post("/api/actions/message", &message(name, "x")).await, 400, &["~"]);
            says(&server.post("/api/actions/bot", &json!({"room": name, "name": "B", "url": ""})).await, 400, &["~"]);
            says(&server.post("/api/actions/clear-room-messages", &json!({"room": name})).await, 400, &["~"]);
            let form = json!({"room": name, "author": "A", "bot_id": 1, "action_url": "", "form_data": {}});
            says(&server.post("/api/actions/message-form", &form).await, 400, &["~"]);
            let page = server.get(&format!("/{}", encode(name))).await;
            assert_eq!((page.status, page.header("content-type")), (404, Some("text/html; charset=utf-8")), "{name}");
            assert!(messages(&server, name).await.is_empty());
        }
    }
}

#[tokio::test]
async fn an_address_that_is_not_utf_8_is_refused_in_words() {
    let server = server().await;
    says(&server.get("/ws/%ff").await, 400, &["`room`"]);
    let page = server.get("/%ff").await;
    assert!(matches!(page.status, 400 | 404), "{}", page.status);
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"), "{}", page.text());
}
