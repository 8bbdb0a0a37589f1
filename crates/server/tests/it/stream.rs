//! The room stream, `GET /ws/{room}`: what comes first, what comes then, what a client can do.

use parlor_testkit::{
    http::Request,
    server::Server,
    ws::{Came, Ws},
};
use serde_json::{Value, json};

use crate::kit::{BOT, MESSAGE, has_keys, id, install, say, server};

/// Opens a stream and gives all that comes before a message that is posted then, which is the last of it.
async fn opening(server: &Server, query: &str) -> Vec<String> {
    let mut stream = server.ws(&format!("/ws/a{query}")).await;
    until_marker(server, &mut stream).await
}

async fn until_marker(server: &Server, stream: &mut Ws) -> Vec<String> {
    let marker = id(&say(server, "a", "marker").await);
    let mut all = Vec::new();
    loop {
        let text = stream.text().await;
        let frame: Value = serde_json::from_str(&text).expect("JSON");
        if frame["data"]["id"] == marker && frame["kind"] == "message" {
            return all;
        }
        all.push(text);
    }
}

/// Opens a stream, takes so many frames, and makes sure that what follows is only what happens from then on.
async fn exactly(server: &Server, query: &str, count: usize) -> Vec<String> {
    let mut stream = server.ws(&format!("/ws/a{query}")).await;
    let mut frames = Vec::new();
    for _ in 0..count {
        frames.push(stream.text().await);
    }
    assert!(until_marker(server, &mut stream).await.is_empty(), "{query}");
    frames
}

/// A stream that has come to where things happen live: what is done from now on comes as it is done.
async fn live(server: &Server) -> Ws {
    let mut stream = server.ws("/ws/a").await;
    until_marker(server, &mut stream).await;
    stream
}

/// Frames in short: `clear`, `put NAME`, `delete NAME`, or a message's text; markers are left out.
fn short(frames: &[String]) -> Vec<String> {
    let short = |frame: &String| {
        let frame: Value = serde_json::from_str(frame).expect("JSON");
        let data = &frame["data"];
        match frame["kind"].as_str().expect("a kind") {
            "clear_messages" => "clear".to_owned(),
            "put_bot" => format!("put {}", data["name"].as_str().expect("a name")),
            "delete_bot" => format!("delete {}", data["name"].as_str().expect("a name")),
            "message" => data["text"].as_str().expect("a text").to_owned(),
            other => panic!("a frame of kind {other}"),
        }
    };
    frames.iter().map(short).filter(|frame| frame != "marker").collect()
}

async fn clear(server: &Server) {
    server.post("/api/actions/clear-room-messages", &json!({"room": "a"})).await.expect(200);
}

async fn delete(server: &Server, bot: &Value) {
    let body = json!({"id": id(bot)}).to_string();
    server.send(Request::new("DELETE", "/api/actions/bot").body(body)).await.expect(200);
}

#[tokio::test]
async fn every_frame_is_an_object_with_kind_and_data() {
    let server = server().await;
    let mut stream = live(&server).await;
    let bot = install(&server, "a", "B", "").await;
    let posted = say(&server, "a", "hello").await;
    clear(&server).await;
    delete(&server, &bot).await;
    let frames = stream.take(4).await;
    assert_eq!(frames[0], json!({"kind": "put_bot", "data": bot}));
    has_keys(&frames[0]["data"], BOT);
    assert_eq!(frames[1], json!({"kind": "message", "data": posted}));
    has_keys(&frames[1]["data"], MESSAGE);
    assert_eq!(frames[2], json!({"kind": "clear_messages", "data": {}}));
    assert_eq!(frames[3], json!({"kind": "delete_bot", "data": bot}));
}

#[tokio::test]
async fn first_the_clear_then_deleted_bots_then_bots_then_messages() {
    let server = server().await;
    let first = say(&server, "a", "before").await;
    let gone = install(&server, "a", "Gone", "").await;
    install(&server, "a", "Zebra", "").await;
    install(&server, "a", "Aardvark", "").await;
    clear(&server).await;
    delete(&server, &gone).await;
    say(&server, "a", "one").await;
    say(&server, "a", "two").await;
    let since = format!("?since={}", id(&first));
    assert_eq!(
        short(&opening(&server, &since).await),
        ["clear", "delete Gone", "put Zebra", "put Aardvark", "one", "two"]
    );
    assert_eq!(short(&opening(&server, "").await), ["clear", "put Zebra", "put Aardvark", "one", "two"]);
}

#[tokio::test]
async fn since_replays_what_is_above_it_and_the_bots_always() {
    let server = server().await;
    install(&server, "a", "B", "").await;
    let mut ids = Vec::new();
    for text in ["one", "two", "three"] {
        ids.push(id(&say(&server, "a", text).await));
    }
    for (since, wanted) in [
        ("?since=0".to_owned(), &["put B", "one", "two", "three"][..]),
        (format!("?since={}", ids[0] - 1), &["put B", "one", "two", "three"]),
        (format!("?since={}", ids[0]), &["put B", "two", "three"]),
        (format!("?since={}", ids[2]), &["put B"]),
        ("?since=-1".to_owned(), &["put B", "one", "two", "three"]),
        ("?since=".to_owned(), &["put B", "one", "two", "three"]),
        ("?since=abc".to_owned(), &["put B", "one", "two", "three"]),
        ("?since=null".to_owned(), &["put B", "one", "two", "three"]),
    ] {
        assert_eq!(short(&opening(&server, &since).await), wanted, "{since}");
    }
}

#[tokio::test]
async fn a_since_beyond_the_last_id_is_another_past_so_everything_comes() {
    let server = server().await;
    install(&server, "a", "B", "").await;
    let last = id(&say(&server, "a", "one").await);
    for since in [last + 1_000_000, 1 << 53, u64::MAX] {
        assert_eq!(short(&opening(&server, &format!("?since={since}")).await), ["clear", "put B", "one"], "{since}");
    }
    // A room that is not there any more.
    let mut stream = server.ws("/ws/nowhere?since=5").await;
    assert_eq!(stream.json().await, json!({"kind": "clear_messages", "data": {}}));
}

#[tokio::test]
async fn a_clear_is_told_to_who_has_something_from_before_it() {
    let server = server().await;
    let before = id(&say(&server, "a", "before").await);
    clear(&server).await;
    let after = id(&say(&server, "a", "after").await);
    assert_eq!(short(&opening(&server, &format!("?since={before}")).await), ["clear", "after"]);
    assert_eq!(short(&opening(&server, "?since=0").await), ["clear", "after"]);
    assert_eq!(short(&opening(&server, "").await), ["clear", "after"]);
    assert!(short(&opening(&server, &format!("?since={after}")).await).is_empty());
    // The clear has an id of its own, between the two, and is told to who has just that.
    for since in before + 1..after {
        assert_eq!(short(&opening(&server, &format!("?since={since}")).await), ["clear", "after"], "{since}");
    }
    assert!(before + 1 < after);
    clear(&server).await;
    let frames = short(&opening(&server, &format!("?since={after}")).await);
    assert_eq!(frames, ["clear"]);
}

#[tokio::test]
async fn bots_that_were_deleted_since_are_told_and_others_are_not() {
    let server = server().await;
    let early = install(&server, "a", "Early", "").await;
    delete(&server, &early).await;
    let since = id(&say(&server, "a", "one").await);
    let late = install(&server, "a", "Late", "").await;
    install(&server, "a", "Stays", "").await;
    delete(&server, &late).await;
    let mark = id(&say(&server, "a", "two").await);
    assert_eq!(short(&opening(&server, &format!("?since={since}")).await), ["delete Late", "put Stays", "two"]);
    assert_eq!(short(&opening(&server, &format!("?since={mark}")).await), ["put Stays"]);
    assert_eq!(
        short(&opening(&server, "").await),
        ["put Stays", "one", "two"],
        "who has nothing needs to delete nothing"
    );
}

#[tokio::test]
async fn last_replays_the_newest_only() {
    let server = server().await;
    install(&server, "a", "B", "").await;
    let mut ids = Vec::new();
    for text in ["one", "two", "three"] {
        ids.push(id(&say(&server, "a", text).await));
    }
    // The marker of one is a message for the next.
    assert_eq!(short(&exactly(&server, "?last=2", 3).await), ["put B", "two", "three"]);
    assert_eq!(short(&exactly(&server, "?last=0", 1).await), ["put B"]);
    assert_eq!(short(&exactly(&server, "?last=3", 4).await), ["put B", "three"]);
    assert_eq!(short(&exactly(&server, "?last=100", 7).await), ["put B", "one", "two", "three"]);
    assert_eq!(short(&exactly(&server, &format!("?last=5&since={}", ids[1]), 6).await), ["put B", "three"]);
    assert_eq!(short(&opening(&server, "?last=none&since=0").await), ["put B", "one", "two", "three"]);
}

#[tokio::test]
async fn live_and_replayed_frames_are_the_same_bytes_for_every_client() {
    let server = server().await;
    let (mut one, mut two) = (server.ws("/ws/a").await, server.ws("/ws/a?since=0").await);
    install(&server, "a", "B \"quoted\" ü", "http://localhost:1/?a=b").await;
    for text in ["hello", "<b>", "\u{0}\u{2028}\"\\", "👩‍👩‍👧"] {
        say(&server, "a", text).await;
    }
    let one = until_marker(&server, &mut one).await;
    let two = until_marker(&server, &mut two).await;
    // The second one saw the first one's marker too.
    assert_eq!(one.len(), 5);
    assert_eq!(one, two[..5]);
    assert_eq!(opening(&server, "?since=0").await[..5], one);
    assert_eq!(opening(&server, "").await[..5], one);
}

#[tokio::test]
async fn what_the_api_lists_is_what_the_stream_sends() {
    let server = server().await;
    for n in 0..20 {
        say(&server, "a", &n.to_string()).await;
    }
    let listed = crate::kit::messages(&server, "a").await;
    let streamed: Vec<Value> =
        server.ws("/ws/a").await.take(20).await.into_iter().map(|mut frame| frame["data"].take()).collect();
    assert_eq!(streamed, listed);
}

#[tokio::test]
async fn rooms_do_not_hear_each_other() {
    let server = server().await;
    let mut stream = server.ws("/ws/a").await;
    for other in ["b", "A", "a/b", "a "] {
        say(&server, other, "elsewhere").await;
    }
    say(&server, "a", "here").await;
    assert_eq!(stream.json().await["data"]["text"], "here");
}

#[tokio::test]
async fn what_a_client_sends_is_ignored() {
    let server = server().await;
    let mut stream = server.ws("/ws/a").await;
    let post = json!({"kind": "message", "data": {"room": "a", "author": "Ann", "text": "smuggled"}});
    stream.say(&post.to_string()).await;
    stream.say("").await;
    stream.say("{").await;
    stream.send_binary(&[0, 255, 1]).await;
    stream.say(&"x".repeat(60_000)).await;
    // Its answer comes after all of that was read.
    stream.ping(b"read?").await;
    assert_eq!(stream.came().await, Came::Pong(b"read?".to_vec()));
    say(&server, "a", "real").await;
    assert_eq!(stream.json().await["data"]["text"], "real");
    assert_eq!(crate::kit::texts_of(&server, "a").await, ["real"]);
}

#[tokio::test]
async fn a_frame_over_64_kib_closes_with_1009() {
    let server = server().await;
    let mut stream = server.ws("/ws/a").await;
    stream.say(&"x".repeat(70_000)).await;
    assert!(matches!(stream.came().await, Came::Close(1009, _)));
}

#[tokio::test]
async fn pings_are_answered_with_what_they_held() {
    let server = server().await;
    let mut stream = server.ws("/ws/a").await;
    for payload in [&b""[..], b"hello", &[7; 125]] {
        stream.ping(payload).await;
        assert_eq!(stream.came().await, Came::Pong(payload.to_vec()));
    }
}

#[tokio::test]
async fn a_close_is_answered_and_ends_the_connection() {
    let server = server().await;
    let mut stream = server.ws("/ws/a").await;
    stream.close(1000).await;
    assert!(matches!(stream.came().await, Came::Close(1000, _)));
    assert_eq!(stream.came().await, Came::End);
}

#[tokio::test]
async fn who_comes_again_and_again_gets_the_same_every_time() {
    let server = server().await;
    install(&server, "a", "B", "").await;
    let first = id(&say(&server, "a", "one").await);
    say(&server, "a", "two").await;
    let wanted = server.ws(&format!("/ws/a?since={first}")).await.take(2).await;
    for n in 0..50 {
        let mut stream = server.ws(&format!("/ws/a?since={first}")).await;
        // Some leave in order, some in the middle.
        if n % 3 > 0 {
            assert_eq!(stream.take(2).await, wanted);
        }
        if n % 3 > 1 {
            stream.close(1000).await;
        }
    }
    assert_eq!(server.ws(&format!("/ws/a?since={first}")).await.take(2).await, wanted);
}

#[tokio::test]
async fn a_long_history_comes_whole_to_a_client_that_reads_slowly() {
    let server = server().await;
    let mut http = server.http();
    let long = "x".repeat(16_000);
    for n in 0..300 {
        let body = crate::kit::message("a", &format!("{n} {long}"));
        http.post("/api/actions/message", &body).await.expect(200);
    }
    // It reads nothing while more is posted: the room's outbox can't hold all of it.
    let mut stream = server.ws("/ws/a").await;
    for n in 300..400 {
        http.post("/api/actions/message", &crate::kit::message("a", &format!("{n} {long}"))).await.expect(200);
    }
    for n in 0..400 {
        let frame = stream.json().await;
        assert!(
            frame["data"]["text"].as_str().is_some_and(|text| text.starts_with(&format!("{n} "))),
            "{n}: {}",
            frame["data"]["id"]
        );
    }
}
