//! Limits: a class behind one address is not slowed down, a flood is told when to come back, and each size has its bound.

use parlor_testkit::{
    http::{Reply, Request},
    server::{Server, Starter},
    ws::Came,
};
use serde_json::json;
use tokio::task::JoinSet;

use crate::kit::{install, message, say, says, starter};

/// A server for others, which is limited.
fn served() -> Starter {
    starter().listen("0.0.0.0:0")
}

fn post(room: &str) -> Request {
    Request::post("/api/actions/message", &message(room, "hi")).header("prefer", "respond-async")
}

/// What `clients` clients, each on a connection of its own, hear when each posts `times` times without a pause.
async fn posts(server: &Server, clients: usize, times: usize) -> Vec<Reply> {
    let mut tasks = JoinSet::new();
    for _ in 0..clients {
        let mut http = server.http();
        tasks.spawn(async move {
            let mut replies = Vec::with_capacity(times);
            for _ in 0..times {
                replies.push(http.send(post("class")).await);
            }
            replies
        });
    }
    tasks.join_all().await.into_iter().flatten().collect()
}

/// An answer that says what was over and when to come back, in one to `most` seconds.
#[track_caller]
fn is_limited(reply: &Reply, what: &str, most: u64) {
    says(reply, 429, &[what, "try again in"]);
    let seconds: u64 = reply.header("retry-after").expect("a time").parse().expect("whole seconds");
    assert!((1..=most).contains(&seconds), "{seconds}");
    assert!(reply.text().contains(&format!("in {seconds} second")), "{}", reply.text());
}

#[tokio::test]
async fn a_class_of_sixty_behind_one_address_is_not_slowed_down() {
    let server = served().start().await;
    // What they post in eight seconds if each does every two, all of it at once: more than the pace asks for.
    let replies = posts(&server, 60, 4).await;
    assert!(replies.iter().all(|reply| reply.status == 202), "{replies:?}");
    // And each has the room's stream open.
    let mut streams = Vec::new();
    for _ in 0..60 {
        streams.push(server.ws("/ws/class").await);
    }
}

#[tokio::test]
async fn a_flood_from_one_address_is_told_when_to_come_back_and_then_is_let_in() {
    let server = served().start().await;
    // A hundred times the class, until somebody hears that it is too much.
    let mut limited = None;
    for _ in 0..100 {
        let replies = posts(&server, 60, 4).await;
        assert!(replies.iter().all(|reply| matches!(reply.status, 202 | 429)), "{replies:?}");
        limited = replies.into_iter().find(|reply| reply.status == 429);
        if limited.is_some() {
            break;
        }
    }
    is_limited(&limited.expect("one that is refused"), "messages and changes from your network address", 5);
    assert_eq!(server.get("/api/messages?room=class&limit=1").await.status, 200, "reading goes on");
    loop {
        let reply = server.send(post("class")).await;
        if reply.status == 202 {
            break;
        }
        is_limited(&reply, "messages and changes", 5);
    }
}

#[tokio::test]
async fn this_machine_alone_is_not_limited_unless_it_is_said_and_others_are_unless_it_is_said() {
    let one = |args: &[&str]| starter().args(args);
    for (server, limited) in [
        (one(&[]), false),
        (one(&["--limits", "on"]), true),
        (served(), true),
        (served().args(&["--limits", "off"]), false),
    ] {
        let server = server.start().await;
        // Tried patterns are read only, and so quick that their bucket is empty before it fills up again.
        let probe = json!({"room": "a", "name": "x", "text": "x"});
        let mut tasks = JoinSet::new();
        for _ in 0..8 {
            let (mut http, probe) = (server.http(), probe.clone());
            tasks.spawn(async move {
                for _ in 0..150 {
                    let reply = http.post("/api/actions/match", &probe).await;
                    if reply.status == 429 {
                        is_limited(&reply, "patterns", 10);
                        return true;
                    }
                }
                false
            });
        }
        let refused = tasks.join_all().await.into_iter().any(|refused| refused);
        assert_eq!(refused, limited);
        assert_eq!(server.get("/healthz").await.status, 200);
    }
}
#[tokio::test]
async fn connections_of_one_address_are_counted_and_those_that_end_make_room() {
    let server = served().args(&["--limits-open-sockets", "3"]).start().await;
    let mut streams = Vec::new();
    for _ in 0..3 {
        streams.push(server.ws("/ws/a").await);
    }
    let refused = server.try_ws("/ws/a", "").await.expect_err("one too many");
    assert_eq!(refused.status, 429);
    assert!(String::from_utf8_lossy(&refused.body).contains("too many websockets from your network address"));
    drop(streams.pop());
    // The server hears of its end in its own time.
    while server.try_ws("/ws/a", "").await.is_err() {}
    say(&server, "a", "hello").await;
}

#[tokio::test]
async fn who_says_too_much_on_a_websocket_is_passed_over_and_only_then_closed() {
    let server = served().args(&["--limits-signals", "5/h"]).start().await;
    let mut chatty = server.ws("/ws/a?also=typing").await;
    for _ in 0..40 {
        chatty.say(r#"{"kind": "typing", "data": {"author": "Ann"}}"#).await;
    }
    chatty.ping(b"still there").await;
    while chatty.came().await != Came::Pong(b"still there".to_vec()) {}
    for _ in 0..20 {
        chatty.send_binary(b"more").await;
    }
    let closed = loop {
        match chatty.came().await {
            Came::Text(_) | Came::Pong(_) => {}
            other => break other,
        }
    };
    assert!(matches!(&closed, Came::Close(1008, why) if why.contains("too many messages")), "{closed:?}");
    server.ws("/ws/a").await;
}

#[tokio::test]
async fn a_room_has_so_many_bots_and_a_text_so_many_bytes_as_the_settings_say() {
    let server = starter().args(&["--limits-bots", "2", "--limits-text", "20B"]).start().await;
    for name in ["one", "two"] {
        install(&server, "a", name, "builtin:echo").await;
    }
    let third = json!({"room": "a", "name": "three", "url": "builtin:echo"});
    says(&server.post("/api/actions/bot", &third).await, 400, &["2 bots", "delete one"]);
    let long = message("a", &"x".repeat(21));
    says(&server.post("/api/actions/message", &long).await, 413, &["text", "20"]);
    say(&server, "a", &"x".repeat(20)).await;
}
