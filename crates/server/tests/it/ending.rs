//! Ending in order: who is told what, and that everything is there afterwards.

use parlor_testkit::{http::Request, server::Signal, ws::Came};
use serde_json::json;
use tokio::{io::AsyncWriteExt as _, task::JoinSet};

use crate::kit::{id, install, message, messages, say, server, texts_of};

#[tokio::test]
async fn at_the_end_websockets_get_1012_and_everything_is_there_afterwards() {
    let mut server = server().await;
    let bot = install(&server, "a", "Nobody", "").await;
    let mut streams = Vec::new();
    for room in ["a", "a", "b", "empty"] {
        streams.push(server.ws(&format!("/ws/{room}?since=0")).await);
    }
    let said = say(&server, "a", "one").await;
    say(&server, "b", "two").await;
    server.ask_to_end();
    for mut stream in streams {
        loop {
            match stream.came().await {
                Came::Text(_) => {}
                Came::Close(code, reason) => {
                    assert_eq!(code, 1012);
                    assert!(reason.contains("?since="), "{reason}");
                    stream.close(code).await;
                    break;
                }
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(stream.came().await, Came::End);
    }
    let status = server.ended().await;
    assert_eq!(status.code(), Some(0));
    server.start_again().await;
    assert_eq!(messages(&server, "a").await, std::slice::from_ref(&said));
    assert_eq!(texts_of(&server, "b").await, ["two"]);
    assert_eq!(server.get("/api/bots?room=a").await.expect(200), json!([bot]));
    assert!(id(&say(&server, "a", "three").await) > id(&said));
}

#[tokio::test]
async fn a_client_comes_back_after_a_restart_and_misses_nothing() {
    let mut server = server().await;
    let first = say(&server, "a", "before").await;
    server.restart().await;
    let mut stream = server.ws(&format!("/ws/a?since={}", id(&first))).await;
    say(&server, "a", "after").await;
    assert_eq!(stream.json().await["data"]["text"], "after", "no clear: the past is the same");
}

#[tokio::test]
async fn idle_connections_do_not_hold_up_the_end() {
    let mut server = server().await;
    let mut idle = Vec::new();
    for _ in 0..20 {
        let mut http = server.http();
        http.get("/healthz").await;
        idle.push(http);
    }
    // Browsers open connections before they need them.
    let mut silent = Vec::new();
    for _ in 0..5 {
        silent.push(tokio::net::TcpStream::connect(server.address()).await.expect("it is there"));
    }
    // And some never get to the end of what they ask.
    let mut half = tokio::net::TcpStream::connect(server.address()).await.expect("it is there");
    half.write_all(b"POST /api/actions/message HTTP/1.1\r\nhost: localhost\r\ncontent-le").await.expect("written");
    // They were accepted before this one.
    server.get("/healthz").await;
    let begun = tokio::time::Instant::now();
    assert_eq!(server.terminate().await.code(), Some(0));
    assert!(begun.elapsed().as_secs() < 9, "it waited for its deadline");
}

#[tokio::test]
async fn what_is_posted_while_it_ends_is_refused_or_kept() {
    let mut server = server().await;
    let mut senders = JoinSet::new();
    for sender in 0..16 {
        let mut http = server.http();
        senders.spawn(async move {
            let mut acknowledged = Vec::new();
            for n in 0..10_000 {
                let text = format!("{sender}-{n}");
                let request = Request::post("/api/actions/message", &message("a", &text));
                match http.try_send(&request).await {
                    Ok(reply) if reply.status == 200 => acknowledged.push(text),
                    Ok(reply) => {
                        assert_eq!(reply.status, 503, "{}", reply.text());
                        assert!(reply.header("retry-after").is_some());
                        break;
                    }
                    Err(_) => break,
                }
            }
            acknowledged
        });
    }
    let mut stream = server.ws("/ws/a").await;
    stream.take(200).await;
    drop(stream);
    assert_eq!(server.terminate().await.code(), Some(0));
    let acknowledged: Vec<String> = senders.join_all().await.concat();
    assert!(acknowledged.len() >= 200);
    server.start_again().await;
    let kept = texts_of(&server, "a").await;
    for text in &acknowledged {
        assert_eq!(kept.iter().filter(|one| *one == text).count(), 1, "{text}");
    }
}

#[tokio::test]
async fn interrupt_ends_it_like_terminate() {
    let mut server = server().await;
    say(&server, "a", "one").await;
    server.signal(Signal::INT);
    assert_eq!(server.ended().await.code(), Some(0));
    server.start_again().await;
    assert_eq!(texts_of(&server, "a").await, ["one"]);
}
