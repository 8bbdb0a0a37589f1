//! What lies on the disk: a folder for each client, a file for each upload, all of them with names of our own; and how much it is.
//!
//! Nothing deletes a file or a folder by itself: each is gone once nothing holds it any more. So an upload that breaks off leaves
//! nothing, and a client's folder goes when the client has gone and the last upload has ended that was running then.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use tokio::{runtime::Handle, task::JoinError};
use tokio_util::task::TaskTracker;

use super::Error;
use crate::Uuid;

/// How many bytes there are of something, and may be.
#[derive(Debug)]
pub(super) struct Meter {
    max: u64,
    used: AtomicU64,
}

impl Meter {
    pub(super) fn new(max: u64) -> Self {
        Self { max, used: AtomicU64::new(0) }
    }

    /// Counts so many more; false, and none, if there may not be so many.
    fn take(&self, bytes: u64) -> bool {
        let more = |used: u64| used.checked_add(bytes).filter(|used| *used <= self.max);
        self.used.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).is_ok()
    }

    fn give_back(&self, bytes: u64) {
        self.used.fetch_sub(bytes, Ordering::Relaxed);
    }
}

/// A client's folder on the disk, which is made when there is something to be put into it.
#[derive(Debug)]
pub(super) struct Disk {
    path: PathBuf,
    made: AtomicBool,
    /// It will be deleted as a whole.
    given_up: AtomicBool,
    next: AtomicU64,
    own: Meter,
    all: Arc<Meter>,
    tracker: TaskTracker,
}

impl Disk {
    pub(super) fn new(root: &Path, uuid: Uuid, max: u64, all: Arc<Meter>, tracker: TaskTracker) -> Arc<Self> {
        Arc::new(Self {
            path: root.join(uuid.to_string()),
            made: AtomicBool::new(false),
            given_up: AtomicBool::new(false),
            next: AtomicU64::new(0),
            own: Meter::new(max),
            all,
            tracker,
        })
    }

    /// Nobody needs what is in it any more.
    pub(super) fn give_up(&self) {
        self.given_up.store(true, Ordering::Relaxed);
    }

    /// A new, empty file.
    pub(super) async fn create(self: &Arc<Self>) -> Result<(Kept, tokio::fs::File), Error> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let kept = Kept { disk: Arc::clone(self), number, size: 0 };
        // It holds what it makes: should nobody wait for it any more, that goes again.
        let made = self.tracker.spawn_blocking(move || {
            make_folder(&kept.disk.path)?;
            kept.disk.made.store(true, Ordering::Relaxed);
            let file = fs::File::options().write(true).create_new(true).open(kept.path())?;
            io::Result::Ok((kept, file))
        });
        let (kept, file) = made.await.map_err(lost)??;
        Ok((kept, tokio::fs::File::from_std(file)))
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        if *self.made.get_mut() {
            let path = std::mem::take(&mut self.path);
            off_thread(&self.tracker, move || gone(fs::remove_dir_all(&path)));
        }
    }
}

/// A file on the disk, and what it counts.
#[derive(Debug)]
pub(super) struct Kept {
    disk: Arc<Disk>,
    number: u64,
    size: u64,
}

impl Kept {
    pub(super) fn path(&self) -> PathBuf {
        self.disk.path.join(self.number.to_string())
    }

    /// Bytes.
    pub(super) fn size(&self) -> u64 {
        self.size
    }

    /// Counts bytes that are to be written to it; `max` is what one file may have.
    pub(super) fn grow(&mut self, bytes: usize, max: u64) -> Result<(), Error> {
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        if self.size.saturating_add(bytes) > max {
            return Err(Error::FileTooLarge(max));
        }
        if !self.disk.own.take(bytes) {
            return Err(Error::FolderFull(self.disk.own.max));
        }
        if !self.disk.all.take(bytes) {
            self.disk.own.give_back(bytes);
            return Err(Error::NoRoom);
        }
        self.size += bytes;
        Ok(())
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        self.disk.own.give_back(self.size);
        self.disk.all.give_back(self.size);
        if !self.disk.given_up.load(Ordering::Relaxed) {
            let (path, disk) = (self.path(), Arc::clone(&self.disk));
            off_thread(&self.disk.tracker, move || {
                gone(fs::remove_file(&path));
                drop(disk);
            });
        }
    }
}

/// Empties a root of what a crash left: folders named by uuids. Whatever else is there is nobody's business.
pub(super) fn clean(root: &Path) -> io::Result<()> {
    let entries = match fs::read_dir(root) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name();
        if name.to_str().and_then(Uuid::parse).is_some() && entry.file_type()?.is_dir() {
            fs::remove_dir_all(entry.path())?;
        }
    }
    Ok(())
}

/// With all that it is in; what it holds is for the server alone.
fn make_folder(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(path)
}

/// Deleting takes time; where there is no runtime any more, nobody waits for it.
fn off_thread(tracker: &TaskTracker, job: impl FnOnce() + Send + 'static) {
    match Handle::try_current() {
        Ok(runtime) => drop(tracker.spawn_blocking_on(job, &runtime)),
        Err(_) => job(),
    }
}

/// What can't be deleted is deleted at the next start.
fn gone(removed: io::Result<()>) {
    if let Err(error) = removed.or_else(|error| (error.kind() == io::ErrorKind::NotFound).then_some(()).ok_or(error)) {
        tracing::warn!(%error, "files of a client of the hub can't be deleted");
    }
}

fn lost(error: JoinError) -> Error {
    Error::Disk(io::Error::other(error))
}
