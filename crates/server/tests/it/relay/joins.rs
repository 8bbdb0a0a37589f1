//! A program joins a room: what it gets, what it answers, what the relay prints about its mistakes.

use parlor_testkit::{
    bot::{Answer, BotServer},
    folder::TestFolder,
};
use serde_json::json;

use super::{Relay, bots, post};
use crate::{
    bots::{activations, explained, python::Flask, talk},
    kit::{id, messages, say, server},
};

#[tokio::test]
async fn a_flask_route_joins_a_room_with_one_line() {
    let (server, state) = (server().await, TestFolder::new());
    let flask = Flask::start().await;
    let mut relay = Relay::start(&server, &state, &["--room", "a b", &flask.url("/echo")]);
    let joined = relay.until("is in the room").await;
    assert!(joined.starts_with("Echo is in the room: http://") && joined.ends_with("/a%20b"), "{joined}");
    assert!(relay.until("Leave this terminal open").await.contains("Ctrl-C"));
    let [bot] = &bots(&server, "a%20b").await[..] else { panic!("one bot") };
    assert_eq!((&bot["name"], &bot["url"], &bot["connected"]), (&json!("Echo"), &json!("socket:"), &json!(true)));
    say(&server, "a b", "Echo <b>").await;
    assert_eq!(talk(&server, "a b").await[1], "Echo: You said: Echo &lt;b&gt;");
    let asked = relay.until("#1 Ann in a b: Echo <b>").await;
    assert!(!asked.contains('\x1b'), "no colours where there is no terminal: {asked}");
    assert!(relay.until("#1 200 in ").await.contains(": You said: Echo &lt;b&gt;"));
}

#[tokio::test]
async fn a_program_gets_what_it_would_get_over_http() {
    let (server, state) = (server().await, TestFolder::new());
    let mut program = BotServer::always(Answer::Json(json!({"text": "hi", "image": "/static/cat.png"}))).await;
    let args = ["--room", "a", "--name", "Nora", "--responds-to", r"say (?P<what>\w+)", &program.url("/bots/nora")];
    let mut relay = Relay::start(&server, &state, &args);
    assert!(relay.until("A message that matches").await.contains(r"say (?P<what>\w+)"));
    say(&server, "a", "say it").await;
    let got = program.next().await;
    assert_eq!((got.method.as_str(), got.path.as_str()), ("POST", "/bots/nora"));
    assert_eq!(got.json(), json!({"room": "a", "author": "Ann", "text": "say it", "params": {"what": "it"}}));
    let records = activations(&server, "a").await;
    assert_eq!(got.header("webhook-id"), records[0]["id"].as_str());
    assert_eq!((got.header("parlor-room"), got.header("content-type")), (Some("a"), Some("application/json")));
    assert_eq!(records[0]["response"]["status"], 200);
    let said = messages(&server, "a").await.pop().expect("an answer");
    let bot = id(&bots(&server, "a").await[0]);
    assert_eq!(said["image"], format!("/bot-assets/{bot}/static/cat.png"));
    // A form of its own, at another of its routes.
    let form = json!({"room": "a", "author": "Ann", "bot_id": bot, "action_url": "/order", "form_data": {"q": "1"}});
    server.post("/api/actions/message-form", &form).await.expect(200);
    let got = program.next().await;
    assert_eq!((got.path.as_str(), &got.json()["form_data"]), ("/order", &json!({"q": "1"})));
}

#[tokio::test]
async fn a_programs_files_are_fetched_from_beside_it_or_from_its_root() {
    let (server, state) = (server().await, TestFolder::new());
    let program = BotServer::start(|path, _| match path {
        "/bots/a%20b.css?v=1" => Answer::Raw(200, vec![("content-type".into(), "text/css".into())], b"b {}".to_vec()),
        "/static/cat.png" => Answer::Raw(200, vec![("content-type".into(), "image/png".into())], vec![0, 255]),
        _ => Answer::Raw(404, vec![], vec![]),
    })
    .await;
    let mut relay = Relay::start(&server, &state, &["--room", "a", &program.url("/bots/nora")]);
    relay.until("is in the room").await;
    let bot = id(&bots(&server, "a").await[0]);
    let css = server.get(&format!("/bot-assets/{bot}/a%20b.css?v=1")).await;
    assert_eq!((css.status, css.text(), css.header("content-type")), (200, "b {}", Some("text/css")));
    let cat = server.get(&format!("/bot-assets/{bot}/static/cat.png")).await;
    assert_eq!((cat.status, &cat.body[..], cat.header("content-type")), (200, &[0, 255][..], Some("image/png")));
    assert_eq!(server.get(&format!("/bot-assets/{bot}/nothing")).await.status, 404);
}

#[tokio::test]
async fn a_programs_mistakes_are_explained_in_the_room_and_in_the_terminal() {
    let (server, state) = (server().await, TestFolder::new());
    let program = BotServer::start(|path, _| match path {
        "/broken" => Answer::Raw(500, vec![("content-type".into(), "text/html".into())], b"<h1>oops</h1>".to_vec()),
        "/words" => Answer::Raw(200, vec![], b"hello".to_vec()),
        "/moved" => Answer::Raw(308, vec![("location".into(), "/moved/".into())], vec![]),
        _ => Answer::Raw(404, vec![], vec![]),
    })
    .await;
    // Nobody listens where something listened a moment ago.
    let closed = BotServer::always(Answer::HangUp).await.url("/gone");
    for (url, room_says, terminal_says) in [
        (program.url("/broken"), "server logs of your Flask application", "terminal in which it runs"),
        (program.url("/words"), "returned invalid JSON", "no JSON"),
        (program.url("/moved"), "<code>/moved/</code>", "redirect"),
        (program.url("/missing"), "bot URL <code>http://127.0.0.1", "@app.post('/missing')"),
        (closed, "could not connect to Gone", "Is your Flask app running on port"),
    ] {
        let room = url.rsplit('/').next().expect("a path").to_owned();
        let mut relay = Relay::start(&server, &state, &["--room", &room, &url]);
        relay.until("is in the room").await;
        say(&server, &room, &room).await;
        explained(&server, &room, &[room_says]).await;
        let line = relay.until("#1 ").await;
        assert!(line.contains("Ann in"), "{line}");
        assert!(relay.until("#1 ").await.contains(terminal_says), "{:?}", relay.said);
    }
}

#[tokio::test]
async fn sixty_four_messages_are_with_the_program_at_once() {
    let (server, state) = (server().await, TestFolder::new());
    let mut program = BotServer::always(Answer::Later).await;
    let mut relay = Relay::start(&server, &state, &["--room", "a", "--name", "hey", &program.url("/x")]);
    relay.until("is in the room").await;
    for n in 0..64 {
        post(&server, "a", &format!("hey {n}")).await;
    }
    let mut waiting = Vec::new();
    while waiting.len() < 64 {
        waiting.push(program.next().await);
    }
    for got in waiting.into_iter().rev() {
        let text = got.json()["text"].as_str().expect("a text").to_owned();
        got.answer(Answer::text(&format!("re: {text}")));
    }
    let mut stream = server.ws("/ws/a").await;
    let mut answers = 0;
    while answers < 64 {
        let frame = stream.json().await;
        answers += usize::from(frame["kind"] == "message" && frame["data"]["kind"] == "bot");
    }
}
