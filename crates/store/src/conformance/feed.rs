//! The feed, and who is answered when.

use std::{sync::Arc, time::Duration};

use parlor_rooms::{EventId, Part};
use tokio::{sync::mpsc, time::timeout};

use super::{Bench, FakeClock, put, room, said};
use crate::{Append, AppendError, Batch, Fed, Key, Store};

/// Long enough for what must happen.
const SOON: Duration = Duration::from_secs(20);
/// How long to look whether something happens that must not.
const MOMENT: Duration = Duration::from_millis(30);

async fn next(feed: &mut mpsc::Receiver<Batch>) -> Batch {
    timeout(SOON, feed.recv()).await.unwrap().unwrap()
}

pub async fn the_feed_brings_events_in_order_of_commit<S: Store>(make: impl AsyncFn(Arc<FakeClock>) -> S) {
    let bench = Bench::new(make).await;
    let mut feed = bench.store.feed().unwrap();
    let mut senders = tokio::task::JoinSet::new();
    for sender in 0..8 {
        let store = Arc::clone(&bench.store);
        let room = room(&format!("room {}", sender % 3));
        senders.spawn(async move {
            for number in 0..25 {
                store.append(Append::new(room.clone(), vec![said(&format!("{sender}/{number}"))])).await.unwrap();
            }
        });
    }
    let mut fed = Vec::new();
    while fed.len() < 200 {
        for entry in next(&mut feed).await {
            let committed = entry.committed.unwrap();
            assert!(entry.acknowledge.is_some() && entry.pending.is_none());
            assert_eq!(committed.records.len(), 1);
            fed.push(committed.event);
        }
    }
    senders.join_all().await;
    for number in 0..3 {
        let room = room(&format!("room {number}"));
        let events: Vec<_> = fed.iter().filter(|event| event.room == room).collect();
        assert!(events.windows(2).all(|pair| pair[1].prev == pair[0].last_id()), "a room's events hang together");
        let stored = bench.store.events(&room, EventId::ZERO, super::ALL, 1000).await.unwrap();
        assert!(stored.iter().map(|committed| &committed.event).eq(events), "what is stored is what was fed");
    }
}

pub async fn the_feed_has_one_reader<S: Store>(make: impl AsyncFn(Arc<FakeClock>) -> S) {
    let bench = Bench::new(make).await;
    let feed = bench.store.feed();
    assert!(feed.is_some() && bench.store.feed().is_none());
    drop(feed);
    assert!(bench.store.feed().is_none());
}

pub async fn the_feed_begins_when_it_is_asked_for<S: Store>(make: impl AsyncFn(Arc<FakeClock>) -> S) {
    let bench = Bench::new(make).await;
    bench.say("before").await;
    let mut feed = bench.store.feed().unwrap();
    let (said, batch) = tokio::join!(bench.say("now"), next_event(&mut feed));
    assert_eq!(batch, said.id);
}

async fn next_event(feed: &mut mpsc::Receiver<Batch>) -> EventId {
    next(feed).await[0].committed.as_ref().unwrap().event.id
}

pub async fn nobody_is_answered_before_the_feed_is_read<S: Store>(make: impl AsyncFn(Arc<FakeClock>) -> S) {
    let bench = Bench::new(make).await;
    let mut feed = bench.store.feed().unwrap();
    let mut append = Box::pin(bench.say("wait for it"));
    assert!(timeout(MOMENT, &mut append).await.is_err(), "nobody has read the feed");
    let mut batch = next(&mut feed).await;
    assert!(timeout(MOMENT, &mut append).await.is_err(), "it is read, not applied");
    let acknowledge = batch[0].acknowledge.take().unwrap();
    drop(batch);
    assert!(timeout(MOMENT, &mut append).await.is_err());
    acknowledge.acknowledge();
    timeout(SOON, append).await.unwrap();
}

pub async fn a_duplicate_is_answered_after_its_event<S: Store>(make: impl AsyncFn(Arc<FakeClock>) -> S) {
    let bench = Bench::new(make).await;
    let mut feed = bench.store.feed().unwrap();
    let post = || bench.try_append(Append::new(bench.room.clone(), vec![said("once")]).keyed(Some(Key::post("k"))));
    let (mut first, mut second) = (Box::pin(post()), Box::pin(post()));
    assert!(timeout(MOMENT, &mut first).await.is_err());
    assert!(timeout(MOMENT, &mut second).await.is_err());
    let fed = take(&mut feed, 2).await;
    assert!(fed[0].committed.is_some());
    assert!(fed[1].committed.is_none() && fed[1].pending.is_none() && fed[1].acknowledge.is_some());
    drop(fed);
    let (first, second) = (first.await.unwrap(), second.await.unwrap());
    assert_eq!((first.id, first.at, first.duplicate), (second.id, second.at, false));
    assert!(second.duplicate);
}

async fn take(feed: &mut mpsc::Receiver<Batch>, count: usize) -> Vec<Fed> {
    let mut fed = Vec::new();
    while fed.len() < count {
        fed.extend(next(feed).await);
    }
    fed
}

pub async fn a_conflict_is_answered_after_what_it_names<S: Store>(make: impl AsyncFn(Arc<FakeClock>) -> S) {
    let bench = Bench::new(make).await;
    let mut feed = bench.store.feed().unwrap();
    let change = |id| {
        let parts = vec![put(super::bot(id, "Echo"))];
        bench.try_append(Append::new(bench.room.clone(), parts).expecting(EventId::ZERO))
    };
    let (mut first, mut second) = (Box::pin(change(1)), Box::pin(change(2)));
    assert!(timeout(MOMENT, &mut first).await.is_err());
    assert!(timeout(MOMENT, &mut second).await.is_err(), "what it would name is not applied yet");
    drop(take(&mut feed, 2).await);
    let first = first.await.unwrap();
    assert_eq!(timeout(SOON, second).await.unwrap(), Err(AppendError::Conflict(first.id)));
}

pub async fn without_a_reader_everybody_is_answered<S: Store>(make: impl AsyncFn(Arc<FakeClock>) -> S) {
    let bench = Bench::new(make).await;
    for number in 0..200 {
        timeout(SOON, bench.say(&format!("nobody reads {number}"))).await.unwrap();
    }
    drop(bench.store.feed());
    for number in 0..200 {
        timeout(SOON, bench.say(&format!("nobody reads any longer {number}"))).await.unwrap();
    }
    assert_eq!(bench.texts().await.len(), 400);
}

pub async fn an_append_that_nobody_waits_for_is_committed<S: Store>(make: impl AsyncFn(Arc<FakeClock>) -> S) {
    let bench = Bench::new(make).await;
    let mut feed = bench.store.feed().unwrap();
    let append = Append::new(bench.room.clone(), vec![said("I am gone")]);
    let mut dropped = Box::pin(bench.try_append(append));
    // Polled once, then dropped.
    tokio::select! {
        biased;
        _ = &mut dropped => panic!("nobody has read the feed"),
        () = std::future::ready(()) => {}
    }
    drop(dropped);
    let id = next_event(&mut feed).await;
    assert_eq!(bench.texts().await, [(id, "I am gone".to_owned())]);
}

pub async fn an_append_without_parts_is_no_event<S: Store>(make: impl AsyncFn(Arc<FakeClock>) -> S) {
    let bench = Bench::new(make).await;
    let mut feed = bench.store.feed().unwrap();
    let nothing = Append::new(bench.room.clone(), Vec::new());
    let (appended, fed) = tokio::join!(bench.try_append(nothing), async {
        let batch = next(&mut feed).await;
        (batch.len(), batch[0].committed.is_none(), batch[0].pending.is_none())
    });
    assert_eq!((appended.unwrap().id, fed), (EventId::ZERO, (1, true, true)));
    assert!(!bench.state().await.exists());
    drop(feed);
    let first = bench.append(vec![Part::Cleared]).await.id;
    bench.settle().await;
    assert_eq!(bench.state().await.last, first);
}
