//! Clients that do not read, hardly read, stop in the middle or never begin: nobody else waits for them, what they cost
//! is bounded, and when they come back they have missed nothing.

use std::{fs, net::SocketAddr};

use parlor_testkit::{http::within, server::Server, ws::Ws};
use tokio::{io::AsyncWriteExt as _, net::TcpStream};

use crate::kit::{id, message, say, server};

/// How many bytes of a message are text.
const LONG: usize = 16_000;

async fn narrow(address: SocketAddr, target: &str) -> Ws {
    within("a websocket", Ws::narrow(address, target)).await.expect("the server is there").expect("a websocket")
}

/// The next message's text begins with this number.
async fn gets(stream: &mut Ws, number: usize) {
    let frame = stream.json().await;
    let text = frame["data"]["text"].as_str().expect("a message");
    assert!(text.starts_with(&format!("{number} ")), "{number}: {}", &text[..20]);
}

/// Memory of the process's own: neither its program nor its files.
fn memory(server: &Server) -> usize {
    let status = fs::read_to_string(format!("/proc/{}/status", server.pid().as_raw_nonzero())).expect("it runs");
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:")).expect("Linux tells");
    line.trim().trim_end_matches(" kB").trim().parse::<usize>().expect("a number") * 1024
}

#[tokio::test]
async fn who_never_reads_holds_two_mebibytes_at_most_and_misses_nothing_when_it_reads_or_comes_back() {
    const STUCK: usize = 24;
    let server = server().await;
    let mut http = server.http();
    let long = "x".repeat(LONG);
    for number in 0..320 {
        http.post("/api/actions/message", &message("a", &format!("{number} {long}"))).await.expect(200);
    }
    let mut reader = server.ws("/ws/a?since=0").await;
    for number in 0..320 {
        gets(&mut reader, number).await;
    }
    let before = memory(&server);
    // All of them want everything and take nothing, each with a replay of its own.
    let mut stuck = Vec::new();
    for _ in 0..STUCK {
        stuck.push(narrow(server.address(), "/ws/a?since=0").await);
    }
    for number in 320..360 {
        http.post("/api/actions/message", &message("a", &format!("{number} {long}"))).await.expect(200);
        gets(&mut reader, number).await;
    }
    // An outbox of 1 MiB each, and the chunk that is read for it: not the 5 MB that they want.
    let more = memory(&server).saturating_sub(before);
    assert!(more < (STUCK * 3 / 2 + 16) << 20, "{STUCK} clients that read nothing hold {} MiB", more >> 20);
    let mut patient = stuck.pop().expect("there are some");
    drop(stuck);
    for number in 0..360 {
        gets(&mut patient, number).await;
    }
    let last = id(&say(&server, "a", "last ").await);
    assert_eq!(id(&patient.json().await["data"]), last);
    let mut back = server.ws("/ws/a?since=0").await;
    for number in 0..360 {
        gets(&mut back, number).await;
    }
    assert_eq!(id(&back.json().await["data"]), last);
}

#[tokio::test]
async fn who_stops_in_the_middle_of_a_frame_or_before_the_handshake_holds_up_nobody() {
    let server = server().await;
    let mut reader = server.ws("/ws/a").await;
    let mut silent = Vec::new();
    for head in ["", "GET", "GET /ws/a HTTP/1.1\r\n", "GET /ws/a HTTP/1.1\r\nhost: localhost\r\nupgrade: websocket\r\n"]
    {
        for _ in 0..8 {
            let mut stream = TcpStream::connect(server.address()).await.expect("it listens");
            stream.write_all(head.as_bytes()).await.expect("written");
            silent.push(stream);
        }
    }
    // A masked text of 300 bytes, of which the header, a half of the header, or some of the text comes.
    let frame = [&[0x81, 0xfe, 1, 44, 0, 0, 0, 0][..], &[b'x'; 300]].concat();
    let mut halves = Vec::new();
    for cut in [1, 3, 8, 150] {
        let mut stream = server.ws("/ws/a").await;
        stream.send_raw(&frame[..cut]).await;
        halves.push((stream, cut));
    }
    for number in 0..40 {
        say(&server, "a", &format!("{number} ")).await;
        gets(&mut reader, number).await;
    }
    for (stream, cut) in &mut halves {
        for number in 0..40 {
            gets(stream, number).await;
        }
        stream.send_raw(&frame[*cut..]).await;
        stream.ping(b"read?").await;
        assert_eq!(stream.came().await, parlor_testkit::ws::Came::Pong(b"read?".to_vec()));
    }
}

#[tokio::test]
async fn who_reads_a_byte_at_a_time_gets_every_byte_and_others_get_theirs_at_once() {
    let server = server().await;
    let mut reader = server.ws("/ws/a").await;
    let mut slow = narrow(server.address(), "/ws/a").await;
    let long = "x".repeat(LONG);
    let mut first = Vec::new();
    for number in 0..120 {
        say(&server, "a", &format!("{number} {long}")).await;
        gets(&mut reader, number).await;
        first.extend(slow.bytes(1).await);
    }
    let length = usize::from(u16::from_be_bytes([first[2], first[3]]));
    first.extend(slow.bytes(4 + length - first.len()).await);
    let frame: serde_json::Value = serde_json::from_slice(&first[4..]).expect("the first frame is whole");
    assert_eq!(frame["data"]["text"], format!("0 {long}"));
    for number in 1..120 {
        gets(&mut slow, number).await;
    }
}
