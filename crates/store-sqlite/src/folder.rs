//! The folder that a store lives in: made, locked, removed again if it is a temporary one.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io,
    path::{Path, PathBuf},
    sync::Arc,
    sync::atomic::{AtomicU32, Ordering},
};

use tokio::sync::mpsc;

use crate::OpenError;

/// The database's file.
const DATABASE: &str = "parlor.db";
/// What is to become the database, while a backup is put back.
pub(crate) const RESTORING: &str = "parlor.db.restoring";
/// Who holds this locked has the folder.
const LOCK: &str = "parlor.lock";

/// A folder that is ours.
#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    temporary: bool,
    /// The lock goes when this is closed.
    _lock: File,
}

/// The database of a folder.
pub(crate) fn database(folder: &Path) -> PathBuf {
    folder.join(DATABASE)
}

/// The log of a folder's database.
pub(crate) fn log(folder: &Path) -> PathBuf {
    folder.join(format!("{DATABASE}-wal"))
}

/// Whether a server has this folder now.
pub fn is_in_use(folder: &Path) -> bool {
    let Ok(lock) = File::open(folder.join(LOCK)) else { return false };
    matches!(lock.try_lock_shared(), Err(TryLockError::WouldBlock))
}

/// What each thread holds as long as it uses the folder: the last one to end gives the folder back, and only then those
/// who wait for the end hear of it.
#[derive(Clone, Debug)]
pub(crate) struct Lease {
    _folder: Arc<Folder>,
    _ended: mpsc::Sender<()>,
}

impl Lease {
    /// A lease to clone for each thread, and what ends with the last of them.
    pub(crate) fn new(folder: Folder) -> (Self, mpsc::Receiver<()>) {
        let (ended, end) = mpsc::channel(1);
        (Self { _folder: Arc::new(folder), _ended: ended }, end)
    }
}

impl Folder {
    /// Makes the folder if need be, and takes it.
    pub(crate) fn take(path: &Path) -> Result<Self, OpenError> {
        let unwritable = |source| unwritable(path, source);
        if !path.is_dir() {
            make(path).map_err(unwritable)?;
        }
        Self::lock(path, false)
    }

    /// A new folder among the system's temporary ones, for this process alone.
    pub(crate) fn temporary() -> Result<Self, OpenError> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let all = std::env::temp_dir();
        loop {
            let number = NUMBER.fetch_add(1, Ordering::Relaxed);
            let path = all.join(format!("parlor-{}-{number}", std::process::id()));
            match make_one(&path) {
                Ok(()) => return Self::lock(&path, true),
                // Left by a process that had the same number and was killed.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(unwritable(&path, error)),
            }
        }
    }

    fn lock(path: &Path, temporary: bool) -> Result<Self, OpenError> {
        let lock = private(&path.join(LOCK)).map_err(|source| unwritable(path, source))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path: path.to_owned(), temporary, _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(OpenError::Locked { folder: path.to_owned() }),
            Err(TryLockError::Error(source)) => Err(unwritable(path, source)),
        }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn is_temporary(&self) -> bool {
        self.temporary
    }

    /// The database's path.
    pub(crate) fn database(&self) -> PathBuf {
        database(&self.path)
    }

    /// The path of the database's log.
    pub(crate) fn log(&self) -> PathBuf {
        log(&self.path)
    }

    /// Makes the database's file, readable for nobody else, if there is none; SQLite gives its log the same mode.
    pub(crate) fn make_database(&self) -> Result<(), OpenError> {
        let made = private(&self.database()).and_then(|_| sync(&self.path));
        made.map_err(|source| unwritable(&self.path, source))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if self.temporary
            && let Err(error) = fs::remove_dir_all(&self.path)
        {
            tracing::warn!(folder = %self.path.display(), %error, "the temporary folder could not be removed");
        }
    }
}

fn unwritable(folder: &Path, source: io::Error) -> OpenError {
    let folder = folder.to_owned();
    if source.kind() == io::ErrorKind::StorageFull {
        OpenError::Full { folder }
    } else {
        OpenError::Unwritable { folder, source }
    }
}

/// Makes a folder and those above it, each so that it outlives a power cut.
pub(crate) fn make(path: &Path) -> io::Result<()> {
    let parent = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    if !parent.is_dir() {
        make(parent)?;
    }
    match make_one(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists || !path.is_dir() => return Err(error),
        _ => {}
    }
    sync(parent)
}

/// Makes a folder that only this user may look into.
fn make_one(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Opens a file for writing, made for this user only if it is not there.
pub(crate) fn private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Syncs a folder's list of files, where the system can.
pub(crate) fn sync(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}
