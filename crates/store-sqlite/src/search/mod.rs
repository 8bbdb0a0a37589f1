//! Full text: a file of its own beside the log, filled by a thread of its own behind the log, made anew from the log whenever
//! it is missing, damaged or of another version. Nothing of it can hold up or fail a post.

mod file;
mod find;
mod index;
mod sql;
#[cfg(test)]
mod tests;

use std::{
    collections::HashSet,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use parlor_store::{ReadError, Search, SearchError, Sought, StoredMessage};
use tokio::{
    sync::{Notify, Semaphore, mpsc},
    time::Instant,
};

pub(crate) use self::index::Indexer;
use crate::{SqliteStore, folder::Lease};

/// How long a search waits for what was posted before it.
const PATIENCE: Duration = Duration::from_secs(1);

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
        let closed = |_| ReadError("the store is closed".to_owned());
        let _turn = self.index.turn.acquire().await.map_err(closed)?;
        let deadline = Instant::now() + PATIENCE;
        let mut upto = None;
        loop {
            let indexed = self.index.shared.indexed.notified();
            let (sought, file) = (Arc::clone(&sought), Arc::clone(&self.index.file));
            let found = self.readers.read(move |conn| find::find(conn, &file, &sought, upto)).await?;
            if found.damaged {
                self.index.shared.ask(|todo| todo.anew = true);
            } else if let Some(why) = found.failed {
                return Err(why);
            }
            let late = Instant::now() >= deadline;
            if found.damaged && late {
                return Err(SearchError::Busy("the index of the search is being made anew; try again in a moment"));
            }
            if found.fresh || late {
                return Ok(found.messages);
            }
            upto.get_or_insert(found.upto);
            self.index.shared.ask(|todo| todo.hurry = true);
            tokio::select! {
                () = indexed => {}
                () = tokio::time::sleep_until(deadline) => {}
            }
        }
    }
}
