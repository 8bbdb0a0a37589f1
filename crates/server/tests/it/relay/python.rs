//! Bots in Python without an address, and without any library: functions, and programs as with `parlor relay`.

use parlor_testkit::{
    bot::{Answer, BotServer},
    folder::TestFolder,
    server::Server,
};
use serde_json::json;
use tokio::process::Command;

use super::{Relay, bots, example, post, quiet, tunnel::Door};
use crate::{
    bots::{activations, explained, talk},
    kit::{id, messages, python, say, server},
};

fn run(state: &TestFolder, script: &std::path::Path, args: &[&str]) -> Relay {
    let mut command = Command::new(python());
    command.arg(script).args(args).env("PYTHONPATH", example(""));
    quiet(&mut command, state);
    Relay::run(command)
}

/// A script of functions that are bots, in its own folder with a picture.
fn functions(server: &Server, state: &TestFolder) -> Relay {
    let script = state.path().join("bots.py");
    std::fs::write(&script, include_str!("functions.py")).expect("a file");
    std::fs::create_dir(state.path().join("pictures")).expect("a folder");
    std::fs::write(state.path().join("pictures/cat.png"), b"meow").expect("a file");
    std::fs::write(state.path().join("secret.txt"), b"secret").expect("a file");
    run(state, &script, &[&format!("http://{}", server.address())])
}

#[tokio::test]
async fn functions_are_bots() {
    let (server, state) = (server().await, TestFolder::new());
    let mut relay = functions(&server, &state);
    for _ in 0..5 {
        relay.until("is in the room").await;
    }
    say(&server, "a", "echo <hi>").await;
    say(&server, "a", "count to 3").await;
    say(&server, "a", "cat").await;
    let last = messages(&server, "a").await.pop().expect("an answer");
    let talk_now = talk(&server, "a").await;
    assert_eq!(talk_now[1], "Echo: You said: echo &lt;hi&gt;");
    assert_eq!(talk_now[3], "Count: 1 2 3");
    let image = last["image"].as_str().expect("a picture");
    assert_eq!(
        (server.get(image).await.text(), server.get(image).await.header("content-type")),
        ("meow", Some("image/png"))
    );
    assert_eq!(server.get(&image.replace("cat.png", "secret.txt")).await.status, 404);
    // A conversation, and the form in it.
    say(&server, "a", "cat").await;
    assert_eq!(talk(&server, "a").await.len(), 8, "the state goes on");
    // What goes wrong is a traceback here, and explained there.
    say(&server, "b", "broken").await;
    explained(&server, "b", &["status code of 500"]).await;
    assert_eq!(activations(&server, "b").await[0]["response"]["body"], "ZeroDivisionError: division by zero");
    // What cannot be sent on is explained at once, too.
    for (text, words) in [("broken, too long", "longer than 8 MiB"), ("broken, no number", "has to be one JSON object")]
    {
        say(&server, "b", text).await;
        let told = messages(&server, "b").await.pop().expect("an explanation");
        assert!(told["text"].as_str().is_some_and(|told| told.contains(words)), "{told}");
    }
}

#[tokio::test]
async fn a_program_is_relayed_by_python_as_by_the_relay_and_it_is_the_same_bot() {
    let (mut server, state) = (server().await, TestFolder::new());
    let door = Door::to(server.address()).await;
    let address = format!("http://{}", door.address);
    let mut program = BotServer::start(|path, _| match path {
        "/static/x.css" => Answer::Raw(200, vec![("content-type".into(), "text/css".into())], b"b {}".to_vec()),
        "/bots/nora" => Answer::text("hi"),
        _ => Answer::Raw(404, vec![], b"no".to_vec()),
    })
    .await;
    let url = program.url("/bots/nora");
    let args = ["--server", &address, "--room", "a", &url];
    let mut relay = run(&state, &example("parlor_bot.py"), &args);
    relay.until("Nora is in the room").await;
    let bot = id(&bots(&server, "a").await[0]);
    server.post("/api/actions/bot", &json!({"id": bot, "secret": "opensesame"})).await.expect(200);
    say(&server, "a", "nora, h\u{e4}?").await;
    let got = program.next().await;
    assert_eq!(got.header("parlor-room"), Some("a"));
    let record = &activations(&server, "a").await[0];
    assert_eq!(
        record["request"]["body"].as_str().map(str::as_bytes),
        Some(&got.body[..]),
        "byte for byte: it is signed"
    );
    assert!(got.header("webhook-signature").is_some());
    assert_eq!(talk(&server, "a").await[1], "Nora: hi");
    assert_eq!(server.get(&format!("/bot-assets/{bot}/static/x.css")).await.text(), "b {}");
    let form = json!({"room": "a", "author": "Ann", "bot_id": bot, "action_url": "/nowhere", "form_data": {}});
    server.post("/api/actions/message-form", &form).await.expect(200);
    explained(&server, "a", &["status code of 404", &program.url("/nowhere")]).await;
    // After a crash of the server it comes back.
    server.crash().await;
    door.lead(server.address());
    relay.until("Connected again").await;
    say(&server, "a", "nora, again").await;
    assert_eq!(talk(&server, "a").await.pop().as_deref(), Some("Nora: hi"));
    let ended = relay.interrupt().await;
    assert_eq!(ended.code, Some(0), "{}", ended.error);
    // Both keep the token in the same file.
    let mut relay = Relay::run(super::command(&state, &args));
    relay.until("is in the room").await;
    assert_eq!(bots(&server, "a").await.len(), 1);
}

#[tokio::test]
async fn many_messages_are_with_a_function_at_once() {
    let (server, state) = (server().await, TestFolder::new());
    let mut relay = functions(&server, &state);
    for _ in 0..5 {
        relay.until("is in the room").await;
    }
    // Each waits for all the others: one after another would wait for ever.
    for n in 0..20 {
        post(&server, "many", &format!("together {n}")).await;
    }
    let mut stream = server.ws("/ws/many").await;
    let mut answers = 0;
    while answers < 20 {
        let frame = stream.json().await;
        answers += usize::from(frame["kind"] == "message" && frame["data"]["text"] == "all here");
    }
}

#[tokio::test]
async fn what_is_wrong_is_said_in_one_sentence() {
    let (server, state) = (server().await, TestFolder::new());
    let gone = BotServer::always(Answer::HangUp).await.url("");
    let address = format!("http://{}", server.address());
    for (args, words) in [
        (&["--server", &gone, "localhost:1/x"][..], "can't reach the Parlor server"),
        (&["--server", &address, "--room", "api", "localhost:1/x"], "`room`"),
        (&["--server", &address, "--token", "0", "localhost:1/x"], "no bot has this token"),
        (&["--server", "ftp://x", "localhost:1/x"], "no address of a server"),
    ] {
        let ended = run(&state, &example("parlor_bot.py"), args).ended().await;
        assert_eq!(ended.code, Some(1), "{args:?}");
        assert!(ended.error.contains(words) && !ended.error.contains("Traceback"), "{args:?}: {}", ended.error);
    }
}

#[tokio::test]
async fn where_no_web_server_answers_that_is_said() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("bound");
    let answers = async {
        loop {
            let (mut stream, _) = listener.accept().await.expect("somebody");
            let _ = tokio::io::AsyncWriteExt::write_all(&mut stream, b"SSH-2.0-parlor\r\n").await;
        }
    };
    let state = TestFolder::new();
    let script = state.path().join("bots.py");
    let line =
        format!("from parlor_bot import bot, run\n@bot('a')\ndef a(message): return 'hi'\nrun('http://{address}')\n");
    std::fs::write(&script, line).expect("a file");
    let ended = tokio::select! {
        ended = run(&state, &script, &[]).ended() => ended,
        () = answers => unreachable!("it goes on for ever"),
    };
    assert_eq!(ended.code, Some(1));
    assert!(ended.error.contains("is no Parlor server") && !ended.error.contains("Traceback"), "{}", ended.error);
}
