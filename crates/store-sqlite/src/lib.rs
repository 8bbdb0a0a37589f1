//! The embedded store: one SQLite database in the data folder, with one writer and a few readers.
//!
//! The writer is a thread that gathers what waits into one transaction and syncs it once; see `writer`. Nothing is acknowledged that is not committed and synced.

mod checkpoint;
mod copy;
mod error;
mod fault;
mod folder;
mod necsus;
mod open;
mod people;
mod place;
mod read;
mod reading;
mod restore;
mod search;
mod sessions;
mod sql;
mod store;
#[cfg(test)]
mod tests;
mod verify;
mod wal;
mod writer;

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicI32, AtomicU64, Ordering},
    },
    time::Duration,
};

use parlor_rooms::{Clock, EventId};
use parlor_store::{AppendError, Batch};
use tokio::sync::{mpsc, oneshot};

use self::{
    checkpoint::Checkpoints,
    folder::{Folder, Lease},
    read::Readers,
    search::{Index, Indexer},
    writer::{Command, FeedSlot, Tables, Writer},
};
pub use self::{
    copy::{CopyError, Source, Watch, private_file},
    error::OpenError,
    folder::is_in_use,
    necsus::{Necsus, NecsusBot, NecsusError, NecsusMessage},
    reading::Reading,
    restore::{Restore, RestoreError, Restored},
    verify::{VerifyError, Whole, verify, verify_folder},
};

/// What can be set about a store.
#[derive(Clone, Debug)]
pub struct Options {
    /// How big the database may become, in bytes; as big as the disk allows without. Posts beyond are refused.
    pub size_limit: Option<u64>,
    /// How many threads read.
    pub readers: usize,
    /// What happens when a sync has failed.
    pub fatal: Fatal,
    /// Who hears of commits.
    pub on_commit: OnCommit,
}

impl Default for Options {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        Self { size_limit: None, readers: cores.clamp(2, 4), fatal: Fatal::default(), on_commit: OnCommit::default() }
    }
}

/// Hears of each transaction once it is on the disk: how many commands it has (none, if it only tidied up), and how long its
/// commit took, which is the sync for the most part. Called by the thread that writes, so it must be quick.
#[derive(Clone, Default)]
pub struct OnCommit(Option<Arc<dyn Fn(usize, Duration) + Send + Sync>>);

impl OnCommit {
    /// This hears of it.
    pub fn new(hook: impl Fn(usize, Duration) + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(hook)))
    }

    pub(crate) fn tell(&self, commands: usize, took: Duration) {
        if let Some(hook) = &self.0 {
            hook(commands, took);
        }
    }
}

impl fmt::Debug for OnCommit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OnCommit")
    }
}

/// How the process ends when nobody can say any longer what is on the disk; it is told why, as a sentence. A sync that failed is never tried again:
/// the system may have dropped what it could not write, and say that the next one is fine.
#[derive(Clone)]
pub struct Fatal(Arc<dyn Fn(&str) + Send + Sync>);

impl Fatal {
    /// Something else than ending the process, for tests.
    pub fn new(hook: impl Fn(&str) + Send + Sync + 'static) -> Self {
        Self(Arc::new(hook))
    }

    pub(crate) fn end(&self, why: &str) {
        (self.0)(why);
    }
}

/// Says why on standard error and ends the process with code 1.
impl Default for Fatal {
    fn default() -> Self {
        Self::new(|why| {
            eprintln!(
                "parlor: {why}. Parlor ends now, so that nothing is lost unnoticed; check the disk, then start it again."
            );
            std::process::exit(1);
        })
    }
}

impl fmt::Debug for Fatal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Fatal")
    }
}

/// What only tests change.
#[derive(Clone, Debug, Default)]
pub(crate) struct Internals {
    lengths: checkpoint::Lengths,
    /// The code of SQLite with which commits fail, or 0.
    fail: Arc<AtomicI32>,
}

/// The store.
pub struct SqliteStore {
    folder: PathBuf,
    commands: mpsc::Sender<Command>,
    readers: Readers,
    index: Index,
    slot: FeedSlot,
    feed_taken: AtomicBool,
    last_bot: Arc<AtomicU64>,
    /// Ids that were lost when a backup was put back.
    holes: Vec<(EventId, EventId)>,
    /// How many messages rooms have that keep a number of them.
    counts: Arc<Mutex<read::retention::Counts>>,
    clock: Arc<dyn Clock>,
    commits: Arc<AtomicU64>,
    /// Ends when the last thread has.
    end: tokio::sync::Mutex<mpsc::Receiver<()>>,
}

impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteStore").field("folder", &self.folder).finish_non_exhaustive()
    }
}

impl SqliteStore {
    /// Opens the store in this folder, which is made if need be, and keeps other servers out of it.
    pub fn open(folder: &Path, clock: Arc<dyn Clock>, options: &Options) -> Result<Self, OpenError> {
        open::check_library()?;
        Self::start(Folder::take(folder)?, clock, options, &Internals::default())
    }

    /// Whether there is one in this folder.
    pub fn is_in(folder: &Path) -> bool {
        folder::has_database(folder)
    }

    /// A store in a temporary folder, which is removed when the store is closed.
    pub fn temporary(clock: Arc<dyn Clock>, options: &Options) -> Result<Self, OpenError> {
        open::check_library()?;
        Self::start(Folder::temporary()?, clock, options, &Internals::default())
    }

    fn start(
        folder: Folder,
        clock: Arc<dyn Clock>,
        options: &Options,
        internals: &Internals,
    ) -> Result<Self, OpenError> {
        let (path, file) = (folder.path().to_owned(), folder.database());
        let sqlite = |error: rusqlite::Error| OpenError::Other { file: file.clone(), why: error.to_string() };
        let system = |error: std::io::Error| OpenError::Other { file: file.clone(), why: error.to_string() };
        let mut conn = open::writer(&folder, options.size_limit)?;
        let connections = (0..options.readers.max(1)).map(|_| open::reader(&folder)).collect::<Result<_, _>>()?;
        let checkpointer = open::checkpointer(&folder)?;
        let search = Arc::default();
        let indexer = Indexer::new(open::reader(&folder)?, &folder, Arc::clone(&search)).map_err(sqlite)?;
        let (lease, end) = Lease::new(folder);
        let last_bot = Arc::new(AtomicU64::new(read::bots::last_bot(&conn).map_err(sqlite)?));
        let holes = read::log::holes(&conn).map_err(sqlite)?;
        let (slot, commits) = (FeedSlot::default(), Arc::new(AtomicU64::new(0)));
        let checkpoints =
            Checkpoints::start(&mut conn, checkpointer, lease.clone(), internals.lengths, options.fatal.clone())
                .map_err(sqlite)?;
        let writer = Writer::new(
            Tables::new(conn, Arc::clone(&clock), Arc::clone(&last_bot)).map_err(sqlite)?,
            checkpoints,
            Arc::clone(&slot),
            Arc::clone(&search),
            options.fatal.clone(),
            (Arc::clone(&commits), Arc::clone(&internals.fail), options.on_commit.clone()),
        );
        let (commands, queue) = mpsc::channel(writer::QUEUE);
        let readers = Readers::start(connections, &lease).map_err(system)?;
        let index = Index::start(search, indexer, lease.clone()).map_err(system)?;
        writer.start(queue, lease).map_err(system)?;
        let (feed_taken, end) = (AtomicBool::new(false), tokio::sync::Mutex::new(end));
        Ok(Self {
            folder: path,
            commands,
            readers,
            index,
            slot,
            feed_taken,
            last_bot,
            holes,
            counts: Arc::default(),
            clock,
            commits,
            end,
        })
    }

    /// Ends in order: takes nothing more, writes what waits, and gives the folder back. Without it the same happens
    /// once the store is dropped, but nobody can wait for it.
    pub async fn close(&self) {
        // First, because who closes the log last tidies it up, and two at once would each leave that to the other.
        self.index.close().await;
        // If they are closed already, what is left is to wait.
        let in_order = self.commands.send(Command::Close).await.is_ok();
        self.readers.close().await;
        let _ = self.end.lock().await.recv().await;
        let folder = self.folder.clone();
        // Whose sync has failed must not be written to again by this process.
        if in_order {
            let _ = tokio::task::spawn_blocking(move || open::tidy(&folder)).await;
        }
    }

    /// The folder that it lives in.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// How many transactions were committed, for tests and metrics: appends divided by this is how many shared a sync.
    pub fn commits(&self) -> u64 {
        self.commits.load(Ordering::Relaxed)
    }

    /// The feed, the first time.
    fn take_feed(&self) -> Option<mpsc::Receiver<Batch>> {
        if self.feed_taken.swap(true, Ordering::AcqRel) {
            return None;
        }
        let (feed, reader) = mpsc::channel(writer::FEED);
        *Mutex::lock(&self.slot).ok()? = Some(feed);
        Some(reader)
    }

    /// Sends a command; what its answer says comes later.
    async fn command(&self, command: Command) -> Result<(), AppendError> {
        let closed = |_| AppendError::Unavailable("the store is closed".to_owned());
        self.commands.send(command).await.map_err(closed)
    }

    /// Sends a command and waits for its answer. If the writer ends without one, nobody knows.
    async fn commanded<T>(
        &self,
        command: impl FnOnce(oneshot::Sender<Result<T, AppendError>>) -> Command,
    ) -> Result<T, AppendError> {
        let (answer, answered) = oneshot::channel();
        self.command(command(answer)).await?;
        answered.await.unwrap_or(Err(AppendError::Unknown))
    }
}
