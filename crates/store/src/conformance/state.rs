//! Rooms as they are.

use std::{sync::Arc, time::Duration};

use parlor_rooms::{BotId, Clock as _, ConversationSet, EventId, Part, RoomSettings, RoomState};

use super::{Bench, FakeClock, bot, fold, json, put, room, said};
use crate::{Append, Ask, Opened, Store, Trigger};

pub async fn a_room_without_events_has_the_default_state<S: Store>(make: impl AsyncFn(Arc<FakeClock>) -> S) {
    let bench = Bench::new(make).await;
    assert_eq!(bench.store.open(&bench.room).await.unwrap(), Opened::default());
    assert_eq!(bench.events().await.len(), 0);
    assert_eq!(bench.texts().await, []);
}

pub async fn a_room_is_what_its_events_make_of_it<S: Store>(make: impl AsyncFn(Arc<FakeClock>) -> S) {
    let bench = Bench::new(make).await;
    let set = |state: &str| Part::ConversationSet(ConversationSet { bot: BotId(2), state: json(state) });
    let settings = RoomSettings { markdown: true, keep: Some(7), ..RoomSettings::default() };
    let script = [
        vec![said("hello")],
        vec![put(bot(1, "Echo")), said("Echo is here")],
        vec![put(bot(2, "Quiz")), put(bot(3, "Third"))],
        vec![set("{\"step\": 1.0}"), said("a question"), said("and another")],
        vec![Part::SettingsPut(settings)],
        vec![put(bot(1, "Renamed"))],
        vec![Part::BotDeleted(Arc::new(bot(3, "Third"))), said("gone")],
        vec![set("[null,\"ü\"]")],
        vec![said("an answer")],
        vec![Part::ConversationEnded, said("done")],
        vec![set("3")],
    ];
    let mut state = RoomState::default();
    for parts in script {
        bench.append(parts).await;
        let events = bench.events().await;
        state = fold(events.iter().map(|committed| &*committed.event));
        assert_eq!(bench.state().await, state);
    }
    assert_eq!((state.bots.len(), state.bots[&BotId(1)].name.as_str()), (2, "Renamed"));
    assert!(state.conversation.is_some() && state.settings.markdown);
    let clear = bench.append(vec![Part::Cleared, Part::ConversationEnded]).await.id;
    bench.say("after").await;
    let now = bench.state().await;
    assert_eq!((now.mark, now.control, now.conversation), (clear, clear, None));
    assert_eq!((now.bots, now.settings), (state.bots, state.settings), "a clear leaves them");
}

pub async fn the_last_time_is_told<S: Store>(make: impl AsyncFn(Arc<FakeClock>) -> S) {
    let bench = Bench::new(make).await;
    bench.say("a").await;
    bench.clock.advance(Duration::from_secs(5));
    let at = bench.append(vec![Part::Cleared]).await.at;
    bench.clock.advance(Duration::from_secs(5));
    assert_eq!(bench.store.open(&bench.room).await.unwrap().last_at, at);
    assert_eq!(at, bench.clock.now().minus(Duration::from_secs(5)));
}

pub async fn rooms_are_listed_in_order_of_name<S: Store>(make: impl AsyncFn(Arc<FakeClock>) -> S) {
    let bench = Bench::new(make).await;
    for name in ["b", "a/b", "Zoo", "ä", "a"] {
        bench.try_append(Append::new(room(name), vec![said("x"), said("y")])).await.unwrap();
    }
    let ask = Ask::Other { trigger: Trigger::Form("f".to_owned()), body: json("{}") };
    bench.try_append(Append::new(room("only a form"), Vec::new()).asking(ask)).await.unwrap();
    let rooms = bench.store.rooms().await.unwrap();
    let names: Vec<_> = rooms.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["Zoo", "a", "a/b", "b", "ä"]);
    for (name, last) in &rooms {
        assert!(*last > EventId::ZERO);
        assert_eq!(bench.store.open(name).await.unwrap().state.last, *last);
    }
}
