//! What holds even where appends are refused, answers are lost, and the feed has gaps.

use std::{collections::HashMap, sync::Arc};

use parlor_rooms::{Event, EventId, Part, RoomName, RoomState};

use super::{ALL, Bench, FakeClock, bot, put, room, said};
use crate::{Append, AppendError, Appended, Key, Store};

const SENDERS: u64 = 8;
const EACH: u64 = 40;

/// Sends until it is known what became of it, as a caller must: with the same key after `Unknown`, with what is current
/// after a conflict.
async fn send(store: &impl Store, room: &RoomName, key: &str, part: Part) -> Appended {
    loop {
        let control = store.open(room).await.unwrap().state.control;
        let append = Append::new(room.clone(), vec![part.clone()]).keyed(Some(Key::post(key))).expecting(control);
        match store.append(append).await {
            Ok(appended) => return appended,
            Err(AppendError::Unknown | AppendError::Conflict(_)) => tokio::task::yield_now().await,
            Err(error) => panic!("{error}"),
        }
    }
}

pub async fn what_is_acknowledged_is_there_once_whatever_fails<S: Store>(make: impl AsyncFn(Arc<FakeClock>) -> S) {
    let bench = Bench::new(make).await;
    let mut feed = bench.store.feed().unwrap();
    let mut senders = tokio::task::JoinSet::new();
    for sender in 0..SENDERS {
        let store = Arc::clone(&bench.store);
        senders.spawn(async move {
            let room = room(&format!("room {}", sender % 2));
            let mut acknowledged = Vec::new();
            for number in 0..EACH {
                let text = format!("{sender}/{number}");
                let part = if number % 10 == 0 { put(bot(sender * EACH + number + 1, &text)) } else { said(&text) };
                acknowledged.push((text.clone(), send(&*store, &room, &text, part).await));
            }
            (room, acknowledged)
        });
    }
    // A reader that folds what the feed brings, and reads what the feed has lost.
    let mut rooms: HashMap<RoomName, (RoomState, Vec<Arc<Event>>)> = HashMap::new();
    let mut acknowledged = Vec::new();
    while acknowledged.len() < usize::try_from(SENDERS).unwrap() {
        tokio::select! {
            Some(batch) = feed.recv() => {
                for committed in batch.iter().filter_map(|fed| fed.committed.as_ref()) {
                    let name = &committed.event.room;
                    let (state, seen) = rooms.entry(name.clone()).or_default();
                    catch_up(&*bench.store, name, state, seen, committed.event.prev).await;
                    assert_eq!(state.last, committed.event.prev, "nothing comes twice, nothing out of order");
                    state.apply(&committed.event);
                    seen.push(Arc::clone(&committed.event));
                }
            }
            Some(sender) = senders.join_next() => acknowledged.push(sender.unwrap()),
        }
    }
    drop(feed);
    for number in 0..2 {
        let name = room(&format!("room {number}"));
        let (state, seen) = rooms.entry(name.clone()).or_default();
        catch_up(&*bench.store, &name, state, seen, ALL).await;
        assert_eq!(*state, bench.store.open(&name).await.unwrap().state);
        assert!(seen.windows(2).all(|pair| pair[1].prev == pair[0].last_id() && pair[1].at >= pair[0].at));
        for (room, sent) in acknowledged.iter().filter(|(room, _)| *room == name) {
            assert!(sent.windows(2).all(|pair| pair[0].1.id < pair[1].1.id), "{room}");
            for (text, appended) in sent {
                let same: Vec<_> = seen.iter().filter(|event| names(event, text)).collect();
                assert_eq!(same.len(), 1, "{text} is there once");
                assert_eq!((same[0].id, same[0].at), (appended.id, appended.at));
            }
        }
        let all = acknowledged.iter().filter(|(room, _)| *room == name).map(|(_, sent)| sent.len()).sum::<usize>();
        assert_eq!(seen.len(), all, "nothing else is there");
    }
}

fn names(event: &Event, text: &str) -> bool {
    match &event.parts[..] {
        [Part::Message(message)] => message.text == text,
        [Part::BotPut(bot)] => bot.name == text,
        parts => panic!("{parts:?}"),
    }
}

async fn catch_up(
    store: &impl Store,
    room: &RoomName,
    state: &mut RoomState,
    seen: &mut Vec<Arc<Event>>,
    upto: EventId,
) {
    while state.last < upto {
        let missed = store.events(room, state.last, upto, 7).await.unwrap();
        if missed.is_empty() {
            return;
        }
        for committed in missed {
            state.apply(&committed.event);
            seen.push(committed.event);
        }
    }
}
