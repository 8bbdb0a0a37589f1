//! Which bots a message concerned, which not, and why, in words for a beginner.

use parlor_testkit::{
    bot::{Answer, BotServer},
    http::Request,
    server::Server,
};
use serde_json::{Value, json};

use super::{activations, install_with};
use crate::kit::{has_keys, id, install, message, messages, say, says, server};

async fn heard(server: &Server, room: &str, message: u64) -> Vec<Value> {
    let all = server.get(&format!("/api/matches?room={room}&message={message}")).await.expect(200);
    let all = all.as_array().expect("an array").clone();
    for one in &all {
        has_keys(one, &["bot", "name", "matched", "reason", "why", "activation"]);
        assert!(one["why"].as_str().is_some_and(|why| why.ends_with('.') && !why.contains("{{")), "{one}");
    }
    all
}

/// The bot of this name, whether it matched and why; the sentence has these words.
#[track_caller]
fn is(all: &[Value], name: &str, matched: bool, reason: &str, words: &[&str]) {
    let one = all.iter().find(|one| one["name"] == name).unwrap_or_else(|| panic!("no {name} in {all:?}"));
    assert_eq!((&one["matched"], &one["reason"]), (&json!(matched), &json!(reason)), "{one}");
    let why = one["why"].as_str().expect("a sentence");
    for word in words {
        assert!(why.contains(word), "no “{word}” in: {why}");
    }
}

#[tokio::test]
async fn each_bot_of_the_room_has_its_reason() {
    let server = server().await;
    let bots = BotServer::always(Answer::text("hi")).await;
    let url = bots.url("/bot");
    install(&server, "a", "Echo", &url).await;
    install(&server, "a", "Parrot", &url).await;
    install_with(&server, "a", "Greeter", r"hello (?P<who>\w+)", &url).await;
    install_with(&server, "a", "Counter", r"count \d+", &url).await;
    install_with(&server, "a", "Slow", r"(?=(a+)+$)(a|aa)+\1b$", &url).await;
    let resting = install(&server, "a", "Rester", &url).await;
    server.post("/api/actions/bot", &json!({"id": id(&resting), "paused": true})).await.expect(200);
    let posted = say(&server, "a", &format!("hello echo rester {}", "a".repeat(5_000))).await;
    install(&server, "a", "hell", &url).await;
    let all = heard(&server, "a", id(&posted)).await;
    assert_eq!(all.len(), 7);
    is(&all, "Echo", true, "matched", &["its name is in the text"]);
    is(&all, "Parrot", false, "name", &["“Parrot” is not in the text"]);
    is(&all, "Greeter", true, "matched", &[r"“hello (?P<who>\w+)”"]);
    is(&all, "Counter", false, "pattern", &[r"“count \d+”", "not found"]);
    is(&all, "Slow", false, "slow", &["too long"]);
    is(&all, "Rester", false, "paused", &["paused"]);
    is(&all, "hell", false, "later", &["after this message", "is asked by this text"]);
    // In order of id, with the delivery of those that were asked.
    let ids: Vec<u64> = all.iter().map(|one| one["bot"].as_u64().expect("a number")).collect();
    assert!(ids.is_sorted(), "{ids:?}");
    let delivered: Vec<Value> = activations(&server, "a").await.into_iter().map(|one| one["id"].clone()).collect();
    for one in &all {
        let asked = one["name"] == "Echo" || one["name"] == "Greeter" || one["name"] == "Slow";
        assert_eq!(delivered.contains(&one["activation"]), asked, "{one}");
    }
}

#[tokio::test]
async fn a_bot_that_was_changed_after_the_message_is_told_as_it_is_now() {
    let server = server().await;
    let bots = BotServer::always(Answer::text("hi")).await;
    let bot = install_with(&server, "a", "B", "helo", &bots.url("/bot")).await;
    let posted = say(&server, "a", "hello").await;
    is(&heard(&server, "a", id(&posted)).await, "B", false, "pattern", &["“helo”"]);
    server.post("/api/actions/bot", &json!({"id": id(&bot), "responds_to": "hel+o"})).await.expect(200);
    let words = ["added or changed after this message", "“hel+o” is found in it"];
    is(&heard(&server, "a", id(&posted)).await, "B", false, "later", &words);
    server.post("/api/actions/bot", &json!({"id": id(&bot), "responds_to": "hallo"})).await.expect(200);
    let words = ["added or changed after this message", "“hallo” of B is not found"];
    is(&heard(&server, "a", id(&posted)).await, "B", false, "later", &words);
}

#[tokio::test]
async fn within_a_conversation_one_bot_hears_alone_and_says_so() {
    let server = server().await;
    let bots = BotServer::always(Answer::Json(json!({"text": "more", "state": 1}))).await;
    install(&server, "a", "Talker", &bots.url("/1")).await;
    say(&server, "a", "talker").await;
    install(&server, "a", "hey", &bots.url("/2")).await;
    let posted = say(&server, "a", "hey").await;
    let all = heard(&server, "a", id(&posted)).await;
    is(&all, "Talker", true, "conversation", &["in a conversation"]);
    is(&all, "hey", false, "conversation", &["Talker alone"]);
    assert_eq!(activations(&server, "a").await[0]["cause"], "conversation");
}

#[tokio::test]
async fn bots_and_the_system_activate_nobody_and_who_is_gone_is_told() {
    let server = server().await;
    let bots =
        BotServer::start(|path, _| if path == "/good" { Answer::text("hey") } else { Answer::status(500) }).await;
    let bot = install(&server, "a", "hey", &bots.url("/good")).await;
    install(&server, "a", "he", &bots.url("/bad")).await;
    let posted = say(&server, "a", "hey").await;
    for said in &messages(&server, "a").await[1..] {
        let all = heard(&server, "a", id(said)).await;
        is(&all, "hey", false, "kind", &["Bots hear only what people say"]);
        is(&all, "he", false, "kind", &["Bots hear only what people say"]);
    }
    server.send(Request::new("DELETE", "/api/actions/bot").body(json!({"id": id(&bot)}).to_string())).await.expect(200);
    let all = heard(&server, "a", id(&posted)).await;
    is(&all, "hey", true, "matched", &["deleted since"]);
    assert!(all[0]["activation"].is_string());
    is(&all, "he", true, "matched", &["its name"]);
}

#[tokio::test]
async fn a_bot_whose_turn_has_not_come_is_about_to_be_asked() {
    let server = server().await;
    let mut bots = BotServer::always(Answer::Later).await;
    install(&server, "a", "hey", &bots.url("/1")).await;
    install(&server, "a", "he", &bots.url("/2")).await;
    let post = Request::post("/api/actions/message", &message("a", "hey")).header("prefer", "respond-async");
    let posted = server.send(post).await.expect(202);
    let first = bots.next().await;
    let all = heard(&server, "a", id(&posted)).await;
    is(&all, "hey", true, "matched", &["was asked"]);
    is(&all, "he", true, "matched", &["will be asked"]);
    assert_eq!(all[1]["activation"], Value::Null);
    first.answer(Answer::text("1"));
    bots.next().await.answer(Answer::text("2"));
}

#[tokio::test]
async fn a_message_that_is_not_there_is_a_404() {
    let server = server().await;
    let posted = say(&server, "a", "hi").await;
    let target = |room: &str, message: u64| format!("/api/matches?room={room}&message={message}");
    says(&server.get(&target("a", 999)).await, 404, &["999"]);
    says(&server.get(&target("b", id(&posted))).await, 404, &[&id(&posted).to_string()]);
    says(&server.get("/api/matches?room=a").await, 400, &["`message` is missing"]);
    says(&server.get("/api/matches?message=1").await, 400, &["`room` is missing"]);
}

#[tokio::test]
async fn how_far_a_text_fits_a_pattern_is_told() {
    let server = server().await;
    install_with(&server, "a", "Repeat", r"repeat (?P<word>\w+) times", "").await;
    let posted = say(&server, "a", "repeat this").await;
    let words = [r"as far as “repeat (?P<word>\w+)”", "next is “times”"];
    is(&heard(&server, "a", id(&posted)).await, "Repeat", false, "pattern", &words);
}
