//! Bots that asked for events: what they are told, and that they may keep silent.

use parlor_testkit::{
    bot::{Answer, BotServer, Received},
    server::Server,
    ws::Ws,
};
use serde_json::{Value, json};

use super::{activations, explained, talk};
use crate::kit::{id, message, say, server};

async fn hearing(server: &Server, name: &str, url: &str, events: &[&str]) -> Value {
    let body = json!({"room": "a", "name": name, "url": url, "events": events});
    server.post("/api/actions/bot", &body).await.expect(200)
}

/// Somebody comes with this name, or takes it.
async fn name(stream: &mut Ws, name: &str) {
    stream.say(&json!({"kind": "presence", "data": {"author": name}}).to_string()).await;
}

/// Waits for a frame of this kind that is as wanted.
async fn told(stream: &mut Ws, kind: &str, wanted: impl Fn(&Value) -> bool) -> Value {
    let mut frames = stream.until(|frame| frame["kind"] == kind && wanted(&frame["data"])).await;
    frames.pop().expect("the frame that was waited for")
}

async fn next(bots: &mut BotServer) -> (Received, Value) {
    let request = bots.next().await;
    let json = request.json();
    (request, json)
}

#[tokio::test]
async fn every_message_of_a_person_is_heard_once_and_told_what_it_is() {
    let server = server().await;
    let mut bots = BotServer::always(Answer::text("yes")).await;
    hearing(&server, "Log", &bots.url("/log"), &["message", "command:!note"]).await;
    say(&server, "a", "hello").await;
    assert_eq!(
        next(&mut bots).await.1,
        json!({"room": "a", "author": "Ann", "text": "hello", "params": {}, "event": "message"})
    );
    assert_eq!(activations(&server, "a").await[0]["cause"], "event");
    // By its name and by the event: once.
    say(&server, "a", "hello Log").await;
    assert_eq!(next(&mut bots).await.1["event"], "message");
    assert_eq!(activations(&server, "a").await[0]["cause"], "matched");
    say(&server, "a", "!Note  buy milk ").await;
    let command = json!({
        "room": "a", "author": "Ann", "text": "!Note  buy milk ", "params": {}, "event": "command", "command": "!note",
        "args": "buy milk",
    });
    assert_eq!(next(&mut bots).await.1, command);
    assert!(bots.waiting().is_none(), "each was heard once, and no bot's message was");
    assert_eq!(talk(&server, "a").await.len(), 6);
}

#[tokio::test]
async fn a_command_wakes_only_who_asked_for_it() {
    let server = server().await;
    let mut bots = BotServer::always(Answer::text("yes")).await;
    let bot = hearing(&server, "Clock", &bots.url("/"), &["command:!time"]).await;
    for text in ["what !time", "!timer", "!date"] {
        say(&server, "a", text).await;
    }
    assert!(bots.waiting().is_none());
    let posted = say(&server, "a", "!time").await;
    assert_eq!(next(&mut bots).await.1["args"], "");
    let heard = server.get(&format!("/api/matches?room=a&message={}", id(&posted))).await.expect(200);
    assert_eq!((&heard[0]["matched"], &heard[0]["reason"]), (&json!(true), &json!("matched")));
    assert!(heard[0]["why"].as_str().is_some_and(|why| why.contains("events")), "{heard}");
    // A form and a conversation say what they are, too; its name still works.
    let form = json!({"room": "a", "author": "Ann", "bot_id": id(&bot), "action_url": null, "form_data": {}});
    server.post("/api/actions/message-form", &form).await.expect(200);
    assert_eq!(next(&mut bots).await.1, json!({"room": "a", "author": "Ann", "form_data": {}, "event": "form"}));
    say(&server, "a", "clock").await;
    assert_eq!(next(&mut bots).await.1["event"], "message");
    // And a test.
    let test = json!({"room": "a", "id": id(&bot), "text": "!TIME x"});
    let tested = server.post("/api/actions/bot-test", &test).await.expect(200);
    assert_eq!(tested["matched"], true);
    assert_eq!(next(&mut bots).await.1["command"], "!time");
}

#[tokio::test]
async fn a_bot_that_asked_for_events_may_keep_silent() {
    let server = server().await;
    let bots = BotServer::start(|_, got| match got["text"].as_str() {
        Some("speak") => Answer::text("words"),
        Some("picture") => Answer::Json(json!({"text": "", "image": "a.png"})),
        Some("begin") => Answer::Json(json!({"text": "", "state": 1})),
        _ => Answer::text(" "),
    })
    .await;
    let bot = hearing(&server, "Log", &bots.url("/"), &["message"]).await;
    for text in ["quiet", "speak", "log, be quiet", "picture"] {
        say(&server, "a", text).await;
    }
    let heard = ["Ann: quiet", "Ann: speak", "Log: words", "Ann: log, be quiet", "Ann: picture", "Log: "];
    assert_eq!(talk(&server, "a").await, heard);
    assert!(activations(&server, "a").await.iter().all(|record| record["status"] == "answered"));
    let test = json!({"room": "a", "id": id(&bot), "text": "quiet"});
    assert_eq!(server.post("/api/actions/bot-test", &test).await.expect(200)["message"], Value::Null);
    // A state is something to say; the silent answer to what follows ends the conversation.
    say(&server, "a", "begin").await;
    let after = say(&server, "a", "quiet").await;
    assert_eq!(talk(&server, "a").await.len(), 9);
    let heard = server.get(&format!("/api/matches?room=a&message={}", id(&after))).await.expect(200);
    assert_eq!(heard[0]["reason"], "conversation");
    say(&server, "a", "quiet").await;
    assert_eq!(activations(&server, "a").await[0]["cause"], "event", "the conversation is over");
    // Without events an empty text is a message, as ever.
    server.post("/api/actions/bot", &json!({"id": id(&bot), "events": []})).await.expect(200);
    say(&server, "a", "log").await;
    assert_eq!(talk(&server, "a").await.last().map(String::as_str), Some("Log:  "));
}

#[tokio::test]
async fn who_comes_goes_and_is_renamed_is_told_to_who_asked() {
    let server = server().await;
    let mut bots = BotServer::start(|_, got| Answer::text(&format!("{} {}", got["event"], got["author"]))).await;
    hearing(&server, "Greeter", &bots.url("/"), &["join", "leave", "nick"]).await;
    hearing(&server, "Deaf", &bots.url("/deaf"), &["message"]).await;
    let mut watcher = server.ws("/ws/a?also=activation").await;
    let mut stream = server.ws("/ws/a?also=presence").await;
    name(&mut stream, "Ann").await;
    let (request, joined) = next(&mut bots).await;
    assert_eq!(joined, json!({"room": "a", "event": "join", "author": "Ann"}));
    assert_eq!(request.header("parlor-message-id"), None);
    told(&mut watcher, "message", |data| data["text"] == "\"join\" \"Ann\"").await;
    name(&mut stream, "Anna").await;
    assert_eq!(next(&mut bots).await.1, json!({"room": "a", "event": "nick", "author": "Anna", "before": "Ann"}));
    told(&mut watcher, "message", |data| data["text"] == "\"nick\" \"Anna\"").await;
    drop(stream);
    assert_eq!(next(&mut bots).await.1, json!({"room": "a", "event": "leave", "author": "Anna"}));
    let over = told(&mut watcher, "activation", |data| data["status"] == "answered").await;
    assert_eq!((&over["data"]["name"], &over["data"]["message"]), (&json!("Greeter"), &Value::Null));
    assert!(over["data"]["trigger"].as_str().is_some_and(|trigger| trigger.starts_with("event:")), "{over}");
}

#[tokio::test]
async fn what_a_bot_does_is_told_to_who_asked_as_it_begins_and_ends() {
    let server = server().await;
    let mut bots = BotServer::always(Answer::Later).await;
    hearing(&server, "B", &bots.url("/"), &[]).await;
    let mut plain = server.ws("/ws/a").await;
    let mut watcher = server.ws("/ws/a?also=activation").await;
    let post = parlor_testkit::http::Request::post("/api/actions/message", &message("a", "b"));
    let posted = server.send(post.header("prefer", "respond-async")).await.expect(202);
    let began = told(&mut watcher, "activation", |_| true).await;
    let request = bots.next().await;
    let began = &began["data"];
    assert_eq!((&began["status"], &began["name"], &began["took"]), (&json!("running"), &json!("B"), &Value::Null));
    assert_eq!((&began["id"], &began["message"]), (&json!(request.header("webhook-id")), &posted["id"]));
    request.answer(Answer::status(500));
    let ended = told(&mut watcher, "activation", |_| true).await;
    assert_eq!((&ended["data"]["status"], &ended["data"]["id"]), (&json!("failed"), &began["id"]));
    assert!(ended["data"]["error"].as_str().is_some_and(|error| error.contains("500")), "{ended}");
    assert!(ended["data"]["took"].is_number());
    // Who did not ask is told of messages and bots only.
    for _ in 0..3 {
        let frame = plain.json().await;
        assert_ne!(frame["kind"], "activation");
    }
}

#[tokio::test]
async fn a_timer_ticks_until_the_bot_rests_and_again_after_a_restart() {
    let mut server = server().await;
    let mut bots = BotServer::always(Answer::text("")).await;
    let bot = hearing(&server, "Clock", &bots.url("/"), &["every:5s"]).await;
    let tick = json!({"room": "a", "event": "every", "every": "5s"});
    let (first, body) = next(&mut bots).await;
    assert_eq!(body, tick);
    server.crash().await;
    let (second, body) = next(&mut bots).await;
    assert_eq!(body, tick);
    if second.header("webhook-id") == first.header("webhook-id") {
        // It was under way at the crash; the next one is a new one.
        assert_ne!(next(&mut bots).await.0.header("webhook-id"), first.header("webhook-id"));
    }
    server.post("/api/actions/bot", &json!({"id": id(&bot), "paused": true})).await.expect(200);
    say(&server, "a", "quiet here").await;
    assert_eq!(talk(&server, "a").await, ["Ann: quiet here"]);
}

#[tokio::test]
async fn a_bot_that_is_not_there_is_told_of_once_when_people_come_and_go() {
    let server = server().await;
    let bots = BotServer::start(|_, _| Answer::status(404)).await;
    hearing(&server, "Greeter", &bots.url("/"), &["join", "nick"]).await;
    let mut watcher = server.ws("/ws/a?also=activation").await;
    let mut stream = server.ws("/ws/a?also=presence").await;
    for one in ["Ann", "Anna", "Hanna"] {
        name(&mut stream, one).await;
        told(&mut watcher, "activation", |data| data["status"] == "failed").await;
    }
    explained(&server, "a", &["Greeter", "status code of 404"]).await;
    assert_eq!(activations(&server, "a").await.len(), 3);
}
