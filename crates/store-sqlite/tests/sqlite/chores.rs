//! What the writer does in the background.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use parlor_rooms::{BotId, EventId, Part, RoomSettings, Timestamp};
use parlor_store::{
    Activation, ActivationId, Activations as _, Append, Key, Log as _, Progress, Status, Trigger, Wanted,
};
use parlor_store_sqlite::{OnCommit, Options, SqliteStore};
use parlor_testkit::FakeClock;
use tokio::task::JoinSet;

use super::{Folder, count, open, room, said, say, texts};

/// Gives the writer turns until `done`.
async fn until(store: &SqliteStore, done: impl Fn() -> bool) {
    for _ in 0..10_000 {
        if done() {
            return;
        }
        store.append(Append::new(room("a"), Vec::new())).await.unwrap();
    }
    panic!("it never happened");
}

async fn change(store: &SqliteStore, part: Part) {
    store.append(Append::new(room("a"), vec![part])).await.unwrap();
}

#[tokio::test]
async fn what_was_cleared_is_erased() {
    let folder = Folder::new();
    let store = open(&folder.0);
    let set = parlor_rooms::ConversationSet { bot: BotId(1), state: serde_json::from_str("\"private\"").unwrap() };
    store.append(Append::new(room("a"), vec![Part::ConversationSet(set), said("a question")])).await.unwrap();
    for _ in 0..250 {
        store.append(Append::new(room("a"), vec![said("old"); 10])).await.unwrap();
    }
    say(&store, "b", "another room").await.unwrap();
    change(&store, Part::Cleared).await;
    say(&store, "a", "new").await.unwrap();
    until(&store, || count(&folder, "rooms WHERE erased < mark") == 0).await;
    assert_eq!(count(&folder, "events"), 4, "the conversation, the clear, what is new, the other room");
    assert_eq!(count(&folder, "events WHERE controls LIKE '%private%'"), 0);
    assert_eq!((texts(&store, "a").await, texts(&store, "b").await.len()), (vec!["new".to_owned()], 1));
    store.close().await;
}

#[tokio::test]
async fn erasing_goes_on_after_a_restart() {
    let folder = Folder::new();
    let store = open(&folder.0);
    for _ in 0..30 {
        store.append(Append::new(room("a"), vec![said("old"); 100])).await.unwrap();
    }
    store.append(Append::new(room("a"), vec![Part::Cleared])).await.unwrap();
    // Closing does not wait for what nobody waits for.
    store.close().await;
    let again = open(&folder.0);
    until(&again, || count(&folder, "events") == 1).await;
    again.close().await;
}

#[tokio::test]
async fn an_archive_keeps_what_was_cleared_until_it_is_given_up() {
    let folder = Folder::new();
    let store = open(&folder.0);
    let archive = |archive| Part::SettingsPut(RoomSettings { archive, ..RoomSettings::default() });
    change(&store, archive(true)).await;
    say(&store, "a", "kept").await.unwrap();
    change(&store, Part::Cleared).await;
    // Another room's erasing comes after this one's would.
    say(&store, "b", "old").await.unwrap();
    store.append(Append::new(room("b"), vec![Part::Cleared])).await.unwrap();
    until(&store, || count(&folder, "rooms WHERE erased < mark AND archive = 0") == 0).await;
    assert_eq!(count(&folder, "events WHERE record LIKE '%kept%'"), 1);
    assert_eq!(texts(&store, "a").await, Vec::<String>::new());
    change(&store, archive(false)).await;
    until(&store, || count(&folder, "events WHERE record LIKE '%kept%'") == 0).await;
    store.close().await;
}

#[tokio::test]
async fn old_keys_are_forgotten() {
    let folder = Folder::new();
    let clock = Arc::new(FakeClock::default());
    let store = Arc::new(SqliteStore::open(&folder.0, Arc::clone(&clock) as _, &Options::default()).unwrap());
    for keys in [0..20, 20..1_020] {
        clock.advance(Duration::from_secs(25 * 60 * 60));
        let mut senders = JoinSet::new();
        for key in keys {
            let (store, key) = (Arc::clone(&store), Key::post(&key.to_string()));
            let append = Append::new(room("a"), vec![said("x")]).keyed(Some(key));
            senders.spawn(async move { store.append(append).await.unwrap() });
        }
        senders.join_all().await;
    }
    until(&store, || count(&folder, "keys") == 1_000).await;
    clock.advance(Duration::from_secs(25 * 60 * 60));
    store.close().await;
    let again = SqliteStore::open(&folder.0, clock, &Options::default()).unwrap();
    until(&again, || count(&folder, "keys") == 0).await;
    again.close().await;
}

#[tokio::test]
async fn a_room_keeps_its_newest_activations_and_those_that_run() {
    let folder = Folder::new();
    let store = Arc::new(open(&folder.0));
    let mut begun = JoinSet::new();
    for number in 1..=1_300 {
        let trigger = Trigger::Message(EventId(number));
        let activation = Activation {
            id: ActivationId::of(&room("a"), &trigger, BotId(1)),
            room: "a".to_owned(),
            bot: BotId(1),
            name: String::new(),
            trigger: trigger.clone(),
            cause: parlor_store::Cause::default(),
            again: None,
            attempt: 1,
            status: if number <= 5 { Status::Running } else { Status::Answered },
            started: Timestamp(0),
            took: None,
            request: None,
            response: None,
            error: None,
        };
        let (store, plan) = (Arc::clone(&store), Progress { activation: None, room: room("a"), trigger, plan: None });
        // They are polled in this order, all before the first is done.
        begun.spawn(async move { store.begin(activation, plan).await.unwrap() });
    }
    begun.join_all().await;
    until(&store, || count(&folder, "activations") < 1_110).await;
    assert_eq!(count(&folder, "activations WHERE done = 0"), 5);
    let newest = store.activations(Wanted { limit: 1_000, ..Wanted::default() }).await.unwrap();
    assert!(
        newest
            .iter()
            .map(|record| record.trigger.clone())
            .eq((301..=1_300).rev().map(|id| Trigger::Message(EventId(id))))
    );
    store.close().await;
}

#[tokio::test]
async fn what_is_kept_no_longer_goes_in_pieces_between_posts_and_is_not_found_any_more() {
    let folder = Folder::new();
    let clock = Arc::new(FakeClock::default());
    let pieces = Arc::new(AtomicUsize::new(0));
    let hears = Arc::clone(&pieces);
    let on_commit = OnCommit::new(move |commands, _| {
        hears.fetch_add(usize::from(commands == 0), Ordering::Relaxed);
    });
    let options = Options { on_commit, ..Options::default() };
    let store = SqliteStore::open(&folder.0, Arc::clone(&clock) as _, &options).unwrap();
    let keep = RoomSettings { keep: Some(1), ..RoomSettings::default() };
    change(&store, Part::SettingsPut(keep)).await;
    for _ in 0..25 {
        store.append(Append::new(room("a"), vec![said("needle"); 100])).await.unwrap();
    }
    // Large ones count by their size.
    for _ in 0..12 {
        store.append(Append::new(room("a"), vec![said(&"large ".repeat(200_000))])).await.unwrap();
    }
    clock.advance(Duration::from_secs(2 * 24 * 60 * 60));
    say(&store, "a", "needle too").await.unwrap();
    let before = pieces.load(Ordering::Relaxed);
    store.retain(parlor_rooms::Keep::default()).await.unwrap();
    until(&store, || count(&folder, "events WHERE record IS NOT NULL") == 1).await;
    assert_eq!(texts(&store, "a").await, ["needle too"]);
    assert!(pieces.load(Ordering::Relaxed) - before >= 5, "posts had their turn between the pieces");
    let query = parlor_store::Query::parse("needle").unwrap();
    let sought = parlor_store::Sought { room: room("a"), query, before: None, limit: 9 };
    let found = loop {
        match parlor_store::Search::search(&store, sought.clone()).await {
            Err(parlor_store::SearchError::NotReady(_)) => {}
            found => break found.unwrap(),
        }
    };
    assert_eq!(found.len(), 1);
    let index = rusqlite::Connection::open(folder.0.join("search.db")).unwrap();
    let indexed = |index: &rusqlite::Connection| {
        index.query_row("SELECT count(*) FROM messages", [], |row| row.get::<_, i64>(0)).unwrap()
    };
    while indexed(&index) != 1 {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    drop(index);
    store.close().await;
    let watch: parlor_store_sqlite::Watch = Arc::new(|_, _| true);
    let whole = parlor_store_sqlite::verify_folder(&folder.0, &watch).unwrap();
    assert_eq!((whole.rooms, whole.messages), (1, 1));
}
