//! `POST /api/actions/clear-room-messages` and `clear-room-state`.

use serde_json::json;

use crate::kit::{id, install, messages, say, says, server, texts_of};

const MESSAGES: &str = "/api/actions/clear-room-messages";
const STATE: &str = "/api/actions/clear-room-state";

#[tokio::test]
async fn clearing_a_room_takes_its_messages_and_keeps_its_bots() {
    let server = server().await;
    let bot = install(&server, "a", "Nobody", "").await;
    let last = say(&server, "a", "one").await;
    say(&server, "b", "elsewhere").await;
    assert_eq!(server.post(MESSAGES, &json!({"room": "a"})).await.expect(200), json!({"room": "a"}));
    assert!(messages(&server, "a").await.is_empty());
    assert_eq!(server.get("/api/messages?room=a&limit=10").await.expect(200), json!([]));
    assert_eq!(server.get("/api/messages?room=a&since=0").await.expect(200), json!([]));
    assert_eq!(server.get("/api/bots?room=a").await.expect(200), json!([bot]));
    assert_eq!(texts_of(&server, "b").await, ["elsewhere"]);
    let next = say(&server, "a", "two").await;
    assert!(id(&next) > id(&last), "ids go on growing");
    assert_eq!(texts_of(&server, "a").await, ["two"]);
}

#[tokio::test]
async fn what_was_cleared_stays_gone_after_a_restart_and_a_crash() {
    let mut server = server().await;
    let last = say(&server, "a", "one").await;
    server.post(MESSAGES, &json!({"room": "a"})).await.expect(200);
    server.crash().await;
    assert!(messages(&server, "a").await.is_empty());
    server.restart().await;
    assert!(messages(&server, "a").await.is_empty());
    assert!(id(&say(&server, "a", "two").await) > id(&last));
}

#[tokio::test]
async fn clearing_what_does_not_exist_is_fine_and_makes_nothing() {
    let server = server().await;
    for call in [MESSAGES, STATE] {
        assert_eq!(server.post(call, &json!({"room": "nowhere"})).await.expect(200), json!({"room": "nowhere"}));
    }
    let mut stream = server.ws("/ws/nowhere").await;
    say(&server, "nowhere", "first").await;
    assert_eq!(stream.json().await["kind"], "message", "no clear was there to tell of");
}

#[tokio::test]
async fn clearing_the_state_where_there_is_no_conversation_says_nothing() {
    let server = server().await;
    say(&server, "a", "one").await;
    assert_eq!(server.post(STATE, &json!({"room": "a", "more": 5})).await.expect(200), json!({"room": "a"}));
    assert_eq!(texts_of(&server, "a").await, ["one"]);
}

#[tokio::test]
async fn a_clear_needs_a_room() {
    let server = server().await;
    for call in [MESSAGES, STATE] {
        says(&server.post(call, &json!({})).await, 400, &["`room`", "missing"]);
        says(&server.post(call, &json!({"room": null})).await, 400, &["`room`", "null"]);
        says(&server.post(call, &json!({"room": 1})).await, 400, &["`room`", "a string"]);
        says(&server.post(call, &json!({"room": ""})).await, 400, &["`room`", "empty"]);
    }
}
