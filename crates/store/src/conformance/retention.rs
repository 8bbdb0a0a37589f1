//! What has become too old or too many goes; everything else stays.

use std::{sync::Arc, time::Duration};

use parlor_rooms::{EventId, Keep, Part, RoomSettings, Timestamp};

use super::{ALL, Bench, FakeClock, bot, put, room, said};
use crate::{Append, Store, record};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn settings(keep: Option<u32>, keep_messages: Option<u32>) -> Part {
    Part::SettingsPut(RoomSettings { keep, keep_messages, ..RoomSettings::default() })
}

impl<S: Store> Bench<S> {
    /// Has everything erased that is due, and waits until exactly these texts are left.
    async fn retains(&self, otherwise: Keep, left: &[&str]) {
        loop {
            self.store.retain(otherwise).await.unwrap();
            self.settle().await;
            let texts: Vec<String> = self.texts().await.into_iter().map(|(_, text)| text).collect();
            if texts == left {
                break;
            }
            assert!(texts.len() > left.len(), "{texts:?}, not {left:?}");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        // Once more, nothing more.
        self.store.retain(otherwise).await.unwrap();
        self.settle().await;
        assert_eq!(self.texts().await.len(), left.len());
    }
}

pub async fn messages_are_kept_for_as_many_days_as_the_room_says<S: Store>(make: impl AsyncFn(Arc<FakeClock>) -> S) {
    let bench = Bench::new(make).await;
    bench.append(vec![put(bot(1, "Echo")), settings(Some(2), None), said("the first")]).await;
    bench.say("old").await;
    bench.clock.advance(DAY);
    bench.append(vec![said("younger"), said("and this")]).await;
    bench.retains(Keep::default(), &["the first", "old", "younger", "and this"]).await;
    bench.clock.advance(DAY + Duration::from_secs(1));
    bench.retains(Keep::default(), &["younger", "and this"]).await;
    let state = bench.state().await;
    assert_eq!((state.bots.len(), state.settings.keep), (1, Some(2)), "what is no message stays");
    let told = bench.store.controls(&bench.room, EventId::ZERO, ALL, 9).await.unwrap();
    assert_eq!(told.len(), 1);
    let new = bench.say("new").await.id;
    assert!(new > state.last);
    bench.clock.advance(DAY * 9);
    bench.retains(Keep::default(), &[]).await;
    assert_eq!(super::fold(bench.events().await.iter().map(|one| &*one.event)).bots, bench.state().await.bots);
    bench.say("newest").await;
    bench.retains(Keep::default(), &["newest"]).await;
}

pub async fn as_many_messages_are_kept_as_the_room_says_and_no_event_is_cut_in_two<S: Store>(
    make: impl AsyncFn(Arc<FakeClock>) -> S,
) {
    let bench = Bench::new(make).await;
    bench.append(vec![settings(None, Some(3))]).await;
    for text in ["a", "b"] {
        bench.say(text).await;
    }
    bench.append(vec![said("c"), said("d"), said("e")]).await;
    bench.retains(Keep::default(), &["c", "d", "e"]).await;
    bench.say("f").await;
    bench.retains(Keep::default(), &["c", "d", "e", "f"]).await;
    for text in ["g", "h"] {
        bench.say(text).await;
    }
    bench.retains(Keep::default(), &["f", "g", "h"]).await;
    bench.append(vec![settings(None, Some(1))]).await;
    bench.retains(Keep::default(), &["h"]).await;
    bench.append(vec![settings(None, None)]).await;
    for text in ["i", "j", "k"] {
        bench.say(text).await;
    }
    bench.retains(Keep::default(), &["h", "i", "j", "k"]).await;
    bench.append(vec![Part::Cleared, settings(None, Some(2))]).await;
    for text in ["l", "m", "n"] {
        bench.say(text).await;
    }
    bench.retains(Keep::default(), &["m", "n"]).await;
}

pub async fn where_a_room_says_nothing_the_server_does<S: Store>(make: impl AsyncFn(Arc<FakeClock>) -> S) {
    let bench = Bench::new(make).await;
    let other = room("another room");
    bench.store.append(Append::new(other.clone(), vec![settings(Some(30), None), said("kept")])).await.unwrap();
    bench.say("old").await;
    bench.clock.advance(DAY * 8);
    bench.say("new").await;
    let week = Keep { days: Some(7), messages: None };
    bench.retains(week, &["new"]).await;
    assert_eq!(bench.store.after(&other, EventId::ZERO, ALL, 9).await.unwrap().len(), 1, "it says more");
    bench.say("newer").await;
    bench.retains(Keep { days: None, messages: Some(1) }, &["newer"]).await;
}

pub async fn an_archive_does_not_keep_what_is_too_old<S: Store>(make: impl AsyncFn(Arc<FakeClock>) -> S) {
    let bench = Bench::new(make).await;
    let archive = RoomSettings { archive: true, keep: Some(1), ..RoomSettings::default() };
    bench.append(vec![Part::SettingsPut(archive), said("cleared")]).await;
    bench.append(vec![Part::Cleared]).await;
    bench.clock.advance(DAY * 2);
    bench.say("new").await;
    bench.retains(Keep::default(), &["new"]).await;
    let state = bench.state().await;
    assert!(state.settings.archive && state.mark > EventId::ZERO);
}

pub async fn what_happened_elsewhere_keeps_its_time_within_the_rooms_order<S: Store>(
    make: impl AsyncFn(Arc<FakeClock>) -> S,
) {
    let bench = Bench::new(make).await;
    bench.clock.advance(DAY * 100);
    let now = bench.store.open(&bench.room).await.unwrap().last_at;
    let at = |at: Timestamp| {
        let mut append = Append::new(bench.room.clone(), vec![said("imported")]);
        append.at = Some(at);
        append.keyed(Some(crate::Key::own(&at.0.to_string())))
    };
    let (old, older) = (Timestamp(now.0 + 50), Timestamp(now.0 + 20));
    assert_eq!(bench.try_append(at(old)).await.unwrap().at, old);
    assert_eq!(bench.try_append(at(older)).await.unwrap().at, old, "times never go backwards");
    let repeated = bench.try_append(at(old)).await.unwrap();
    assert!(repeated.duplicate, "its key counts from now on, however long ago it was");
    let stored = bench.store.after(&bench.room, EventId::ZERO, ALL, 9).await.unwrap();
    assert_eq!(stored.iter().map(|message| message.at).collect::<Vec<_>>(), [old, old]);
    assert_eq!(record::read_message(&stored[0].record).unwrap().text, "imported");
    let future = bench.try_append(at(Timestamp(i64::MAX))).await.unwrap().at;
    assert!(future < Timestamp(i64::MAX) && future == bench.say("now").await.at, "nor is anything later than now");
}
