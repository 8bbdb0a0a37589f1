//! What a bot answers: what counts, and what the room reads when something is wrong.

use parlor_testkit::{
    bot::{Answer, BotServer},
    server::Server,
};
use serde_json::{Value, json};

use super::{activations, explained, talk};
use crate::kit::{MESSAGE, has_keys, id, install, messages, say, server, starter};

/// Asks a bot named `Bot <1>` that answers this; gives the server and the bots.
async fn ask(answer: Answer) -> (Server, BotServer) {
    let server = server().await;
    let bots = BotServer::always(answer).await;
    install(&server, "a", "Bot <1>", &bots.url("/dir/bot")).await;
    say(&server, "a", "Bot <1>").await;
    (server, bots)
}

/// It fails, and the explanation and the record say how.
async fn fails(answer: Answer, words: &[&str]) {
    let (server, _bots) = ask(answer).await;
    explained(&server, "a", words).await;
    explained(&server, "a", &["Bot &lt;1&gt;"]).await;
    let records = activations(&server, "a").await;
    assert_eq!((records.len(), &records[0]["status"]), (1, &json!("failed")));
    assert!(records[0]["error"].is_string(), "{}", records[0]);
    assert_eq!(messages(&server, "a").await.len(), 2, "the message and its explanation");
}

async fn answered(answer: Value) -> Value {
    let (server, _bots) = ask(Answer::Json(answer)).await;
    let all = messages(&server, "a").await;
    assert_eq!(all.len(), 2, "{all:?}");
    has_keys(&all[1], MESSAGE);
    all[1].clone()
}

#[tokio::test]
async fn everything_optional_counts_and_addresses_are_made_absolute() {
    let server = server().await;
    let bots = BotServer::always(Answer::Json(json!({
        "text": "<b>hi</b>", "author": "Someone", "image": "i.png", "media": "/m.ogg", "css": "http://other.test/c.css", "js": "./j.mjs",
        "state": {"n": [1.0, null]}, "nonsense": 5,
    })))
    .await;
    let bot = install(&server, "a", "hey", &bots.url("/dir/bot")).await;
    say(&server, "a", "hey").await;
    let got = messages(&server, "a").await[1].clone();
    has_keys(&got, MESSAGE);
    for (key, value) in [
        ("kind", json!("bot")),
        ("text", json!("<b>hi</b>")),
        ("author", json!("Someone")),
        ("image", json!(bots.url("/dir/i.png"))),
        ("media", json!(bots.url("/m.ogg"))),
        ("css", json!("http://other.test/c.css")),
        ("js", json!(bots.url("/dir/j.mjs"))),
        ("state", json!({"n": [1.0, null]})),
        ("base_url", json!(bots.url("/dir/bot"))),
        ("from_bot", json!(id(&bot))),
    ] {
        assert_eq!(got[key], value, "{key}");
    }
    // Frozen: another url changes nothing of what was said.
    server.post("/api/actions/bot", &json!({"id": id(&bot), "url": "http://localhost:1/"})).await.expect(200);
    assert_eq!(messages(&server, "a").await[1], got);
}

#[tokio::test]
async fn an_empty_text_is_a_text() {
    assert_eq!(answered(json!({"text": ""})).await["text"], "");
}

#[tokio::test]
async fn keys_of_a_wrong_type_are_dropped() {
    let got =
        answered(json!({"text": "t", "author": 5, "image": [], "media": {}, "css": true, "js": 1.5, "room": 7})).await;
    assert_eq!((&got["author"], &got["text"]), (&json!("Bot <1>"), &json!("t")));
    for key in ["image", "media", "css", "js", "state"] {
        assert_eq!(got[key], Value::Null, "{key}");
    }
}

#[tokio::test]
async fn a_script_as_an_address_is_dropped() {
    let got = answered(json!({"text": "t", "image": "javascript:alert(1)", "js": "file:///etc/passwd"})).await;
    assert_eq!((&got["image"], &got["js"]), (&Value::Null, &Value::Null));
}

#[tokio::test]
async fn any_status_from_200_to_299_counts() {
    for status in [200, 201, 202, 299] {
        let answer =
            Answer::Raw(status, vec![("content-type".into(), "text/plain".into())], br#"{"text": "fine"}"#.to_vec());
        let (server, _bots) = ask(answer).await;
        assert_eq!(talk(&server, "a").await[1], "Bot <1>: fine", "{status}");
    }
}

#[tokio::test]
async fn a_bot_that_is_not_there_is_explained() {
    let server = server().await;
    // A port that was free a moment ago, and that nobody listens at.
    let gone = BotServer::always(Answer::Silence).await.url("/bot");
    install(&server, "a", "hey", &gone).await;
    say(&server, "a", "hey").await;
    explained(&server, "a", &["could not connect", "hey", &format!("<code>{gone}</code>"), "Is the URL correct"]).await;
}

#[tokio::test]
async fn a_host_that_does_not_exist_is_explained() {
    let server = server().await;
    install(&server, "a", "hey", "http://no-such-host.invalid/bot").await;
    say(&server, "a", "hey").await;
    explained(&server, "a", &["could not connect", "http://no-such-host.invalid/bot"]).await;
}

#[tokio::test]
async fn tls_that_is_none_is_explained() {
    let server = server().await;
    let bots = BotServer::always(Answer::text("hi")).await;
    install(&server, "a", "hey", &bots.url("/bot").replace("http:", "https:")).await;
    say(&server, "a", "hey").await;
    explained(&server, "a", &["could not connect", "https://"]).await;
}

#[tokio::test]
async fn a_bot_that_hangs_up_is_explained() {
    fails(Answer::HangUp, &["could not connect"]).await;
}

#[tokio::test]
async fn a_bot_that_takes_too_long_is_explained() {
    let server = starter().args(&["--bot-timeout", "0.5"]).start().await;
    let bots = BotServer::always(Answer::Silence).await;
    install(&server, "a", "hey", &bots.url("/bot")).await;
    say(&server, "a", "hey").await;
    explained(&server, "a", &["hey", "timed out after 0.5 second(s)"]).await;
    // A bot's own time-out is before the server's.
    let body = json!({"room": "b", "name": "hey", "url": bots.url("/bot"), "timeout": 0.25});
    server.post("/api/actions/bot", &body).await.expect(200);
    say(&server, "b", "hey").await;
    explained(&server, "b", &["timed out after 0.25 second(s)"]).await;
}

#[tokio::test]
async fn a_status_that_is_not_2xx_is_explained() {
    fails(Answer::status(418), &["status code of 418"]).await;
    fails(Answer::status(503), &["status code of 503"]).await;
    fails(
        Answer::status(404),
        &["status code of 404", "<code>@app.post('/your_bot_name_here')</code>", "/dir/bot</code>"],
    )
    .await;
    fails(
        Answer::status(405),
        &["status code of 405", "<code>@app.post</code> instead of <code>@app.route</code> or <code>@app.get</code>"],
    )
    .await;
    fails(Answer::status(500), &["status code of 500", "server logs of your Flask application"]).await;
}

#[tokio::test]
async fn a_redirect_is_explained_and_not_followed() {
    let server = server().await;
    let mut bots =
        BotServer::start(|_, _| Answer::Raw(302, vec![("location".into(), "/elsewhere".into())], Vec::new())).await;
    install(&server, "a", "hey", &bots.url("/bot")).await;
    say(&server, "a", "hey").await;
    explained(&server, "a", &["status code of 302", "redirect", "/elsewhere"]).await;
    assert_eq!(bots.next().await.path, "/bot");
    assert!(bots.waiting().is_none());
}

#[tokio::test]
async fn what_is_not_json_is_explained_with_what_came_shortened_and_as_text() {
    let words = ["status code 200", "returned invalid JSON", "<pre>&lt;p&gt;no &amp; more&lt;/p&gt;</pre>"];
    fails(Answer::body("<p>no & more</p>"), &words).await;
    fails(Answer::body(""), &["returned invalid JSON"]).await;
    fails(Answer::body("{'text': 'hi'}"), &["returned invalid JSON"]).await;
    fails(Answer::body(vec![0xff, 0xfe]), &["returned invalid JSON"]).await;
    fails(
        Answer::body(format!("{{\"text\":\"t\",\"x\":{}{}}}", "[".repeat(128), "]".repeat(128))),
        &["returned invalid JSON"],
    )
    .await;
    let (server, _bots) = ask(Answer::body("x".repeat(500_000))).await;
    let text = messages(&server, "a").await[1]["text"].as_str().expect("a text").len();
    assert!(text < 5_000, "{text}");
}

#[tokio::test]
async fn what_is_no_object_is_explained_in_pythons_words() {
    let values =
        [("[]", "list"), ("\"x\"", "str"), ("5", "int"), ("1.5", "float"), ("true", "bool"), ("null", "NoneType")];
    for (body, name) in values {
        fails(Answer::body(body), &[&format!("<code>{name}</code> instead of <code>dict</code>")]).await;
        if name != "str" {
            let answer = Answer::body(format!("{{\"text\": {body}}}"));
            fails(answer, &["the <code>text</code> key had the wrong type", "should be a string"]).await;
        }
    }
    fails(Answer::body("{}"), &["missing the <code>text</code> key"]).await;
}

#[tokio::test]
async fn an_answer_may_have_1_mib_and_no_more() {
    let sized = |size: usize| json!({"text": "x".repeat(size)}).to_string();
    // As Flask writes it: six bytes for a character of two.
    let escaped = format!("{{\"text\": \"{}\"}}", "\\u00e9".repeat(1 << 19));
    for body in [sized(1 << 20), escaped] {
        let (server, _bots) = ask(Answer::body(body)).await;
        assert_eq!(messages(&server, "a").await[1]["text"].as_str().map(str::len), Some(1 << 20));
    }
    fails(Answer::body(sized((1 << 20) + 1)), &["1 MiB"]).await;
    fails(Answer::body(sized(9 << 20)), &["1 MiB"]).await;
}

#[tokio::test]
async fn an_empty_url_is_explained() {
    let server = server().await;
    install(&server, "a", "hey", "").await;
    say(&server, "a", "hey").await;
    explained(&server, "a", &["hey", "has an empty endpoint URL"]).await;
}

#[tokio::test]
async fn a_socket_bot_that_is_not_there_and_a_builtin_that_does_not_exist_are_explained() {
    let server = server().await;
    install(&server, "a", "hey", "socket:").await;
    say(&server, "a", "hey").await;
    explained(&server, "a", &["hey", "is not connected"]).await;
    install(&server, "b", "hey", "builtin:nonsense").await;
    say(&server, "b", "hey").await;
    explained(&server, "b", &["builtin:nonsense", "builtin:echo"]).await;
}

#[tokio::test]
async fn a_server_for_others_does_not_connect_to_its_own_network() {
    let server = starter().listen("0.0.0.0:0").start().await;
    let mut bots = BotServer::always(Answer::text("hi")).await;
    let port = bots.url("").rsplit(':').next().expect("a port").to_owned();
    for (room, host) in
        [("a", "127.0.0.1"), ("b", "localhost"), ("c", "[::ffff:127.0.0.1]"), ("d", "0.0.0.0"), ("e", "2130706433")]
    {
        install(&server, room, "hey", &format!("http://{host}:{port}/bot")).await;
        say(&server, room, "hey").await;
        explained(&server, room, &["hey", "may not connect", "setting"]).await;
    }
    assert!(bots.waiting().is_none(), "nothing was sent");
    let classroom = starter().listen("0.0.0.0:0").args(&["--allow-local-bots"]).start().await;
    install(&classroom, "a", "hey", &bots.url("/bot")).await;
    say(&classroom, "a", "hey").await;
    assert_eq!(talk(&classroom, "a").await, ["Ann: hey", "hey: hi"]);
}

#[tokio::test]
async fn a_server_for_others_does_not_call_itself() {
    let server = starter().listen("0.0.0.0:0").start().await;
    install(&server, "a", "hey", &format!("http://{}/api/actions/message", server.address())).await;
    say(&server, "a", "hey").await;
    explained(&server, "a", &["hey", "may not connect"]).await;
}

#[tokio::test]
async fn one_bot_that_fails_does_not_stop_the_next() {
    let server = server().await;
    let bots = BotServer::start(|path, _| if path == "/1" { Answer::status(500) } else { Answer::text("fine") }).await;
    install(&server, "a", "hey", &bots.url("/1")).await;
    install(&server, "a", "he", &bots.url("/2")).await;
    say(&server, "a", "hey").await;
    let talk = talk(&server, "a").await;
    assert_eq!(talk.len(), 3);
    assert!(talk[1].starts_with("Parlor: ") && talk[2] == "he: fine", "{talk:?}");
}

#[tokio::test]
async fn an_answer_for_another_room_goes_there_only_if_the_bot_is_there_too() {
    let server = server().await;
    let bots = BotServer::always(Answer::Json(json!({"text": "hi", "room": "b"}))).await;
    install(&server, "a", "hey", &bots.url("/bot")).await;
    say(&server, "a", "hey").await;
    assert_eq!(talk(&server, "a").await, ["Ann: hey", "hey: hi"]);
    assert!(messages(&server, "b").await.is_empty());
    let there = install(&server, "b", "Its name there", &bots.url("/bot")).await;
    say(&server, "a", "hey").await;
    assert_eq!(talk(&server, "a").await, ["Ann: hey", "hey: hi", "Ann: hey"]);
    assert_eq!(talk(&server, "b").await, ["Its name there: hi"]);
    assert_eq!(messages(&server, "b").await[0]["from_bot"], there["id"]);
}
