//! Bots across the server's end: nothing that was posted is forgotten, nothing is answered twice.

use parlor_testkit::{
    bot::{Answer, BotServer},
    http::Request,
    server::Server,
};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::{activations, explained, talk};
use crate::kit::{MESSAGE, has_keys, install, message, say, server};

async fn post(server: &Server, text: &str) {
    server
        .send(Request::post("/api/actions/message", &message("a", text)).header("prefer", "respond-async"))
        .await
        .expect(202);
}

/// Waits until a message with this text is in the room.
async fn told(server: &Server, wanted: impl Fn(&Value) -> bool) {
    server.ws("/ws/a").await.until(|frame| frame["kind"] == "message" && wanted(&frame["data"])).await;
}

#[tokio::test]
async fn a_bot_that_was_answering_at_a_kill_is_asked_once_more() {
    let mut server = server().await;
    let mut bots = BotServer::always(Answer::Later).await;
    install(&server, "a", "hey", &bots.url("/bot")).await;
    post(&server, "hey").await;
    let first = bots.next().await;
    assert_eq!(activations(&server, "a").await[0]["status"], "running");
    server.crash().await;
    let second = bots.next().await;
    assert_eq!(second.header("webhook-id"), first.header("webhook-id"), "it is the same delivery");
    assert_eq!(second.body, first.body);
    second.answer(Answer::text("here I am"));
    told(&server, |message| message["text"] == "here I am").await;
    assert_eq!(talk(&server, "a").await, ["Ann: hey", "hey: here I am"]);
    let records = activations(&server, "a").await;
    assert_eq!((records.len(), &records[0]["attempt"], &records[0]["status"]), (1, &json!(2), &json!("answered")));
    // It is done: the next start asks nobody.
    server.crash().await;
    say(&server, "a", "nobody").await;
    assert!(bots.waiting().is_none());
}

#[tokio::test]
async fn a_bot_that_was_answering_at_two_kills_is_told_to_be_interrupted() {
    let mut server = server().await;
    let mut bots = BotServer::always(Answer::Later).await;
    install(&server, "a", "hey", &bots.url("/bot")).await;
    install(&server, "a", "he", &bots.url("/second")).await;
    post(&server, "hey").await;
    for _ in 0..2 {
        assert_eq!(bots.next().await.path, "/bot");
        server.crash().await;
    }
    // The one after it has its turn now.
    let next = bots.next().await;
    assert_eq!(next.path, "/second");
    explained(&server, "a", &["hey", "interrupted"]).await;
    next.answer(Answer::text("and I"));
    told(&server, |message| message["text"] == "and I").await;
    let statuses: Vec<Value> =
        activations(&server, "a").await.into_iter().map(|mut record| record["status"].take()).collect();
    assert_eq!(statuses, ["answered", "interrupted"]);
}

#[tokio::test]
async fn what_waited_for_a_bot_when_the_server_was_killed_goes_on_in_order() {
    let mut server = server().await;
    let mut bots = BotServer::always(Answer::Later).await;
    install(&server, "a", "hey", &bots.url("/bot")).await;
    post(&server, "hey").await;
    bots.next().await.answer(Answer::Json(json!({"text": "began", "state": 0})));
    told(&server, |message| message["text"] == "began").await;
    for text in ["one", "two", "three"] {
        post(&server, text).await;
    }
    assert_eq!(bots.next().await.json()["text"], "one");
    server.crash().await;
    for (text, state) in [("one", 0), ("two", 1), ("three", 2)] {
        let request = bots.next().await;
        assert_eq!((&request.json()["text"], &request.json()["state"]), (&json!(text), &json!(state)));
        request.answer(Answer::Json(json!({"text": format!("got {text}"), "state": state + 1})));
    }
    told(&server, |message| message["text"] == "got three").await;
}

#[tokio::test]
async fn at_the_end_a_waiting_post_gets_its_message_and_the_bot_is_asked_after_the_start() {
    let mut server = server().await;
    let mut bots = BotServer::always(Answer::Later).await;
    install(&server, "a", "hey", &bots.url("/bot")).await;
    let mut http = server.http();
    let mut posts = JoinSet::new();
    posts.spawn(async move { http.post("/api/actions/message", &message("a", "hey")).await });
    let first = bots.next().await;
    server.ask_to_end();
    let reply = posts.join_all().await.remove(0);
    has_keys(&reply.expect(200), MESSAGE);
    assert_eq!(server.ended().await.code(), Some(0));
    server.start_again().await;
    let second = bots.next().await;
    assert_eq!(second.header("webhook-id"), first.header("webhook-id"));
    second.answer(Answer::text("late"));
    told(&server, |message| message["text"] == "late").await;
    assert_eq!(talk(&server, "a").await, ["Ann: hey", "hey: late"]);
}

#[tokio::test]
async fn a_poster_that_goes_away_changes_nothing() {
    let server = server().await;
    let mut bots = BotServer::always(Answer::Later).await;
    install(&server, "a", "hey", &bots.url("/bot")).await;
    let mut http = server.http();
    let mut posts = JoinSet::new();
    posts.spawn(async move { http.post("/api/actions/message", &message("a", "hey")).await });
    let request = bots.next().await;
    posts.shutdown().await;
    request.answer(Answer::text("anyway"));
    told(&server, |message| message["text"] == "anyway").await;
}

#[tokio::test]
async fn a_form_that_was_under_way_at_a_kill_is_not_lost() {
    let mut server = server().await;
    let mut bots = BotServer::always(Answer::Later).await;
    let bot = install(&server, "a", "Former", &bots.url("/form")).await;
    let form = json!({"room": "a", "author": "Ann", "bot_id": bot["id"], "action_url": "", "form_data": {"x": "1"}});
    server.send(Request::post("/api/actions/message-form", &form).header("prefer", "respond-async")).await.expect(202);
    let first = bots.next().await;
    server.crash().await;
    let second = bots.next().await;
    assert_eq!(second.header("webhook-id"), first.header("webhook-id"));
    assert_eq!(second.json(), json!({"room": "a", "author": "Ann", "form_data": {"x": "1"}}));
    second.answer(Answer::text("thanks"));
    told(&server, |message| message["text"] == "thanks").await;
}

#[tokio::test]
async fn a_message_with_a_key_activates_its_bots_once() {
    let mut server = server().await;
    let mut bots = BotServer::always(Answer::text("hi")).await;
    install(&server, "a", "hey", &bots.url("/bot")).await;
    let keyed = || Request::post("/api/actions/message", &message("a", "hey")).header("idempotency-key", "k");
    let first = server.send(keyed()).await.expect(200);
    assert_eq!(server.send(keyed()).await.expect(200), first);
    server.crash().await;
    assert_eq!(server.send(keyed()).await.expect(200), first);
    bots.next().await;
    say(&server, "a", "nobody").await;
    assert!(bots.waiting().is_none());
    assert_eq!(talk(&server, "a").await, ["Ann: hey", "hey: hi", "Ann: nobody"]);
}
