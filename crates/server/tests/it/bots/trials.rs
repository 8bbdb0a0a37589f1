//! Bots tested from their form: one delivery, of which nothing is stored and nothing is posted.

use parlor_testkit::{
    bot::{Answer, BotServer},
    server::Server,
};
use serde_json::{Value, json};

use super::{activations, deliveries::RECORD, install_with};
use crate::kit::{MESSAGE, has_keys, id, messages, say, says, server};

async fn test(server: &Server, body: &Value) -> Value {
    let tested = server.post("/api/actions/bot-test", body).await.expect(200);
    has_keys(&tested, &["matched", "why", "activation", "message"]);
    has_keys(&tested["activation"], RECORD);
    has_keys(&tested["message"], MESSAGE);
    tested
}

#[tokio::test]
async fn an_unsaved_bot_gets_a_real_delivery_and_the_room_nothing() {
    let server = server().await;
    let mut bots = BotServer::always(Answer::Json(json!({"text": "<b>hi</b>", "image": "a.png", "state": 0}))).await;
    say(&server, "a", "before").await;
    let body = json!({
        "room": "a", "name": "New", "responds_to": r"hello (?P<who>\w+)", "url": format!(" {} ", bots.url("/x/new")),
        "secret": "word", "author": "Joel", "text": "Hello Ann",
    });
    let tested = test(&server, &body).await;
    let request = bots.next().await;
    assert_eq!(request.json(), json!({"room": "a", "author": "Joel", "text": "Hello Ann", "params": {"who": "Ann"}}));
    assert!(request.header("webhook-id").is_some_and(|id| id.starts_with("test_")));
    assert!(request.header("webhook-signature").is_some());
    assert_eq!(request.header("parlor-message-id"), None);
    assert_eq!(tested["matched"], true);
    assert!(tested["why"].as_str().is_some_and(|why| why.contains("is found")), "{tested}");
    let (record, message) = (&tested["activation"], &tested["message"]);
    assert_eq!((&record["status"], &record["bot"], &record["error"]), (&json!("answered"), &json!(0), &Value::Null));
    assert_eq!((&record["id"], &record["name"]), (&json!(request.header("webhook-id")), &json!("New")));
    assert_eq!(record["request"]["body"].as_str().map(str::as_bytes), Some(&request.body[..]));
    assert_eq!(record["response"]["status"], 200);
    assert_eq!((&message["id"], &message["kind"], &message["author"]), (&json!(0), &json!("bot"), &json!("New")));
    assert_eq!((&message["text"], &message["image"]), (&json!("<b>hi</b>"), &json!(bots.url("/x/a.png"))));
    assert_eq!((&message["state"], &message["room"]), (&json!(0), &json!("a")));
    // Nothing was posted, nothing stored, and no conversation began.
    assert_eq!(messages(&server, "a").await.len(), 1);
    assert!(activations(&server, "a").await.is_empty());
    assert_eq!(server.get("/api/bots?room=a").await.expect(200), json!([]));
    say(&server, "a", "unmatched").await;
    assert!(bots.waiting().is_none());
}

#[tokio::test]
async fn a_saved_bot_is_tested_with_what_the_form_changes() {
    let server = server().await;
    let mut bots = BotServer::always(Answer::text("hi")).await;
    let body = json!({"room": "a", "name": "Old", "responds_to": "x", "url": bots.url("/old"), "secret": "word"});
    let bot = server.post("/api/actions/bot", &body).await.expect(200);
    let tested = test(&server, &json!({"room": "a", "id": id(&bot), "text": "y"})).await;
    let request = bots.next().await;
    assert_eq!((request.path.as_str(), &request.json()["params"]), ("/old", &json!({})));
    assert!(request.header("webhook-signature").is_some(), "the saved secret signs");
    assert_eq!((&tested["matched"], &tested["activation"]["bot"]), (&json!(false), &bot["id"]));
    assert!(tested["why"].as_str().is_some_and(|why| why.contains("not found")), "{tested}");
    let mut elsewhere = BotServer::always(Answer::text("hi")).await;
    test(&server, &json!({"room": "a", "id": id(&bot), "text": "y", "url": elsewhere.url("/old")})).await;
    assert_eq!(
        elsewhere.next().await.header("webhook-signature"),
        None,
        "the saved secret signs for its own server only"
    );
    let change = json!({"room": "a", "id": id(&bot), "text": "y", "name": "N", "responds_to": null, "url": bots.url("/new"), "secret": ""});
    let tested = test(&server, &change).await;
    let request = bots.next().await;
    assert_eq!((request.path.as_str(), request.header("webhook-signature")), ("/new", None));
    assert_eq!(tested["message"]["author"], "N");
    assert!(tested["why"].as_str().is_some_and(|why| why.contains("answers to its name")), "{tested}");
    // It is what it was.
    let now = server.get("/api/bots?room=a").await.expect(200);
    assert_eq!(
        (&now[0]["name"], &now[0]["responds_to"], &now[0]["url"]),
        (&json!("Old"), &json!("x"), &json!(bots.url("/old")))
    );
}

#[tokio::test]
async fn a_test_within_a_conversation_carries_the_state() {
    let server = server().await;
    let mut bots = BotServer::always(Answer::text("bye")).await;
    let body = json!({"room": "a", "url": bots.url("/"), "text": "y", "state": {"n": [1.0]}});
    let tested = test(&server, &body).await;
    let wanted = json!({"room": "a", "author": "Test", "text": "y", "params": {}, "state": {"n": [1.0]}});
    assert_eq!(bots.next().await.json(), wanted);
    assert_eq!(tested["activation"]["cause"], "conversation");
    test(&server, &json!({"room": "a", "url": bots.url("/"), "text": "y", "state": null})).await;
    assert!(bots.next().await.json().get("state").is_none(), "null is no state");
}

#[tokio::test]
async fn what_goes_wrong_is_explained_as_in_the_room() {
    let server = server().await;
    let bots = BotServer::start(|path, _| match path {
        "/404" => Answer::status(404),
        "/list" => Answer::Json(json!([])),
        "/slow" => Answer::Silence,
        _ => Answer::HangUp,
    })
    .await;
    for (url, status, words) in [
        (bots.url("/404"), json!(404), "status code of 404"),
        (bots.url("/list"), json!(200), "<code>list</code>"),
        (bots.url("/slow"), Value::Null, "timed out after 0.3 second(s)"),
        (bots.url("/gone"), Value::Null, "could not connect"),
        (String::new(), Value::Null, "empty endpoint URL"),
        ("builtin:nothing".to_owned(), Value::Null, "builtin:echo"),
    ] {
        let body = json!({"room": "a", "name": "B", "url": url, "timeout": 0.3, "text": "b"});
        let tested = test(&server, &body).await;
        let (record, message) = (&tested["activation"], &tested["message"]);
        assert_eq!((&record["status"], &record["response"]["status"]), (&json!("failed"), &status), "{url}");
        assert!(record["error"].is_string(), "{record}");
        assert_eq!((&message["kind"], &message["author"]), (&json!("system"), &json!("Parlor")));
        assert!(message["text"].as_str().is_some_and(|text| text.contains(words)), "{message}");
        assert_eq!(record["request"].is_null(), !url.starts_with("http"), "{url}");
    }
    assert!(messages(&server, "a").await.is_empty());
}

#[tokio::test]
async fn a_pattern_that_cannot_be_read_does_not_stop_a_test() {
    let server = server().await;
    let mut bots = BotServer::always(Answer::text("hi")).await;
    let tested = test(&server, &json!({"room": "a", "responds_to": "(", "url": bots.url("/"), "text": "y"})).await;
    assert_eq!((&tested["matched"], &tested["message"]["text"]), (&json!(false), &json!("hi")));
    assert!(tested["why"].as_str().is_some_and(|why| why.contains("can't be used")), "{tested}");
    assert_eq!(bots.next().await.json()["params"], json!({}));
}

#[tokio::test]
async fn a_test_whose_url_is_parlor_itself_posts_nothing() {
    let server = server().await;
    let own = format!("http://{}/api/actions/message", server.address());
    let tested = test(&server, &json!({"room": "a", "name": "Circle", "url": own, "text": "y"})).await;
    assert_eq!(tested["activation"]["response"]["status"], 400, "{tested}");
    assert!(messages(&server, "a").await.is_empty());
}

#[tokio::test]
async fn the_rules_of_the_network_hold_for_tests_too() {
    let server = crate::kit::starter().listen("0.0.0.0:0").start().await;
    let mut bots = BotServer::always(Answer::text("hi")).await;
    let tested = test(&server, &json!({"room": "a", "url": bots.url("/"), "text": "y"})).await;
    assert_eq!(tested["activation"]["status"], "failed");
    assert!(tested["message"]["text"].as_str().is_some_and(|text| text.contains("--allow-local-bots")), "{tested}");
    assert!(bots.waiting().is_none());
}

#[tokio::test]
async fn wrong_fields_are_named() {
    let server = server().await;
    let bot = install_with(&server, "a", "B", "x", "").await;
    for (body, status, words) in [
        (json!({"url": "", "text": "x"}), 400, "`room`"),
        (json!({"room": "a", "text": "x"}), 400, "`url`"),
        (json!({"room": "a", "url": ""}), 400, "`text`"),
        (json!({"room": "a", "url": "", "text": "x", "timeout": 0}), 400, "`timeout`"),
        (json!({"room": "a", "id": 999, "text": "x"}), 404, "999"),
        (json!({"room": "b", "id": id(&bot), "text": "x"}), 400, "not in the room"),
        (json!({"room": "~x", "url": "", "text": "x"}), 400, "~"),
    ] {
        says(&server.post("/api/actions/bot-test", &body).await, status, &[words]);
    }
}
