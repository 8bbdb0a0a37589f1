//! Opening, closing, and what is refused.

use std::{fs, path::Path, sync::Arc};

use parlor_rooms::{Bot, BotId, EventId, Part};
use parlor_store::{Activations as _, Append, Ask, BotRecords as _, Key, Log as _, Store};
use parlor_store_sqlite::{OpenError, Options, SqliteStore};
use parlor_testkit::FakeClock;

use super::{Folder, open, room, said, say, texts};

fn refused(folder: &Path) -> OpenError {
    SqliteStore::open(folder, Arc::new(FakeClock::default()), &Options::default()).unwrap_err()
}

#[track_caller]
fn one_line(error: &OpenError, holds: &str) {
    let line = error.to_string();
    assert!(line.contains(holds) && !line.contains('\n'), "{line}");
}

async fn whole(store: &impl Store) -> String {
    let mut all = String::new();
    for (name, _) in store.rooms().await.unwrap() {
        let events = store.events(&name, EventId::ZERO, EventId(u64::MAX), 10_000).await.unwrap();
        all += &format!("{name}: {:?}\n{events:?}\n", store.open(&name).await.unwrap());
    }
    all + &format!("{:?} {:?}", store.all_bots().await.unwrap(), store.pending().await.unwrap())
}

fn bot(id: u64) -> Bot {
    serde_json::from_str(&format!(r#"{{"id":{id},"name":"Echo","url":""}}"#)).unwrap()
}

#[tokio::test]
async fn a_store_that_is_opened_again_holds_the_same() {
    let folder = Folder::new();
    let store = open(&folder.0.join("made/on/the/way"));
    let folder = Folder(folder.0.join("made/on/the/way"));
    store.append(Append::new(room("a"), vec![Part::BotPut(Arc::new(bot(7))), said("hi")])).await.unwrap();
    store.append(Append::new(room("a"), vec![said("you")]).asking(Ask::Message)).await.unwrap();
    let keyed = || Append::new(room("b"), vec![said("x"), said("y")]).keyed(Some(Key::post("k")));
    let first = store.append(keyed()).await.unwrap();
    let before = whole(&store).await;
    store.close().await;
    assert!(say(&store, "a", "too late").await.is_err() && store.open(&room("a")).await.is_err());
    let log = fs::metadata(folder.0.join("parlor.db-wal"));
    assert_eq!(log.map_or(0, |log| log.len()), 0, "nothing is left in the log");
    let again = open(&folder.0);
    assert_eq!(whole(&again).await, before);
    let duplicate = again.append(keyed()).await.unwrap();
    assert_eq!((duplicate.id, duplicate.duplicate), (first.id, true));
    assert_eq!(again.next_bot_id().await.unwrap(), BotId(8));
    let next = say(&again, "b", "z").await.unwrap().id;
    assert_eq!(next, first.id.message(2), "a clean end leaves no gap");
    again.close().await;
    again.close().await;
}

#[tokio::test]
async fn the_files_are_for_this_user_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let outer = Folder::new();
    let folder = outer.0.join("data");
    let store = open(&folder);
    say(&store, "a", "hi").await.unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&folder), 0o700);
    for file in fs::read_dir(&folder).unwrap() {
        let path = file.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
    }
    store.close().await;
}

#[tokio::test]
async fn a_temporary_store_leaves_nothing() {
    let store = SqliteStore::temporary(Arc::new(FakeClock::default()), &Options::default()).unwrap();
    let folder = store.folder().to_owned();
    say(&store, "a", "hi").await.unwrap();
    assert!(folder.join("parlor.db").exists());
    store.close().await;
    assert!(!folder.exists());
}

#[tokio::test]
async fn a_second_server_is_kept_out() {
    let folder = Folder::new();
    let store = open(&folder.0);
    let error = refused(&folder.0);
    assert!(matches!(error, OpenError::Locked { .. }));
    one_line(&error, "another Parlor server is using");
    store.close().await;
    open(&folder.0).close().await;
}

#[tokio::test]
async fn a_newer_database_is_refused_and_left_alone() {
    let folder = Folder::new();
    open(&folder.0).close().await;
    let conn = rusqlite::Connection::open(folder.database()).unwrap();
    conn.pragma_update(None, "user_version", 99).unwrap();
    drop(conn);
    let before = fs::read(folder.database()).unwrap();
    one_line(&refused(&folder.0), "was written by a newer Parlor (schema 99; this one knows ");
    assert_eq!(fs::read(folder.database()).unwrap(), before);
}

#[tokio::test]
async fn another_programs_database_is_refused() {
    let folder = Folder::new();
    let conn = rusqlite::Connection::open(folder.database()).unwrap();
    conn.execute_batch("CREATE TABLE notes (text)").unwrap();
    drop(conn);
    one_line(&refused(&folder.0), "is a database of another program");
}

#[tokio::test]
async fn a_damaged_database_is_refused() {
    type Damage = fn(&mut Vec<u8>);
    let damage: [(&str, Damage); 6] = [
        ("it is not an SQLite database", |bytes| bytes[..16].fill(b'x')),
        ("it is not an SQLite database", |bytes| *bytes = b"hello, I am a text. ".repeat(50)),
        ("it ends inside its header", |bytes| bytes.truncate(50)),
        ("its header names no size of pages", |bytes| bytes[16] = 0x7f),
        ("its end is missing", |bytes| bytes.truncate(bytes.len() - 5000)),
        ("malformed", |bytes| bytes[100..4096].fill(0xff)),
    ];
    for (why, damage) in damage {
        let folder = Folder::new();
        let store = open(&folder.0);
        say(&store, "a", "hi").await.unwrap();
        store.close().await;
        let mut bytes = fs::read(folder.database()).unwrap();
        damage(&mut bytes);
        fs::write(folder.database(), &bytes).unwrap();
        let error = refused(&folder.0);
        assert!(matches!(error, OpenError::Damaged { .. }), "{why}: {error:?}");
        one_line(&error, why);
        one_line(&error, "restore a backup");
        assert_eq!(fs::read(folder.database()).unwrap(), bytes, "it is left as it was");
    }
}

#[tokio::test]
async fn a_room_whose_name_is_no_longer_allowed_keeps_nothing_else_from_working() {
    let folder = Folder::new();
    let store = open(&folder.0);
    for (name, id) in [("a", 1), ("b", 2)] {
        let parts = vec![Part::BotPut(Arc::new(bot(id))), said("hi")];
        store.append(Append::new(room(name), parts).asking(Ask::Message)).await.unwrap();
    }
    let conn = rusqlite::Connection::open(folder.database()).unwrap();
    conn.execute("UPDATE rooms SET name = 'api' WHERE name = 'a'", []).unwrap();
    assert_eq!(store.rooms().await.unwrap().len(), 1);
    assert_eq!(store.all_bots().await.unwrap(), [(room("b"), bot(2))]);
    assert_eq!(store.bot(BotId(1)).await.unwrap(), None);
    assert_eq!(store.pending().await.unwrap().len(), 1);
    store.close().await;
}

/// What a crash leaves: the database and its log as they are while the store goes on.
fn crash(store: &Folder) -> Folder {
    let copy = Folder::new();
    for name in ["parlor.db", "parlor.db-wal"] {
        fs::copy(store.0.join(name), copy.0.join(name)).unwrap();
    }
    copy
}

#[tokio::test]
async fn a_damaged_log_is_refused() {
    let folder = Folder::new();
    let store = open(&folder.0);
    for number in 0..20 {
        say(&store, "a", &format!("{number}")).await.unwrap();
    }
    let log = |folder: &Folder| folder.0.join("parlor.db-wal");
    for at in [3, 20, 5_000] {
        let copy = crash(&folder);
        let mut bytes = fs::read(log(&copy)).unwrap();
        bytes[at] ^= 0x55;
        fs::write(log(&copy), bytes).unwrap();
        one_line(&refused(&copy.0), "parlor.db-wal is damaged");
    }
    let copy = crash(&folder);
    fs::remove_file(copy.database()).unwrap();
    one_line(&refused(&copy.0), "it is missing, though its log is there");
    store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_outlives_a_crash() {
    let folder = Folder::new();
    let store = Arc::new(open(&folder.0));
    let acknowledged = Arc::new(std::sync::Mutex::new(Vec::new()));
    let mut senders = tokio::task::JoinSet::new();
    for sender in 0..8 {
        let (store, acknowledged) = (Arc::clone(&store), Arc::clone(&acknowledged));
        senders.spawn(async move {
            for number in 0..60 {
                let text = format!("{sender}/{number}");
                say(&store, "a", &text).await.unwrap();
                acknowledged.lock().unwrap().push(text);
            }
        });
    }
    let mut checked = 0;
    while checked < 480 {
        let until_now = acknowledged.lock().unwrap().clone();
        if until_now.len() <= checked {
            tokio::task::yield_now().await;
            continue;
        }
        checked = until_now.len();
        let copy = crash(&folder);
        let again = open(&copy.0);
        let held = texts(&again, "a").await;
        assert!(until_now.iter().all(|text| held.contains(text)), "after {checked}");
        let last = again.open(&room("a")).await.unwrap().state.last;
        assert!(say(&again, "a", "it goes on").await.unwrap().id > last);
        again.close().await;
    }
    senders.join_all().await;
    store.close().await;
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_is_refused() {
    let folder = Folder::new();
    let file = folder.0.join("file");
    fs::write(&file, "x").unwrap();
    for path in [file.clone(), file.join("below")] {
        let error = refused(&path);
        assert!(matches!(error, OpenError::Unwritable { .. }), "{error:?}");
        one_line(&error, "can't write in the data folder");
    }
    // Root may write everywhere, so only others can try this.
    use std::os::unix::fs::PermissionsExt as _;
    let closed = folder.0.join("closed");
    fs::create_dir(&closed).unwrap();
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o500)).unwrap();
    if fs::write(closed.join("probe"), "x").is_err() {
        one_line(&refused(&closed), "can't write in the data folder");
    }
}
