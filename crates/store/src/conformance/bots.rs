//! Bots beyond their events.

use std::sync::Arc;

use parlor_rooms::{BotId, EventId, Part};

use super::{Bench, FakeClock, bot, put, room, said};
use crate::{Append, SecretChange, Store};

const ECHO: BotId = BotId(1);

async fn with_secret(bench: &Bench<impl Store>, parts: Vec<Part>, secret: Option<&str>) {
    let mut append = Append::new(bench.room.clone(), parts);
    append.secret = Some(SecretChange { bot: ECHO, secret: secret.map(str::to_owned) });
    bench.try_append(append).await.unwrap();
}

pub async fn a_bot_is_found_until_it_is_deleted<S: Store>(make: impl AsyncFn(Arc<FakeClock>) -> S) {
    let bench = Bench::new(make).await;
    assert_eq!(bench.store.bot(ECHO).await.unwrap(), None);
    bench.append(vec![put(bot(1, "Echo"))]).await;
    bench.append(vec![put(bot(3, "Third"))]).await;
    bench.try_append(Append::new(room("b"), vec![put(bot(2, "Second"))])).await.unwrap();
    assert_eq!(bench.store.bot(ECHO).await.unwrap(), Some((bench.room.clone(), bot(1, "Echo"))));
    let all = bench.store.all_bots().await.unwrap();
    let expected =
        [(bench.room.clone(), bot(1, "Echo")), (room("b"), bot(2, "Second")), (bench.room.clone(), bot(3, "Third"))];
    assert_eq!(all, expected, "in order of id");
    bench.append(vec![Part::BotDeleted(Arc::new(bot(1, "Echo")))]).await;
    assert_eq!(bench.store.bot(ECHO).await.unwrap(), None);
    assert_eq!(bench.store.all_bots().await.unwrap(), expected[1..]);
    assert_eq!(bench.state().await.bots.keys().copied().collect::<Vec<_>>(), [BotId(3)]);
}

pub async fn bots_that_were_deleted_are_told_since_when<S: Store>(make: impl AsyncFn(Arc<FakeClock>) -> S) {
    let bench = Bench::new(make).await;
    let mut deleted = Vec::new();
    for id in 1..=3 {
        bench.append(vec![put(bot(id, "Echo"))]).await;
    }
    for id in [3, 1] {
        deleted.push(bench.append(vec![Part::BotDeleted(Arc::new(bot(id, "Gone")))]).await.id);
    }
    let told = async |after| {
        let bots = bench.store.deleted_bots(&bench.room, after).await.unwrap();
        bots.iter().map(|bot| (bot.id.0, bot.name.clone())).collect::<Vec<_>>()
    };
    let gone = |id| (id, "Gone".to_owned());
    assert_eq!(told(EventId::ZERO).await, [gone(1), gone(3)], "in order of id");
    assert_eq!(told(deleted[0]).await, [gone(1)]);
    assert_eq!(told(deleted[1]).await, []);
    assert_eq!(bench.store.deleted_bots(&room("b"), EventId::ZERO).await.unwrap(), []);
    bench.append(vec![put(bot(3, "Back"))]).await;
    assert_eq!(told(EventId::ZERO).await, [gone(1)], "it is there again");
}

pub async fn a_bots_number_is_never_given_again<S: Store>(make: impl AsyncFn(Arc<FakeClock>) -> S) {
    let bench = Bench::new(make).await;
    let first = bench.store.next_bot_id().await.unwrap();
    assert!(first > BotId(0));
    let second = bench.store.next_bot_id().await.unwrap();
    assert!(second > first, "also if the first is not used yet");
    bench.append(vec![put(bot(second.0 + 10, "Echo"))]).await;
    bench.append(vec![Part::BotDeleted(Arc::new(bot(second.0 + 10, "Echo")))]).await;
    let third = bench.store.next_bot_id().await.unwrap();
    assert!(third.0 > second.0 + 10);
    assert!(third.0 < 1 << 53, "JavaScript can hold it");
}

pub async fn a_bot_that_changes_keeps_its_secret_and_its_token<S: Store>(make: impl AsyncFn(Arc<FakeClock>) -> S) {
    let bench = Bench::new(make).await;
    with_secret(&bench, vec![put(bot(1, "Echo"))], Some("s3cret")).await;
    bench.store.set_token(ECHO, [7; 32]).await.unwrap();
    bench.append(vec![put(bot(1, "Renamed"))]).await;
    assert_eq!(bench.store.secret(ECHO).await.unwrap().as_deref(), Some("s3cret"));
    assert_eq!(bench.store.bot_with_token([7; 32]).await.unwrap(), Some(ECHO));
    with_secret(&bench, Vec::new(), Some("other")).await;
    assert_eq!(bench.store.secret(ECHO).await.unwrap().as_deref(), Some("other"));
    with_secret(&bench, vec![put(bot(1, "Echo"))], None).await;
    assert_eq!(bench.store.secret(ECHO).await.unwrap(), None);
    assert_eq!(bench.store.secret(BotId(99)).await.unwrap(), None);
}

pub async fn secrets_stand_in_no_event<S: Store>(make: impl AsyncFn(Arc<FakeClock>) -> S) {
    let bench = Bench::new(make).await;
    with_secret(&bench, vec![put(bot(1, "Echo")), said("Echo is here")], Some("hush-hush")).await;
    assert_eq!(bench.store.secret(ECHO).await.unwrap().as_deref(), Some("hush-hush"));
    let all = (bench.events().await, bench.state().await, bench.store.all_bots().await.unwrap());
    assert!(!format!("{all:?}").contains("hush-hush"));
    let change = SecretChange { bot: ECHO, secret: Some("hush-hush".to_owned()) };
    assert!(!format!("{change:?}").contains("hush-hush"), "nor in a log");
}

pub async fn a_deleted_bot_has_neither_secret_nor_token<S: Store>(make: impl AsyncFn(Arc<FakeClock>) -> S) {
    let bench = Bench::new(make).await;
    with_secret(&bench, vec![put(bot(1, "Echo"))], Some("s3cret")).await;
    bench.store.set_token(ECHO, [7; 32]).await.unwrap();
    bench.append(vec![Part::BotDeleted(Arc::new(bot(1, "Echo")))]).await;
    assert_eq!(bench.store.secret(ECHO).await.unwrap(), None);
    assert_eq!(bench.store.bot_with_token([7; 32]).await.unwrap(), None);
    bench.store.set_token(ECHO, [8; 32]).await.unwrap();
    assert_eq!(bench.store.bot_with_token([8; 32]).await.unwrap(), None);
    with_secret(&bench, Vec::new(), Some("late")).await;
    assert_eq!(bench.store.secret(ECHO).await.unwrap(), None);
}

pub async fn a_new_token_takes_the_place_of_the_old_one<S: Store>(make: impl AsyncFn(Arc<FakeClock>) -> S) {
    let bench = Bench::new(make).await;
    bench.append(vec![put(bot(1, "Echo")), put(bot(2, "Other"))]).await;
    bench.store.set_token(ECHO, [1; 32]).await.unwrap();
    bench.store.set_token(BotId(2), [2; 32]).await.unwrap();
    bench.store.set_token(ECHO, [3; 32]).await.unwrap();
    let found = [[1; 32], [2; 32], [3; 32]].map(|hash| bench.store.bot_with_token(hash));
    let [one, two, three] = found;
    assert_eq!((one.await.unwrap(), two.await.unwrap(), three.await.unwrap()), (None, Some(BotId(2)), Some(ECHO)));
}
