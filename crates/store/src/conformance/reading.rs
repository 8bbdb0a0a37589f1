//! Ranges of messages and of events.

use std::sync::Arc;

use parlor_rooms::{EventId, Part};

use super::{ALL, Bench, FakeClock, bot, put, room, said, texts};
use crate::{Append, Store};

/// Three events of one, three and no messages, then ten of one: the ids of all messages.
async fn fill(bench: &Bench<impl Store>) -> Vec<EventId> {
    let mut ids = vec![bench.say("0").await.id];
    let three = bench.append(vec![said("1"), said("2"), said("3")]).await.id;
    ids.extend((0..3).map(|index| three.message(index)));
    bench.append(vec![put(super::bot(1, "Echo"))]).await;
    for number in 4..14 {
        ids.push(bench.say(&number.to_string()).await.id);
        bench.try_append(Append::new(room("next door"), vec![said("noise")])).await.unwrap();
    }
    ids
}

pub async fn after_gives_the_first_messages_of_a_range<S: Store>(make: impl AsyncFn(Arc<FakeClock>) -> S) {
    let bench = Bench::new(make).await;
    let ids = fill(&bench).await;
    let after = async |after, upto, limit| {
        let found = bench.store.after(&bench.room, after, upto, limit).await.unwrap();
        assert!(texts(&found).iter().all(|(id, text)| ids[text.parse::<usize>().unwrap()] == *id));
        found.iter().map(|message| message.id).collect::<Vec<_>>()
    };
    assert_eq!(after(EventId::ZERO, ALL, 100).await, ids);
    assert_eq!(after(EventId::ZERO, ALL, 3).await, ids[..3]);
    assert_eq!(after(EventId::ZERO, ALL, 0).await, []);
    assert_eq!(after(ids[1], ids[5], 100).await, ids[2..=5], "without `after`, with `upto`");
    assert_eq!(after(ids[1], ids[5], 2).await, ids[2..4]);
    assert_eq!(after(ids[5], ids[5], 100).await, []);
    assert_eq!(after(ids[5], ids[2], 100).await, []);
    assert_eq!(after(ids[13], ALL, 100).await, []);
    assert_eq!(after(ALL, ALL, usize::MAX).await, []);
    assert_eq!(after(ids[12], ALL, usize::MAX).await, ids[13..]);
}

pub async fn before_gives_the_newest_messages_below<S: Store>(make: impl AsyncFn(Arc<FakeClock>) -> S) {
    let bench = Bench::new(make).await;
    let ids = fill(&bench).await;
    let before = async |before, limit| {
        let found = bench.store.before(&bench.room, before, limit).await.unwrap();
        found.iter().map(|message| message.id).collect::<Vec<_>>()
    };
    assert_eq!(before(ALL, 100).await, ids);
    assert_eq!(before(ALL, 3).await, ids[11..], "the newest ones, ascending");
    assert_eq!(before(ids[3], 2).await, ids[1..3], "without `before`");
    assert_eq!(before(ids[3], usize::MAX).await, ids[..3]);
    assert_eq!(before(ids[0], 10).await, []);
    assert_eq!(before(EventId::ZERO, 10).await, []);
    assert_eq!(before(ALL, 0).await, []);
}

pub async fn rooms_do_not_mix<S: Store>(make: impl AsyncFn(Arc<FakeClock>) -> S) {
    let bench = Bench::new(make).await;
    for number in 0..50 {
        let room = room(&format!("room {}", number % 7));
        bench.try_append(Append::new(room, vec![said(&number.to_string())])).await.unwrap();
    }
    for number in 0..7 {
        let room = room(&format!("room {number}"));
        let all = bench.store.after(&room, EventId::ZERO, ALL, 100).await.unwrap();
        let expected: Vec<_> = (number..50).step_by(7).map(|number| number.to_string()).collect();
        assert!(texts(&all).into_iter().map(|(_, text)| text).eq(expected));
        assert_eq!(bench.store.before(&room, ALL, 100).await.unwrap(), all);
        let events = bench.store.events(&room, EventId::ZERO, ALL, 100).await.unwrap();
        assert!(events.iter().all(|committed| committed.event.room == room));
        assert_eq!(events.len(), all.len());
    }
    assert_eq!(bench.store.after(&room("no such room"), EventId::ZERO, ALL, 100).await.unwrap(), []);
}

pub async fn events_come_whole_and_in_order<S: Store>(make: impl AsyncFn(Arc<FakeClock>) -> S) {
    let bench = Bench::new(make).await;
    let mut feed = bench.store.feed().unwrap();
    let script = [
        vec![said("a")],
        vec![put(super::bot(1, "Echo")), said("b"), said("c")],
        vec![Part::ConversationEnded],
        vec![said("d"), said("e")],
    ];
    let mut fed = Vec::new();
    for parts in script {
        let (_, committed) =
            tokio::join!(bench.append(parts), async { feed.recv().await.unwrap().remove(0).committed.unwrap() });
        fed.push(committed);
    }
    let events = async |after, upto, limit| bench.store.events(&bench.room, after, upto, limit).await.unwrap();
    let all = events(EventId::ZERO, ALL, 100).await;
    assert_eq!(all.len(), 4);
    for (stored, fed) in all.iter().zip(&fed) {
        assert_eq!((&stored.event, &stored.records, stored.pending), (&fed.event, &fed.records, false));
    }
    let ids: Vec<_> = fed.iter().map(|committed| committed.event.id).collect();
    let chosen = async |after, upto, limit| {
        let events = events(after, upto, limit).await;
        events.iter().map(|committed| committed.event.id).collect::<Vec<_>>()
    };
    assert_eq!(chosen(EventId::ZERO, ALL, 2).await, ids[..2], "the limit counts events");
    assert_eq!(chosen(ids[0], ids[2], 100).await, ids[1..3]);
    assert_eq!(chosen(ids[0], ids[1], 100).await, ids[1..2]);
    assert_eq!(events(ids[0], ids[1], 100).await[0].records.len(), 2, "also what lies beyond `upto`");
    assert_eq!(chosen(ids[3], ALL, 100).await, []);
    assert_eq!(chosen(EventId::ZERO, ALL, 0).await, []);
}

pub async fn an_event_that_began_before_the_range_is_not_in_it<S: Store>(make: impl AsyncFn(Arc<FakeClock>) -> S) {
    let bench = Bench::new(make).await;
    let first = bench.append(vec![said("a"), said("b"), said("c")]).await.id;
    let second = bench.say("d").await.id;
    for after in [first, first.message(1), first.message(2)] {
        let events = bench.store.events(&bench.room, after, ALL, 100).await.unwrap();
        assert_eq!(events.iter().map(|committed| committed.event.id).collect::<Vec<_>>(), [second]);
        assert_eq!(events[0].event.prev, first.message(2));
    }
}

pub async fn changes_are_read_without_the_messages_between<S: Store>(make: impl AsyncFn(Arc<FakeClock>) -> S) {
    let bench = Bench::new(make).await;
    bench.store.append(Append::new(room("another room"), vec![put(bot(9, "Other"))])).await.unwrap();
    let first = bench.append(vec![put(bot(1, "Echo")), said("Echo is here")]).await.id;
    bench.say("hi").await;
    let second = bench.append(vec![Part::BotDeleted(Arc::new(bot(1, "Echo"))), Part::ConversationEnded]).await.id;
    bench.say("bye").await;
    let read = async |after, upto, limit| bench.store.controls(&bench.room, after, upto, limit).await.unwrap();
    let both = [
        (first, vec![put(bot(1, "Echo"))]),
        (second, vec![Part::BotDeleted(Arc::new(bot(1, "Echo"))), Part::ConversationEnded]),
    ];
    assert_eq!(read(EventId::ZERO, ALL, 10).await, both);
    assert_eq!(read(EventId::ZERO, ALL, 1).await, both[..1]);
    assert_eq!(read(first, ALL, 10).await, both[1..]);
    assert_eq!(read(EventId::ZERO, first, 10).await, both[..1]);
    assert_eq!(read(second, ALL, 10).await, []);
}
