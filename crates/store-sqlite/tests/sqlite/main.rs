//! The embedded store: the suite for all drivers, and what only this one promises.

#![allow(clippy::unwrap_used, reason = "they are tests, helpers among them")]

mod chores;
mod commits;
mod conformance;
mod opening;
mod space;

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use parlor_rooms::{EventId, Message, Part, RoomName};
use parlor_store::{Append, AppendError, Appended, Log as _, record};
use parlor_store_sqlite::{Options, SqliteStore};
use parlor_testkit::FakeClock;

/// A folder for one test, gone after it.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("parlor-test-{}-{number}", std::process::id()));
        std::fs::create_dir(&path).unwrap();
        Self(path)
    }

    fn database(&self) -> PathBuf {
        self.0.join("parlor.db")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn open(folder: &Path) -> SqliteStore {
    SqliteStore::open(folder, Arc::new(FakeClock::default()), &Options::default()).unwrap()
}

fn room(name: &str) -> RoomName {
    RoomName::parse(name).unwrap()
}

fn said(text: &str) -> Part {
    Part::Message(Arc::new(Message::user("Ann", text)))
}

async fn say(store: &SqliteStore, name: &str, text: &str) -> Result<Appended, AppendError> {
    store.append(Append::new(room(name), vec![said(text)])).await
}

async fn texts(store: &SqliteStore, name: &str) -> Vec<String> {
    let all = store.after(&room(name), EventId::ZERO, EventId(u64::MAX), 1_000_000).await.unwrap();
    all.iter().map(|message| record::read_message(&message.record).unwrap().text).collect()
}

/// Looks into a database that a store has open.
fn count(folder: &Folder, table: &str) -> i64 {
    let conn = rusqlite::Connection::open(folder.database()).unwrap();
    conn.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap()
}
