//! Following a room: replay then live, clears, clients that come and go, clients that are slow.

use std::{collections::BTreeSet, sync::Arc};

use parlor_rooms::EventId;
use parlor_runtime::{BotChange, Caller, Heard};
use parlor_sockets::Limits;
use parlor_testkit::Faults;
use proptest::prelude::*;

use crate::kit::{Kit, id, room};

#[tokio::test]
async fn a_fresh_client_gets_bots_then_messages_then_what_happens() {
    let kit = Kit::new(Faults::none(), 1);
    kit.say("one").await.expect("posted");
    let change = BotChange { name: Some("B".into()), url: Some(String::new()), ..BotChange::default() };
    kit.runtime.put_bot(&Caller::anyone(None), &room(), change).await.expect("a bot");
    let mut client = kit.join(None);
    assert_eq!(client.take(2).await, ["put 1", "m 1 one"]);
    kit.say("two").await.expect("posted");
    assert!(client.next().await.ends_with(" two"));
}

#[tokio::test]
async fn who_listens_to_a_new_room_hears_what_is_said_in_it_from_the_first_word_on() {
    let kit = Kit::new(Faults::none(), 1);
    let mut listener = kit.runtime.listen_to_new(&room());
    assert_eq!(listener.position(), EventId::ZERO);
    let posted = kit.say("one").await.expect("posted").message.id;
    let Heard::Events(events) = listener.next().await.expect("readable") else { panic!("nobody came") };
    assert_eq!(events.iter().map(|committed| committed.event.id).collect::<Vec<_>>(), [posted]);
    assert_eq!(kit.join(None).next().await, format!("m {posted} one"));
}

#[tokio::test]
async fn since_last_and_a_foreign_past() {
    let kit = Kit::new(Faults::none(), 1);
    let mut ids = Vec::new();
    for text in ["a", "b", "c"] {
        ids.push(kit.say(text).await.expect("posted").message.id.0);
    }
    assert_eq!(kit.join(Some(ids[1])).next().await, format!("m {} c", ids[2]));
    let mut last = kit.follow(None, Some(2), Limits::CLIENT, 1024);
    assert_eq!(last.take(2).await, [format!("m {} b", ids[1]), format!("m {} c", ids[2])]);
    let mut foreign = kit.join(Some(ids[2] + 1000));
    assert_eq!(foreign.take(4).await[..2], ["clear".to_owned(), format!("m {} a", ids[0])]);
    let mut none = kit.follow(None, Some(0), Limits::CLIENT, 1024);
    kit.say("d").await.expect("posted");
    assert!(none.next().await.ends_with(" d"));
}

#[tokio::test]
async fn a_clear_is_told_to_whoever_might_have_seen_what_it_cleared() {
    let kit = Kit::new(Faults::none(), 1);
    let before = kit.say("gone").await.expect("posted").message.id.0;
    let mut live = kit.join(None);
    assert!(live.next().await.ends_with("gone"));
    kit.runtime.clear(&Caller::anyone(None), &room()).await.expect("cleared");
    let after = kit.say("new").await.expect("posted").message.id.0;
    let new = format!("m {after} new");
    assert_eq!(live.take(2).await, ["clear", &new]);
    assert_eq!(kit.join(None).take(2).await, ["clear", &new]);
    assert_eq!(kit.join(Some(before)).take(2).await, ["clear", &new]);
    let mut knows = kit.join(Some(after));
    kit.say("newer").await.expect("posted");
    assert!(knows.next().await.ends_with(" newer"));
}

#[tokio::test]
async fn a_deleted_bot_is_told_to_whoever_comes_back() {
    let kit = Kit::new(Faults::none(), 1);
    let change = BotChange { name: Some("B".into()), url: Some(String::new()), ..BotChange::default() };
    let bot = kit.runtime.put_bot(&Caller::anyone(None), &room(), change).await.expect("a bot");
    let since = kit.say("x").await.expect("posted").message.id.0;
    kit.runtime.delete_bot(&Caller::anyone(None), bot.id).await.expect("deleted");
    assert_eq!(kit.join(Some(since)).next().await, format!("delete {}", bot.id));
    assert!(kit.join(None).next().await.starts_with("m "), "who knows nothing has nothing to forget");
}

#[tokio::test]
async fn a_client_that_falls_behind_is_replayed_and_misses_nothing() {
    let kit = Kit::new(Faults::none(), 1);
    let tiny = Limits { outbox: 2_000, ..Limits::CLIENT };
    let mut slow = kit.follow(None, None, tiny, 64);
    let mut quick = kit.join(None);
    let text = "x".repeat(300);
    let mut ids = Vec::new();
    for _ in 0..400 {
        ids.push(kit.say(&text).await.expect("posted").message.id.0);
    }
    let seen = |texts: Vec<String>| texts.iter().map(|text| id(text)).collect::<Vec<_>>();
    assert_eq!(seen(quick.take(400).await), ids, "the others do not wait");
    assert_eq!(seen(slow.take(400).await), ids);
    ids.push(kit.say("live again").await.expect("posted").message.id.0);
    assert_eq!(id(&slow.next().await), ids[400]);
}

/// What a random client does: reads so many messages, then goes and comes back.
async fn come_and_go(kit: Arc<Kit>, reads: Vec<usize>, total: usize) -> Vec<u64> {
    let mut seen = Vec::new();
    let mut turns = reads.into_iter().cycle();
    while seen.len() < total {
        let mut client = kit.follow(seen.last().copied(), None, Limits { outbox: 4_000, ..Limits::CLIENT }, 512);
        let count = turns.next().unwrap_or(1).min(total - seen.len());
        for text in client.take(count).await {
            seen.push(id(&text));
        }
    }
    seen
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn clients_that_come_and_go_see_every_message_once_in_order(
        seed in any::<u64>(),
        rate in prop_oneof![Just(0.0), 0.01..0.4f64],
        clients in prop::collection::vec(prop::collection::vec(1usize..40, 1..4), 1..5),
        senders in 1usize..5,
        posts in 1usize..60,
    ) {
        let total = senders * posts;
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let kit = Arc::new(Kit::new(Faults::all(rate), seed));
            let tracker = kit.runtime.tracker().clone();
            let followers: Vec<_> =
                clients.into_iter().map(|reads| tracker.spawn(come_and_go(Arc::clone(&kit), reads, total))).collect();
            let posting: Vec<_> = (0..senders)
                .map(|sender| {
                    let kit = Arc::clone(&kit);
                    tracker.spawn(async move {
                        let mut ids = Vec::new();
                        for count in 0..posts {
                            ids.push(kit.say(&format!("{sender}.{count}")).await.expect("posted").message.id.0);
                        }
                        ids
                    })
                })
                .collect();
            let mut all = BTreeSet::new();
            for sender in posting {
                let ids = sender.await.expect("a sender");
                assert!(ids.is_sorted(), "a sender's messages keep their order");
                all.extend(ids);
            }
            let all: Vec<u64> = all.into_iter().collect();
            assert_eq!(all.len(), total);
            for follower in followers {
                assert_eq!(follower.await.expect("a follower"), all, "every message, once, in order");
            }
        });
    }
}
