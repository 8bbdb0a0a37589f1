//! `POST /api/actions/message-form`.

use parlor_testkit::{
    bot::{Answer, BotServer},
    http::Request,
};
use serde_json::{Value, json};

use super::talk;
use crate::kit::{id, install, messages, say, says, server};

const CALL: &str = "/api/actions/message-form";

fn form(bot: &Value, action: &Value) -> Value {
    json!({"room": "a", "author": "Ann", "bot_id": bot["id"], "action_url": action, "form_data": {"one": "1", "many": ["x", "y"]}})
}

#[tokio::test]
async fn a_form_goes_to_its_own_bot_with_exactly_three_keys() {
    let server = server().await;
    let mut bots = BotServer::always(Answer::text("thanks")).await;
    let bot = install(&server, "a", "Former", &bots.url("/dir/form")).await;
    for action in [json!(""), Value::Null, json!("form"), json!("/dir/form"), json!(bots.url("/dir/form"))] {
        let reply = server.post(CALL, &form(&bot, &action)).await;
        assert_eq!(reply.expect(200), json!({}));
        let request = bots.next().await;
        assert_eq!(request.path, "/dir/form");
        assert_eq!(
            request.json(),
            json!({"room": "a", "author": "Ann", "form_data": {"one": "1", "many": ["x", "y"]}})
        );
    }
    let mut without = form(&bot, &Value::Null);
    without.as_object_mut().expect("an object").remove("action_url");
    assert_eq!(server.post(CALL, &without).await.expect(200), json!({}));
    let all = messages(&server, "a").await;
    assert_eq!(talk(&server, "a").await, vec!["Former: thanks"; 6], "a form itself is no message");
    assert!(all.iter().all(|message| message["from_bot"] == bot["id"]));
}

#[tokio::test]
async fn a_form_with_another_action_goes_there_under_that_addresss_name() {
    let server = server().await;
    let mut bots = BotServer::always(Answer::text("thanks")).await;
    let bot = install(&server, "a", "Former", &bots.url("/dir/form")).await;
    for (action, path) in [("other", "/dir/other"), ("/root?x=1", "/root?x=1"), (bots.url("/abs").as_str(), "/abs")] {
        server.post(CALL, &form(&bot, &json!(action))).await.expect(200);
        assert_eq!(bots.next().await.path, path);
        let all = messages(&server, "a").await;
        let last = all.last().expect("an answer");
        assert_eq!((&last["author"], &last["kind"]), (&json!(bots.url(path)), &json!("bot")));
        assert_eq!(last["base_url"], json!(bots.url(path)));
    }
    assert_eq!(server.get("/api/bots?room=a").await.expect(200), json!([bot]), "without a state nothing is installed");
}

#[tokio::test]
async fn a_form_whose_action_is_another_bots_url_goes_to_that_bot() {
    let server = server().await;
    let mut bots = BotServer::start(|path, _| Answer::text(path)).await;
    let asks = install(&server, "a", "Asks", &bots.url("/asks")).await;
    let other = install(&server, "a", "Other", &bots.url("/other")).await;
    server.post(CALL, &form(&asks, &json!("other"))).await.expect(200);
    assert_eq!(bots.next().await.path, "/other");
    let all = messages(&server, "a").await;
    assert_eq!((&all[0]["author"], &all[0]["from_bot"]), (&json!("Other"), &other["id"]));
}

#[tokio::test]
async fn a_form_of_a_bot_that_is_gone_is_told_in_the_room() {
    let server = server().await;
    let bots = BotServer::always(Answer::text("thanks")).await;
    let bot = install(&server, "a", "Former", &bots.url("/form")).await;
    server.send(Request::new("DELETE", "/api/actions/bot").body(json!({"id": id(&bot)}).to_string())).await.expect(200);
    assert_eq!(server.post(CALL, &form(&bot, &json!(""))).await.expect(200), json!({}));
    super::explained(&server, "a", &["form", "not in the room"]).await;
    // One that never was.
    let body = json!({"room": "b", "author": "Ann", "bot_id": 999_999, "action_url": "", "form_data": {}});
    assert_eq!(server.post(CALL, &body).await.expect(200), json!({}));
    super::explained(&server, "b", &["form"]).await;
}

#[tokio::test]
async fn a_form_to_the_conversations_bot_carries_the_state_and_to_another_none() {
    let server = server().await;
    let mut bots = BotServer::start(|path, _| {
        if path == "/other" { Answer::text("other") } else { Answer::Json(json!({"text": "go on", "state": [1]})) }
    })
    .await;
    let bot = install(&server, "a", "hey", &bots.url("/bot")).await;
    let other = install(&server, "a", "other", &bots.url("/other")).await;
    say(&server, "a", "hey").await;
    bots.next().await;
    server.post(CALL, &form(&bot, &json!(""))).await.expect(200);
    let data = json!({"one": "1", "many": ["x", "y"]});
    assert_eq!(bots.next().await.json(), json!({"room": "a", "author": "Ann", "form_data": data, "state": [1]}));
    server.post(CALL, &form(&other, &json!(""))).await.expect(200);
    assert_eq!(bots.next().await.json(), json!({"room": "a", "author": "Ann", "form_data": data}));
    // The conversation is still there.
    say(&server, "a", "and?").await;
    assert_eq!(bots.next().await.path, "/bot");
}

#[tokio::test]
async fn an_address_that_answers_a_form_with_a_state_is_installed_so_that_it_can_go_on() {
    let server = server().await;
    let mut bots = BotServer::start(|path, got| match (path, got.get("form_data")) {
        ("/chat", Some(_)) => Answer::Json(json!({"text": "what else?", "state": "asked"})),
        ("/chat", None) => Answer::text("thank you"),
        _ => Answer::text("never"),
    })
    .await;
    let bot = install(&server, "a", "Former", &bots.url("/form")).await;
    server.post(CALL, &form(&bot, &json!("/chat"))).await.expect(200);
    bots.next().await;
    let all = server.get("/api/bots?room=a").await.expect(200);
    let auto = &all[1];
    assert_eq!(
        (&auto["name"], &auto["url"]),
        (&json!(format!("(Auto) {}", bots.url("/chat"))), &json!(bots.url("/chat")))
    );
    say(&server, "a", "this").await;
    let got = bots.next().await;
    assert_eq!(
        (got.path.as_str(), got.json()),
        ("/chat", json!({"room": "a", "author": "Ann", "text": "this", "params": {}, "state": "asked"}))
    );
    let last = messages(&server, "a").await;
    assert_eq!(last.last().expect("an answer")["from_bot"], auto["id"]);
}

#[tokio::test]
async fn a_form_may_be_answered_later() {
    let server = server().await;
    let mut bots = BotServer::always(Answer::Later).await;
    let bot = install(&server, "a", "Former", &bots.url("/form")).await;
    let reply = server.send(Request::post(CALL, &form(&bot, &json!(""))).header("prefer", "respond-async")).await;
    assert_eq!(reply.header("preference-applied"), Some("respond-async"));
    assert_eq!(reply.expect(202), json!({}));
    let mut stream = server.ws("/ws/a").await;
    bots.next().await.answer(Answer::text("late"));
    let frames = stream.until(|frame| frame["kind"] == "message").await;
    assert_eq!(frames.last().expect("one")["data"]["text"], "late");
}

#[tokio::test]
async fn a_form_that_fails_is_explained() {
    let server = server().await;
    let bots = BotServer::always(Answer::status(404)).await;
    let bot = install(&server, "a", "Former", &bots.url("/form")).await;
    server.post(CALL, &form(&bot, &json!("gone"))).await.expect(200);
    super::explained(&server, "a", &["status code of 404", &bots.url("/gone")]).await;
    let other = json!({"room": "b", "author": "Ann", "bot_id": bot["id"], "action_url": "x", "form_data": {}});
    server.post(CALL, &other).await.expect(200);
    super::explained(&server, "b", &["form"]).await;
}

#[tokio::test]
async fn wrong_fields_of_a_form_are_named() {
    let server = server().await;
    let good = json!({"room": "a", "author": "Ann", "bot_id": 1, "action_url": "", "form_data": {}});
    for field in ["room", "author", "bot_id", "form_data"] {
        let mut body = good.clone();
        body.as_object_mut().expect("an object").remove(field);
        says(&server.post(CALL, &body).await, 400, &[&format!("`{field}`"), "missing"]);
        body[field] = Value::Null;
        says(&server.post(CALL, &body).await, 400, &[&format!("`{field}`"), "null"]);
    }
    for (field, value, words) in [
        ("room", json!(1), "a string"),
        ("author", json!(""), "empty"),
        ("author", json!([]), "a string"),
        ("bot_id", json!("1"), "whole number"),
        ("bot_id", json!(-1), "whole number"),
        ("action_url", json!(5), "a string"),
        ("form_data", json!([]), "an object"),
        ("form_data", json!("x=1"), "an object"),
    ] {
        let mut body = good.clone();
        body[field] = value;
        says(&server.post(CALL, &body).await, 400, &[&format!("`{field}`"), words]);
    }
    assert!(messages(&server, "a").await.is_empty());
}
