//! Bots without an address: the frames of their socket, many at once, lost connections, files.

use parlor_testkit::{
    http::Request,
    server::Server,
    ws::{Came, Refused, Ws},
};
use serde_json::{Value, json};

use super::{activations, explained, talk};
use crate::kit::{id, install, message, messages, says_json, server};

/// A bot without an address, and its token.
pub(super) async fn bot(server: &Server, room: &str, name: &str) -> (u64, String) {
    let bot = install(server, room, name, "socket:").await;
    assert_eq!(bot["connected"], false);
    (id(&bot), token(server, id(&bot)).await)
}

async fn token(server: &Server, bot: u64) -> String {
    let answer = server.post("/api/actions/bot-token", &json!({ "id": bot })).await.expect(200);
    answer["token"].as_str().expect("a token").to_owned()
}

async fn try_connect(server: &Server, token: &str) -> Result<Ws, Refused> {
    server.try_ws("/api/bots/socket", &format!("authorization: Bearer {token}\r\n")).await
}

/// Connects, and waits until the server counts the connection.
async fn connect(server: &Server, token: &str) -> Ws {
    let mut ws = try_connect(server, token).await.expect("the token is right");
    // The answer to this comes once the connection is served.
    ws.say("{}").await;
    assert!(ws.json().await["error"].as_str().expect("a sentence").contains("`id` is missing"));
    ws
}

/// Posts without waiting for bots.
async fn post(server: &Server, room: &str, text: &str) -> u64 {
    let request = Request::post("/api/actions/message", &message(room, text)).header("prefer", "respond-async");
    id(&server.send(request).await.expect(202))
}

/// Waits until the room has so many messages that are no person's, and gives them.
async fn said(server: &Server, room: &str, count: usize) -> Vec<Value> {
    let mut stream = server.ws(&format!("/ws/{room}")).await;
    let mut all = Vec::new();
    while all.len() < count {
        let frame = stream.json().await;
        if frame["kind"] == "message" && frame["data"]["kind"] != "user" {
            all.push(frame["data"].clone());
        }
    }
    all
}

async fn answer(ws: &mut Ws, frame: &Value, answer: &Value) {
    ws.say(&json!({"id": frame["id"], "answer": answer}).to_string()).await;
}

#[tokio::test]
async fn a_bot_that_connects_gets_what_an_http_bot_gets_and_its_answer_is_posted() {
    let server = server().await;
    let (bot, token) = bot(&server, "a room", "hey").await;
    let mut ws = connect(&server, &token).await;
    let listed = server.get("/api/bots?room=a%20room").await.expect(200);
    assert_eq!(listed[0]["connected"], true);
    let asked = post(&server, "a room", "hey you").await;
    let frame = ws.json().await;
    assert_eq!(
        frame["activation"],
        json!({"room": "a room", "author": "Ann", "text": "hey you", "params": {}}),
        "exactly the body of an HTTP bot"
    );
    assert_eq!(frame["headers"]["webhook-id"], frame["id"]);
    assert_eq!(frame["headers"]["parlor-room"], "a%20room");
    assert_eq!(frame["headers"]["parlor-message-id"], asked.to_string());
    assert_eq!((&frame["within"], frame.get("path")), (&json!(120.0), None));
    answer(&mut ws, &frame, &json!({"text": "<b>hi</b>", "image": "a.png", "css": "/static/x.css", "author": "H"}))
        .await;
    let said = said(&server, "a%20room", 1).await;
    let [message] = &said[..] else { panic!("{said:?}") };
    assert_eq!(
        (&message["text"], &message["author"], &message["from_bot"]),
        (&json!("<b>hi</b>"), &json!("H"), &json!(bot))
    );
    assert_eq!(message["base_url"], format!("/bot-assets/{bot}/"));
    assert_eq!(message["image"], format!("/bot-assets/{bot}/a.png"));
    assert_eq!(message["css"], format!("/bot-assets/{bot}/static/x.css"));
    let records = activations(&server, "a%20room").await;
    assert_eq!((&records[0]["status"], &records[0]["request"]["url"]), (&json!("answered"), &json!("socket:")));
    assert_eq!(records[0]["request"]["headers"]["webhook-id"], frame["id"]);
    assert_eq!(records[0]["response"]["status"], 200);
    assert!(records[0]["response"]["body"].as_str().expect("a body").contains("<b>hi</b>"));
}

#[tokio::test]
async fn conversations_and_forms_go_over_the_socket_too() {
    let server = server().await;
    let (bot, token) = bot(&server, "a", "hey").await;
    let mut ws = connect(&server, &token).await;
    post(&server, "a", "hey").await;
    let frame = ws.json().await;
    answer(&mut ws, &frame, &json!({"text": "one", "state": [1]})).await;
    said(&server, "a", 1).await;
    post(&server, "a", "whatever").await;
    let frame = ws.json().await;
    assert_eq!(frame["activation"]["state"], json!([1]));
    answer(&mut ws, &frame, &json!({"text": "two", "state": {"n": 2}})).await;
    said(&server, "a", 2).await;
    let form = json!({"room": "a", "author": "Ann", "bot_id": bot, "action_url": "/order#x", "form_data": {"q": "1"}});
    let (_, frame) = tokio::join!(server.post("/api/actions/message-form", &form), async {
        let frame = ws.json().await;
        answer(&mut ws, &frame, &json!({"text": "three"})).await;
        frame
    });
    assert_eq!(frame["path"], "/order");
    let body = json!({"room": "a", "author": "Ann", "form_data": {"q": "1"}, "state": {"n": 2}});
    assert_eq!(frame["activation"], body, "a form of the bot is part of the conversation with it");
    assert_eq!(activations(&server, "a").await[0]["request"]["url"], "socket:/order");
    post(&server, "a", "nobody is meant").await;
    post(&server, "a", "hey, still there?").await;
    assert_eq!(ws.json().await["activation"]["text"], "hey, still there?", "the conversation is over");
}

#[tokio::test]
async fn what_the_program_behind_it_did_wrong_is_explained_with_its_own_address() {
    let server = server().await;
    let (_, token) = bot(&server, "r", "hey").await;
    let mut ws = connect(&server, &token).await;
    let local = "http://localhost:5000/<echo>";
    for (n, (rest, words)) in [
        (
            json!({"status": 404, "type": "text/html", "body": "PGI+", "url": local}),
            vec!["404 (Not Found)", "bot URL <code>http://localhost:5000/&lt;echo&gt;</code>"],
        ),
        (json!({"status": 500}), vec!["500 (Internal Server Error)", "server logs of your Flask application"]),
        (json!({"status": 302, "headers": {"Location": "/echo/"}}), vec!["302 (Found)", "<code>/echo/</code>"]),
        (
            json!({"status": 200, "body": "PGI+"}),
            vec!["status code 200", "returned invalid JSON", "<pre>&lt;b&gt;</pre>"],
        ),
        (json!({"answer": [1]}), vec!["<code>list</code> instead of <code>dict</code>"]),
        (json!({"answer": null}), vec!["<code>NoneType</code> instead of <code>dict</code>"]),
        (json!({"answer": {}}), vec!["missing the <code>text</code> key"]),
        (
            json!({"error": "nothing listens there", "url": local}),
            vec!["could not connect to hey", "localhost:5000/&lt;echo&gt;", "nothing listens there"],
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let room = format!("r{n}");
        let (_, token) = bot(&server, &room, "hey").await;
        let mut ws = connect(&server, &token).await;
        post(&server, &room, "hey").await;
        let mut frame = rest;
        frame["id"] = ws.json().await["id"].clone();
        ws.say(&frame.to_string()).await;
        said(&server, &room, 1).await;
        explained(&server, &room, &words).await;
    }
    // What can't be understood is told to both.
    post(&server, "r", "hey").await;
    let frame = ws.json().await;
    ws.say(&json!({"id": frame["id"], "text": "hi"}).to_string()).await;
    let error = ws.json().await;
    assert_eq!(error["id"], frame["id"]);
    assert!(error["error"].as_str().expect("a sentence").contains("neither `answer`"), "{error}");
    said(&server, "r", 1).await;
    explained(&server, "r", &["can’t read", "neither `answer`", "<code>id</code>"]).await;
    assert_eq!(activations(&server, "r").await[0]["status"], "failed");
    // The connection goes on.
    ws.say("nonsense").await;
    assert!(ws.json().await["error"].as_str().expect("a sentence").contains("JSON object"));
    ws.send_binary(b"x").await;
    assert!(ws.json().await["error"].as_str().expect("a sentence").contains("binary"));
    post(&server, "r", "hey").await;
    let frame = ws.json().await;
    answer(&mut ws, &frame, &json!({"text": "fine"})).await;
    assert_eq!(said(&server, "r", 2).await[1]["text"], "fine");
}

#[tokio::test]
async fn a_bot_that_floods_with_nonsense_is_closed() {
    let server = server().await;
    let (_, token) = bot(&server, "a", "hey").await;
    let mut ws = connect(&server, &token).await;
    for _ in 0..300 {
        ws.say("nonsense").await;
    }
    loop {
        match ws.came().await {
            Came::Text(_) => {}
            Came::Close(code, reason) => {
                assert_eq!(code, 1008, "{reason}");
                break;
            }
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn only_the_right_token_lets_in_and_a_sentence_says_why_not() {
    let server = server().await;
    let (bot, token) = bot(&server, "a", "hey").await;
    let none = server.try_ws("/api/bots/socket", "").await.expect_err("no token");
    says_json(none.status, &none.body, 401, &["Authorization: Bearer"]);
    let wrong = try_connect(&server, "0123").await.expect_err("a wrong token");
    says_json(wrong.status, &wrong.body, 401, &["no bot has this token"]);
    let plain = server.send(Request::get("/api/bots/socket").header("authorization", &format!("Bearer {token}"))).await;
    assert_eq!(plain.status, 426, "{}", plain.text());
    let mut lines = Vec::new();
    for _ in 0..16 {
        lines.push(connect(&server, &token).await);
    }
    let crowded = try_connect(&server, &token).await.expect_err("as many as it may have");
    says_json(crowded.status, &crowded.body, 429, &["16 connections"]);
    drop(lines);
    server.post("/api/actions/bot", &json!({"id": bot, "url": "http://localhost:1/x"})).await.expect(200);
    let moved = try_connect(&server, &token).await.expect_err("it has an address");
    says_json(moved.status, &moved.body, 409, &["`socket:`"]);
}

#[tokio::test]
async fn connections_end_when_the_token_is_replaced_the_bot_deleted_or_moved() {
    let server = server().await;
    let (bot, first) = bot(&server, "a", "hey").await;
    let mut old = connect(&server, &first).await;
    let second = token(&server, bot).await;
    assert_eq!(old.came().await, Came::Close(4401, "token replaced".into()));
    assert_eq!(try_connect(&server, &first).await.expect_err("it is replaced").status, 401);
    let mut new = connect(&server, &second).await;
    server.post("/api/actions/bot", &json!({"id": bot, "name": "hey you", "paused": true})).await.expect(200);
    new.say("{}").await;
    assert!(new.json().await["error"].is_string(), "other changes leave it alone");
    server.send(Request::new("DELETE", "/api/actions/bot").body(json!({ "id": bot }).to_string())).await.expect(200);
    assert_eq!(new.came().await, Came::Close(4404, "bot deleted".into()));
    assert_eq!(try_connect(&server, &second).await.expect_err("it is gone").status, 401);
    let (bot, token) = self::bot(&server, "a", "hey").await;
    let mut ws = connect(&server, &token).await;
    server.post("/api/actions/bot", &json!({"id": bot, "url": "builtin:echo"})).await.expect(200);
    assert!(matches!(ws.came().await, Came::Close(4404, reason) if reason.contains("no longer")));
}

#[tokio::test]
async fn sixty_four_at_once_are_shared_by_the_connections_and_answered_in_any_order() {
    let server = server().await;
    let (_, token) = bot(&server, "a", "hey").await;
    let (mut one, mut other) = (connect(&server, &token).await, connect(&server, &token).await);
    for n in 0..64 {
        post(&server, "a", &format!("hey {n}")).await;
    }
    let (first, second) = (one.take(32).await, other.take(32).await);
    for frame in second.iter().rev() {
        let text = frame["activation"]["text"].as_str().expect("a text");
        answer(&mut other, frame, &json!({ "text": format!("re: {text}") })).await;
    }
    // Whichever connection answers: it is the same bot.
    for frame in &first {
        let text = frame["activation"]["text"].as_str().expect("a text");
        answer(&mut other, frame, &json!({ "text": format!("re: {text}") })).await;
    }
    let mut texts: Vec<String> =
        said(&server, "a", 64).await.iter().map(|m| m["text"].as_str().expect("a text").to_owned()).collect();
    texts.sort();
    let mut expected: Vec<String> = (0..64).map(|n| format!("re: hey {n}")).collect();
    expected.sort();
    assert_eq!(texts, expected);
}

#[tokio::test]
async fn work_of_a_lost_connection_goes_to_another_and_a_second_answer_to_it_is_dropped() {
    let server = server().await;
    let (_, token) = bot(&server, "a", "hey").await;
    let mut one = connect(&server, &token).await;
    post(&server, "a", "hey").await;
    let first = one.json().await;
    let mut other = connect(&server, &token).await;
    drop(one);
    let again = other.json().await;
    assert_eq!(first, again, "the same job, whole");
    answer(&mut other, &again, &json!({"text": "once"})).await;
    said(&server, "a", 1).await;
    answer(&mut other, &again, &json!({"text": "twice"})).await;
    other.say("{}").await;
    assert!(other.json().await["error"].is_string(), "what came before it has been read");
    // And without another one, it waits for who comes back.
    post(&server, "a", "hey again").await;
    let lost = other.json().await;
    drop(other);
    let mut back = try_connect(&server, &token).await.expect("the token is right");
    let frame = back.json().await;
    assert_eq!(frame["id"], lost["id"]);
    answer(&mut back, &frame, &json!({"text": "here again"})).await;
    said(&server, "a", 2).await;
    assert_eq!(talk(&server, "a").await, ["Ann: hey", "hey: once", "Ann: hey again", "hey: here again"]);
}

#[tokio::test]
async fn a_bot_that_takes_too_long_is_given_up_and_its_late_answer_dropped() {
    let server = server().await;
    let (bot, token) = bot(&server, "a", "hey").await;
    server.post("/api/actions/bot", &json!({"id": bot, "timeout": 0.3})).await.expect(200);
    let mut ws = connect(&server, &token).await;
    post(&server, "a", "hey").await;
    let frame = ws.json().await;
    assert_eq!(frame["within"], 0.3);
    said(&server, "a", 1).await;
    explained(&server, "a", &["timed out after 0.3 second(s)"]).await;
    answer(&mut ws, &frame, &json!({"text": "late"})).await;
    ws.say("{}").await;
    assert!(ws.json().await["error"].as_str().expect("a sentence").contains("`id` is missing"), "no word about it");
    assert_eq!(messages(&server, "a").await.len(), 2);
}

#[tokio::test]
async fn without_a_connection_the_room_is_told_what_to_run() {
    let server = server().await;
    bot(&server, "a", "hey").await;
    post(&server, "a", "hey").await;
    said(&server, "a", 1).await;
    explained(&server, "a", &["hey is not connected", "<code>parlor relay http://localhost:5000/your_bot</code>"])
        .await;
    let records = activations(&server, "a").await;
    assert_eq!((&records[0]["status"], &records[0]["request"]["url"]), (&json!("failed"), &json!("socket:")));
}

#[tokio::test]
async fn an_activation_that_a_crash_interrupted_waits_for_the_bot_to_come_back() {
    let mut server = server().await;
    let (_, token) = bot(&server, "a", "hey").await;
    let mut ws = connect(&server, &token).await;
    post(&server, "a", "hey").await;
    let before = ws.json().await;
    server.crash().await;
    let mut ws = try_connect(&server, &token).await.expect("the token is as it was");
    let after = ws.json().await;
    assert_eq!((&after["id"], &after["activation"]), (&before["id"], &before["activation"]));
    answer(&mut ws, &after, &json!({"text": "still here"})).await;
    said(&server, "a", 1).await;
    assert_eq!(talk(&server, "a").await, ["Ann: hey", "hey: still here"]);
}

#[tokio::test]
async fn at_the_servers_end_bots_are_told_to_come_back() {
    let mut server = server().await;
    let (_, token) = bot(&server, "a", "hey").await;
    let mut ws = connect(&server, &token).await;
    server.ask_to_end();
    assert!(matches!(ws.came().await, Came::Close(1012, _)));
    ws.close(1012).await;
    assert!(server.ended().await.success());
}

#[tokio::test]
async fn another_bots_answer_or_room_is_out_of_reach() {
    let server = server().await;
    let (_, mine) = bot(&server, "a", "hey").await;
    let (_, theirs) = bot(&server, "b", "you").await;
    let (mut mine, mut theirs) = (connect(&server, &mine).await, connect(&server, &theirs).await);
    post(&server, "a", "hey").await;
    let frame = mine.json().await;
    answer(&mut theirs, &frame, &json!({"text": "forged"})).await;
    theirs.say("{}").await;
    theirs.json().await;
    // Both are `socket:`, which does not make them the same bot.
    answer(&mut mine, &frame, &json!({"text": "mine", "room": "b"})).await;
    said(&server, "a", 1).await;
    assert_eq!(talk(&server, "a").await, ["Ann: hey", "hey: mine"]);
    assert!(messages(&server, "b").await.is_empty());
}

#[tokio::test]
async fn files_come_through_the_socket_and_run_nowhere_but_in_the_frame() {
    let server = server().await;
    let (bot, token) = bot(&server, "a", "hey").await;
    let mut ws = connect(&server, &token).await;
    let target = format!("/bot-assets/{bot}/static/a%20b.js?v=1");
    let fetch = async |ws: &mut Ws, request: Request, rest: Value| {
        let (reply, asked) = tokio::join!(server.send(request), async {
            let mut frame = rest;
            let asked = ws.json().await;
            frame["id"] = asked["id"].clone();
            ws.say(&frame.to_string()).await;
            asked
        });
        (reply, asked)
    };
    let found = json!({"status": 200, "type": "text/javascript", "body": "YWxlcnQoKQ=="});
    let (reply, asked) = fetch(&mut ws, Request::get(&target), found.clone()).await;
    assert_eq!(asked["get"], "static/a%20b.js?v=1");
    assert_eq!((reply.status, reply.text(), reply.header("content-type")), (200, "alert()", Some("text/javascript")));
    assert_eq!(reply.header("access-control-allow-origin"), Some("*"));
    assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
    assert!(reply.header("content-security-policy").is_some_and(|csp| csp.starts_with("sandbox;")));
    let etag = reply.header("etag").expect("an etag").to_owned();
    let known = Request::get(&target).header("if-none-match", &etag);
    let (reply, _) = fetch(&mut ws, known, found.clone()).await;
    assert_eq!((reply.status, reply.body.len()), (304, 0));
    let (reply, _) = fetch(&mut ws, Request::new("HEAD", &target), found).await;
    assert_eq!((reply.status, reply.header("content-length"), reply.body.len()), (200, Some("7"), 0));
    for (rest, status, words) in [
        (json!({"status": 404}), 404, "no such file"),
        (json!({"status": 500}), 502, "status code 500"),
        (json!({"error": "refused"}), 502, "refused"),
        (json!({"answer": {}}), 502, "asked for a file"),
        (json!({"status": 200, "body": "?"}), 502, "base64"),
    ] {
        let (reply, _) = fetch(&mut ws, Request::get(&target), rest.clone()).await;
        says_json(reply.status, &reply.body, status, &[words]);
        assert_eq!(reply.header("access-control-allow-origin"), Some("*"));
        if rest["body"] == "?" {
            assert!(ws.json().await["error"].is_string());
        }
    }
    let own = Request::get(&target).header("sec-fetch-site", "same-origin").header("sec-fetch-dest", "script");
    assert_eq!(server.send(own).await.status, 403);
    assert_eq!(server.get(&format!("/bot-assets/{bot}/%2e%2e/x")).await.status, 400);
    assert_eq!(server.get("/bot-assets/999/x").await.status, 404);
    drop(ws);
    let reply = server.get(&target).await;
    says_json(reply.status, &reply.body, 502, &["not connected"]);
}

#[tokio::test]
async fn a_file_of_four_mebibytes_passes_and_a_larger_one_does_not() {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    let server = server().await;
    let (bot, token) = bot(&server, "a", "hey").await;
    let mut ws = connect(&server, &token).await;
    for (size, status) in [(4 << 20, 200), ((4 << 20) + 1, 502)] {
        let target = format!("/bot-assets/{bot}/x");
        let (reply, ()) = tokio::join!(server.get(&target), async {
            let asked = ws.json().await;
            ws.say(&json!({"id": asked["id"], "status": 200, "body": STANDARD.encode(vec![7; size])}).to_string())
                .await;
        });
        assert_eq!(reply.status, status);
        if status == 200 {
            assert_eq!(reply.body, vec![7; size]);
        }
    }
}
