//! The example bots in Python, as a student runs them.

use std::process::Stdio;

use parlor_testkit::{http::within, server::Server};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader, Lines},
    process::{Child, ChildStdout, Command},
};

use super::{explained, install_with, talk};
use crate::kit::{id, install, messages, python, say, server, starter};

/// The bots' process, on a free port.
pub(crate) struct Flask {
    url: String,
    _process: Child,
    // Kept open: Flask prints what it gets.
    _stdout: Lines<BufReader<ChildStdout>>,
}

impl Flask {
    pub(crate) async fn start() -> Self {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/python/bots.py");
        let mut process = Command::new(python())
            .args([script, "0"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("Python can be started");
        let mut lines = BufReader::new(process.stdout.take().expect("piped")).lines();
        let line =
            within("the bots' address", lines.next_line()).await.expect("a pipe").expect("it says where it listens");
        let url = line.split_whitespace().find(|word| word.starts_with("http://")).expect("an address");
        Self { url: url.trim_end_matches('/').to_owned(), _process: process, _stdout: lines }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }
}

/// A server with one of the bots in the room `a`.
async fn with(name: &str, pattern: Option<&str>, path: &str) -> (Server, Flask, Value) {
    let (server, flask) = tokio::join!(server(), Flask::start());
    let bot = match pattern {
        Some(pattern) => install_with(&server, "a", name, pattern, &flask.url(path)).await,
        None => install(&server, "a", name, &flask.url(path)).await,
    };
    (server, flask, bot)
}

#[tokio::test]
async fn hello_greets_by_name() {
    let (server, _flask, _) = with("HelloBot", None, "/hello").await;
    say(&server, "a", "hi hellobot").await;
    assert_eq!(talk(&server, "a").await, ["Ann: hi hellobot", "HelloBot: Hello, Ann!"]);
}

#[tokio::test]
async fn echo_answers_under_its_own_author() {
    let (server, _flask, _) = with("EchoBot", None, "/echo").await;
    say(&server, "a", "EchoBot <b>").await;
    assert_eq!(talk(&server, "a").await[1], "Echo: You said: EchoBot &lt;b&gt;");
}

#[tokio::test]
async fn repeat_gets_its_groups() {
    let (server, _flask, _) = with("Repeat", Some(r"repeat (?P<word>\w+) (?P<count>\d+) times"), "/repeat").await;
    say(&server, "a", "Please Repeat hello 5 times.").await;
    assert_eq!(talk(&server, "a").await[1], "Repeat: hello hello hello hello hello");
}

#[tokio::test]
async fn stateful_talks_until_it_is_told_to_stop() {
    let (server, _flask, _) = with("Stateful", None, "/stateful").await;
    for text in ["stateful", "one", "two", "empty", "three", "stop", "four"] {
        say(&server, "a", text).await;
    }
    let talk = talk(&server, "a").await;
    let answers: Vec<&str> = talk.iter().filter_map(|line| line.strip_prefix("Stateful: ")).collect();
    assert_eq!(answers.len(), 6, "{talk:?}");
    assert!(answers[1].starts_with("I have heard 1") && answers[2].starts_with("I have heard 2"), "{talk:?}");
    assert!(answers[3].contains("empty string") && answers[4].starts_with("I have heard 1"), "{talk:?}");
    assert!(answers[5].starts_with("Goodbye"));
    for text in ["stateful", "null", "more"] {
        say(&server, "a", text).await;
    }
    assert!(messages(&server, "a").await.last().is_some_and(|last| last["text"] == "more"), "null ended it");
}

#[tokio::test]
async fn form_gets_what_was_filled_in() {
    let (server, flask, bot) = with("Form", None, "/form").await;
    say(&server, "a", "form").await;
    assert!(talk(&server, "a").await[1].contains("<form>"));
    let body = json!({
        "room": "a", "author": "Ann", "bot_id": id(&bot), "action_url": "",
        "form_data": {"name": "Ann", "topping": ["nuts", "cream"], "dessert": "ice"},
    });
    server.post("/api/actions/message-form", &body).await.expect(200);
    let answer = talk(&server, "a").await.pop().expect("an answer");
    assert!(answer.contains("Ann sent") && answer.contains("nuts") && answer.contains("ice"), "{answer}");
    for action in ["form-target", "/form-target", &flask.url("/form-target")] {
        let body = json!({"room": "a", "author": "Ann", "bot_id": id(&bot), "action_url": action, "form_data": {"from": "here"}});
        server.post("/api/actions/message-form", &body).await.expect(200);
        let answer = talk(&server, "a").await.pop().expect("an answer");
        assert!(answer.starts_with(&format!("{}: I got it", flask.url("/form-target"))), "{answer}");
    }
    let body = json!({"room": "a", "author": "Ann", "bot_id": id(&bot), "action_url": "/form-chat", "form_data": {"from": "chat"}});
    server.post("/api/actions/message-form", &body).await.expect(200);
    say(&server, "a", "this").await;
    assert!(talk(&server, "a").await.pop().is_some_and(|answer| answer.ends_with("Thank you for: this")));
}

#[tokio::test]
async fn guess_plays_until_it_is_won() {
    let (server, _flask, _) = with("Guess", Some("guess a number"), "/guess").await;
    say(&server, "a", "let us guess a number").await;
    let (mut low, mut high) = (1, 20);
    for _ in 0..6 {
        let guess = (low + high) / 2;
        say(&server, "a", &guess.to_string()).await;
        let answer = talk(&server, "a").await.pop().expect("an answer");
        if answer.contains("Too low") {
            low = guess + 1;
        } else if answer.contains("Too high") {
            high = guess - 1;
        } else {
            assert!(answer.contains(&format!("Yes, it was {guess}!")), "{answer}");
            say(&server, "a", "again?").await;
            assert_eq!(messages(&server, "a").await.last().expect("it")["text"], "again?", "the game is over");
            return;
        }
    }
    panic!("six guesses are enough for twenty numbers");
}

#[tokio::test]
async fn relative_addresses_are_completed() {
    let (server, flask, _) = with("Media", None, "/media").await;
    install(&server, "a", "Relative", &flask.url("/relative")).await;
    say(&server, "a", "media").await;
    say(&server, "a", "relative").await;
    let all = messages(&server, "a").await;
    assert_eq!(all[1]["media"], flask.url("/static/ding.wav"));
    assert_eq!(
        (&all[3]["image"], &all[3]["base_url"]),
        (&json!(flask.url("/static/cat.svg")), &json!(flask.url("/relative")))
    );
}

#[tokio::test]
async fn every_way_to_fail_is_explained() {
    let (server, flask) = tokio::join!(starter().args(&["--bot-timeout", "3"]).start(), Flask::start());
    for (name, words) in [
        ("404", &["status code of 404", "@app.post("][..]),
        ("405", &["status code of 405", "<code>@app.post</code>"]),
        ("500", &["status code of 500", "server logs of your Flask application"]),
        ("redirect", &["status code of 302", "/hello"]),
        ("not-json", &["status code 200", "returned invalid JSON", "&lt;p&gt;This is"]),
        ("empty", &["returned invalid JSON"]),
        ("list", &["<code>list</code> instead of <code>dict</code>"]),
        ("string", &["<code>str</code> instead of <code>dict</code>"]),
        ("null", &["<code>NoneType</code> instead of <code>dict</code>"]),
        ("no-text", &["missing the <code>text</code> key"]),
        ("wrong-text", &["<code>text</code> key had the wrong type"]),
        ("large", &["1 MiB"]),
    ] {
        install(&server, name, name, &flask.url(&format!("/errors/{name}"))).await;
        say(&server, name, name).await;
        explained(&server, name, words).await;
        explained(&server, name, &[name]).await;
    }
    let slow = json!({"room": "slow", "name": "slow", "url": flask.url("/errors/slow"), "timeout": 0.5});
    server.post("/api/actions/bot", &slow).await.expect(200);
    say(&server, "slow", "slow").await;
    explained(&server, "slow", &["timed out after 0.5 second(s)"]).await;
    install(&server, "extras", "extras", &flask.url("/errors/wrong-extras")).await;
    say(&server, "extras", "extras").await;
    assert_eq!(talk(&server, "extras").await[1], "extras: My picture was no URL.");
}
