//! What holds for the body of every call that takes one.

use parlor_testkit::http::Request;
use serde_json::json;

use crate::kit::{message, messages, says, server};

/// Every call with a body.
const CALLS: &[(&str, &str)] = &[
    ("POST", "/api/actions/message"),
    ("POST", "/api/actions/message-form"),
    ("POST", "/api/actions/bot"),
    ("DELETE", "/api/actions/bot"),
    ("POST", "/api/actions/clear-room-messages"),
    ("POST", "/api/actions/clear-room-state"),
    ("POST", "/api/actions/room"),
    ("POST", "/api/actions/bot-token"),
];

#[tokio::test]
async fn bad_json_is_refused_by_every_call_with_a_sentence() {
    let server = server().await;
    let bodies: &[(&[u8], &str)] = &[
        (b"", "empty"),
        (b" \n", "empty"),
        (b"{", "JSON"),
        (b"{\"room\": \"a\",}", "JSON"),
        (b"{\"room\": \"a\"} {}", "JSON"),
        (b"{'room': 'a'}", "JSON"),
        (b"room=a&author=Ann&text=x", "JSON"),
        (b"{\"room\": \"\xff\"}", "JSON"),
        (b"\xef\xbb\xbf{}", "JSON"),
        (b"{\"a\": NaN}", "JSON"),
        (b"{\"a\": 1e999}", "JSON"),
        (b"[]", "an array"),
        (b"\"room\"", "a string"),
        (b"5", "a number"),
        (b"null", "null"),
        (b"true", "a boolean"),
    ];
    for (method, call) in CALLS {
        for (body, words) in bodies {
            let reply = server.send(Request::new(method, call).body(*body)).await;
            says(&reply, 400, &["the body", words]);
        }
        says(&server.send(Request::new(method, call).body("{}")).await, 400, &["missing"]);
    }
}

#[tokio::test]
async fn json_nested_128_deep_is_read_and_129_deep_is_bad() {
    let server = server().await;
    let nested = |depth: usize| {
        let (open, close) = ("[".repeat(depth - 1), "]".repeat(depth - 1));
        format!("{{\"room\":\"a\",\"author\":\"Ann\",\"text\":\"x\",\"more\":{open}{close}}}")
    };
    let call = |body: String| Request::new("POST", "/api/actions/message").body(body);
    server.send(call(nested(128))).await.expect(200);
    says(&server.send(call(nested(129))).await, 400, &["JSON", "128"]);
    says(&server.send(call("[".repeat(1_000_000))).await, 400, &["JSON", "128"]);
    says(&server.send(call("{\"a\":".repeat(200_000))).await, 400, &["JSON", "128"]);
    let brackets = message("a", &"[".repeat(1_000)).to_string();
    server.send(call(brackets)).await.expect(200);
}

#[tokio::test]
async fn a_body_over_1_mib_is_refused_by_every_call_even_when_it_is_sent_whole() {
    let server = server().await;
    let body = |size: usize| {
        let rest = message("a", "x").to_string();
        let padding = size - rest.len();
        rest + &" ".repeat(padding)
    };
    let largest = Request::new("POST", "/api/actions/message").body(body(1 << 20));
    server.send(largest).await.expect(200);
    for (method, call) in CALLS {
        for size in [(1 << 20) + 1, 8 << 20] {
            let reply = server.send(Request::new(method, call).body(body(size))).await;
            says(&reply, 413, &["1048576"]);
        }
    }
    assert_eq!(messages(&server, "a").await.len(), 1);
}

#[tokio::test]
async fn a_body_in_chunks_has_the_same_limit() {
    let server = server().await;
    let chunked = |text: &str| {
        let body = json!({"room": "a", "author": "Ann", "text": "x", "more": text}).to_string();
        let mut sent = Vec::new();
        for piece in body.as_bytes().chunks(60_000) {
            sent.extend(format!("{:x}\r\n", piece.len()).into_bytes());
            sent.extend(piece);
            sent.extend(b"\r\n");
        }
        sent.extend(b"0\r\n\r\n");
        Request::new("POST", "/api/actions/message").header("transfer-encoding", "chunked").body(sent)
    };
    server.send(chunked("short")).await.expect(200);
    says(&server.send(chunked(&"y".repeat(1 << 20))).await, 413, &["1048576"]);
}

#[tokio::test]
async fn a_key_that_comes_twice_counts_as_the_last_one_says() {
    let server = server().await;
    let body = r#"{"room":"a","author":"Ann","text":"first","text":"second"}"#;
    let got = server.send(Request::new("POST", "/api/actions/message").body(body)).await.expect(200);
    assert_eq!(got["text"], "second");
}
