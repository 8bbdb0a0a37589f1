//! Bots: real HTTP servers in the test's process, and the example bots in Python.

mod again;
mod answers;
mod conversations;
mod deliveries;
mod events;
mod forms;
mod heard;
mod matching;
mod probes;
pub(crate) mod python;
mod recovery;
mod socket;
mod trials;

use parlor_testkit::server::Server;
use serde_json::{Value, json};

use crate::kit::messages;

/// Installs a bot with a pattern.
async fn install_with(server: &Server, room: &str, name: &str, pattern: &str, url: &str) -> Value {
    let body = json!({"room": room, "name": name, "responds_to": pattern, "url": url});
    server.post("/api/actions/bot", &body).await.expect(200)
}

/// Author and text of a room's messages, as `Ann: hello`.
pub(crate) async fn talk(server: &Server, room: &str) -> Vec<String> {
    let line = |message: &Value| {
        let text = |key: &str| message[key].as_str().expect("a string").to_owned();
        format!("{}: {}", text("author"), text("text"))
    };
    messages(server, room).await.iter().map(line).collect()
}

/// The only system message of a room: author `Parlor`, no bot, and these words.
pub(crate) async fn explained(server: &Server, room: &str, words: &[&str]) {
    let all = messages(server, room).await;
    let system: Vec<&Value> = all.iter().filter(|message| message["kind"] == "system").collect();
    let [message] = system[..] else { panic!("one explanation is due: {all:?}") };
    assert_eq!((&message["author"], &message["from_bot"]), (&json!("Parlor"), &Value::Null), "{message}");
    let text = message["text"].as_str().expect("a text");
    for word in words {
        assert!(text.contains(word), "no “{word}” in: {text}");
    }
}

/// The records of deliveries to the room's bots, newest first.
pub(crate) async fn activations(server: &Server, room: &str) -> Vec<Value> {
    let all = server.get(&format!("/api/activations?room={room}")).await.expect(200);
    all.as_array().expect("an array").clone()
}
