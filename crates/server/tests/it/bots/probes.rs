//! Patterns tried before they are saved: on a text, or on what people said last.

use parlor_testkit::{
    bot::{Answer, BotServer},
    server::Server,
};
use serde_json::{Value, json};

use crate::kit::{has_keys, id, install, say, says, server};

async fn probe(server: &Server, body: &Value) -> Value {
    let probed = server.post("/api/actions/match", body).await.expect(200);
    has_keys(&probed, &["error", "messages"]);
    probed
}

#[tokio::test]
async fn a_pattern_is_tried_on_the_last_messages_of_people() {
    let server = server().await;
    let bots = BotServer::always(Answer::text("echo 7 of the bot")).await;
    install(&server, "a", "every", &bots.url("/bot")).await;
    for n in 0..25 {
        say(&server, "a", &format!("every echo {n}")).await;
    }
    let last = say(&server, "a", "another").await;
    let probed = probe(&server, &json!({"room": "a", "responds_to": r"echo (?P<n>\d+)(x)?"})).await;
    assert_eq!(probed["error"], Value::Null);
    let messages = probed["messages"].as_array().expect("an array");
    assert_eq!(messages.len(), 20);
    for message in messages {
        has_keys(message, &["id", "author", "text", "matched", "span", "groups"]);
        assert_eq!(message["author"], "Ann", "bots' messages are left out");
    }
    let (first, other) = (&messages[0], &messages[19]);
    assert_eq!(
        (&first["text"], &first["matched"], &first["span"]),
        (&json!("every echo 6"), &json!(true), &json!([6, 12]))
    );
    let groups = json!([{"name": "n", "span": [11, 12], "text": "6"}, {"name": null, "span": null, "text": null}]);
    assert_eq!(first["groups"], groups);
    assert_eq!((&other["id"], &other["matched"], &other["span"]), (&last["id"], &json!(false), &Value::Null));
    assert_eq!(other["groups"], json!([]));
}

#[tokio::test]
async fn a_text_is_tried_alone_and_places_are_utf_16() {
    let server = server().await;
    say(&server, "a", "something else").await;
    let probed = probe(&server, &json!({"room": "a", "name": "Bot", "text": "🦜 say bot"})).await;
    assert_eq!(
        probed["messages"],
        json!([{"id": null, "author": null, "text": "🦜 say bot", "matched": true, "span": [7, 10], "groups": []}])
    );
    // With a pattern the name does not count.
    let probed = probe(&server, &json!({"room": "a", "name": "Bot", "responds_to": "x", "text": "bot"})).await;
    assert_eq!(probed["messages"][0]["matched"], false);
    // An empty text is a text.
    let probed = probe(&server, &json!({"room": "a", "responds_to": "^$", "text": ""})).await;
    assert_eq!(probed["messages"][0]["span"], json!([0, 0]));
}

#[tokio::test]
async fn what_is_wrong_with_a_pattern_is_said_with_its_place() {
    let server = server().await;
    say(&server, "a", "hi").await;
    let probed = probe(&server, &json!({"room": "a", "responds_to": "🦜é[z-a]"})).await;
    assert_eq!(probed["error"]["at"], 4);
    assert!(probed["error"]["message"].as_str().is_some_and(|why| why.contains("backwards")), "{probed}");
    assert_eq!(probed["messages"][0]["matched"], false);
    // One that takes too long has no place, and holds up nobody.
    let text = "a".repeat(5_000);
    let probed = probe(&server, &json!({"room": "a", "responds_to": r"(?=(a+)+$)(a|aa)+\1b$", "text": text})).await;
    assert_eq!(probed["error"]["at"], Value::Null);
    assert!(probed["error"]["message"].as_str().is_some_and(|why| why.contains("too long")), "{probed}");
}

#[tokio::test]
async fn a_trial_stores_nothing_and_wrong_fields_are_named() {
    let server = server().await;
    let posted = say(&server, "a", "hi").await;
    probe(&server, &json!({"room": "b", "responds_to": "x", "text": "x"})).await;
    assert_eq!(server.get("/api/messages?room=a").await.expect(200)[0]["id"], id(&posted));
    assert_eq!(server.get("/api/bots?room=a").await.expect(200), json!([]));
    says(&server.post("/api/actions/match", &json!({"responds_to": "x"})).await, 400, &["`room`", "missing"]);
    says(&server.post("/api/actions/match", &json!({"room": "a", "text": 5})).await, 400, &["`text`", "a number (5)"]);
    let long = "x".repeat(16 * 1024 + 1);
    says(&server.post("/api/actions/match", &json!({"room": "a", "text": long})).await, 413, &["`text`"]);
}
