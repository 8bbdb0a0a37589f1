//! What can be shown only from inside: the file is made anew, what was erased is gone from it, and nothing of it stops posts.

use std::{path::Path, sync::Arc, time::Duration};

use parlor_rooms::{EventId, Message, Part, RoomName};
use parlor_store::{Append, Log as _, Query, Search as _, SearchError, Sought};
use parlor_testkit::{FakeClock, folder::TestFolder};
use rusqlite::Connection;

use super::sql;
use crate::{Options, SqliteStore};

fn open(folder: &Path) -> SqliteStore {
    SqliteStore::open(folder, Arc::new(FakeClock::default()), &Options::default()).unwrap()
}

fn room() -> RoomName {
    RoomName::parse("a room").unwrap()
}

async fn say(store: &SqliteStore, text: &str) {
    let part = Part::Message(Arc::new(Message::user("Ann", text)));
    store.append(Append::new(room(), vec![part])).await.unwrap();
}

async fn count(store: &SqliteStore, query: &str) -> Option<usize> {
    let query = Query::parse(query).unwrap();
    store.search(Sought { room: room(), query, before: None, limit: 100 }).await.ok().map(|found| found.len())
}

/// Waits until a query finds so much.
async fn finds(store: &SqliteStore, query: &str, wanted: usize) {
    let found = async {
        while count(store, query).await != Some(wanted) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    assert!(tokio::time::timeout(Duration::from_secs(60), found).await.is_ok(), "{query} is found {wanted} times");
}

#[test]
fn the_sample_takes_the_same_for_words_as_the_index() {
    let tokenizer =
        |sql: &str| sql.split_once("tokenize = ").map(|(_, rest)| rest.split(')').next().unwrap().to_owned());
    let index = tokenizer(include_str!("../../migrations/search.sql"));
    assert!(index.is_some());
    assert_eq!(tokenizer(sql::SAMPLE), index);
}

#[test]
fn every_statement_fits_its_schema() {
    for (schema, statements) in [
        (crate::open::MIGRATIONS, sql::LOG),
        (&[include_str!("../../migrations/search.sql")][..], sql::INDEX),
        (&[sql::SAMPLE][..], &sql::SAMPLES[1..]),
    ] {
        let conn = Connection::open_in_memory().unwrap();
        schema.iter().for_each(|part| conn.execute_batch(part).unwrap());
        for statement in statements {
            assert!(conn.prepare(statement).is_ok(), "{statement}: {:?}", conn.prepare(statement).err());
        }
    }
}

#[test]
fn a_room_is_looked_up_without_a_look_at_all_of_them() {
    let conn = Connection::open_in_memory().unwrap();
    crate::open::MIGRATIONS.iter().for_each(|part| conn.execute_batch(part).unwrap());
    let mut plan = conn.prepare(&format!("EXPLAIN QUERY PLAN {}", sql::LOG_ROOMS)).unwrap();
    let steps = plan.query_map([7, 7], |row| row.get::<_, String>(3)).unwrap();
    let steps: Vec<String> = steps.collect::<Result<_, _>>().unwrap();
    assert!(steps.iter().all(|step| step.starts_with("SEARCH ")), "{steps:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_is_missing_damaged_or_of_another_version_is_made_anew() {
    let folder = TestFolder::new();
    let file = folder.path().join("search.db");
    let spoil: [&dyn Fn(); 4] = [
        &|| std::fs::remove_file(&file).unwrap(),
        &|| {
            std::fs::write(&file, "no database at all, but longer than a header of one hundred bytes ".repeat(9))
                .unwrap();
        },
        &|| {
            let mut bytes = std::fs::read(&file).unwrap();
            bytes[100..].fill(0xa5);
            std::fs::write(&file, bytes).unwrap();
        },
        &|| Connection::open(&file).unwrap().pragma_update(None, "user_version", 999).unwrap(),
    ];
    for (number, spoil) in (1..).zip(spoil) {
        let store = open(folder.path());
        say(&store, "needle").await;
        finds(&store, "needle", number).await;
        store.close().await;
        spoil();
        let store = open(folder.path());
        finds(&store, "needle", number).await;
        store.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_that_was_put_back_is_indexed_as_it_is() {
    let folder = TestFolder::new();
    let (log, copy) = (folder.path().join("parlor.db"), folder.path().join("copy"));
    let store = open(folder.path());
    say(&store, "first").await;
    store.close().await;
    std::fs::copy(&log, &copy).unwrap();
    let store = open(folder.path());
    say(&store, "forgotten").await;
    finds(&store, "forgotten", 1).await;
    store.close().await;
    std::fs::rename(&copy, &log).unwrap();
    let store = open(folder.path());
    say(&store, "other").await;
    finds(&store, "other", 1).await;
    assert_eq!(count(&store, "forgotten").await, Some(0));
    finds(&store, "first", 1).await;
    store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_cleared_is_gone_from_the_file() {
    let folder = TestFolder::new();
    let store = open(folder.path());
    for number in 0..600 {
        say(&store, &format!("xylophone{number} lies here")).await;
    }
    finds(&store, "xylophone599", 1).await;
    store.append(Append::new(room(), vec![Part::Cleared])).await.unwrap();
    say(&store, "afterwards").await;
    finds(&store, "afterwards", 1).await;
    store.close().await;
    let bytes = std::fs::read(folder.path().join("search.db")).unwrap();
    assert!(bytes.windows(9).any(|window| window == b"afterward"));
    assert!(!bytes.windows(9).any(|window| window == b"xylophone"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn posts_do_not_mind_an_index_that_can_not_be_written() {
    let folder = TestFolder::new();
    // No file can take the place of a folder with something in it.
    std::fs::create_dir_all(folder.path().join("search.db/x")).unwrap();
    let store = open(folder.path());
    say(&store, "posted").await;
    assert_eq!(
        store.after(&room(), parlor_rooms::EventId::ZERO, parlor_rooms::EventId(99_999), 9).await.unwrap().len(),
        1
    );
    store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn searches_that_wait_for_the_index_wait_at_the_same_time_and_say_that_it_is_behind() {
    let folder = TestFolder::new();
    std::fs::create_dir_all(folder.path().join("search.db/x")).unwrap();
    let store = Arc::new(open(folder.path()));
    say(&store, "posted").await;
    let began = tokio::time::Instant::now();
    let mut searches = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let (store, query) = (Arc::clone(&store), Query::parse("posted").unwrap());
        searches.spawn(async move { store.search(Sought { room: room(), query, before: None, limit: 1 }).await });
    }
    let found = searches.join_all().await;
    assert!(found.iter().all(|found| matches!(found, Err(SearchError::NotReady(_)))), "{found:?}");
    assert!(began.elapsed() < Duration::from_secs(10), "one after another they would take 20 s");
    store.close().await;
}

/// Every page of a search, newest first.
async fn pages(store: &SqliteStore, query: &str, limit: usize) -> Vec<u64> {
    let (query, mut ids) = (Query::parse(query).unwrap(), Vec::new());
    loop {
        let sought = Sought { room: room(), query: query.clone(), before: ids.last().map(|id| EventId(*id)), limit };
        let found = store.search(sought).await.unwrap();
        ids.extend(found.iter().map(|message| message.id.0));
        if found.len() < limit {
            return ids;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn words_that_may_go_on_are_found_on_every_page_however_common_they_are() {
    // How often each stands there decides where it is looked for; so does how that changes over time.
    let words = |number: u64| {
        let mut words = vec![["them", "the", "Thé", "other"][(number % 4) as usize], "say"];
        words.extend(number.is_multiple_of(10).then_some("needle"));
        words.extend(number.is_multiple_of(100).then_some("rare"));
        words.extend((number < 300).then_some("early"));
        words.extend((number > 1_400).then_some("late"));
        words.join(" ")
    };
    let author = |number: u64| if number.is_multiple_of(7) { "Bob" } else { "Ann" };
    let folder = TestFolder::new();
    let store = open(folder.path());
    // Many at a time, and so in whatever order.
    let said = futures_util::future::try_join_all((0..1_500).map(|number| {
        let part = Part::Message(Arc::new(Message::user(author(number), words(number))));
        store.append(Append::new(room(), vec![part]))
    }));
    let mut said: Vec<(u64, u64)> = (0..).zip(said.await.unwrap()).map(|(number, said)| (said.id.0, number)).collect();
    said.sort_unstable_by(|one, other| other.cmp(one));
    finds(&store, "rare", 15).await;
    for (query, is_meant) in [
        ("the", &(|number: u64| number % 4 != 3) as &dyn Fn(u64) -> bool),
        ("s", &|_| true),
        ("needle", &|number| number.is_multiple_of(10)),
        ("needl", &|number| number.is_multiple_of(10)),
        ("rar", &|number| number.is_multiple_of(100)),
        ("early", &|number| number < 300),
        ("late", &|number| number > 1_400),
        ("from:bob th", &|number| number.is_multiple_of(7) && number % 4 != 3),
        ("from:nobody th", &|_| false),
        ("early oth", &|number| number < 300 && number % 4 == 3),
        ("rare oth", &|_| false),
        ("\u{19b0} rar", &|number| number.is_multiple_of(100)),
    ] {
        let wanted: Vec<u64> = said.iter().filter(|(_, number)| is_meant(*number)).map(|(id, _)| *id).collect();
        for limit in [1, 20, 100] {
            assert_eq!(pages(&store, query, limit).await, wanted, "{query:?} by {limit}");
        }
    }
    store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_is_indexed_when_it_is_searched_and_what_is_erased_is_gone() {
    let folder = TestFolder::new();
    let file = folder.path().join("search.db");
    let session = RoomName::parse("~assistant/welcome/abc").unwrap();
    let say = async |store: &SqliteStore, room: &RoomName, text: &str| {
        let part = Part::Message(Arc::new(Message::user("Ann", text)));
        store.append(Append::new(room.clone(), vec![part])).await.unwrap();
    };
    let found = async |store: &SqliteStore, room: &RoomName| {
        let sought = Sought { room: room.clone(), query: Query::parse("needle").unwrap(), before: None, limit: 100 };
        store.search(sought).await.unwrap().len()
    };
    // How many messages are in the index.
    let indexed = || {
        let conn = Connection::open(&file).unwrap();
        conn.query_row("SELECT count(*) FROM messages", [], |row| row.get::<_, i64>(0)).unwrap()
    };
    let store = open(folder.path());
    say(&store, &session, "a needle").await;
    say(&store, &room(), "a needle").await;
    assert_eq!(found(&store, &room()).await, 1);
    store.close().await;
    assert_eq!(indexed(), 1);
    // Nor is it at a start.
    let store = open(folder.path());
    say(&store, &room(), "another needle").await;
    assert_eq!(found(&store, &room()).await, 2);
    assert_eq!(indexed(), 2);
    assert_eq!(found(&store, &session).await, 1);
    say(&store, &session, "a second needle").await;
    assert_eq!(found(&store, &session).await, 2);
    assert_eq!(indexed(), 4);
    store.append(Append::new(session.clone(), vec![Part::Cleared])).await.unwrap();
    tokio::time::timeout(Duration::from_secs(60), async {
        while indexed() != 2 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await
    .expect("what was erased is gone from the index, too");
    assert_eq!(found(&store, &session).await, 0);
    store.close().await;
}
