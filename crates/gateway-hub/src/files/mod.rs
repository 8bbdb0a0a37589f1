//! Files of clients, for as long as they are in.
//!
//! Which files there are is known in memory alone, for none outlives its client: the disk holds numbered files in folders named by
//! uuids, and nothing that a client typed is ever part of a path there. A file is there for others once its upload is whole,
//! and all files of one request at once: a request that is answered with an error has changed nothing.

mod disk;
mod error;
mod kinds;
mod multipart;
mod path;
mod routes;

use std::{
    collections::{BTreeMap, HashMap},
    path::PathBuf,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use tokio::io::AsyncWriteExt as _;
use tokio_util::{
    sync::{CancellationToken, WaitForCancellationFuture},
    task::TaskTracker,
};

pub(crate) use self::routes::routes;
use self::{
    disk::{Disk, Kept, Meter},
    error::Error,
    path::FilePath,
};
use crate::Uuid;

/// How much there may be of files. While a file takes another's place both count.
#[derive(Clone, Copy, Debug)]
pub struct FileLimits {
    /// Bytes of a file.
    pub file: u64,
    /// Bytes of a client's files together.
    pub client: u64,
    /// A client's files.
    pub files: usize,
    /// Bytes of all clients' files together: the disk is the database's, too.
    pub hub: u64,
    /// How long an upload may bring nothing.
    pub stall: Duration,
}

impl Default for FileLimits {
    fn default() -> Self {
        Self { file: 64 << 20, client: 256 << 20, files: 1_000, hub: 4 << 30, stall: Duration::from_secs(30) }
    }
}

/// The files of all clients.
#[derive(Debug)]
pub(crate) struct Files {
    root: PathBuf,
    limits: FileLimits,
    folders: Mutex<HashMap<Uuid, Arc<Folder>>>,
    bytes: Arc<Meter>,
    tracker: TaskTracker,
}

impl Files {
    /// In this folder, out of which goes what a crash left there.
    pub(crate) fn new(root: PathBuf, limits: FileLimits, tracker: TaskTracker) -> Self {
        if let Err(error) = disk::clean(&root) {
            tracing::warn!(%error, folder = %root.display(), "files that were left by clients of the hub can't be deleted");
        }
        Self { root, limits, folders: Mutex::default(), bytes: Arc::new(Meter::new(limits.hub)), tracker }
    }

    fn folders(&self) -> MutexGuard<'_, HashMap<Uuid, Arc<Folder>>> {
        self.folders.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The folder of a client that is in. To be called where it can't leave meanwhile: nobody would take it away again.
    fn open(&self, uuid: Uuid) -> Arc<Folder> {
        let new = || {
            let disk = Disk::new(&self.root, uuid, self.limits.client, Arc::clone(&self.bytes), self.tracker.clone());
            Arc::new(Folder::new(disk, self.limits))
        };
        Arc::clone(self.folders().entry(uuid).or_insert_with(new))
    }

    /// A client's folder, if it has put something there.
    fn find(&self, uuid: Uuid) -> Option<Arc<Folder>> {
        self.folders().get(&uuid).cloned()
    }

    /// A client has left: its uploads end, and its files go.
    pub(crate) fn forget(&self, uuid: Uuid) {
        let folder = self.folders().remove(&uuid);
        if let Some(folder) = folder {
            folder.end();
        }
    }
}

/// The files of one client.
#[derive(Debug)]
struct Folder {
    disk: Arc<Disk>,
    limits: FileLimits,
    files: Mutex<BTreeMap<FilePath, Arc<Kept>>>,
    /// Uploads that are not among the files yet. It grows only while `files` is locked.
    begun: AtomicUsize,
    gone: CancellationToken,
}

impl Folder {
    fn new(disk: Arc<Disk>, limits: FileLimits) -> Self {
        Self { disk, limits, files: Mutex::default(), begun: AtomicUsize::new(0), gone: CancellationToken::new() }
    }

    fn files(&self) -> MutexGuard<'_, BTreeMap<FilePath, Arc<Kept>>> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn end(&self) {
        self.disk.give_up();
        self.gone.cancel();
        let files = std::mem::take(&mut *self.files());
        drop(files);
    }

    /// Until its client has left.
    fn gone(&self) -> WaitForCancellationFuture<'_> {
        self.gone.cancelled()
    }

    fn find(&self, path: &FilePath) -> Option<Arc<Kept>> {
        self.files().get(path).cloned()
    }

    fn remove(&self, path: &FilePath) -> Option<Arc<Kept>> {
        self.files().remove(path)
    }

    /// Begins a file that is to be at this path.
    async fn begin(self: &Arc<Self>, path: &FilePath) -> Result<Draft, Error> {
        let begun = self.make_room(path)?;
        let (kept, file) = self.disk.create().await?;
        Ok(Draft { kept, file, begun })
    }

    fn make_room(self: &Arc<Self>, path: &FilePath) -> Result<Begun, Error> {
        let files = self.files();
        if clashes(&files, path) {
            return Err(Error::Clash(path.to_string()));
        }
        if !files.contains_key(path) && files.len() + self.begun.load(Ordering::Relaxed) >= self.limits.files {
            return Err(Error::TooMany(self.limits.files));
        }
        self.begun.fetch_add(1, Ordering::Relaxed);
        Ok(Begun(Arc::clone(self)))
    }

    /// Puts whole files where they belong, all or none. What was there before is gone.
    fn store(&self, whole: BTreeMap<FilePath, Whole>) -> Result<Vec<(FilePath, u64)>, Error> {
        let mut replaced = Vec::new();
        let mut files = self.files();
        if self.gone.is_cancelled() {
            return Err(Error::Left);
        }
        if let Some(path) = whole.keys().find(|path| clashes(&files, path)) {
            return Err(Error::Clash(path.to_string()));
        }
        let mut stored = Vec::with_capacity(whole.len());
        for (path, Whole { kept, begun }) in whole {
            stored.push((path.clone(), kept.size()));
            replaced.extend(files.insert(path, Arc::new(kept)));
            drop(begun);
        }
        drop(files);
        Ok(stored)
    }
}

/// Whether a file at this path would be in one that is a file, or be a folder with files in it.
fn clashes<T>(files: &BTreeMap<FilePath, T>, path: &FilePath) -> bool {
    let folder = path.as_folder();
    let within = files.range(&folder..).next().is_some_and(|(next, _)| folder.holds(next));
    within || path.folders().any(|folder| files.contains_key(&folder))
}

/// Counts among the uploads of a folder.
#[derive(Debug)]
struct Begun(Arc<Folder>);

impl Drop for Begun {
    fn drop(&mut self) {
        self.0.begun.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A file that is being uploaded.
#[derive(Debug)]
struct Draft {
    kept: Kept,
    file: tokio::fs::File,
    begun: Begun,
}

impl Draft {
    async fn write(&mut self, bytes: &Bytes) -> Result<(), Error> {
        self.kept.grow(bytes.len(), self.begun.0.limits.file)?;
        Ok(self.file.write_all(bytes).await?)
    }

    /// There is no more of it.
    async fn end(mut self) -> Result<Whole, Error> {
        self.file.flush().await?;
        Ok(Whole { kept: self.kept, begun: self.begun })
    }
}

/// A file that is uploaded, and not there yet.
#[derive(Debug)]
struct Whole {
    kept: Kept,
    begun: Begun,
}
