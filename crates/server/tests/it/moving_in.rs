//! `parlor import` into a server that runs: who is there sees what comes, nothing comes twice, and what breaks off can go on.

use parlor_testkit::{folder::TestFolder, http::within, server::Server};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::UnixStream,
};

use crate::{
    kit::{install, messages, say, server, texts_of},
    moving::{end, lines, old_message, parlor, refused, said, same, text, with_everything},
};

#[tokio::test]
async fn who_follows_a_room_sees_what_is_imported_and_nothing_comes_twice() {
    let (from, into) = (with_everything().await, server().await);
    let folder = TestFolder::new();
    let file = folder.path().join("all.jsonl.gz");
    said(&parlor(&["export", "--data", text(from.data()), "--to", text(&file)]).await);
    let mut stream = into.ws("/ws/a?since=0").await;
    let import = ["import", text(&file), "--data", text(into.data())];
    let imported = said(&parlor(&import).await);
    assert!(imported.contains("`Signed` of the room `a` comes without its secret"), "{imported}");
    let there = messages(&from, "a").await;
    for message in &there {
        let shown = stream.until(|event| event["kind"] == "message").await.pop().expect("the message");
        assert_eq!((&shown["data"]["text"], &shown["data"]["when"]), (&message["text"], &message["when"]));
    }
    let again = said(&parlor(&import).await);
    assert!(again.contains(", 0 bots and 0 messages.") && again.contains("were there already"), "{again}");
    for room in ["a", "b/c d"] {
        assert_eq!(same(messages(&into, room).await), same(messages(&from, room).await), "{room}");
    }
    let settings = into.get("/api/actions/room?room=a").await.expect(200);
    assert_eq!((&settings["markdown"], &settings["keep"]), (&json!(true), &json!(999)));
    // Its bots are those of the room from now on, and have not answered what was imported.
    let before = texts_of(&into, "a").await.len();
    assert_eq!(before, there.len());
    say(&into, "a", "Echo on").await;
    assert_eq!(texts_of(&into, "a").await.len(), before + 2);
    assert!(said(&parlor(&["check", text(into.data())]).await).contains("is whole"));
}

#[tokio::test]
async fn the_rules_are_those_of_an_import_into_a_server_that_does_not_run() {
    let server = server().await;
    install(&server, "a", "Echo", "builtin:echo").await;
    say(&server, "a", "new").await;
    let folder = TestFolder::new();
    let bad = lines(&folder, &[old_message("a", 1, 1.5, "good"), json!({"type": "riddle"}), end()]);
    let into = ["import", text(&bad), "--data", text(server.data())];
    refused(&parlor(&into).await, &["line 3: ", "nothing was", "--skip-bad"]);
    assert_eq!(texts_of(&server, "a").await, ["new"]);
    assert!(
        said(&parlor(&[&into[..], &["--dry-run"], &["--skip-bad"]].concat()).await).contains("Nothing was imported")
    );
    assert_eq!(texts_of(&server, "a").await, ["new"]);
    let imported = said(&parlor(&[&into[..], &["--skip-bad"]].concat()).await);
    assert!(imported.contains("1 messages have a later time than they had"), "{imported}");
    assert_eq!(texts_of(&server, "a").await, ["new", "good"]);
    said(&parlor(&[&into[..], &["--skip-bad", "--room", "a", "--as", "a/2020"]].concat()).await);
    let old = messages(&server, "a/2020").await;
    assert_eq!((old.len(), &old[0]["when"]), (1, &json!(1.5)));
    refused(&parlor(&[&into[..], &["--skip-bad", "--room", "x"]].concat()).await, &["no room `x`"]);
}

/// Begins an import by hand; the body is to be sent in chunks.
async fn begin(server: &Server) -> UnixStream {
    let mut stream = UnixStream::connect(server.data().join("control.sock")).await.expect("it is open");
    let head = b"POST /import HTTP/1.1\r\nhost: parlor\r\ntransfer-encoding: chunked\r\n\r\n";
    stream.write_all(head).await.expect("sent");
    send(&mut stream, b"{\"rename\":null}\n").await;
    stream
}

async fn send(stream: &mut UnixStream, bytes: &[u8]) {
    let head = format!("{:x}\r\n", bytes.len());
    stream.write_all(&[head.as_bytes(), bytes, b"\r\n"].concat()).await.expect("sent");
}

async fn send_lines(stream: &mut UnixStream, from: usize, lines: &[Value]) {
    for (number, line) in (from..).zip(lines) {
        send(stream, format!("line {number}\t{line}\n").as_bytes()).await;
    }
}

/// The status, and what is said.
async fn answer(mut stream: UnixStream) -> String {
    let mut all = Vec::new();
    while !all.ends_with(b"}") {
        let read = within("the answer", stream.read_buf(&mut all)).await.expect("it comes");
        assert!(read > 0, "{}", String::from_utf8_lossy(&all));
    }
    String::from_utf8(all).expect("UTF-8")
}

async fn until_there(server: &Server, room: &str, count: usize) {
    let there = async { while texts_of(server, room).await.len() < count {} };
    within("what was imported", there).await;
}

#[tokio::test]
async fn an_import_that_breaks_off_keeps_what_came_and_goes_on_when_it_is_repeated() {
    let server = server().await;
    let folder = TestFolder::new();
    let all: Vec<Value> = (0..600).map(|n| old_message("a", n, 1e9 + n as f64, &n.to_string())).collect();
    let file = lines(&folder, &[&all[..], &[end()]].concat());
    let mut broken = begin(&server).await;
    send_lines(&mut broken, 1, &[json!({"type": "parlor-export", "version": 1, "id": "a test"})]).await;
    send_lines(&mut broken, 2, &all[..300]).await;
    until_there(&server, "a", 40).await;
    drop(broken);
    server.logs("an import was broken off").await;
    let imported = said(&parlor(&["import", text(&file), "--data", text(server.data())]).await);
    assert!(imported.contains("messages were there already"), "{imported}");
    let texts: Vec<String> = (0..600).map(|n: u32| n.to_string()).collect();
    assert_eq!(texts_of(&server, "a").await, texts, "in order, each once");
}

#[tokio::test]
async fn a_line_that_is_wrong_ends_it_with_its_name_also_when_more_comes() {
    let server = server().await;
    let mut stream = begin(&server).await;
    let header = json!({"type": "parlor-export", "version": 1, "id": "x"});
    let wrong = json!({"type": "message", "room": "api", "author": "Ann", "kind": "user", "text": "x"});
    send_lines(&mut stream, 1, &[header, old_message("a", 1, 1.5, "good"), wrong]).await;
    for _ in 0..100 {
        // As much as fits nowhere on its way.
        send(&mut stream, &[b'x'; 10_000]).await;
    }
    let said = answer(stream).await;
    assert!(said.starts_with("HTTP/1.1 422 ") && said.contains("line 3: the room's name `api`"), "{said}");
    let mut stream = UnixStream::connect(server.data().join("control.sock")).await.expect("it is open");
    stream.write_all(b"POST /import HTTP/1.1\r\nhost: parlor\r\ncontent-length: 1\r\n\r\n\n").await.expect("sent");
    let said = answer(stream).await;
    assert!(said.starts_with("HTTP/1.1 422 "), "{said}");
    // It is as it was.
    say(&server, "a", "on we go").await;
}

#[tokio::test]
async fn a_server_that_is_to_end_does_not_wait_for_an_import() {
    let mut server = server().await;
    let mut stream = begin(&server).await;
    send_lines(
        &mut stream,
        1,
        &[json!({"type": "parlor-export", "version": 1, "id": "x"}), old_message("a", 1, 1.5, "good")],
    )
    .await;
    server.ask_to_end();
    let said = answer(stream).await;
    assert!(said.starts_with("HTTP/1.1 422 ") && said.contains("the server is ending"), "{said}");
    assert!(server.ended().await.success());
    assert!(!server.log().contains("did not end in time"), "{}", server.log());
}
