//! Conversations: who left a state gets the next message, alone, with the newest state.

use parlor_testkit::{
    bot::{Answer, BotServer, Received},
    http::Request,
    server::Server,
};
use serde_json::{Value, json};

use super::talk;
use crate::kit::{id, install, message, messages, say, server};

/// Posts and does not wait for bots.
async fn post(server: &Server, room: &str, text: &str) {
    server
        .send(Request::post("/api/actions/message", &message(room, text)).header("prefer", "respond-async"))
        .await
        .expect(202);
}

fn stating(text: &str, state: &Value) -> Answer {
    Answer::Json(json!({"text": text, "state": state}))
}

fn in_conversation(request: &Received, text: &str, state: &Value) {
    let wanted = json!({"room": "a", "author": "Ann", "text": text, "params": {}, "state": state});
    assert_eq!(request.json(), wanted);
}

#[tokio::test]
async fn every_state_but_null_begins_a_conversation_and_comes_back_as_it_was() {
    for state in [
        json!(0),
        json!(""),
        json!(false),
        json!([]),
        json!({}),
        json!("x"),
        json!({"deep": [1.0, null, "é"]}),
        json!(1e100),
    ] {
        let server = server().await;
        let answer = stating("more?", &state);
        let mut bots = BotServer::start(
            move |_, got| if got.get("state").is_none() { answer.clone() } else { Answer::text("bye") },
        )
        .await;
        install(&server, "a", "hey", &bots.url("/1")).await;
        say(&server, "a", "hey").await;
        assert_eq!(bots.next().await.json(), json!({"room": "a", "author": "Ann", "text": "hey", "params": {}}));
        assert_eq!(messages(&server, "a").await[1]["state"], state);
        say(&server, "a", "unmatched").await;
        in_conversation(&bots.next().await, "unmatched", &state);
        // An answer without a state has ended it.
        say(&server, "a", "unmatched").await;
        assert!(bots.waiting().is_none(), "{state}");
        assert_eq!(messages(&server, "a").await[3]["state"], Value::Null);
    }
}

#[tokio::test]
async fn a_null_state_and_none_are_no_conversation() {
    for answer in [json!({"text": "t", "state": null}), json!({"text": "t"})] {
        let server = server().await;
        let mut bots = BotServer::always(Answer::Json(answer)).await;
        install(&server, "a", "hey", &bots.url("/1")).await;
        say(&server, "a", "hey").await;
        bots.next().await;
        say(&server, "a", "unmatched").await;
        assert!(bots.waiting().is_none());
    }
}

#[tokio::test]
async fn in_a_conversation_no_other_bot_hears_anything() {
    let server = server().await;
    let mut bots =
        BotServer::start(|path, _| if path == "/talks" { stating("go on", &json!(1)) } else { Answer::text("me") })
            .await;
    install(&server, "a", "talks", &bots.url("/talks")).await;
    install(&server, "a", "other", &bots.url("/other")).await;
    say(&server, "a", "talks").await;
    bots.next().await;
    say(&server, "a", "other other").await;
    assert_eq!(bots.next().await.path, "/talks");
    // Another room is not in it.
    install(&server, "b", "other", &bots.url("/other")).await;
    say(&server, "b", "other").await;
    assert_eq!(bots.next().await.path, "/other");
    assert!(bots.waiting().is_none());
}

#[tokio::test]
async fn while_a_slow_bot_answers_messages_wait_and_each_goes_with_the_newest_state() {
    let server = server().await;
    let mut bots = BotServer::always(Answer::Later).await;
    install(&server, "a", "hey", &bots.url("/1")).await;
    post(&server, "a", "hey").await;
    bots.next().await.answer(stating("began", &json!(0)));
    let mut stream = server.ws("/ws/a").await;
    stream.until(|frame| frame["data"]["text"] == "began").await;
    for text in ["one", "two", "three"] {
        post(&server, "a", text).await;
    }
    for (text, state) in [("one", 0), ("two", 1), ("three", 2)] {
        let request = bots.next().await;
        in_conversation(&request, text, &json!(state));
        assert!(bots.waiting().is_none(), "one at a time");
        request.answer(stating(&format!("got {text}"), &json!(state + 1)));
    }
    stream.until(|frame| frame["data"]["text"] == "got three").await;
    let told = talk(&server, "a").await;
    assert_eq!(
        told,
        [
            "Ann: hey",
            "hey: began",
            "Ann: one",
            "Ann: two",
            "Ann: three",
            "hey: got one",
            "hey: got two",
            "hey: got three"
        ]
    );
}

#[tokio::test]
async fn a_waiting_message_is_matched_like_any_other_once_the_conversation_is_over() {
    let server = server().await;
    let mut bots = BotServer::always(Answer::Later).await;
    install(&server, "a", "hey", &bots.url("/hey")).await;
    install(&server, "a", "other", &bots.url("/other")).await;
    post(&server, "a", "hey").await;
    bots.next().await.answer(stating("began", &json!(0)));
    let mut stream = server.ws("/ws/a").await;
    stream.until(|frame| frame["data"]["text"] == "began").await;
    for text in ["stop", "other", "nobody", "hey"] {
        post(&server, "a", text).await;
    }
    let last = bots.next().await;
    in_conversation(&last, "stop", &json!(0));
    last.answer(Answer::text("bye"));
    let mut next = [bots.next().await, bots.next().await];
    next.sort_by(|one, two| two.path.cmp(&one.path));
    let [other, hey] = next;
    assert_eq!(other.json(), json!({"room": "a", "author": "Ann", "text": "other", "params": {}}));
    assert_eq!(hey.json(), json!({"room": "a", "author": "Ann", "text": "hey", "params": {}}));
}

#[tokio::test]
async fn clearing_the_state_ends_a_conversation_and_says_so() {
    let server = server().await;
    let mut bots = BotServer::always(stating("go on", &json!(1))).await;
    install(&server, "a", "hey", &bots.url("/1")).await;
    say(&server, "a", "hey").await;
    bots.next().await;
    server.post("/api/actions/clear-room-state", &json!({"room": "a"})).await.expect(200);
    let all = messages(&server, "a").await;
    let last = all.last().expect("three");
    assert_eq!(
        (&last["kind"], &last["author"], &last["text"]),
        (&json!("system"), &json!("Parlor"), &json!("The room state has been cleared"))
    );
    say(&server, "a", "unmatched").await;
    assert!(bots.waiting().is_none());
    server.post("/api/actions/clear-room-state", &json!({"room": "a"})).await.expect(200);
    assert_eq!(messages(&server, "a").await.len(), 4, "the second time there is nothing to say");
}

#[tokio::test]
async fn clearing_the_room_and_deleting_or_pausing_the_bot_end_a_conversation() {
    for way in ["clear", "delete", "pause"] {
        let server = server().await;
        let mut bots =
            BotServer::start(|path, _| if path == "/1" { stating("go on", &json!(1)) } else { Answer::text("me") })
                .await;
        let bot = install(&server, "a", "hey", &bots.url("/1")).await;
        install(&server, "a", "other", &bots.url("/other")).await;
        say(&server, "a", "hey").await;
        bots.next().await;
        let reply = match way {
            "clear" => server.post("/api/actions/clear-room-messages", &json!({"room": "a"})).await,
            "pause" => server.post("/api/actions/bot", &json!({"id": id(&bot), "paused": true})).await,
            _ => {
                let body = json!({"id": id(&bot)}).to_string();
                server.send(Request::new("DELETE", "/api/actions/bot").body(body)).await
            }
        };
        reply.expect(200);
        say(&server, "a", "other").await;
        assert_eq!(bots.next().await.path, "/other");
    }
}

#[tokio::test]
async fn an_error_ends_a_conversation() {
    let server = server().await;
    let mut bots =
        BotServer::start(|_, got| if got["text"] == "hey" { stating("go on", &json!(1)) } else { Answer::status(500) })
            .await;
    install(&server, "a", "hey", &bots.url("/1")).await;
    say(&server, "a", "hey").await;
    say(&server, "a", "break").await;
    bots.next().await;
    bots.next().await;
    say(&server, "a", "unmatched").await;
    assert!(bots.waiting().is_none());
}

#[tokio::test]
async fn a_late_answer_cannot_reopen_what_was_cleared() {
    let server = server().await;
    let mut bots = BotServer::always(Answer::Later).await;
    install(&server, "a", "hey", &bots.url("/1")).await;
    post(&server, "a", "hey").await;
    bots.next().await.answer(stating("began", &json!(0)));
    let mut stream = server.ws("/ws/a").await;
    stream.until(|frame| frame["data"]["text"] == "began").await;
    post(&server, "a", "slowly").await;
    let slow = bots.next().await;
    server.post("/api/actions/clear-room-state", &json!({"room": "a"})).await.expect(200);
    slow.answer(stating("late", &json!(7)));
    let frames = stream.until(|frame| frame["data"]["text"] == "late").await;
    assert_eq!(frames.last().expect("one")["data"]["state"], Value::Null, "a state without effect is null");
    say(&server, "a", "unmatched").await;
    assert!(bots.waiting().is_none());
}

#[tokio::test]
async fn of_two_bots_that_leave_a_state_the_first_has_the_conversation() {
    let server = server().await;
    let mut bots = BotServer::start(|path, _| stating(path, &json!(path))).await;
    install(&server, "a", "hey", &bots.url("/1")).await;
    install(&server, "a", "he", &bots.url("/2")).await;
    say(&server, "a", "hey").await;
    assert_eq!((bots.next().await.path, bots.next().await.path), ("/1".to_owned(), "/2".to_owned()));
    say(&server, "a", "who?").await;
    assert_eq!(bots.next().await.path, "/1");
    assert!(bots.waiting().is_none());
    assert_eq!(messages(&server, "a").await[2]["state"], Value::Null);
}

#[tokio::test]
async fn a_conversation_outlives_a_restart_and_a_crash() {
    let mut server = server().await;
    let mut bots =
        BotServer::start(|_, got| stating("go on", &json!(got["state"].as_u64().map_or(0, |n| n + 1)))).await;
    install(&server, "a", "hey", &bots.url("/1")).await;
    say(&server, "a", "hey").await;
    bots.next().await;
    server.restart().await;
    say(&server, "a", "one").await;
    in_conversation(&bots.next().await, "one", &json!(0));
    server.crash().await;
    say(&server, "a", "two").await;
    in_conversation(&bots.next().await, "two", &json!(1));
}

#[tokio::test]
async fn a_late_answer_to_what_was_cleared_begins_no_conversation() {
    let server = server().await;
    let mut bots = BotServer::always(Answer::Later).await;
    install(&server, "a", "hey", &bots.url("/1")).await;
    let mut stream = server.ws("/ws/a").await;
    post(&server, "a", "hey").await;
    let late = bots.next().await;
    server.post("/api/actions/clear-room-messages", &json!({"room": "a"})).await.expect(200);
    late.answer(stating("late", &json!(1)));
    let frames = stream.until(|frame| frame["data"]["text"] == "late").await;
    assert_eq!(frames.last().expect("the answer")["data"]["state"], Value::Null);
    say(&server, "a", "unmatched").await;
    assert!(bots.waiting().is_none());
}
