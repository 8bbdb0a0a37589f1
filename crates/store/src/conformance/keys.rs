//! Idempotency keys.

use std::{sync::Arc, time::Duration};

use parlor_rooms::{Clock as _, EventId, Part};

use super::{Bench, FakeClock, bot, json, put, room, said};
use crate::{
    ActivationId, Append, Ask, Key, Progress, SecretChange, Store, Trigger,
    log::{Expect, KEY_LIFE},
};

fn post(bench: &Bench<impl Store>, text: &str, key: Key) -> Append {
    Append::new(bench.room.clone(), vec![said(text)]).keyed(Some(key))
}

pub async fn a_key_gives_the_same_event_for_a_day<S: Store>(make: impl AsyncFn(Arc<FakeClock>) -> S) {
    let bench = Bench::new(make).await;
    let first = bench.try_append(post(&bench, "once", Key::post("k"))).await.unwrap();
    assert!(!first.duplicate);
    bench.say("something else").await;
    for wait in [Duration::ZERO, Duration::from_secs(60), KEY_LIFE - Duration::from_secs(61)] {
        bench.clock.advance(wait);
        let again = bench.try_append(post(&bench, "twice", Key::post("k"))).await.unwrap();
        assert_eq!((again.id, again.at, again.duplicate), (first.id, first.at, true));
    }
    assert_eq!(bench.texts().await.len(), 2);
}

pub async fn a_key_is_forgotten_after_a_day<S: Store>(make: impl AsyncFn(Arc<FakeClock>) -> S) {
    let bench = Bench::new(make).await;
    let first = bench.try_append(post(&bench, "today", Key::post("k"))).await.unwrap();
    bench.clock.advance(KEY_LIFE);
    let second = bench.try_append(post(&bench, "tomorrow", Key::post("k"))).await.unwrap();
    assert!(second.id > first.id && !second.duplicate);
    let again = bench.try_append(post(&bench, "tomorrow again", Key::post("k"))).await.unwrap();
    assert_eq!((again.id, again.duplicate), (second.id, true), "from now on it is the new event's");
}

pub async fn a_key_counts_in_its_room_only<S: Store>(make: impl AsyncFn(Arc<FakeClock>) -> S) {
    let bench = Bench::new(make).await;
    bench.try_append(post(&bench, "here", Key::post("k"))).await.unwrap();
    let there = Append::new(room("another"), vec![said("there")]).keyed(Some(Key::post("k")));
    assert!(!bench.try_append(there).await.unwrap().duplicate);
}

pub async fn keys_of_posts_and_of_answers_are_apart<S: Store>(make: impl AsyncFn(Arc<FakeClock>) -> S) {
    let bench = Bench::new(make).await;
    let id = ActivationId("act_1".to_owned());
    let mut ids = Vec::new();
    for key in [Key::post(&id.0), Key::answer(&id), Key::own(&id.0)] {
        let appended = bench.try_append(post(&bench, "mine", key)).await.unwrap();
        assert!(!appended.duplicate);
        ids.push(appended.id);
    }
    let again = bench.try_append(post(&bench, "mine", Key::answer(&id))).await.unwrap();
    assert_eq!((again.id, again.duplicate), (ids[1], true));
}

pub async fn the_same_key_many_times_at_once_gives_one_event<S: Store>(make: impl AsyncFn(Arc<FakeClock>) -> S) {
    let bench = Bench::new(make).await;
    let mut senders = tokio::task::JoinSet::new();
    for sender in 0..32 {
        let (store, append) = (Arc::clone(&bench.store), post(&bench, &format!("{sender}"), Key::post("k")));
        senders.spawn(async move { store.append(append).await.unwrap() });
    }
    let all = senders.join_all().await;
    assert_eq!(all.iter().filter(|appended| !appended.duplicate).count(), 1);
    assert!(all.iter().all(|appended| (appended.id, appended.at) == (all[0].id, all[0].at)));
    assert_eq!(bench.texts().await.len(), 1);
}

pub async fn a_duplicate_changes_nothing<S: Store>(make: impl AsyncFn(Arc<FakeClock>) -> S) {
    let bench = Bench::new(make).await;
    bench.append(vec![put(bot(1, "Echo"))]).await;
    let asked = bench.try_append(Append::new(bench.room.clone(), vec![said("hi")]).asking(Ask::Message)).await.unwrap();
    bench.try_append(post(&bench, "once", Key::post("k"))).await.unwrap();
    let before = (bench.state().await, bench.events().await.len(), bench.store.pending().await.unwrap());
    let mut again = post(&bench, "again", Key::post("k"))
        .asking(Ask::Other { trigger: Trigger::Form("f".to_owned()), body: json("{}") })
        .progressing(Progress {
            activation: None,
            room: bench.room.clone(),
            trigger: Trigger::Message(asked.id),
            plan: None,
        });
    again.secret = Some(SecretChange { bot: parlor_rooms::BotId(1), secret: Some("new".to_owned()) });
    again.parts.insert(0, Part::Cleared);
    assert!(bench.try_append(again).await.unwrap().duplicate);
    let after = (bench.state().await, bench.events().await.len(), bench.store.pending().await.unwrap());
    assert_eq!(after, before);
    assert_eq!(bench.store.secret(parlor_rooms::BotId(1)).await.unwrap(), None);
}

pub async fn a_key_that_is_known_never_conflicts<S: Store>(make: impl AsyncFn(Arc<FakeClock>) -> S) {
    let bench = Bench::new(make).await;
    let command = || {
        let mut append = Append::new(bench.room.clone(), vec![Part::Cleared]).keyed(Some(Key::post("k")));
        append.expect = Expect::Control(EventId::ZERO);
        append
    };
    let first = bench.try_append(command()).await.unwrap();
    let again = bench.try_append(command()).await.unwrap();
    assert_eq!((again.id, again.duplicate), (first.id, true), "its own event is no reason to refuse it");
}

pub async fn a_key_counts_without_an_event_too<S: Store>(make: impl AsyncFn(Arc<FakeClock>) -> S) {
    let bench = Bench::new(make).await;
    let now = bench.clock.now();
    let form = |name: &str| {
        let ask = Ask::Other { trigger: Trigger::Form(name.to_owned()), body: json("{}") };
        Append::new(bench.room.clone(), Vec::new()).keyed(Some(Key::post("k"))).asking(ask)
    };
    let first = bench.try_append(form("one")).await.unwrap();
    assert_eq!((first.id, first.at, first.duplicate), (EventId::ZERO, now, false));
    let again = bench.try_append(form("two")).await.unwrap();
    assert_eq!((again.id, again.at, again.duplicate), (EventId::ZERO, now, true));
    assert_eq!(bench.store.pending().await.unwrap().len(), 1);
}
