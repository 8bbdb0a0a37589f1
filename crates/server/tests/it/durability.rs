//! What was acknowledged is there, whatever happens: `kill -9` at random moments under load, again and again.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

use parlor_testkit::{
    bot::{Answer, BotServer},
    http::{Http, Request},
    seed::Seed,
    server::Server,
};
use serde_json::Value;
use tokio::{sync::Notify, task::JoinSet};

use crate::kit::{id, install, message, messages, server};

/// How often the server is killed; `PARLOR_TEST_KILLS` says otherwise.
const ROUNDS: u64 = 8;
const SENDERS: u64 = 64;
const ROOMS: u64 = 6;

/// What senders know: every text that they sent, and the id under which it was acknowledged, if it was.
type Ledger = Arc<Mutex<BTreeMap<String, Option<u64>>>>;

struct Count {
    acknowledged: AtomicU64,
    enough: u64,
    reached: Notify,
}

async fn send(mut http: Http, sender: u64, round: u64, ledger: Ledger, count: Arc<Count>) {
    for n in 0.. {
        let room = format!("room-{}", (sender + n) % ROOMS);
        // The bot of one room answers to this word.
        let text = format!("hey-{round}-{sender}-{n}");
        ledger.lock().expect("nobody panics with it").insert(text.clone(), None);
        let mut request = Request::post("/api/actions/message", &message(&room, &text));
        if sender.is_multiple_of(2) {
            request = request.header("prefer", "respond-async");
        }
        if sender.is_multiple_of(3) {
            request = request.header("idempotency-key", &text);
        }
        match http.try_send(&request).await {
            Ok(reply) => {
                assert!(matches!(reply.status, 200 | 202), "{}: {}", reply.status, reply.text());
                ledger.lock().expect("nobody panics with it").insert(text, Some(id(&reply.json())));
                if count.acknowledged.fetch_add(1, Ordering::Relaxed) + 1 == count.enough {
                    count.reached.notify_one();
                }
            }
            // It was killed.
            Err(_) => return,
        }
    }
}

async fn check(server: &Server, ledger: &Ledger) {
    let mut stored: HashMap<String, u64> = HashMap::new();
    for room in 0..ROOMS {
        let mut last = 0;
        for message in messages(server, &format!("room-{room}")).await {
            assert!(id(&message) > last, "ids ascend: {} after {last}", id(&message));
            last = id(&message);
            if message["kind"] != "user" {
                continue;
            }
            let text = message["text"].as_str().expect("a text").to_owned();
            assert!(stored.insert(text.clone(), last).is_none(), "{text} is there twice");
        }
    }
    let ledger = ledger.lock().expect("nobody panics with it");
    for (text, acknowledged) in ledger.iter() {
        if let Some(acknowledged) = acknowledged {
            assert_eq!(stored.get(text), Some(acknowledged), "{text} was acknowledged");
        }
    }
    for text in stored.keys() {
        assert!(ledger.contains_key(text), "nobody sent {text}");
    }
}

#[tokio::test]
async fn whatever_was_acknowledged_is_there_once_after_each_of_many_kills() {
    let rounds = std::env::var("PARLOR_TEST_KILLS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(ROUNDS);
    let mut seed = Seed(0x0dd_ba11);
    let mut server = server().await;
    let bots = BotServer::always(Answer::text("<b>hey</b> yourself")).await;
    install(&server, "room-0", "hey", &bots.url("/bot")).await;
    let ledger = Ledger::default();
    for round in 0..rounds {
        // Sometimes amid the first posts, sometimes when everything flows.
        let most = if seed.below(3) == 0 { 20 } else { 1_500 };
        let enough = 1 + seed.below(most);
        let count = Arc::new(Count { acknowledged: AtomicU64::new(0), enough, reached: Notify::new() });
        let mut senders = JoinSet::new();
        for sender in 0..SENDERS {
            senders.spawn(send(server.http(), sender, round, Arc::clone(&ledger), Arc::clone(&count)));
        }
        parlor_testkit::http::within("enough posts", count.reached.notified()).await;
        server.kill9().await;
        senders.join_all().await;
        server.start_again().await;
        check(&server, &ledger).await;
    }
    // Once more after an end in order: what was taken up after the last kill is finished or waits.
    server.restart().await;
    check(&server, &ledger).await;
    let acknowledged = ledger.lock().expect("nobody panics with it").values().flatten().count();
    assert!(acknowledged > 100, "{acknowledged}");
}

#[tokio::test]
async fn a_post_that_was_not_acknowledged_can_be_sent_again_with_its_key() {
    let mut server = server().await;
    let mut seed = Seed(99);
    for round in 0..4 {
        let texts: Vec<String> = (0..32).map(|n| format!("{round}-{n}")).collect();
        let keyed =
            |text: &String| Request::post("/api/actions/message", &message("a", text)).header("idempotency-key", text);
        let (done, mut dones) = tokio::sync::mpsc::unbounded_channel();
        let mut senders = JoinSet::new();
        for text in &texts {
            let (mut http, request, done) = (server.http(), keyed(text), done.clone());
            senders.spawn(async move {
                let _ = http.try_send(&request).await;
                // Nobody may listen any more.
                let _ = done.send(());
            });
        }
        for _ in 0..seed.below(20) {
            dones.recv().await.expect("senders end");
        }
        server.kill9().await;
        senders.join_all().await;
        server.start_again().await;
        // Whoever got no answer asks again; whoever got one may, too.
        for text in &texts {
            let got = server.send(keyed(text)).await.expect(200);
            assert_eq!(got["text"], *text);
        }
        let kept = messages(&server, "a").await;
        for text in &texts {
            let times = kept.iter().filter(|message: &&Value| message["text"] == *text).count();
            assert_eq!(times, 1, "{text}");
        }
    }
}
