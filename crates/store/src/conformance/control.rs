//! What an append takes for granted.

use std::sync::Arc;

use parlor_rooms::{BotId, EventId, Part, RoomSettings};

use super::{Bench, FakeClock, bot, json, put, said};
use crate::{Append, AppendError, Ask, Key, Progress, SecretChange, Store, Trigger};

pub async fn a_stale_expectation_is_refused_and_hears_the_current_one<S: Store>(
    make: impl AsyncFn(Arc<FakeClock>) -> S,
) {
    let bench = Bench::new(make).await;
    let mut control = EventId::ZERO;
    let changes = [
        put(bot(1, "Echo")),
        Part::ConversationSet(parlor_rooms::ConversationSet { bot: BotId(1), state: json("1") }),
        Part::ConversationEnded,
        Part::SettingsPut(RoomSettings::default()),
        Part::BotDeleted(Arc::new(bot(1, "Echo"))),
        Part::Cleared,
    ];
    for change in changes {
        let stale = control;
        let append = Append::new(bench.room.clone(), vec![change]).expecting(control);
        control = bench.try_append(append).await.unwrap().id;
        assert_eq!(bench.state().await.control, control);
        let late = Append::new(bench.room.clone(), vec![said("late")]).expecting(stale);
        assert_eq!(bench.try_append(late).await, Err(AppendError::Conflict(control)));
    }
    assert_eq!(bench.texts().await, []);
}

pub async fn a_new_room_expects_zero<S: Store>(make: impl AsyncFn(Arc<FakeClock>) -> S) {
    let bench = Bench::new(make).await;
    let wrong = Append::new(bench.room.clone(), vec![said("a")]).expecting(EventId(7));
    assert_eq!(bench.try_append(wrong).await, Err(AppendError::Conflict(EventId::ZERO)));
    assert!(!bench.state().await.exists());
    assert_eq!(bench.store.rooms().await.unwrap(), []);
    let right = Append::new(bench.room.clone(), vec![said("a")]).expecting(EventId::ZERO);
    bench.try_append(right).await.unwrap();
}

pub async fn messages_never_conflict<S: Store>(make: impl AsyncFn(Arc<FakeClock>) -> S) {
    let bench = Bench::new(make).await;
    let control = bench.append(vec![put(bot(1, "Echo"))]).await.id;
    for text in ["a", "b", "c"] {
        bench.say(text).await;
        let append = Append::new(bench.room.clone(), vec![said("checked")]).expecting(control);
        bench.try_append(append).await.unwrap();
    }
}

pub async fn of_many_that_expect_the_same_one_wins<S: Store>(make: impl AsyncFn(Arc<FakeClock>) -> S) {
    let bench = Bench::new(make).await;
    let control = bench.append(vec![put(bot(1, "Echo"))]).await.id;
    let mut senders = tokio::task::JoinSet::new();
    for id in 2..18 {
        let append = Append::new(bench.room.clone(), vec![put(bot(id, "Other"))]).expecting(control);
        let store = Arc::clone(&bench.store);
        senders.spawn(async move { store.append(append).await });
    }
    let all = senders.join_all().await;
    let won: Vec<_> = all.iter().flatten().collect();
    assert_eq!(won.len(), 1);
    let refused = Err(AppendError::Conflict(won[0].id));
    assert!(all.iter().all(|answer| answer.as_ref() == Ok(won[0]) || *answer == refused), "{all:?}");
    assert_eq!(bench.state().await.bots.len(), 2);
}

pub async fn a_refused_append_changes_nothing<S: Store>(make: impl AsyncFn(Arc<FakeClock>) -> S) {
    let bench = Bench::new(make).await;
    bench.append(vec![put(bot(1, "Echo"))]).await;
    let asked = Append::new(bench.room.clone(), vec![said("hi")]).asking(Ask::Message);
    let asked = bench.try_append(asked).await.unwrap().id;
    let before = (bench.state().await, bench.events().await.len(), bench.store.pending().await.unwrap());
    let refused = || {
        let mut append = Append::new(bench.room.clone(), vec![Part::Cleared, put(bot(2, "New")), said("no")])
            .expecting(EventId(u64::MAX))
            .keyed(Some(Key::post("k")))
            .asking(Ask::Other { trigger: Trigger::Form("f".to_owned()), body: json("{}") })
            .progressing(Progress {
                activation: None,
                room: bench.room.clone(),
                trigger: Trigger::Message(asked),
                plan: None,
            });
        append.secret = Some(SecretChange { bot: BotId(1), secret: Some("new".to_owned()) });
        append
    };
    for _ in 0..2 {
        assert!(matches!(bench.try_append(refused()).await, Err(AppendError::Conflict(_))), "its key is not taken");
    }
    let after = (bench.state().await, bench.events().await.len(), bench.store.pending().await.unwrap());
    assert_eq!(after, before);
    assert_eq!(bench.store.secret(BotId(1)).await.unwrap(), None);
    assert_eq!(bench.store.bot(BotId(2)).await.unwrap(), None);
}
