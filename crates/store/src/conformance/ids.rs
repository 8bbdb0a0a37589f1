//! Ids, links between events, time.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use parlor_rooms::{Clock as _, EventId, Part};

use super::{Bench, FakeClock, room, said};
use crate::{Append, Store};

pub async fn ids_grow_in_a_room<S: Store>(make: impl AsyncFn(Arc<FakeClock>) -> S) {
    let bench = Bench::new(make).await;
    let mut last = EventId::ZERO;
    for text in ["one", "two", "three", "four"] {
        let appended = bench.say(text).await;
        assert!(appended.id > last && !appended.duplicate);
        last = appended.id;
        bench.try_append(Append::new(room("another"), vec![said("between")])).await.unwrap();
    }
}

pub async fn messages_of_one_event_have_ids_of_their_own<S: Store>(make: impl AsyncFn(Arc<FakeClock>) -> S) {
    let bench = Bench::new(make).await;
    let first = bench.append(vec![said("a"), said("b"), said("c")]).await.id;
    let second = bench.append(vec![Part::ConversationEnded, said("d")]).await.id;
    assert!(second > first.message(2), "the next event comes after all of them");
    let expected = vec![
        (first, "a".to_owned()),
        (first.message(1), "b".to_owned()),
        (first.message(2), "c".to_owned()),
        (second, "d".to_owned()),
    ];
    assert_eq!(bench.texts().await, expected);
    assert_eq!(bench.state().await.last, second);
}

pub async fn every_event_names_the_last_id_before_it<S: Store>(make: impl AsyncFn(Arc<FakeClock>) -> S) {
    let bench = Bench::new(make).await;
    let mut feed = bench.store.feed().unwrap();
    let mut last = EventId::ZERO;
    for parts in [vec![said("a"), said("b")], vec![Part::ConversationEnded], vec![said("c")]] {
        let append = Append::new(bench.room.clone(), parts);
        let (appended, batch) = tokio::join!(bench.try_append(append), async {
            let batch = feed.recv().await.unwrap();
            let event = Arc::clone(&batch[0].committed.as_ref().unwrap().event);
            drop(batch);
            event
        });
        assert_eq!((batch.id, batch.prev), (appended.unwrap().id, last));
        last = batch.last_id();
    }
    let links: Vec<_> = bench.events().await.iter().map(|committed| committed.event.prev).collect();
    let ends: Vec<_> = bench.events().await.iter().map(|committed| committed.event.last_id()).collect();
    assert_eq!(links[0], EventId::ZERO);
    assert_eq!(links[1..], ends[..2], "the stored links are the same");
}

pub async fn time_never_goes_backwards_in_a_room<S: Store>(make: impl AsyncFn(Arc<FakeClock>) -> S) {
    let bench = Bench::new(make).await;
    let noon = bench.clock.now();
    assert_eq!(bench.say("at noon").await.at, noon);
    bench.clock.set(noon.minus(Duration::from_secs(3600)));
    assert_eq!(bench.say("the clock was set back").await.at, noon);
    let elsewhere = bench.try_append(Append::new(room("another"), vec![said("new here")])).await.unwrap();
    assert_eq!(elsewhere.at, noon.minus(Duration::from_secs(3600)), "each room has its own time");
    bench.clock.set(noon.plus(Duration::from_micros(1)));
    assert_eq!(bench.say("it goes on").await.at, noon.plus(Duration::from_micros(1)));
}

pub async fn appends_at_once_all_get_their_place<S: Store>(make: impl AsyncFn(Arc<FakeClock>) -> S) {
    let bench = Bench::new(make).await;
    let mut senders = tokio::task::JoinSet::new();
    for sender in 0..16 {
        let (store, room) = (Arc::clone(&bench.store), bench.room.clone());
        senders.spawn(async move {
            let mut ids = Vec::new();
            for number in 0..20 {
                let parts = vec![said(&format!("{sender}/{number}")), said("and more")];
                ids.push(store.append(Append::new(room.clone(), parts)).await.unwrap().id);
            }
            assert!(ids.is_sorted(), "one sender's appends keep their order");
            ids
        });
    }
    let ids: BTreeSet<_> = senders.join_all().await.into_iter().flatten().collect();
    assert_eq!(ids.len(), 320);
    let texts = bench.texts().await;
    assert_eq!(texts.len(), 640);
    assert!(texts.is_sorted_by_key(|(id, _)| *id));
    let events = bench.events().await;
    assert!(events.windows(2).all(|pair| pair[1].event.prev == pair[0].event.last_id()));
    assert_eq!(bench.state().await.last, events.last().unwrap().event.last_id());
}
