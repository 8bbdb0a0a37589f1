//! Clears: what they hide, and what they leave.

use std::sync::Arc;

use parlor_rooms::{BotId, ConversationSet, EventId, Part, RoomSettings};

use super::{ALL, Bench, FakeClock, bot, json, put, said};
use crate::{Append, Store};

pub async fn a_clear_hides_what_was_before_it<S: Store>(make: impl AsyncFn(Arc<FakeClock>) -> S) {
    let bench = Bench::new(make).await;
    bench.append(vec![said("a"), said("b")]).await;
    bench.say("c").await;
    let clear = bench.append(vec![Part::Cleared]).await.id;
    assert_eq!(bench.state().await.mark, clear);
    assert_eq!(bench.texts().await, []);
    assert_eq!(bench.store.before(&bench.room, ALL, 10).await.unwrap(), []);
    assert_eq!(bench.store.before(&bench.room, clear, 10).await.unwrap(), []);
    let after = bench.say("d").await.id;
    assert_eq!(bench.texts().await, [(after, "d".to_owned())]);
    assert_eq!(bench.store.before(&bench.room, ALL, 10).await.unwrap().len(), 1);
    let second = bench.append(vec![Part::Cleared]).await.id;
    assert!(second > after);
    assert_eq!(bench.texts().await, []);
}

pub async fn a_clear_leaves_what_is_no_message<S: Store>(make: impl AsyncFn(Arc<FakeClock>) -> S) {
    let bench = Bench::new(make).await;
    let made = bench.append(vec![put(bot(1, "Echo")), said("Echo is here")]).await.id;
    bench.say("hi").await;
    let set = ConversationSet { bot: BotId(1), state: json("\"a secret\"") };
    bench.append(vec![Part::ConversationSet(set), said("a question")]).await;
    let deleted = bench.append(vec![Part::BotDeleted(Arc::new(bot(1, "Echo")))]).await.id;
    let clear = bench.append(vec![Part::Cleared, Part::ConversationEnded]).await.id;
    bench.say("after").await;
    bench.settle().await;
    for _ in 0..20 {
        let events = bench.events().await;
        assert_eq!(events.len(), 5, "what is left are the changes, the clear, and what came after it");
        assert!(events[..4].iter().all(|committed| committed.records.is_empty()));
        assert_eq!(events[0].event.id, made);
        assert_eq!(events[0].event.parts, [put(bot(1, "Echo"))]);
        assert_eq!((events[2].event.id, events[3].event.id), (deleted, clear));
        assert_eq!(super::fold(events.iter().map(|committed| &*committed.event)), bench.state().await);
    }
    let told = bench.store.deleted_bots(&bench.room, EventId::ZERO).await.unwrap();
    assert_eq!(told, [bot(1, "Echo")]);
}

pub async fn erasing_never_touches_newer_messages<S: Store>(make: impl AsyncFn(Arc<FakeClock>) -> S) {
    let bench = Bench::new(make).await;
    for round in 0..3 {
        for _ in 0..150 {
            bench.append(vec![said("old"); 9]).await;
        }
        bench.append(vec![put(bot(1, "Echo"))]).await;
        bench.append(vec![Part::Cleared]).await;
        let mut expected = Vec::new();
        for number in 0..40 {
            let text = format!("new {round}/{number}");
            expected.push((bench.say(&text).await.id, text));
            assert_eq!(bench.texts().await, expected);
        }
        bench.settle().await;
        assert_eq!(bench.texts().await, expected);
        let events = bench.events().await;
        assert_eq!(events[events.len() - 40].event.messages().next().unwrap().0, expected[0].0);
    }
}

pub async fn an_archive_is_hidden_from_readers_as_well<S: Store>(make: impl AsyncFn(Arc<FakeClock>) -> S) {
    let bench = Bench::new(make).await;
    let archive = |archive| Part::SettingsPut(RoomSettings { archive, ..RoomSettings::default() });
    bench.append(vec![archive(true)]).await;
    bench.say("kept").await;
    bench.append(vec![Part::Cleared]).await;
    let new = bench.say("new").await.id;
    for settings in [archive(true), archive(false)] {
        assert_eq!(bench.texts().await, [(new, "new".to_owned())]);
        let events = bench.events().await;
        let records: usize = events.iter().map(|committed| committed.records.len()).sum();
        assert_eq!(records, 1, "those who catch up do not get it either");
        bench.append(vec![settings]).await;
    }
    let late = Append::new(bench.room.clone(), vec![said("late")]);
    bench.try_append(late).await.unwrap();
    assert_eq!(bench.texts().await.len(), 2);
}
