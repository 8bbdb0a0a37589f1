//! Signals on the room stream: who is here, who is typing, the settings; for those who ask, and for nobody else.

use std::collections::BTreeSet;

use parlor_testkit::{
    http::encode,
    server::Server,
    ws::{Came, Ws},
};
use serde_json::{Value, json};

use crate::kit::{say, server};

/// Opens a stream that asks.
async fn asking(server: &Server, also: &str) -> Ws {
    server.ws(&format!("/ws/a?also={}", encode(also))).await
}

async fn name(stream: &mut Ws, name: &str) {
    stream.say(&json!({"kind": "presence", "data": {"author": name}}).to_string()).await;
}

async fn typing(stream: &mut Ws) {
    stream.say(r#"{"kind":"typing","data":{}}"#).await;
}

/// Who is here, as a client keeps it.
#[derive(Debug, Default, PartialEq)]
struct Here {
    names: BTreeSet<String>,
    unnamed: u64,
}

impl Here {
    fn apply(&mut self, data: &Value) {
        let names = |key: &str| {
            let list = data[key].as_array().map(Vec::as_slice).unwrap_or_default();
            list.iter().map(|name| name.as_str().expect("a name").to_owned()).collect::<Vec<_>>()
        };
        if let Some(here) = data["here"].as_array() {
            self.names = here.iter().map(|one| one["author"].as_str().expect("a name").to_owned()).collect();
        }
        for name in names("joined") {
            assert!(self.names.insert(name), "{data} tells what was told");
        }
        for name in names("left") {
            assert!(self.names.remove(&name), "{data} takes away who was not there");
        }
        self.unnamed = data["unnamed"].as_u64().expect("a number");
    }

    /// Reads until it is as wanted.
    async fn becomes(&mut self, stream: &mut Ws, names: &[&str], unnamed: u64) {
        while !(self.unnamed == unnamed && self.names.iter().map(String::as_str).eq(names.iter().copied())) {
            let frame = stream.json().await;
            assert_eq!(frame["kind"], "presence", "{frame}");
            self.apply(&frame["data"]);
        }
    }
}

#[tokio::test]
async fn who_asks_hears_who_is_here_and_then_who_comes_and_goes() {
    let server = server().await;
    let mut ann = asking(&server, "presence").await;
    let first = ann.json().await;
    assert_eq!(first["kind"], "presence");
    assert!(first["data"]["here"].is_array(), "{first}");
    let mut seen = Here::default();
    seen.apply(&first["data"]);
    seen.becomes(&mut ann, &[], 1).await;
    name(&mut ann, "Ann").await;
    seen.becomes(&mut ann, &["Ann"], 0).await;

    let mut again = asking(&server, "presence").await;
    let frame = again.json().await;
    assert_eq!(frame["data"]["here"], json!([{"author": "Ann"}]), "{frame}");
    name(&mut again, "Ann").await;
    let mut bob = asking(&server, "presence").await;
    name(&mut bob, "Bob").await;
    seen.becomes(&mut ann, &["Ann", "Bob"], 0).await;

    name(&mut bob, "Bert").await;
    seen.becomes(&mut ann, &["Ann", "Bert"], 0).await;
    bob.say(r#"{"kind":"presence","data":{"author":null}}"#).await;
    seen.becomes(&mut ann, &["Ann"], 1).await;
    drop(bob);
    seen.becomes(&mut ann, &["Ann"], 0).await;
    name(&mut again, "Ann 2").await;
    seen.becomes(&mut ann, &["Ann", "Ann 2"], 0).await;
    drop(again);
    seen.becomes(&mut ann, &["Ann"], 0).await;
}

#[tokio::test]
async fn who_comes_back_is_told_who_is_here_behind_the_replay() {
    let server = server().await;
    let mut bob = asking(&server, "presence").await;
    name(&mut bob, "Bob").await;
    Here::default().becomes(&mut bob, &["Bob"], 0).await;
    say(&server, "a", "one").await;
    let mut ann = asking(&server, "presence,settings").await;
    let frames = ann.take(3).await;
    let kinds: Vec<_> = frames.iter().map(|frame| frame["kind"].as_str().expect("a kind")).collect();
    assert_eq!(kinds, ["message", "settings", "presence"]);
    assert_eq!(frames[2]["data"]["here"], json!([{"author": "Bob"}]));
}

#[tokio::test]
async fn typing_is_passed_on_to_those_who_asked_once_a_second() {
    let server = server().await;
    let (mut ann, mut bob) = (asking(&server, "typing,presence").await, asking(&server, "typing").await);
    let mut deaf = asking(&server, "settings").await;
    name(&mut ann, "Ann").await;
    let began = tokio::time::Instant::now();
    for _ in 0..20 {
        typing(&mut ann).await;
    }
    bob.say(r#"{"kind":"typing","data":{"author":"Bob"}}"#).await;
    let mut heard = Vec::new();
    while heard.len() < 2 {
        heard.push(bob.json().await);
    }
    let quick = began.elapsed() < std::time::Duration::from_secs(1);
    heard.sort_by_key(|frame| frame["data"]["author"].to_string());
    if quick {
        let both = ["Ann", "Bob"].map(|author| json!({"kind": "typing", "data": {"author": author}}));
        assert_eq!(heard, both, "the first of each, and no more");
    }
    let own = |frame: &Value| frame["kind"] == "typing" && frame["data"]["author"] == "Ann";
    ann.until(own).await;
    say(&server, "a", "over").await;
    let heard = deaf.until(|frame| frame["kind"] == "message").await;
    assert!(heard.iter().all(|frame| frame["kind"] != "typing"), "{heard:?}");
}

#[tokio::test]
async fn settings_come_behind_the_replay_and_between_the_messages_where_they_changed() {
    let server = server().await;
    let mut stream = asking(&server, "settings").await;
    let first = stream.json().await;
    assert_eq!((&first["kind"], &first["data"]["content"]), (&json!("settings"), &json!("open")));
    say(&server, "a", "before").await;
    let change = json!({"room": "a", "content": "plain"});
    let mut settings = server.post("/api/actions/room", &change).await.expect(200);
    // What holds on the whole server where a room says nothing; no change of the room's.
    settings.as_object_mut().expect("an object").remove("defaults");
    say(&server, "a", "after").await;
    let frames = stream.take(3).await;
    let kinds: Vec<_> = frames.iter().map(|frame| frame["kind"].as_str().expect("a kind")).collect();
    assert_eq!(kinds, ["message", "settings", "message"]);
    assert_eq!(frames[1]["data"], settings);
}

#[tokio::test]
async fn who_does_not_ask_gets_the_same_bytes_as_ever() {
    let server = server().await;
    let (mut plain, mut unknown) = (server.ws("/ws/a").await, asking(&server, "nonsense,message,,").await);
    let mut ann = asking(&server, "typing,presence,activation,settings").await;
    name(&mut ann, "Ann").await;
    // Who did not ask may not say it either.
    name(&mut plain, "Plain").await;
    typing(&mut plain).await;
    let mut posted = Vec::new();
    for text in ["one", "two", "three"] {
        typing(&mut ann).await;
        posted.push(say(&server, "a", text).await);
        let change = json!({"room": "a", "markdown": text == "one"});
        server.post("/api/actions/room", &change).await.expect(200);
    }
    let mut all = Vec::new();
    for _ in 0..3 {
        let text = plain.text().await;
        assert_eq!(text, unknown.text().await);
        all.push(serde_json::from_str::<Value>(&text).expect("JSON"));
    }
    assert!(all.iter().all(|frame| frame["kind"] == "message"), "{all:?}");
    assert_eq!(all.iter().map(|frame| &frame["data"]).collect::<Vec<_>>(), posted.iter().collect::<Vec<_>>());
    let heard = ann.until(|frame| frame["data"]["text"] == "three").await;
    assert!(heard.iter().all(|frame| !frame.to_string().contains("Plain")), "{heard:?}");
}

#[tokio::test]
async fn hostile_frames_do_no_harm() {
    let server = server().await;
    let mut ann = asking(&server, "presence,typing").await;
    let long = "x".repeat(60_000);
    let frames = [
        json!({"kind": "presence", "data": {"author": long}}).to_string(),
        json!({"kind": "presence", "data": {"author": {"name": "Ann"}}}).to_string(),
        json!({"kind": "presence", "data": [["Ann"]]}).to_string(),
        json!({"kind": "presence", "data": {"author": "\u{0}\n\r\t\u{7f}"}}).to_string(),
        json!({"kind": "message", "data": {"text": "not by this door", "author": "Ann"}}).to_string(),
        format!(r#"{{"kind":"presence","data":{}{}}}"#, "[".repeat(20_000), "]".repeat(20_000)),
        "}{".to_owned(),
        String::new(),
    ];
    for frame in &frames {
        ann.say(frame).await;
    }
    ann.send_binary(&[0xff; 100]).await;
    let name_of = json!({"kind": "presence", "data": {"author": format!("A\u{0}nn\u{1b}{}", "é".repeat(300))}});
    ann.say(&name_of.to_string()).await;
    let heard = ann.until(|frame| frame["data"]["joined"].as_array().is_some_and(|names| !names.is_empty())).await;
    let joined = heard.last().expect("a frame")["data"]["joined"].clone();
    assert_eq!(joined, json!([format!("Ann{}", "é".repeat(98))]), "cut to 200 bytes, at a letter's end");
    assert_eq!(say(&server, "a", "still here").await["text"], "still here");
}

#[tokio::test]
async fn three_hundred_who_come_at_once_are_told_of_in_a_few_frames() {
    const PEOPLE: usize = 300;
    let server = server().await;
    let mut first = asking(&server, "presence").await;
    let mut all = Vec::with_capacity(PEOPLE);
    for number in 0..PEOPLE {
        let mut stream = asking(&server, "presence").await;
        name(&mut stream, &format!("P{number:03}")).await;
        all.push(stream);
    }
    let began = tokio::time::Instant::now();
    let mut seen = Here::default();
    let mut frames = 0;
    while seen.names.len() < PEOPLE || seen.unnamed > 1 {
        let Came::Text(text) = first.came().await else { panic!("the server closed") };
        seen.apply(&serde_json::from_str::<Value>(&text).expect("JSON")["data"]);
        frames += 1;
    }
    assert!(frames < PEOPLE / 3, "{frames} frames");
    let mut last = asking(&server, "presence").await;
    let here = last.json().await;
    assert_eq!(here["data"]["here"].as_array().expect("names").len(), PEOPLE, "after {:?}", began.elapsed());
    drop(all);
    while !seen.names.is_empty() {
        seen.apply(&first.json().await["data"]);
    }
}
