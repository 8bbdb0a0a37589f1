//! `GET` and `POST /api/actions/room`: a room's settings.

use serde_json::{Value, json};

use crate::kit::{has_keys, messages, say, says, server, starter, texts};

const CALL: &str = "/api/actions/room";
const KEYS: &[&str] = &["room", "content", "markdown", "archive", "access", "keep", "keep_messages", "defaults"];

#[tokio::test]
async fn a_room_has_settings_before_it_has_anything_else() {
    let server = server().await;
    let settings = server.get("/api/actions/room?room=a").await.expect(200);
    has_keys(&settings, KEYS);
    assert_eq!(
        (&settings["room"], &settings["content"], &settings["archive"]),
        (&json!("a"), &json!("open"), &json!(false))
    );
    assert_eq!((&settings["access"], &settings["keep"]), (&json!("public"), &Value::Null));
}

#[tokio::test]
async fn a_change_changes_what_it_names_and_stays_after_a_restart() {
    let mut server = server().await;
    let mut settings = server.get("/api/actions/room?room=a").await.expect(200);
    let changes = [
        json!({"content": "formatted"}),
        json!({"content": "plain"}),
        json!({"markdown": true}),
        json!({"markdown": false}),
        json!({"archive": true}),
        json!({"access": "members"}),
        json!({"access": "private"}),
        json!({"keep": 30}),
        json!({"keep": null}),
        json!({"keep": 7, "content": "open"}),
        json!({}),
    ];
    for change in changes {
        let mut body = change.clone();
        body["room"] = json!("a");
        for (key, value) in change.as_object().expect("an object") {
            settings[key] = value.clone();
        }
        assert_eq!(server.post(CALL, &body).await.expect(200), settings, "{change}");
        assert_eq!(server.get("/api/actions/room?room=a").await.expect(200), settings, "{change}");
    }
    server.crash().await;
    assert_eq!(server.get("/api/actions/room?room=a").await.expect(200), settings);
    assert_eq!(
        server.get("/api/actions/room?room=b").await.expect(200)["keep"],
        Value::Null,
        "another room has its own"
    );
}

#[tokio::test]
async fn wrong_settings_are_named() {
    let server = server().await;
    let wrong = [
        ("content", json!("loud"), "`open`"),
        ("content", json!(1), "a string"),
        ("access", json!("secret"), "`public`"),
        ("markdown", json!("yes"), "true or false"),
        ("archive", json!(0), "true or false"),
        ("keep", json!(0), "days"),
        ("keep", json!(-1), "number"),
        ("keep", json!(1.5), "number"),
        ("keep", json!("30"), "number"),
        ("keep", json!(5_000_000_000_u64), "days"),
        ("keep_messages", json!(0), "messages"),
        ("keep_messages", json!("30"), "number"),
    ];
    for (field, value, words) in wrong {
        let reply = server.post(CALL, &json!({"room": "a", field: value})).await;
        says(&reply, 400, &[&format!("`{field}`"), words]);
    }
    says(&server.post(CALL, &json!({"content": "open"})).await, 400, &["`room`", "missing"]);
    says(&server.get(CALL).await, 400, &["`room`", "missing"]);
}

#[tokio::test]
async fn on_a_server_that_others_reach_settings_need_the_admin() {
    let server = starter().listen("0.0.0.0:0").start().await;
    says(&server.post(CALL, &json!({"room": "a", "content": "plain"})).await, 403, &["admin"]);
    assert_eq!(server.get("/api/actions/room?room=a").await.expect(200)["content"], "open");
}

#[tokio::test]
async fn settings_are_no_messages() {
    let server = server().await;
    say(&server, "a", "before").await;
    server.post(CALL, &json!({"room": "a", "content": "plain"})).await.expect(200);
    assert_eq!(texts(&messages(&server, "a").await), ["before"]);
}
