//! What most tests here need: a server, a message in a room, the exact keys of what comes back.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use parlor_testkit::server::{Server, Starter};
use serde_json::{Value, json};

/// The program under test.
pub(crate) const PARLOR: &str = env!("CARGO_BIN_EXE_parlor");

/// Every key of a message.
pub(crate) const MESSAGE: &[&str] = &[
    "id",
    "when",
    "room",
    "author",
    "kind",
    "text",
    "image",
    "media",
    "css",
    "js",
    "base_url",
    "from_bot",
    "state",
    "reply_to",
    "activation",
];
/// Every key of a bot.
pub(crate) const BOT: &[&str] = &["id", "room", "name", "responds_to", "url", "timeout", "paused", "events", "signed"];

/// A local server with nothing in it.
pub(crate) async fn server() -> Server {
    Server::start(PARLOR).await
}

/// The same, to be changed before it starts.
pub(crate) fn starter() -> Starter {
    Starter::new(PARLOR)
}

/// A Python that has the libraries of the examples.
pub(crate) fn python() -> PathBuf {
    if let Some(python) = std::env::var_os("PARLOR_TEST_PYTHON") {
        return python.into();
    }
    // The program lies in a folder of the target folder.
    let target = Path::new(PARLOR).parent().and_then(Path::parent).expect("a program lies somewhere");
    let python = target.join("test-python/bin/python");
    assert!(
        python.exists(),
        "There is no Python for the examples. Run `cargo xtask test`, which fetches it, or say in PARLOR_TEST_PYTHON where one with \
         Flask, flask-cors and websockets is."
    );
    python
}

/// The body of a post.
pub(crate) fn message(room: &str, text: &str) -> Value {
    json!({"room": room, "author": "Ann", "text": text})
}

/// Posts a message and gives it as it came back.
pub(crate) async fn say(server: &Server, room: &str, text: &str) -> Value {
    server.post("/api/actions/message", &message(room, text)).await.expect(200)
}

/// All messages of a room.
pub(crate) async fn messages(server: &Server, room: &str) -> Vec<Value> {
    let target = format!("/api/messages?room={}", parlor_testkit::http::encode(room));
    let all = server.get(&target).await.expect(200);
    all.as_array().expect("an array").clone()
}

/// Their texts.
pub(crate) fn texts(messages: &[Value]) -> Vec<&str> {
    messages.iter().map(|message| message["text"].as_str().expect("a text is a string")).collect()
}

/// The texts of a room's messages.
pub(crate) async fn texts_of(server: &Server, room: &str) -> Vec<String> {
    texts(&messages(server, room).await).into_iter().map(str::to_owned).collect()
}

/// Installs a bot and gives it as it came back.
pub(crate) async fn install(server: &Server, room: &str, name: &str, url: &str) -> Value {
    server.post("/api/actions/bot", &json!({"room": room, "name": name, "url": url})).await.expect(200)
}

/// The number under `id`.
pub(crate) fn id(value: &Value) -> u64 {
    value["id"].as_u64().expect("an id is a whole number")
}

/// All of these keys are there, null or not, and no others.
#[track_caller]
pub(crate) fn has_keys(value: &Value, keys: &[&str]) {
    let there: BTreeSet<&str> = value.as_object().expect("an object").keys().map(String::as_str).collect();
    assert_eq!(there, keys.iter().copied().collect(), "{value}");
}

/// The same of an answer that is no [`parlor_testkit::http::Reply`].
#[track_caller]
pub(crate) fn says_json(status: u16, body: &[u8], expected: u16, words: &[&str]) {
    assert_eq!(status, expected, "{}", String::from_utf8_lossy(body));
    let error: Value = serde_json::from_slice(body).expect("an error is JSON");
    let sentence = error["message"].as_str().expect("a sentence");
    for word in words {
        assert!(sentence.contains(word), "no “{word}” in: {sentence}");
    }
}

/// An error of the API: this status, and `{"message": …}` whose sentence holds these words.
#[track_caller]
pub(crate) fn says(reply: &parlor_testkit::http::Reply, status: u16, words: &[&str]) {
    assert_eq!(reply.status, status, "{}", reply.text());
    assert_eq!(reply.header("content-type"), Some("application/json"));
    let error = reply.json();
    has_keys(&error, &["message"]);
    let sentence = error["message"].as_str().expect("a sentence");
    for word in words {
        assert!(sentence.contains(word), "no “{word}” in: {sentence}");
    }
}
