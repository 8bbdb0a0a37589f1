//! `parlor export` and `parlor import`: everything moves from one server to another, from a NeCSuS server too; and what is
//! kept no longer goes.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use parlor_testkit::{
    folder::TestFolder,
    server::{Server, run},
};
use serde_json::{Value, json};

use crate::kit::{PARLOR, id, install, messages, python, say, server, starter, texts_of};

pub(crate) async fn parlor(args: &[&str]) -> Output {
    run(PARLOR, args).await
}

#[track_caller]
pub(crate) fn said(output: &Output) -> String {
    let (out, error) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{out}{error}");
    out.into_owned()
}

/// It ended with code 1; what it said holds these words.
#[track_caller]
pub(crate) fn refused(output: &Output, words: &[&str]) {
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{error}{}", String::from_utf8_lossy(&output.stdout));
    words.iter().for_each(|word| assert!(error.contains(word), "no “{word}” in: {error}"));
}

pub(crate) fn text(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

/// A file with these lines behind the header of an export.
pub(crate) fn lines(folder: &TestFolder, lines: &[Value]) -> PathBuf {
    let file = folder.path().join("lines.jsonl");
    let header = json!({"type": "parlor-export", "version": 1, "id": "a test"});
    let all: Vec<String> = std::iter::once(&header).chain(lines).map(Value::to_string).collect();
    fs::write(&file, all.join("\n") + "\n").expect("written");
    file
}

pub(crate) fn old_message(room: &str, id: u64, when: f64, text: &str) -> Value {
    json!({"type": "message", "room": room, "id": id, "when": when, "author": "Ann", "kind": "user", "text": text})
}

pub(crate) fn end() -> Value {
    json!({"type": "end"})
}

/// Messages without what is another one elsewhere.
pub(crate) fn same(mut all: Vec<Value>) -> Vec<Value> {
    let ids: Vec<Value> = all.iter().map(|message| message["id"].clone()).collect();
    for message in &mut all {
        let reply = ids.iter().position(|id| *id == message["reply_to"]);
        message["reply_to"] = reply.map_or(Value::Null, Value::from);
        message["from_bot"] = message["from_bot"].is_u64().into();
        message["id"] = Value::Null;
        message["activation"] = Value::Null;
    }
    all
}

pub(crate) async fn with_everything() -> Server {
    let server = server().await;
    server.post("/api/actions/room", &json!({"room": "a", "markdown": true, "keep": 999})).await.expect(200);
    install(&server, "a", "Echo", "builtin:echo").await;
    let secret = json!({"room": "a", "name": "Signed", "url": "http://127.0.0.1:9/x", "secret": "s3cret"});
    server.post("/api/actions/bot", &secret).await.expect(200);
    for n in 0..5 {
        say(&server, "a", &format!("Echo this: {n} <b>\u{2028}日本")).await;
    }
    let first = say(&server, "a", "to be answered").await;
    let reply = json!({"room": "a", "author": "Bob", "text": "an answer", "reply_to": id(&first)});
    server.post("/api/actions/message", &reply).await.expect(200);
    say(&server, "b/c d", "elsewhere").await;
    server
}

#[tokio::test]
async fn everything_that_is_exported_from_a_running_server_is_imported_into_another() {
    let server = with_everything().await;
    let folder = TestFolder::new();
    let (file, data) = (folder.path().join("all.jsonl.gz"), folder.path().join("data"));
    let from = text(server.data());
    assert!(
        said(&parlor(&["export", "--data", from, "--to", text(&file)]).await).contains("Exported 4 rooms"),
        "the hub's too"
    );
    let plain = said(&parlor(&["export", "--data", from]).await);
    assert!(!plain.contains("s3cret"), "secrets stay where they are");
    assert!(said(&parlor(&["export", "--data", from, "--with-secrets"]).await).contains("s3cret"));
    let into = ["import", text(&file), "--data", text(&data)];
    let looked = said(&parlor(&[&into[..], &["--dry-run"]].concat()).await);
    assert!(looked.contains("holds 4 rooms") && looked.contains("Nothing was imported") && !data.exists(), "{looked}");
    let imported = said(&parlor(&into).await);
    assert!(imported.contains("`Signed` of the room `a` comes without its secret"), "{imported}");
    // Again: nothing comes twice.
    let again = said(&parlor(&into).await);
    assert!(again.contains(", 0 bots and 0 messages.") && again.contains("were there already"), "{again}");
    let other = starter().data(&data).start().await;
    for room in ["a", "b/c d", "welcome", "~hub/chat_service"] {
        assert_eq!(same(messages(&other, room).await), same(messages(&server, room).await), "{room}");
    }
    let settings = other.get("/api/actions/room?room=a").await.expect(200);
    assert_eq!((&settings["markdown"], &settings["keep"]), (&json!(true), &json!(999)));
    let names =
        |bots: Value| -> Vec<Value> { bots.as_array().expect("some").iter().map(|bot| bot["name"].clone()).collect() };
    assert_eq!(
        names(other.get("/api/bots?room=a").await.expect(200)),
        names(server.get("/api/bots?room=a").await.expect(200))
    );
    say(&other, "a", "on we go").await;
    assert!(said(&parlor(&["check", text(&data)]).await).contains("is whole"));
}

#[tokio::test]
async fn one_room_comes_under_another_name_with_its_old_times() {
    let server = with_everything().await;
    let folder = TestFolder::new();
    let file = folder.path().join("b.jsonl");
    let from = text(server.data());
    refused(&parlor(&["export", "--data", from, "--room", "nowhere"]).await, &["no room `nowhere`"]);
    said(&parlor(&["export", "--data", from, "--room", "b/c d", "--to", text(&file)]).await);
    let data = folder.path().join("data");
    said(&parlor(&["import", text(&file), "--data", text(&data), "--as", "new"]).await);
    let other = starter().data(&data).start().await;
    let (old, new) = (messages(&server, "b/c d").await, messages(&other, "new").await);
    assert_eq!((new.len(), &new[0]["room"], &new[0]["when"]), (1, &json!("new"), &old[0]["when"]));
    assert!(messages(&other, "b/c d").await.is_empty());
    let all = folder.path().join("all.jsonl");
    said(&parlor(&["export", "--data", from, "--to", text(&all)]).await);
    refused(&parlor(&["import", text(&all), "--data", text(&data), "--as", "x"]).await, &["say with --room"]);
    let only = ["import", text(&all), "--data", text(&data), "--room", "x"];
    refused(&parlor(&only).await, &["no room `x`"]);
}

#[tokio::test]
async fn many_messages_of_several_rooms_keep_their_order_and_their_times() {
    let folder = TestFolder::new();
    let data = folder.path().join("data");
    let all: Vec<Value> = (0..3_000)
        .map(|n| old_message(&format!("r{}", n % 3), n, 1_600_000_000.0 + n as f64 / 8.0, &n.to_string()))
        .collect();
    let file = lines(&folder, &[&all[..], &[end()]].concat());
    let imported = said(&parlor(&["import", text(&file), "--data", text(&data)]).await);
    assert_eq!(imported, "Imported 3 rooms, 0 bots and 3000 messages.\n");
    let server = starter().data(&data).start().await;
    for room in 0..3 {
        let there = messages(&server, &format!("r{room}")).await;
        let expected: Vec<(String, Value)> = all
            .iter()
            .skip(room)
            .step_by(3)
            .map(|one| (one["text"].as_str().expect("text").to_owned(), one["when"].clone()))
            .collect();
        let there: Vec<(String, Value)> =
            there.iter().map(|one| (one["text"].as_str().expect("text").to_owned(), one["when"].clone())).collect();
        assert!(there == expected, "in order, each with its time");
    }
}

#[tokio::test]
async fn bad_lines_are_named_and_nothing_is_imported_unless_they_are_to_be_left_out() {
    let folder = TestFolder::new();
    let data = folder.path().join("data");
    let all = [
        old_message("a", 1, 1.5, "good"),
        json!({"type": "message", "room": "a", "author": "Ann", "kind": "nobody", "text": "x"}),
        json!({"type": "message", "room": "api", "author": "Ann", "kind": "user", "text": "x"}),
        json!({"type": "message", "room": "a", "when": -1e300, "author": "Ann", "kind": "user", "text": "x"}),
        json!({"type": "riddle"}),
        json!([1, 2]),
        json!({"type": "bot", "room": "a", "bot": {"name": "no id"}}),
        end(),
    ];
    let file = lines(&folder, &all);
    let bad = [
        "line 3: ",
        "line 4: the room's name `api`",
        "line 5: `when`",
        "line 6: `type` is `riddle`",
        "line 7: ",
        "line 8: ",
    ];
    let into = ["import", text(&file), "--data", text(&data)];
    refused(&parlor(&into).await, &[&bad[..], &["6 of it can't be imported, so nothing was", "--skip-bad"]].concat());
    assert!(!data.exists());
    assert!(said(&parlor(&[&into[..], &["--skip-bad"]].concat()).await).contains("and 1 message."));
    fs::write(&file, "{\"type\":\"parlor-export\",\"version\":1}\n{\"type\":\"room\",\"ro").expect("written");
    refused(&parlor(&into).await, &["line 2: "]);
    lines(&folder, &[old_message("a", 1, 1.5, "good")]);
    refused(&parlor(&into).await, &["the last line of", "cut short"]);
    for (content, words) in [
        ("", "is empty"),
        ("Dear diary", "line 1: "),
        ("{\"type\":\"room\",\"room\":\"a\"}", "no header of an export"),
        ("{\"type\":\"parlor-export\",\"version\":99}", "newer Parlor"),
    ] {
        fs::write(&file, content).expect("written");
        refused(&parlor(&into).await, &[words]);
    }
    refused(&parlor(&["import", "nowhere"]).await, &["can't read nowhere"]);
    refused(&parlor(&["import", text(folder.path())]).await, &["can't read"]);
    refused(&parlor(&["export", "--data", "nowhere"]).await, &["no Parlor database in nowhere"]);
}

#[tokio::test]
async fn what_is_too_old_for_a_room_goes_soon_after_its_settings_say_so() {
    let folder = TestFolder::new();
    let data = folder.path().join("data");
    let all: Vec<Value> = (1..40).map(|n| old_message("a", n, 1_000_000_000.0 + n as f64, "an old secret")).collect();
    let file = lines(&folder, &[&all[..], &[end()]].concat());
    said(&parlor(&["import", text(&file), "--data", text(&data)]).await);
    let server = starter().data(&data).start().await;
    say(&server, "a", "new").await;
    assert_eq!(messages(&server, "a").await.len(), 40);
    server.post("/api/actions/room", &json!({"room": "a", "keep": 36_500})).await.expect(200);
    assert_eq!(messages(&server, "a").await.len(), 40);
    server.post("/api/actions/room", &json!({"room": "a", "keep": 30})).await.expect(200);
    let deadline = tokio::time::Instant::now() + std::time::Duration::from_secs(60);
    while texts_of(&server, "a").await != ["new"] {
        assert!(tokio::time::Instant::now() < deadline);
    }
    server.post("/api/actions/room", &json!({"room": "a", "keep": null, "keep_messages": 2})).await.expect(200);
    for n in 0..5 {
        say(&server, "a", &n.to_string()).await;
    }
    server.post("/api/actions/room", &json!({"room": "a", "keep_messages": 1})).await.expect(200);
    while texts_of(&server, "a").await != ["4"] {
        assert!(tokio::time::Instant::now() < deadline);
    }
}

#[tokio::test]
async fn what_the_settings_say_of_keeping_holds_in_rooms_that_say_nothing() {
    let folder = TestFolder::new();
    let data = folder.path().join("data");
    let file = lines(&folder, &[old_message("a", 1, 1_000_000_000.0, "old"), end()]);
    said(&parlor(&["import", text(&file), "--data", text(&data)]).await);
    let server = starter().data(&data).args(&["--rooms-keep", "30"]).start().await;
    let deadline = tokio::time::Instant::now() + std::time::Duration::from_secs(60);
    while !texts_of(&server, "a").await.is_empty() {
        assert!(tokio::time::Instant::now() < deadline);
    }
}

/// Makes the database of a NeCSuS server with Python's own sqlite3, as that server does.
fn necsus(folder: &TestFolder, script: &str) -> PathBuf {
    let file = folder.path().join("necsus.db");
    let begin = "import sqlite3, sys, os\ndb = sqlite3.connect(sys.argv[1])\n";
    let script = format!("{begin}{script}");
    let made = Command::new(python()).args(["-c", &script, text(&file)]).output().expect("there is a Python");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    file
}

#[tokio::test]
async fn a_school_moves_over_from_its_necsus_db() {
    let folder = TestFolder::new();
    let file = necsus(&folder, include_str!("necsus.py"));
    let before = fs::read(&file).expect("it is there");
    let data = folder.path().join("data");
    let into = ["import", text(&file), "--data", text(&data)];
    refused(&parlor(&into).await, &["message 9: the room's name `api`", "message 10: it is in no room", "--skip-bad"]);
    let imported = said(&parlor(&[&into[..], &["--skip-bad"]].concat()).await);
    assert!(imported.contains("Imported 3 rooms, 3 bots and 7 messages."), "{imported}");
    assert!(fs::read(&file).expect("it is there") == before, "it is only read");
    let again = said(&parlor(&[&into[..], &["--skip-bad"]].concat()).await);
    assert!(again.contains("0 bots and 0 messages"), "{again}");
    let server = starter().data(&data).start().await;
    assert_eq!(texts_of(&server, "group2-joel").await, ["Hi EchoBot", "<b>Hello</b>", "Something failed", "café"]);
    let all = messages(&server, "group2-joel").await;
    let kinds: Vec<&str> = all.iter().filter_map(|message| message["kind"].as_str()).collect();
    assert_eq!(kinds, ["user", "bot", "system", "user"]);
    assert_eq!(all[0]["when"], json!(1_704_000_000.25));
    assert_eq!((&all[1]["image"], &all[1]["state"]), (&json!("http://x/y.png"), &json!(["any", {"json": 1}])));
    let bots = server.get("/api/bots?room=group2-joel").await.expect(200);
    assert_eq!(bots[0]["name"], "EchoBot");
    assert_eq!(all[1]["from_bot"], bots[0]["id"]);
    assert_eq!(bots[1]["responds_to"], r"repeat (?P<word>\w+)");
    assert_eq!(texts_of(&server, "cleared").await, ["after the clear"], "what was cleared stays cleared");
    let odd = messages(&server, "odd types").await;
    assert_eq!((&odd[0]["text"], &odd[0]["author"], &odd[1]["text"]), (&json!("42"), &json!("unknown"), &json!("")));
}

#[tokio::test]
async fn an_early_necsus_db_without_kinds_or_clears_is_read_too_and_one_whose_server_was_killed() {
    let folder = TestFolder::new();
    let script = "
db.execute('PRAGMA journal_mode=WAL')
db.execute('CREATE TABLE messages (id INTEGER PRIMARY KEY AUTOINCREMENT, room TEXT, author TEXT, text TEXT, \"when\" TEXT, reply_to INTEGER, state BLOB)')
db.execute('CREATE TABLE bots (id INTEGER PRIMARY KEY, room TEXT, name TEXT, responds_to TEXT, url TEXT)')
db.execute(\"INSERT INTO bots VALUES (1, 'a', 'Cat', NULL, 'http://x/cat')\")
db.execute(\"INSERT INTO messages VALUES (1, 'a', 'Ann', 'I saw a cat', '1500000000.5', NULL, NULL)\")
db.execute(\"INSERT INTO messages VALUES (2, 'a', 'Cat', 'Where?', '1500000001.5', 1, '{}')\")
db.execute(\"INSERT INTO messages VALUES (3, 'a', 'Cat', 'Thanks', '1500000002.5', NULL, NULL)\")
db.commit()
os._exit(0)
";
    let file = necsus(&folder, script);
    assert!(folder.path().join("necsus.db-wal").exists(), "its last words are in its log");
    let data = folder.path().join("data");
    assert!(said(&parlor(&["import", text(&file), "--data", text(&data)]).await).contains("3 messages"));
    let server = starter().data(&data).start().await;
    let all = messages(&server, "a").await;
    let kinds: Vec<&str> = all.iter().filter_map(|message| message["kind"].as_str()).collect();
    assert_eq!(kinds, ["user", "bot", "bot"]);
    assert_eq!(all[0]["when"], json!(1_500_000_000.5));
    // Other databases, and damaged ones.
    let strange = TestFolder::new();
    let other = necsus(&strange, "db.execute('CREATE TABLE notes (text)')\ndb.commit()");
    let into = |file: &Path| ["import".to_owned(), text(file).to_owned(), "--data".to_owned(), text(&data).to_owned()];
    let args = into(&other);
    refused(&parlor(&args.each_ref().map(String::as_str)).await, &["is no NeCSuS database"]);
    let mut bytes = fs::read(&other).expect("it is there");
    bytes[100..].fill(0xff);
    fs::write(&other, bytes).expect("written");
    refused(&parlor(&args.each_ref().map(String::as_str)).await, &["is damaged", "stop it first"]);
}
