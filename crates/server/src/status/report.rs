//! How a running server is: gathered by the server, sent as JSON, shown by `parlor status`.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use parlor_rooms::{Timestamp, policy::Accounts};
use parlor_runtime::{Runtime, Unready};
use serde::{Deserialize, Serialize};

use super::Minute;
use crate::{backup::Backups, cli::VERSION, process::Process};

/// How long something that is posted may take before the server counts as stuck.
const PULSE: Duration = Duration::from_secs(5);

/// In which state a server is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum State {
    /// It can be used.
    Ready,
    /// There is no room to store anything.
    Full,
    /// What is posted does not get through.
    Stuck,
    /// It is about to end.
    Stopping,
    /// Somebody uses the folder, but answers nothing: it starts, or has just ended.
    Silent,
    /// There is none.
    Stopped,
}

/// Everything that is told of it. Times are seconds since 1970, durations are seconds, sizes are bytes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Report {
    pub(crate) state: State,
    pub(crate) version: String,
    pub(crate) process: u32,
    pub(crate) since: i64,
    pub(crate) up: u64,
    /// The address of the pages.
    pub(crate) url: String,
    pub(crate) listening: Vec<String>,
    /// Where its numbers are, if they have an address of their own.
    pub(crate) numbers: Option<String>,
    /// `local` or `served`.
    pub(crate) mode: String,
    /// `off`, `optional` or `required`.
    pub(crate) accounts: String,
    pub(crate) data: Data,
    pub(crate) rooms_in_memory: u64,
    pub(crate) websockets: Websockets,
    /// How many bots there are; nothing if that could not be read.
    pub(crate) bots: Option<u64>,
    pub(crate) deliveries: Deliveries,
    pub(crate) posts: Posts,
    /// What the server backs up itself.
    pub(crate) backup: Option<Backup>,
    pub(crate) memory: Option<u64>,
    pub(crate) open_files: Option<u64>,
    pub(crate) max_files: Option<u64>,
}

/// The data folder.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Data {
    pub(crate) folder: PathBuf,
    pub(crate) database: u64,
    /// What is not in the database's own file yet.
    pub(crate) log: u64,
    pub(crate) search: u64,
    /// What is free on its disk.
    pub(crate) free: Option<u64>,
}

/// Websockets that are open.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Websockets {
    pub(crate) rooms: u64,
    pub(crate) bots: u64,
}

/// Deliveries to bots.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Deliveries {
    pub(crate) under_way: u64,
    pub(crate) waiting: u64,
}

/// What people posted.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Posts {
    pub(crate) last_minute: u64,
    pub(crate) since_start: u64,
}

/// The server's own backups.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Backup {
    pub(crate) folder: PathBuf,
    pub(crate) every: u64,
    /// When the newest was taken that is there.
    pub(crate) last: Option<i64>,
    /// Its size, and how long it took, if that was since the start.
    pub(crate) size: Option<u64>,
    pub(crate) took: Option<f64>,
    /// The one that failed after that.
    pub(crate) failed: Option<Failed>,
}

/// A backup that failed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Failed {
    pub(crate) at: i64,
    pub(crate) why: String,
}

/// What does not change while it runs.
#[derive(Clone, Debug)]
pub(crate) struct Shown {
    pub(crate) began: Timestamp,
    /// The address of the pages, with a slash at its end.
    pub(crate) url: String,
    pub(crate) listening: Vec<String>,
    /// Where its numbers are, if they have an address of their own.
    pub(crate) numbers: Option<String>,
    pub(crate) local: bool,
}

/// From what a report is made. Cheap enough to clone.
#[derive(Clone)]
pub(crate) struct Facts {
    pub(crate) runtime: Runtime,
    pub(crate) shown: Shown,
    pub(crate) folder: PathBuf,
    pub(crate) backups: Option<Backups>,
    pub(crate) posts: Minute,
}

impl Facts {
    /// How it is now.
    pub(crate) async fn report(&self) -> Report {
        let (metrics, shown) = (self.runtime.metrics(), &self.shown);
        let count = |number: i64| u64::try_from(number).unwrap_or_default();
        let posts = metrics.posts.get();
        let Process { memory, open_files, max_files } = Process::now();
        Report {
            state: self.state().await,
            version: VERSION.to_owned(),
            process: std::process::id(),
            since: shown.began.seconds(),
            up: self.runtime.clock().now().since(shown.began).as_secs(),
            url: shown.url.clone(),
            listening: shown.listening.clone(),
            numbers: shown.numbers.clone(),
            mode: if shown.local { "local" } else { "served" }.to_owned(),
            accounts: match self.runtime.accounts() {
                Accounts::Off => "off",
                Accounts::Optional => "optional",
                Accounts::Required => "required",
            }
            .to_owned(),
            data: data(&self.folder),
            rooms_in_memory: self.runtime.rooms_in_memory() as u64,
            websockets: Websockets { rooms: count(metrics.followers.get()), bots: count(metrics.bot_sockets.get()) },
            bots: self.runtime.store().all_bots().await.ok().map(|bots| bots.len() as u64),
            deliveries: Deliveries {
                under_way: count(metrics.delivering.get()),
                waiting: count(metrics.waiting.get()),
            },
            posts: Posts { last_minute: self.posts.last(posts), since_start: posts },
            backup: self.backups.as_ref().map(|backups| backup(backups, metrics.last_backup.get())),
            memory,
            open_files,
            max_files,
        }
    }

    async fn state(&self) -> State {
        match self.runtime.unready() {
            Some(Unready::Stopping) => State::Stopping,
            Some(Unready::Full) => State::Full,
            None => match tokio::time::timeout(PULSE, self.runtime.pulse()).await {
                Ok(true) => State::Ready,
                // It may have been told to end meanwhile.
                Ok(false) | Err(_) if self.runtime.stopping().is_cancelled() => State::Stopping,
                Ok(false) | Err(_) => State::Stuck,
            },
        }
    }
}

fn data(folder: &Path) -> Data {
    let size = |name: &str| fs::metadata(folder.join(name)).map_or(0, |metadata| metadata.len());
    let disk = rustix::fs::statvfs(folder).ok();
    Data {
        folder: folder.canonicalize().unwrap_or_else(|_| folder.to_owned()),
        database: size("parlor.db"),
        log: size("parlor.db-wal"),
        search: size("search.db") + size("search.db-wal"),
        free: disk.map(|disk| disk.f_bavail.saturating_mul(disk.f_frsize)),
    }
}

fn backup(backups: &Backups, newest: i64) -> Backup {
    let report = backups.report();
    let taken = report.taken.as_ref();
    // The number is set a moment after the report.
    let last = Some(newest).filter(|newest| *newest > 0).max(taken.map(|taken| taken.at.seconds()));
    Backup {
        folder: backups.folder().to_owned(),
        every: backups.every().as_secs(),
        last,
        size: taken.map(|taken| taken.packed),
        took: taken.map(|taken| taken.took.as_secs_f64()),
        failed: report.failed.map(|(at, why)| Failed { at: at.seconds(), why }),
    }
}
