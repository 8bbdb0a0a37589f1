//! Nothing is lost and nothing comes twice between replay and live, however often one reconnects.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use parlor_testkit::{
    seed::Seed,
    server::Server,
    ws::{Came, Ws},
};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::kit::{id, messages, say, server};

const SENDERS: u64 = 8;
const CLIENTS: u64 = 20;
const EACH: u64 = 40;

async fn send(server: &Server, tasks: &mut JoinSet<()>) {
    for sender in 0..SENDERS {
        let mut http = server.http();
        tasks.spawn(async move {
            for n in 0..EACH {
                let body = json!({"room": "a", "author": sender.to_string(), "text": format!("{sender}-{n}")});
                http.post("/api/actions/message", &body).await.expect(200);
            }
        });
    }
}

/// What a client remembers: every message that it got, as it came, in the order in which it came.
#[derive(Default)]
struct Seen {
    order: Vec<u64>,
    frames: BTreeMap<u64, String>,
}

impl Seen {
    fn last(&self) -> u64 {
        self.order.last().copied().unwrap_or(0)
    }

    /// Takes a frame; whether it is the end.
    fn take(&mut self, text: String) -> bool {
        let frame: Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(frame["kind"], "message");
        let number = id(&frame["data"]);
        assert!(number > self.last(), "{number} after {}: twice, or out of order", self.last());
        self.order.push(number);
        let end = frame["data"]["text"] == "the end";
        self.frames.insert(number, text);
        end
    }
}

/// Comes and goes, by a seed, until it has seen the end.
async fn wander(address: std::net::SocketAddr, mut seed: Seed) -> Seen {
    let mut seen = Seen::default();
    loop {
        let target = format!("/ws/a?since={}", seen.last());
        let mut stream = Ws::open(address, &target, "").await.expect("the server is there").expect("a websocket");
        let stays = match seed.below(4) {
            0 => 0,
            1 => seed.below(4),
            2 => seed.below(30),
            _ => seed.below(400),
        };
        for _ in 0..stays {
            if seen.take(stream.text().await) {
                return seen;
            }
        }
        if seed.below(2) == 0 {
            // In order: what is on its way until the close frame counts.
            stream.close(1000).await;
            loop {
                match stream.came().await {
                    Came::Text(text) => {
                        if seen.take(text) {
                            return seen;
                        }
                    }
                    Came::Close(..) | Came::End => break,
                    Came::Pong(_) => {}
                }
            }
        }
    }
}

#[tokio::test]
async fn clients_that_come_and_go_see_every_message_once_and_in_order() {
    let server = server().await;
    let mut senders = JoinSet::new();
    send(&server, &mut senders).await;
    let mut clients = JoinSet::new();
    for client in 0..CLIENTS {
        clients.spawn(wander(server.address(), Seed(20_240_229 + client)));
    }
    senders.join_all().await;
    say(&server, "a", "the end").await;
    let all: Vec<u64> = messages(&server, "a").await.iter().map(id).collect();
    assert_eq!(all.len() as u64, SENDERS * EACH + 1);
    let clients = clients.join_all().await;
    for seen in &clients {
        assert_eq!(seen.order, all);
        assert_eq!(seen.frames, clients[0].frames, "the same bytes for every client, live or replayed");
    }
}

#[tokio::test]
async fn a_client_that_stays_sees_what_others_post_from_the_moment_it_came() {
    let server = server().await;
    let stop = Arc::new(AtomicBool::new(false));
    let mut watchers = JoinSet::new();
    // Streams are opened while messages are posted: the seam between replay and live is everywhere.
    for _ in 0..4 {
        let (address, stop) = (server.address(), Arc::clone(&stop));
        watchers.spawn(async move {
            let mut opened = 0;
            while !stop.load(Ordering::Relaxed) {
                let mut stream = Ws::open(address, "/ws/a?last=3", "").await.expect("there").expect("a websocket");
                let mut last: Option<u64> = None;
                for _ in 0..3 {
                    let frame = stream.json().await;
                    let n: u64 = frame["data"]["text"].as_str().and_then(|text| text.parse().ok()).expect("a number");
                    assert!(last.is_none_or(|last| n == last + 1), "{n} after {last:?}");
                    last = Some(n);
                }
                opened += 1;
            }
            opened
        });
    }
    let mut http = server.http();
    for n in 0..300 {
        http.post("/api/actions/message", &json!({"room": "a", "author": "Ann", "text": n.to_string()}))
            .await
            .expect(200);
    }
    stop.store(true, Ordering::Relaxed);
    // Who came last has three to wait for.
    for n in 300..303 {
        http.post("/api/actions/message", &json!({"room": "a", "author": "Ann", "text": n.to_string()}))
            .await
            .expect(200);
    }
    let opened: u64 = watchers.join_all().await.into_iter().sum();
    assert!(opened > 20, "{opened}");
}
