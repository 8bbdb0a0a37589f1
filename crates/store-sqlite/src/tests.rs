//! What can be shown only from inside: failing syncs, a log that becomes long.

use std::sync::{Arc, Mutex, atomic::Ordering};

use parlor_rooms::{EventId, Message, Part, RoomName};
use parlor_store::{Append, AppendError, Appended, Log as _};
use parlor_testkit::FakeClock;
use rusqlite::ffi;

use crate::{Fatal, Internals, Options, SqliteStore, checkpoint::Lengths, folder::Folder};

fn store(options: &Options, internals: &Internals) -> SqliteStore {
    SqliteStore::start(Folder::temporary().unwrap(), Arc::new(FakeClock::default()), options, internals).unwrap()
}

fn room() -> RoomName {
    RoomName::parse("a room").unwrap()
}

async fn say(store: &SqliteStore, text: &str) -> Result<Appended, AppendError> {
    store.append(Append::new(room(), vec![Part::Message(Arc::new(Message::user("Ann", text)))])).await
}

#[tokio::test]
async fn a_sync_that_fails_ends_the_process_and_is_never_tried_again() {
    let said = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&said);
    let fatal = Fatal::new(move |why| heard.lock().unwrap().push(why.to_owned()));
    let (options, internals) = (Options { fatal, ..Options::default() }, Internals::default());
    let store = store(&options, &internals);
    say(&store, "fine").await.unwrap();
    internals.fail.store(ffi::SQLITE_IOERR_FSYNC, Ordering::Relaxed);
    assert_eq!(say(&store, "lost?").await, Err(AppendError::Unknown));
    internals.fail.store(0, Ordering::Relaxed);
    assert!(say(&store, "too late").await.is_err(), "nothing is written any longer");
    assert_eq!(said.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn another_failure_of_a_commit_is_unknown_and_the_next_one_goes_on() {
    let internals = Internals::default();
    let store = store(&Options::default(), &internals);
    say(&store, "fine").await.unwrap();
    internals.fail.store(ffi::SQLITE_IOERR_WRITE, Ordering::Relaxed);
    assert_eq!(say(&store, "nobody knows").await, Err(AppendError::Unknown));
    internals.fail.store(0, Ordering::Relaxed);
    let id = say(&store, "fine again").await.unwrap().id;
    assert_eq!(store.open(&room()).await.unwrap().state.last, id);
    store.close().await;
}

/// Posts until it is `enough`, looking at the sizes of the database and of its log, in pages.
async fn grow(lengths: Lengths, enough: impl Fn(u64, u64, u64) -> bool) {
    let folder = Folder::temporary().unwrap();
    let (database, log) = (folder.database(), folder.log());
    let internals = Internals { lengths, ..Internals::default() };
    let clock = Arc::new(FakeClock::default());
    let store = SqliteStore::start(folder, clock, &Options::default(), &internals).unwrap();
    let pages = |file| std::fs::metadata(file).unwrap().len() / 4_096;
    for number in 1.. {
        assert!(number < 10_000, "it never is");
        say(&store, &format!("{number} {}", "x".repeat(3_000))).await.unwrap();
        if enough(number, pages(&database), pages(&log)) {
            let all = store.after(&room(), EventId::ZERO, EventId(u64::MAX), 100_000).await.unwrap();
            assert_eq!(all.len() as u64, number);
            break;
        }
    }
    store.close().await;
}

#[tokio::test]
async fn the_log_is_moved_into_the_database_beside_the_writer() {
    let lengths = Lengths { passive: 20, restart: u32::MAX };
    grow(lengths, |_, database, _| database > 100).await;
}

#[tokio::test]
async fn a_long_log_is_begun_anew() {
    let lengths = Lengths { passive: u32::MAX, restart: 60 };
    let longest = |number, _, log| {
        // Without it there would be more than 400; who reads right then puts it off once.
        assert!(log < 190, "it is {log} pages long");
        number == 400
    };
    grow(lengths, longest).await;
}

#[tokio::test]
async fn who_reads_for_long_holds_up_nobody_who_posts() {
    let internals = Internals { lengths: Lengths { passive: 10, restart: 20 }, ..Internals::default() };
    let folder = Folder::temporary().unwrap();
    let path = folder.path().to_owned();
    let store = SqliteStore::start(folder, Arc::new(FakeClock::default()), &Options::default(), &internals).unwrap();
    say(&store, "first").await.unwrap();
    let reading = crate::Reading::open(&path).unwrap();
    let began = tokio::time::Instant::now();
    for number in 0..200 {
        say(&store, &format!("{number} {}", "x".repeat(3_000))).await.unwrap();
    }
    assert!(began.elapsed() < std::time::Duration::from_secs(40), "a wait of 5 s each would be 50 s and more");
    let seen = reading.messages(&room(), EventId::ZERO, 1_000).unwrap();
    assert_eq!(seen.len(), 1, "who reads sees one moment");
    drop(reading);
    store.close().await;
}

#[tokio::test]
async fn a_log_that_is_left_at_the_end_is_moved_into_the_database() {
    let folder = Folder::temporary().unwrap();
    let path = folder.path().to_owned();
    let store =
        SqliteStore::start(folder, Arc::new(FakeClock::default()), &Options::default(), &Internals::default()).unwrap();
    say(&store, "first").await.unwrap();
    // What two connections leave that are closed at once is what is there while they are open.
    let left = Folder::temporary().unwrap();
    let copy = left.path().join("copy");
    std::fs::create_dir(&copy).unwrap();
    for file in ["parlor.db", "parlor.db-wal"] {
        std::fs::copy(path.join(file), copy.join(file)).unwrap();
    }
    store.close().await;
    crate::open::tidy(&copy);
    assert!(!crate::folder::log(&copy).exists());
    let reading = crate::Reading::open(&copy).unwrap();
    assert_eq!(reading.messages(&room(), EventId::ZERO, 10).unwrap().len(), 1);
}
