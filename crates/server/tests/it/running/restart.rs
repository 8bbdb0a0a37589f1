//! A restart under load is a pause for everybody, and an error for nobody.

use std::{
    collections::BTreeMap,
    io,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use parlor_testkit::{
    http::{Http, Request, within},
    ws::{Came, Ws},
};
use tokio::{sync::Notify, task::JoinSet};

use crate::kit::{id, message, messages, starter};

const POSTERS: usize = 12;
const FOLLOWERS: usize = 24;
const RESTARTS: usize = 2;
/// How many posts are acknowledged before, between and after the restarts.
const POSTS: usize = 150;

/// What all of them do it on.
struct Load {
    address: SocketAddr,
    acknowledged: AtomicUsize,
    progress: Notify,
    over: AtomicBool,
}

/// How long a client waits that was told to come back.
async fn pause() {
    tokio::time::sleep(Duration::from_millis(20)).await;
}

impl Load {
    /// Posts until it is over; gives the text and the id of each acknowledged post.
    async fn post(self: Arc<Self>, poster: usize) -> BTreeMap<String, u64> {
        let mut http = Http::new(self.address);
        let mut acknowledged = BTreeMap::new();
        let mut n = 0;
        let mut fresh = true;
        while !self.over.load(Ordering::Relaxed) {
            let text = format!("{poster}-{n}");
            let request = Request::post("/api/actions/message", &message("a", &text)).header("idempotency-key", &text);
            match http.try_send(&request).await {
                Ok(reply) if reply.status == 200 => {
                    acknowledged.insert(text, id(&reply.json()));
                    self.acknowledged.fetch_add(1, Ordering::Relaxed);
                    self.progress.notify_one();
                    (n, fresh) = (n + 1, reply.header("connection") == Some("close"));
                }
                Ok(reply) => {
                    assert_eq!(reply.status, 503, "{}", reply.text());
                    assert_eq!(reply.header("retry-after"), Some("1"));
                    assert!(reply.json()["message"].as_str().is_some_and(|why| why.contains("try again")));
                    fresh = reply.header("connection") == Some("close");
                    pause().await;
                }
                Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
                    fresh = true;
                    pause().await;
                }
                // A connection that was kept alive may end at any moment, before the answer begins: what is posted again
                // with its key is posted once. A new one may not.
                Err(error) => {
                    assert!(!fresh, "a new connection was cut off: {error}");
                    fresh = true;
                }
            }
        }
        acknowledged
    }

    /// Follows the room until it has seen the last one; gives the ids that it saw.
    async fn follow(self: Arc<Self>, last: &str) -> Vec<u64> {
        let mut seen = Vec::new();
        loop {
            let target = format!("/ws/a?since={}", seen.last().unwrap_or(&0));
            let mut stream = match Ws::open(self.address, &target, "").await {
                Ok(Ok(stream)) => stream,
                Ok(Err(refused)) => {
                    assert_eq!(refused.status, 503, "{}", String::from_utf8_lossy(&refused.body));
                    pause().await;
                    continue;
                }
                Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
                    pause().await;
                    continue;
                }
                Err(error) => panic!("a new connection was cut off: {error}"),
            };
            loop {
                match stream.came().await {
                    Came::Text(text) => {
                        let frame: serde_json::Value = serde_json::from_str(&text).expect("JSON");
                        assert_ne!(frame["kind"], "clear_messages", "the past is the same");
                        if frame["kind"] == "message" {
                            seen.push(id(&frame["data"]));
                            if frame["data"]["text"] == last {
                                return seen;
                            }
                        }
                    }
                    Came::Close(code, reason) => {
                        assert_eq!(code, 1012, "{reason}");
                        stream.close(code).await;
                        break;
                    }
                    other => panic!("{other:?} instead of a close frame"),
                }
            }
        }
    }

    async fn until(&self, count: usize) {
        while self.acknowledged.load(Ordering::Relaxed) < count {
            self.progress.notified().await;
        }
    }
}

#[tokio::test]
async fn a_restart_under_load_is_a_pause_and_nothing_is_lost() {
    // An address of its own, so that nobody takes its port in between.
    let own = format!("127.{}.{}.1:0", 1 + std::process::id() % 250, std::process::id() / 250 % 250);
    let mut server = starter().listen(&own).start().await;
    let load = Arc::new(Load {
        address: server.address(),
        acknowledged: AtomicUsize::new(0),
        progress: Notify::new(),
        over: AtomicBool::new(false),
    });
    let (mut posters, mut followers) = (JoinSet::new(), JoinSet::new());
    for poster in 0..POSTERS {
        posters.spawn(Arc::clone(&load).post(poster));
    }
    for _ in 0..FOLLOWERS {
        followers.spawn(Arc::clone(&load).follow("the last one"));
    }
    for restart in 1..=RESTARTS {
        within("posts", load.until(restart * POSTS)).await;
        assert!(server.terminate().await.success());
        server.start_again_there().await;
    }
    within("posts", load.until((RESTARTS + 1) * POSTS)).await;
    load.over.store(true, Ordering::Relaxed);
    let acknowledged: BTreeMap<String, u64> =
        within("the posters", posters.join_all()).await.into_iter().flatten().collect();
    server.post("/api/actions/message", &message("a", "the last one")).await.expect(200);

    let kept = messages(&server, "a").await;
    let ids: Vec<u64> = kept.iter().map(id).collect();
    for (text, id_of_it) in &acknowledged {
        let with_it: Vec<u64> = kept.iter().filter(|message| message["text"] == **text).map(id).collect();
        assert_eq!(with_it, [*id_of_it], "“{text}” is there once");
    }
    for seen in within("the followers", followers.join_all()).await {
        assert_eq!(seen, ids, "every message, in order, each once");
    }
}
