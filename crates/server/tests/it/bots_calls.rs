//! `GET /api/bots`, `POST` and `DELETE /api/actions/bot`, `POST /api/actions/bot-token`, `GET /api/activations`.

use parlor_testkit::{
    http::{Reply, Request, encode},
    server::Server,
};
use serde_json::{Value, json};

use crate::kit::{BOT, has_keys, id, install, messages, say, says, server, starter};

const CALL: &str = "/api/actions/bot";

async fn delete(server: &Server, body: &Value) -> Reply {
    server.send(Request::new("DELETE", CALL).body(body.to_string())).await
}

async fn bots(server: &Server, room: &str) -> Value {
    server.get(&format!("/api/bots?room={}", encode(room))).await.expect(200)
}

#[tokio::test]
async fn of_many_that_make_a_bot_of_one_name_at_once_one_does_if_they_ask_for_that() {
    let server = server().await;
    let new = json!({"room": "a", "name": "Echo", "url": "", "only_new": true});
    let replies = futures_util::future::join_all((0..16).map(|_| server.post(CALL, &new))).await;
    let (made, refused): (Vec<_>, Vec<_>) = replies.iter().partition(|reply| reply.status == 200);
    assert_eq!(made.len(), 1);
    for reply in refused {
        says(reply, 409, &["“Echo”", "choose another name"]);
    }
    assert_eq!(bots(&server, "a").await.as_array().map(Vec::len), Some(1));
    let other = |changes: &[(&str, Value)]| {
        let mut new = new.clone();
        changes.iter().for_each(|(key, value)| new[key] = value.clone());
        new
    };
    for fine in [
        &[("room", json!("b"))][..],
        &[("name", json!("Nora"))],
        &[("only_new", json!(false))],
        &[("only_new", Value::Null)],
    ] {
        assert_eq!(server.post(CALL, &other(fine)).await.status, 200, "{fine:?}");
    }
    says(&server.post(CALL, &other(&[("only_new", json!("yes"))])).await, 400, &["`only_new`", "true or false"]);
    says(&server.post(CALL, &other(&[("id", json!(1))])).await, 400, &["`only_new`", "`id`"]);
}

#[tokio::test]
async fn a_new_bot_comes_back_with_every_key() {
    let server = server().await;
    let bot = install(&server, "a", "Echo", "http://localhost:1/echo").await;
    has_keys(&bot, BOT);
    let wanted = json!({
        "id": id(&bot), "room": "a", "name": "Echo", "responds_to": null, "url": "http://localhost:1/echo", "timeout": null,
        "paused": false, "events": [], "signed": false,
    });
    assert_eq!(bot, wanted);
    assert_eq!(bots(&server, "a").await, json!([bot]));
    let full = json!({
        "room": "a", "name": "C++ (bot", "responds_to": "(?P<x>\\w+)", "url": "builtin:echo", "timeout": 2.5, "paused": true,
        "events": ["join", "leave", "message", "command:!time", "every:90s"], "secret": "hush",
    });
    let bot = server.post(CALL, &full).await.expect(200);
    has_keys(&bot, BOT);
    assert_eq!(bot["signed"], true);
    for (key, value) in full.as_object().expect("an object") {
        assert_eq!(&bot[key], if key == "secret" { &Value::Null } else { value }, "{key}");
    }
}

#[tokio::test]
async fn a_bot_may_have_an_empty_url_and_an_empty_pattern_is_none() {
    let server = server().await;
    let bot = server.post(CALL, &json!({"room": "a", "name": "B", "url": "", "responds_to": ""})).await.expect(200);
    assert_eq!((&bot["url"], &bot["responds_to"]), (&json!(""), &Value::Null));
}

#[tokio::test]
async fn updating_a_bot_changes_only_the_keys_that_are_sent() {
    let server = server().await;
    let body = json!({"room": "a", "name": "B", "url": "http://localhost:1/", "responds_to": "x", "timeout": 3, "paused": true, "events": ["join"]});
    let mut bot = server.post(CALL, &body).await.expect(200);
    let number = id(&bot);
    let changes = [
        json!({"name": "New name"}),
        json!({"url": ""}),
        json!({"responds_to": "y+"}),
        json!({"responds_to": null}),
        json!({"timeout": 0.5}),
        json!({"timeout": null}),
        json!({"paused": false}),
        json!({"events": []}),
        json!({"room": "a"}),
        json!({}),
    ];
    for change in changes {
        let mut body = change.clone();
        body["id"] = json!(number);
        for (key, value) in change.as_object().expect("an object") {
            bot[key] = value.clone();
        }
        assert_eq!(server.post(CALL, &body).await.expect(200), bot, "{change}");
        assert_eq!(bots(&server, "a").await, json!([bot]));
    }
}

#[tokio::test]
async fn a_deleted_bot_comes_back_once_and_its_number_never_again() {
    let mut server = server().await;
    let one = install(&server, "a", "One", "").await;
    let two = install(&server, "a", "Two", "").await;
    assert!(id(&two) > id(&one));
    assert_eq!(delete(&server, &json!({"id": id(&two)})).await.expect(200), two);
    assert_eq!(bots(&server, "a").await, json!([one]));
    says(&delete(&server, &json!({"id": id(&two)})).await, 404, &[&id(&two).to_string()]);
    says(&server.post(CALL, &json!({"id": id(&two), "name": "x"})).await, 404, &[&id(&two).to_string()]);
    server.restart().await;
    let three = install(&server, "b", "Three", "").await;
    assert!(id(&three) > id(&two), "numbers are unique over the whole server, for ever");
}

#[tokio::test]
async fn bots_are_listed_in_order_for_a_room_or_for_all() {
    let server = server().await;
    assert_eq!(bots(&server, "a").await, json!([]));
    // The room that everybody finds has bots from the start.
    let first = server.get("/api/bots").await.expect(200).as_array().expect("an array").clone();
    assert!(first.iter().all(|bot| bot["room"] == "welcome"), "{first:?}");
    let in_a = [install(&server, "a", "Z", "").await, install(&server, "a", "A", "").await];
    let in_b = install(&server, "b/ü", "M", "").await;
    let in_c = install(&server, "a", "M", "").await;
    assert_eq!(bots(&server, "a").await, json!([in_a[0], in_a[1], in_c]));
    assert_eq!(bots(&server, "b/ü").await, json!([in_b]));
    let all = [first, vec![in_a[0].clone(), in_a[1].clone(), in_b, in_c]].concat();
    assert_eq!(server.get("/api/bots").await.expect(200), json!(all));
    says(&server.get("/api/bots?room=").await, 400, &["`room`", "empty"]);
    says(&server.get("/api/bots?room=ws").await, 400, &["`room`", "ws"]);
}

#[tokio::test]
async fn installing_a_bot_says_nothing_in_the_room() {
    let server = server().await;
    let bot = install(&server, "a", "B", "").await;
    server.post(CALL, &json!({"id": id(&bot), "name": "C"})).await.expect(200);
    delete(&server, &json!({"id": id(&bot)})).await.expect(200);
    assert!(messages(&server, "a").await.is_empty());
}

#[tokio::test]
async fn wrong_fields_of_a_bot_are_named() {
    let server = server().await;
    let good = json!({"room": "a", "name": "B", "url": ""});
    for field in ["room", "name", "url"] {
        let mut body = good.clone();
        body.as_object_mut().expect("an object").remove(field);
        says(&server.post(CALL, &body).await, 400, &[&format!("`{field}`"), "missing"]);
        body[field] = Value::Null;
        says(&server.post(CALL, &body).await, 400, &[&format!("`{field}`"), "null"]);
        body[field] = json!(7);
        says(&server.post(CALL, &body).await, 400, &[&format!("`{field}`"), "a string", "a number"]);
    }
    let bot = server.post(CALL, &good).await.expect(200);
    let wrong = [
        ("name", json!(""), "empty"),
        ("name", json!("  "), "empty"),
        ("name", Value::Null, "null"),
        ("url", Value::Null, "null"),
        ("url", json!(1), "a string"),
        ("responds_to", json!(5), "a string"),
        ("responds_to", json!(["x"]), "a string"),
        ("timeout", json!("5"), "a number"),
        ("timeout", json!(0), "above 0"),
        ("timeout", json!(-1), "above 0"),
        ("timeout", json!(601), "600"),
        ("paused", json!("yes"), "true or false"),
        ("paused", json!(1), "true or false"),
        ("events", json!("join"), "an array of strings"),
        ("events", json!([1]), "an array of strings"),
        ("events", json!(["join", "kick"]), "message, command:!word, join, leave, nick, and every:10s"),
        ("events", json!(["every:1s"]), "every:5s"),
        ("secret", json!(5), "a string"),
    ];
    for (field, value, words) in wrong {
        let mut new = good.clone();
        new[field] = value.clone();
        says(&server.post(CALL, &new).await, 400, &[&format!("`{field}`"), words]);
        let change = json!({"id": id(&bot), field: value});
        says(&server.post(CALL, &change).await, 400, &[&format!("`{field}`"), words]);
    }
    for wrong in [json!("1"), json!(-1), json!(1.5), json!({})] {
        says(&server.post(CALL, &json!({"id": wrong, "name": "x"})).await, 400, &["`id`", "whole number"]);
        says(&delete(&server, &json!({"id": wrong})).await, 400, &["`id`", "whole number"]);
    }
    says(&delete(&server, &json!({"id": null})).await, 400, &["`id`", "null"]);
    assert_eq!(bots(&server, "a").await, json!([bot]), "nothing of it was stored");
}

#[tokio::test]
async fn ids_that_no_bot_has_are_404() {
    let server = server().await;
    for number in [0_u64, 999, 1 << 53, u64::MAX] {
        says(&server.post(CALL, &json!({"id": number, "name": "x"})).await, 404, &[&number.to_string()]);
        says(&delete(&server, &json!({"id": number})).await, 404, &[&number.to_string()]);
        says(&server.post("/api/actions/bot-token", &json!({"id": number})).await, 404, &[&number.to_string()]);
    }
}

#[tokio::test]
async fn a_bot_cannot_be_moved_to_another_room() {
    let server = server().await;
    let bot = install(&server, "a", "B", "").await;
    says(
        &server.post(CALL, &json!({"id": id(&bot), "room": "b", "name": "C"})).await,
        400,
        &["b", &id(&bot).to_string()],
    );
    assert_eq!(bots(&server, "a").await, json!([bot]));
    assert_eq!(bots(&server, "b").await, json!([]));
}

#[tokio::test]
async fn a_secret_can_be_written_but_never_read() {
    let server = server().await;
    let mut stream = server.ws("/ws/a").await;
    let body = json!({"room": "a", "name": "B", "url": "", "secret": "hush-hush"});
    let bot = server.post(CALL, &body).await.expect(200);
    let changed = server.post(CALL, &json!({"id": id(&bot), "secret": "hush-again", "name": "C"})).await.expect(200);
    assert_eq!((&bot["signed"], &changed["signed"]), (&json!(true), &json!(true)));
    let gone = delete(&server, &json!({"id": id(&bot)})).await.expect(200);
    let mut shown = vec![bot.to_string(), changed.to_string(), gone.to_string()];
    for _ in 0..3 {
        shown.push(stream.text().await);
    }
    for one in shown {
        assert!(!one.contains("hush") && !one.contains("secret"), "{one}");
    }
}

#[tokio::test]
async fn whether_a_bot_has_a_secret_is_told_and_outlives_a_restart() {
    let mut server = server().await;
    let bot = install(&server, "a", "B", "").await;
    let signed = async |server: &Server, change: Value| {
        let mut change = change;
        change["id"] = bot["id"].clone();
        server.post(CALL, &change).await.expect(200)["signed"].clone()
    };
    assert_eq!(signed(&server, json!({"secret": "hush"})).await, true);
    server.crash().await;
    assert_eq!(bots(&server, "a").await[0]["signed"], true);
    assert_eq!(signed(&server, json!({"name": "C"})).await, true, "an absent key changes nothing");
    assert_eq!(signed(&server, json!({"secret": ""})).await, false);
    assert_eq!(signed(&server, json!({"secret": "hush"})).await, true);
    assert_eq!(signed(&server, json!({"secret": null})).await, false);
}

#[tokio::test]
async fn a_token_is_for_socket_bots_only() {
    let server = server().await;
    let bot = install(&server, "a", "B", "http://localhost:1/").await;
    says(&server.post("/api/actions/bot-token", &json!({"id": id(&bot)})).await, 400, &["`socket:`"]);
    says(&server.post("/api/actions/bot-token", &json!({"id": "x"})).await, 400, &["`id`"]);
}

#[tokio::test]
async fn where_no_bot_was_activated_there_are_no_activations() {
    let server = server().await;
    say(&server, "a", "hello").await;
    for query in ["", "?room=a", "?room=nowhere", "?bot=1", "?message=1", "?room=a&bot=1&message=1", "?bot=x"] {
        assert_eq!(server.get(&format!("/api/activations{query}")).await.expect(200), json!([]), "{query}");
    }
    says(&server.get("/api/activations?room=docs").await, 400, &["`room`", "docs"]);
}

#[tokio::test]
async fn where_others_reach_the_server_deliveries_are_read_a_room_at_a_time() {
    let server = starter().args(&["--public-url", "http://chat.example.org"]).start().await;
    for query in ["", "?bot=1", "?message=1"] {
        says(&server.get(&format!("/api/activations{query}")).await, 400, &["`room`", "missing"]);
    }
    assert_eq!(server.get("/api/activations?room=a").await.expect(200), json!([]));
}

#[tokio::test]
async fn a_bot_that_moves_to_another_server_leaves_its_secret_behind() {
    let server = server().await;
    let body = json!({"room": "a", "name": "B", "url": "http://localhost:1/x", "secret": "hush"});
    let number = id(&server.post(CALL, &body).await.expect(200));
    let change = async |change: Value| {
        let mut body = change;
        body["id"] = json!(number);
        server.post(CALL, &body).await.expect(200)
    };
    let stays = change(json!({"url": "http://localhost:1/y?z"})).await;
    assert_eq!((&stays["signed"], stays.get("note")), (&json!(true), None));
    let taken_along = change(json!({"url": "http://localhost:2/", "secret": "other"})).await;
    assert_eq!((&taken_along["signed"], taken_along.get("note")), (&json!(true), None));
    let moved = change(json!({"url": "http://localhost:3/"})).await;
    assert_eq!(moved["signed"], false);
    assert!(moved["note"].as_str().is_some_and(|note| note.contains("secret")), "{moved}");
    let back = change(json!({"url": "http://localhost:2/"})).await;
    assert_eq!((&back["signed"], back.get("note")), (&json!(false), None), "it is gone for good");
}
