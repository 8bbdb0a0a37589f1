//! Full text: a file of its own beside the log, filled by a thread of its own behind the log, made anew from the log whenever
//! it is missing, damaged or of another version. Nothing of it can hold up or fail a post. A visitor's session is put in only when
//! somebody searches it: there are very many of them, nearly all are never searched, and each is short.

mod file;
mod find;
mod index;
mod sample;
mod sql;
#[cfg(test)]
mod tests;

use std::{
    collections::HashSet,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use parlor_rooms::{EventId, RoomName};
use parlor_store::{ReadError, Search, SearchError, Sought, StoredMessage};
use tokio::{
    sync::{Notify, Semaphore, mpsc},
    time::Instant,
};

use self::find::{Found, Outcome};
pub(crate) use self::index::Indexer;
use crate::{SqliteStore, folder::Lease};

/// How long a search waits for what was posted before it.
const PATIENCE: Duration = Duration::from_secs(1);
/// How long it waits for its turn.
const TURN: Duration = Duration::from_secs(5);

/// Whether a room is indexed only when somebody searches it.
pub(crate) fn is_put_off(room: &RoomName) -> bool {
    room.session().is_some()
}

/// What there is to do for the index.
#[derive(Debug, Default)]
struct Todo {
    /// Rooms whose log goes beyond their index, by number.
    rooms: HashSet<i64>,
    /// Somebody waits.
    hurry: bool,
    /// The file is damaged.
    anew: bool,
    closed: bool,
}

/// What the writer, the thread of the index, and those who search share.
#[derive(Debug, Default)]
pub(crate) struct Shared {
    todo: Mutex<Todo>,
    wake: Condvar,
    /// Told whenever something has been indexed.
    indexed: Notify,
}

impl Shared {
    fn todo(&self) -> MutexGuard<'_, Todo> {
        self.todo.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Something was committed in these rooms.
    pub(crate) fn touched(&self, rooms: impl Iterator<Item = i64>) {
        let mut todo = self.todo();
        let before = todo.rooms.len();
        todo.rooms.extend(rooms);
        let first = before == 0 && !todo.rooms.is_empty();
        drop(todo);
        if first {
            self.wake.notify_one();
        }
    }

    fn ask(&self, change: impl FnOnce(&mut Todo)) {
        change(&mut self.todo());
        self.wake.notify_one();
    }
}

/// The store's side: the index's thread ends when this is dropped or closed.
#[derive(Debug)]
pub(crate) struct Index {
    shared: Arc<Shared>,
    file: Arc<file::File>,
    /// One search at a time, so that other reads keep their threads.
    turn: Semaphore,
    /// Ends with the thread.
    end: tokio::sync::Mutex<mpsc::Receiver<()>>,
}

impl Index {
    /// Starts the thread.
    pub(crate) fn start(shared: Arc<Shared>, indexer: Indexer, lease: Lease) -> std::io::Result<Self> {
        let (ended, end) = mpsc::channel(1);
        let file = indexer.file();
        indexer.start(ended, lease)?;
        Ok(Self { shared, file, turn: Semaphore::new(1), end: end.into() })
    }

    /// Ends the thread, and waits until it has let go of the log.
    pub(crate) async fn close(&self) {
        self.shared.ask(|todo| todo.closed = true);
        let _ = self.end.lock().await.recv().await;
    }
}

impl Drop for Index {
    fn drop(&mut self) {
        self.shared.ask(|todo| todo.closed = true);
    }
}

#[async_trait]
impl Search for SqliteStore {
    async fn search(&self, sought: Sought) -> Result<Vec<StoredMessage>, SearchError> {
        if sought.query.terms.is_empty() {
            return Ok(Vec::new());
        }
        let sought = Arc::new(sought);
        let deadline = Instant::now() + PATIENCE;
        let mut upto = None;
        loop {
            let indexed = self.index.shared.indexed.notified();
            let found = self.find(Arc::clone(&sought), upto).await?;
            match found.outcome {
                Outcome::Found(messages) => return Ok(messages),
                Outcome::TooSlow if sought.query.terms.iter().all(|term| is_short(&term.words)) => {
                    return Err(SearchError::Hopeless);
                }
                Outcome::TooSlow => return Err(SearchError::TooSlow),
                Outcome::Damaged => self.index.shared.ask(|todo| todo.anew = true),
                Outcome::Behind(room) => self.index.shared.ask(|todo| {
                    todo.rooms.insert(room);
                    todo.hurry = true;
                }),
            }
            if Instant::now() >= deadline {
                return Err(SearchError::NotReady("its index is still being made"));
            }
            upto.get_or_insert(found.upto);
            tokio::select! {
                () = indexed => {}
                () = tokio::time::sleep_until(deadline) => {}
            }
        }
    }
}

impl SqliteStore {
    /// Looks once, when it is this search's turn; the turn is held only while reading, not while waiting for the index.
    async fn find(&self, sought: Arc<Sought>, upto: Option<EventId>) -> Result<Found, SearchError> {
        let turn = tokio::time::timeout(TURN, self.index.turn.acquire()).await;
        let turn = turn.map_err(|_| SearchError::NotReady("too many are searching"))?;
        let _turn = turn.map_err(|_| ReadError("the store is closed".to_owned()))?;
        let file = Arc::clone(&self.index.file);
        Ok(self.readers.read(move |conn| find::find(conn, &file, &sought, upto)).await?)
    }
}

/// Whether every word is a single letter, which begins or stands for too much.
fn is_short(words: &str) -> bool {
    words.split_whitespace().all(|word| word.chars().filter(|c| c.is_alphanumeric()).count() < 2)
}
