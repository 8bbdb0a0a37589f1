//! The header `Idempotency-Key`.

use parlor_testkit::{http::Request, server::Server};
use serde_json::Value;
use tokio::task::JoinSet;

use crate::kit::{id, message, messages, says, server, texts_of};

fn keyed(room: &str, text: &str, key: &str) -> Request {
    Request::post("/api/actions/message", &message(room, text)).header("idempotency-key", key)
}

async fn post(server: &Server, room: &str, text: &str, key: &str) -> Value {
    server.send(keyed(room, text, key)).await.expect(200)
}

#[tokio::test]
async fn the_same_key_in_the_same_room_gives_the_same_message() {
    let server = server().await;
    let first = post(&server, "a", "hello", "k1").await;
    assert_eq!(post(&server, "a", "hello", "k1").await, first);
    assert_eq!(post(&server, "a", "something else", "k1").await, first, "the key decides, not the text");
    let other = post(&server, "a", "hello", "k2").await;
    assert_ne!(id(&other), id(&first));
    assert_eq!(texts_of(&server, "a").await, ["hello", "hello"]);
    let again = server.send(keyed("a", "hello", "k1").header("prefer", "respond-async")).await.expect(202);
    assert_eq!(again, first);
}

#[tokio::test]
async fn a_key_counts_in_its_room_only() {
    let server = server().await;
    let one = post(&server, "a", "in a", "k").await;
    let two = post(&server, "b", "in b", "k").await;
    assert_eq!((&one["text"], &two["text"]), (&"in a".into(), &"in b".into()));
    assert_eq!(messages(&server, "a").await, [one]);
    assert_eq!(messages(&server, "b").await, [two]);
}

#[tokio::test]
async fn twenty_posts_with_one_key_at_once_make_one_message() {
    let server = server().await;
    let mut posts = JoinSet::new();
    for n in 0..20 {
        let mut http = server.http();
        posts.spawn(async move { http.send(keyed("a", &format!("try {n}"), "the key")).await.expect(200) });
    }
    let answers = posts.join_all().await;
    let stored = messages(&server, "a").await;
    assert_eq!(stored.len(), 1);
    for answer in answers {
        assert_eq!(answer, stored[0]);
    }
}

#[tokio::test]
async fn a_key_is_known_after_a_restart_and_after_a_crash() {
    let mut server = server().await;
    let first = post(&server, "a", "hello", "k").await;
    server.restart().await;
    assert_eq!(post(&server, "a", "hello", "k").await, first);
    server.crash().await;
    assert_eq!(post(&server, "a", "hello", "k").await, first);
    assert_eq!(messages(&server, "a").await, [first]);
}

#[tokio::test]
async fn a_key_outlives_the_clearing_of_its_message() {
    let server = server().await;
    let first = post(&server, "a", "hello", "k").await;
    server.post("/api/actions/clear-room-messages", &serde_json::json!({"room": "a"})).await.expect(200);
    let again = post(&server, "a", "hello", "k").await;
    assert_eq!(id(&again), id(&first));
    assert!(messages(&server, "a").await.is_empty(), "nothing is posted a second time");
}

#[tokio::test]
async fn a_key_has_1_to_255_characters() {
    let server = server().await;
    post(&server, "a", "x", &"k".repeat(255)).await;
    post(&server, "a", "x", "with spaces, \"quotes\" and ~").await;
    for key in ["", &"k".repeat(256), "schlüssel"] {
        says(&server.send(keyed("a", "x", key)).await, 400, &["`Idempotency-Key`", "255"]);
    }
    assert_eq!(messages(&server, "a").await.len(), 2);
}
