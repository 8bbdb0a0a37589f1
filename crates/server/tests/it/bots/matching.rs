//! Which bots a message activates, in which order, and what each of them gets.

use parlor_testkit::{
    bot::{Answer, BotServer},
    http::Request,
};
use serde_json::{Value, json};

use super::{explained, install_with, talk};
use crate::kit::{id, install, message, say, says, server};

#[tokio::test]
async fn a_bot_answers_to_its_name_in_any_case_and_gets_exactly_four_keys() {
    let server = server().await;
    let mut bots = BotServer::always(Answer::text("hi")).await;
    let bot = install(&server, "a", "EchoBot", &bots.url("/echo")).await;
    for text in ["Hi EchoBot", "echobot", "xECHOBOTx"] {
        say(&server, "a", text).await;
        let request = bots.next().await;
        assert_eq!((request.method.as_str(), request.path.as_str()), ("POST", "/echo"));
        assert_eq!(request.json(), json!({"room": "a", "author": "Ann", "text": text, "params": {}}));
    }
    say(&server, "a", "Echo Bot").await;
    assert!(bots.waiting().is_none(), "that is not its name");
    let answer = &crate::kit::messages(&server, "a").await[1];
    assert_eq!((&answer["author"], &answer["kind"], &answer["text"]), (&json!("EchoBot"), &json!("bot"), &json!("hi")));
    assert_eq!((&answer["from_bot"], &answer["base_url"]), (&bot["id"], &json!(bots.url("/echo"))));
}

#[tokio::test]
async fn a_name_is_literal_text_and_not_a_pattern() {
    let server = server().await;
    let mut bots = BotServer::always(Answer::text("hi")).await;
    install(&server, "a", "C++ (bot", &bots.url("/")).await;
    install(&server, "a", "a.c", &bots.url("/dot")).await;
    install(&server, "a", "Ärger", &bots.url("/umlaut")).await;
    for (text, path) in [("say c++ (BOT now", "/"), ("A.C", "/dot"), ("so ein ÄRGER", "/umlaut")] {
        say(&server, "a", text).await;
        assert_eq!(bots.next().await.path, path);
    }
    say(&server, "a", "abc, C (bot").await;
    assert!(bots.waiting().is_none());
}

#[tokio::test]
async fn a_pattern_is_searched_anywhere_and_its_named_groups_are_the_params() {
    let server = server().await;
    let mut bots = BotServer::always(Answer::text("hi")).await;
    install_with(&server, "a", "Repeat", r"repeat (?P<word>\w+)(?: (?P<count>\d+) times)?", &bots.url("/")).await;
    for (text, params) in [
        ("Please REPEAT hello 5 times.", json!({"word": "hello", "count": "5"})),
        ("repeat Grüße", json!({"word": "Grüße", "count": null})),
    ] {
        say(&server, "a", text).await;
        assert_eq!(bots.next().await.json(), json!({"room": "a", "author": "Ann", "text": text, "params": params}));
    }
    say(&server, "a", "Repeat! is my name").await;
    assert!(bots.waiting().is_none(), "with a pattern the name does not count");
}

#[tokio::test]
async fn all_that_match_are_asked_in_order_of_id_each_after_the_one_before() {
    let server = server().await;
    let mut bots = BotServer::start(|path, _| if path == "/0" { Answer::Later } else { Answer::text(path) }).await;
    for (n, name) in ["hey", "x", "he", "e", "HEY you"].iter().enumerate() {
        install(&server, "a", name, &bots.url(&format!("/{n}"))).await;
    }
    let mut http = server.http();
    let post = tokio::task::JoinSet::from_iter([async move {
        http.post("/api/actions/message", &message("a", "hey")).await.expect(200)
    }]);
    let first = bots.next().await;
    assert_eq!(first.path, "/0");
    // Another message is not held up by it.
    say(&server, "a", "x").await;
    assert_eq!(bots.next().await.path, "/1");
    assert!(bots.waiting().is_none(), "the second one waits for the first");
    first.answer(Answer::text("/0"));
    post.join_all().await;
    assert_eq!(talk(&server, "a").await, ["Ann: hey", "Ann: x", "x: /1", "hey: /0", "he: /2", "e: /3"]);
}

#[tokio::test]
async fn the_post_comes_back_once_all_bots_have_answered() {
    let server = server().await;
    let bots = BotServer::always(Answer::text("answer")).await;
    install(&server, "a", "hey", &bots.url("/1")).await;
    install(&server, "a", "he", &bots.url("/2")).await;
    let posted = say(&server, "a", "hey").await;
    assert_eq!((&posted["kind"], &posted["text"]), (&json!("user"), &json!("hey")), "it is the message, not an answer");
    assert_eq!(talk(&server, "a").await, ["Ann: hey", "hey: answer", "he: answer"]);
}

#[tokio::test]
async fn respond_async_comes_back_before_any_bot_has_answered() {
    let server = server().await;
    let mut bots = BotServer::always(Answer::Later).await;
    install(&server, "a", "hey", &bots.url("/")).await;
    let mut stream = server.ws("/ws/a?last=0").await;
    stream.json().await;
    let request = Request::post("/api/actions/message", &message("a", "hey")).header("prefer", "respond-async");
    server.send(request).await.expect(202);
    assert_eq!(talk(&server, "a").await, ["Ann: hey"]);
    assert_eq!(stream.json().await["data"]["text"], "hey");
    bots.next().await.answer(Answer::text("late"));
    assert_eq!(stream.json().await["data"]["text"], "late");
}

#[tokio::test]
async fn a_bots_message_never_activates_bots() {
    let server = server().await;
    let mut bots =
        BotServer::start(|path, _| Answer::text(if path == "/ping" { "pong ping" } else { "ping pong" })).await;
    install_with(&server, "a", "Ping", "^ping", &bots.url("/ping")).await;
    install_with(&server, "a", "Pong", "pong", &bots.url("/pong")).await;
    say(&server, "a", "ping").await;
    assert_eq!(bots.next().await.path, "/ping");
    say(&server, "a", "done").await;
    assert!(bots.waiting().is_none());
    assert_eq!(talk(&server, "a").await, ["Ann: ping", "Ping: pong ping", "Ann: done"]);
}

#[tokio::test]
async fn only_the_rooms_own_bots_hear_a_message_and_paused_ones_do_not() {
    let server = server().await;
    let mut bots = BotServer::always(Answer::text("hi")).await;
    let bot = install(&server, "a", "hey", &bots.url("/a")).await;
    install(&server, "b", "hey", &bots.url("/b")).await;
    say(&server, "b", "hey").await;
    assert_eq!(bots.next().await.path, "/b");
    server.post("/api/actions/bot", &json!({"id": id(&bot), "paused": true})).await.expect(200);
    say(&server, "a", "hey").await;
    assert!(bots.waiting().is_none());
    server.post("/api/actions/bot", &json!({"id": id(&bot), "paused": false})).await.expect(200);
    say(&server, "a", "hey").await;
    assert_eq!(bots.next().await.path, "/a");
}

#[tokio::test]
async fn a_changed_bot_answers_as_it_is_now() {
    let server = server().await;
    let mut bots = BotServer::always(Answer::text("hi")).await;
    let bot = install(&server, "a", "hey", &bots.url("/1")).await;
    server
        .post("/api/actions/bot", &json!({"id": id(&bot), "responds_to": "^ho$", "url": bots.url("/2")}))
        .await
        .expect(200);
    say(&server, "a", "hey").await;
    say(&server, "a", "ho").await;
    assert_eq!(bots.next().await.path, "/2");
    assert!(bots.waiting().is_none());
}

#[tokio::test]
async fn a_pattern_that_cannot_be_had_is_refused_when_the_bot_is_saved() {
    let server = server().await;
    let good = install(&server, "a", "B", "").await;
    for pattern in ["(", "[a", "a{2,1}", "(?P<1x>a)", "*a", "(?P<a>x)(?P<a>y)", "\\", &"(".repeat(5_000)] {
        let new = json!({"room": "a", "name": "C", "url": "", "responds_to": pattern});
        says(&server.post("/api/actions/bot", &new).await, 400, &["`responds_to`"]);
        let change = json!({"id": id(&good), "responds_to": pattern});
        says(&server.post("/api/actions/bot", &change).await, 400, &["`responds_to`"]);
    }
    assert_eq!(server.get("/api/bots?room=a").await.expect(200), json!([good]));
}

#[tokio::test]
async fn a_hopeless_pattern_is_named_and_holds_up_nobody() {
    let server = server().await;
    let mut bots = BotServer::always(Answer::text("hi")).await;
    install_with(&server, "a", "Slow", r"((a+)+)\1b", &bots.url("/slow")).await;
    let request =
        Request::post("/api/actions/message", &message("a", &"a".repeat(4_000))).header("prefer", "respond-async");
    server.send(request).await.expect(202);
    // While it is searched for, others are answered.
    say(&server, "elsewhere", "nobody waits").await;
    server.ws("/ws/a?last=2").await.until(|frame| frame["data"]["kind"] == "system").await;
    explained(&server, "a", &["Slow", r"((a+)+)\1b", "too long"]).await;
    assert!(bots.waiting().is_none());
}

#[tokio::test]
async fn a_message_with_an_empty_text_activates_who_matches_nothing() {
    let server = server().await;
    let mut bots = BotServer::always(Answer::text("hi")).await;
    install_with(&server, "a", "Any", "^$", &bots.url("/")).await;
    say(&server, "a", "").await;
    assert_eq!(bots.next().await.json()["text"], "");
}

#[tokio::test]
async fn what_a_bot_gets_is_what_was_written_letter_by_letter() {
    let server = server().await;
    let mut bots = BotServer::always(Answer::text("hi")).await;
    install_with(&server, "Käse/8 b", "Any", "(?s)(?P<all>.*)", &bots.url("/")).await;
    for text in ["ä\n\"\\\u{2028}", "👩‍👩‍👧", "\u{0}\u{7f}", "<b>&amp;"] {
        let body = json!({"room": "Käse/8 b", "author": "Ann <b>\"é", "text": text});
        server.post("/api/actions/message", &body).await.expect(200);
        let got: Value = bots.next().await.json();
        assert_eq!(got, json!({"room": "Käse/8 b", "author": "Ann <b>\"é", "text": text, "params": {"all": text}}));
    }
}
