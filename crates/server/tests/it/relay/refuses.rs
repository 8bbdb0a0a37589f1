//! What can't be done is refused in one sentence that says what to do; what is missing is asked for in a terminal.

use parlor_testkit::{
    bot::{Answer, BotServer},
    folder::TestFolder,
    http::within,
};
use serde_json::json;
use tokio::process::Command;

use super::{Relay, bots, command, quiet};
use crate::kit::{PARLOR, id, install, python, server};

async fn refused(args: &[&str], words: &[&str]) {
    let ended = Relay::run(command(&TestFolder::new(), args)).ended().await;
    assert_eq!((ended.code, ended.said.as_str()), (Some(1), ""), "{args:?}");
    assert_eq!(ended.error.trim_end().lines().count(), 1, "{}", ended.error);
    for word in words {
        assert!(ended.error.contains(word), "no “{word}” in: {}", ended.error);
    }
}

#[tokio::test]
async fn what_is_wrong_is_said_in_one_sentence() {
    let server = server().await;
    let address = format!("http://{}", server.address());
    let no_parlor = BotServer::always(Answer::Raw(200, vec![], b"<h1>It works</h1>".to_vec())).await;
    let gone = BotServer::always(Answer::HangUp).await.url("");
    refused(&[], &["say which program answers", "parlor relay http://localhost:5000/echo"]).await;
    refused(&["ftp://x"], &["“ftp://x” is no address of a program"]).await;
    refused(&["--server", "ftp://x", "localhost:1/x"], &["“ftp://x” is no address of a server"]).await;
    refused(
        &["--server", &gone, "localhost:1/x"],
        &["can’t reach the Parlor server", "connection refused", "--server"],
    )
    .await;
    refused(&["--server", &no_parlor.url(""), "localhost:1/x"], &["is no Parlor server"]).await;
    refused(&["--server", &address, "--room", "api", "localhost:1/x"], &["says: `room`"]).await;
    refused(&["--server", &address, "--name", " ", "localhost:1/x"], &["`name` is empty"]).await;
    refused(&["--server", &address, "--responds-to", "(", "localhost:1/x"], &["`responds_to`"]).await;
    refused(&["--server", &address, "--token", "0", "localhost:1/x"], &["does not know this bot’s token", "--token"])
        .await;
}

#[tokio::test]
async fn a_bot_that_is_made_between_the_look_and_the_making_is_left_alone() {
    let parlor = BotServer::start(|path, _| match path {
        "/api/actions/bot" => Answer::Raw(409, vec![], br#"{"message": "the room has a bot"}"#.to_vec()),
        _ => Answer::Json(json!([])),
    })
    .await;
    let words = ["the bot “X” of the room “a”", "at this moment", "--name"];
    refused(&["--server", &parlor.url(""), "--room", "a", "--name", "X", "localhost:1/x"], &words).await;
}

#[tokio::test]
async fn two_that_are_started_at_once_are_one_bot() {
    let (server, own, others) = (server().await, TestFolder::new(), TestFolder::new());
    for (room, second) in [("a", &own), ("b", &others)] {
        let args = ["--room", room, "--name", "Twin", "localhost:1/x"];
        let mut relays = [Relay::start(&server, &own, &args), Relay::start(&server, second, &args)];
        // Whoever is slower joins too, if it has the token, or says what to do.
        for relay in &mut relays {
            while let Some(line) = relay.lines.next_line().await.expect("a pipe can be read") {
                if line.contains("Leave this terminal open") {
                    break;
                }
            }
        }
        assert_eq!(bots(&server, room).await.len(), 1);
        let mut stay = 0;
        for relay in relays {
            let ended = relay.interrupt().await;
            stay += usize::from(ended.code == Some(0));
            assert!(ended.code == Some(0) || ended.error.contains("bot"), "{}", ended.error);
        }
        assert!(stay > 0, "one of them is the bot");
    }
}

#[tokio::test]
async fn a_token_joins_a_bot_that_is_there_already() {
    let (server, state) = (server().await, TestFolder::new());
    let bot = install(&server, "a", "hey", "socket:").await;
    let token = server.post("/api/actions/bot-token", &json!({ "id": id(&bot) })).await.expect(200);
    let token = token["token"].as_str().expect("a token");
    let mut relay = Relay::start(&server, &state, &["--token", token, "--remove", "localhost:1/x"]);
    relay.until("Connected to http://").await;
    relay.until("Leave this terminal open").await;
    assert!(!state.path().join("parlor/relay.json").exists(), "a token that one gives is not kept");
    assert_eq!(relay.interrupt().await.code, Some(0));
    assert!(bots(&server, "a").await.is_empty(), "the server said which bot it is");
}

/// Runs a program in a terminal of its own and answers its questions, each when it is asked.
const IN_A_TERMINAL: &str = include_str!("in_a_terminal.py");

#[tokio::test]
async fn in_a_terminal_what_is_missing_is_asked_for_and_colours_are_shown() {
    let (server, state) = (server().await, TestFolder::new());
    let address = format!("http://{}", server.address());
    let mut terminal = Command::new(python());
    let answers = json!([
        ["Which address does your bot answer at?", "localhost:1/weather_bot"],
        ["Which Parlor server?", address],
        ["Which room?", "school"],
        ["What is the bot’s name? [Weather Bot]", ""],
        ["Leave this terminal open", null],
    ]);
    terminal.args(["-c", IN_A_TERMINAL, &answers.to_string(), PARLOR, "relay"]);
    quiet(&mut terminal, &state);
    terminal.env("TERM", "xterm").env_remove("NO_COLOR").kill_on_drop(true);
    let output = within("its end", terminal.output()).await.expect("Python can be started");
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{said} {}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains("\x1b[1mWeather Bot\x1b[0m is in the room"), "{said}");
    assert!(said.contains("Weather Bot stays in the room"), "{said}");
    assert_eq!(bots(&server, "school").await[0]["name"], "Weather Bot");
}
