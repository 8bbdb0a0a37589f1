//! The folder that a store lives in: made, locked, removed again if it is a temporary one.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Write as _},
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
/// What a temporary folder's name begins with; the process's number and one of its own follow.
const TEMPORARY: &str = "parlor-";

/// Whether a folder holds a database.
pub(crate) fn has_database(folder: &Path) -> bool {
    folder.join(DATABASE).exists()
}

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
        Ok(Self { path: path.to_owned(), temporary: false, _lock: hold(path)? })
    }

    /// A new folder among the system's temporary ones, for this process alone. Those of processes that were killed go.
    pub(crate) fn temporary() -> Result<Self, OpenError> {
        Self::temporary_in(&std::env::temp_dir())
    }

    fn temporary_in(all: &Path) -> Result<Self, OpenError> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        remove_left(all);
        loop {
            let number = NUMBER.fetch_add(1, Ordering::Relaxed);
            let name = format!("{TEMPORARY}{}-{number}", std::process::id());
            let (path, new) = (all.join(&name), all.join(format!(".{name}.new")));
            // Left by a process that had the same number and was killed.
            if path.exists() || new.exists() {
                continue;
            }
            make_one(&new).map_err(|error| unwritable(&new, error))?;
            // It gets its name once it is locked, so that nobody takes it for one that was left.
            let held = hold(&new).and_then(|lock| match fs::rename(&new, &path) {
                Ok(()) => Ok(Self { path, temporary: true, _lock: lock }),
                Err(error) => Err(unwritable(&new, error)),
            });
            return held.inspect_err(|_| drop(fs::remove_dir_all(&new)));
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

/// Takes the folder's lock.
fn hold(folder: &Path) -> Result<File, OpenError> {
    let lock = private(&folder.join(LOCK)).map_err(|source| unwritable(folder, source))?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(OpenError::Locked { folder: folder.to_owned() }),
        Err(TryLockError::Error(source)) => Err(unwritable(folder, source)),
    }
}

/// Removes temporary folders whose processes are gone: this user's, with our kind of name and lock, which nobody holds.
fn remove_left(all: &Path) {
    for entry in fs::read_dir(all).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let numbers = name.to_str().and_then(|name| name.strip_prefix(TEMPORARY)).and_then(|rest| rest.split_once('-'));
        let number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if !numbers.is_some_and(|(process, own)| number(process) && number(own)) {
            continue;
        }
        let path = entry.path();
        if let Ok(_lock) = left(&path).and_then(|lock| lock.try_lock().map(|()| lock).map_err(Into::into)) {
            match fs::remove_dir_all(&path) {
                Ok(()) => tracing::debug!(folder = %path.display(), "removed what a killed server left"),
                Err(error) => tracing::debug!(folder = %path.display(), %error, "could not be removed"),
            }
        }
    }
}

/// The lock of a folder that may have been left; only what this user made is looked into.
fn left(path: &Path) -> io::Result<File> {
    let ours = |path: &Path, folder: bool| {
        let there = fs::symlink_metadata(path)?;
        #[cfg(target_os = "linux")]
        let mine = std::os::unix::fs::MetadataExt::uid(&there) == rustix::process::geteuid().as_raw();
        #[cfg(not(target_os = "linux"))]
        let mine = true;
        let kind = if folder { there.is_dir() } else { there.is_file() };
        if mine && kind { Ok(()) } else { Err(io::Error::from(io::ErrorKind::PermissionDenied)) }
    };
    let lock = path.join(LOCK);
    ours(path, true)?;
    ours(&lock, false)?;
    OpenOptions::new().read(true).write(true).open(lock)
}

/// Whether something failed because there is no room: on the disk, or for this user.
pub(crate) fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}

/// Whether a megabyte more can be written in this folder's file system. SQLite says of a full disk that it is full, and of
/// a quota that is used up only that it could not write.
pub(crate) fn has_room(folder: &Path) -> bool {
    let probe = folder.join("parlor.probe");
    let written = private(&probe).and_then(|mut file| {
        file.set_len(0)?;
        file.write_all(&vec![0; 1 << 20])?;
        file.sync_all()
    });
    let _ = fs::remove_file(&probe);
    !written.is_err_and(|error| is_full(&error))
}

fn unwritable(folder: &Path, source: io::Error) -> OpenError {
    let folder = folder.to_owned();
    if is_full(&source) { OpenError::Full { folder } } else { OpenError::Unwritable { folder, source } }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_killed_server_left_is_removed_and_nothing_else() {
        let all = std::env::temp_dir().join(format!("parlor-folders-{}", std::process::id()));
        let _ = fs::remove_dir_all(&all);
        let make = |name: &str, lock: bool| {
            let path = all.join(name);
            fs::create_dir_all(&path).expect("made");
            fs::write(path.join("parlor.db"), "x").expect("written");
            if lock {
                fs::write(path.join(LOCK), "").expect("written");
            }
            path
        };
        let left = make("parlor-1-0", true);
        let kept = [
            make("parlor-2-0", false),
            make("parlor-x-0", true),
            make("parlor-1", true),
            make("parlor-1-0-0", true),
            make("other-1-0", true),
        ];
        let held = Folder::temporary_in(&all).expect("a folder");
        let (theirs, ours) = (make("parlor-3-0", true), held.path().to_owned());
        let lock = hold(&theirs).expect("nobody has it");
        let second = Folder::temporary_in(&all).expect("another");
        assert!(!left.exists());
        assert!(kept.iter().chain([&theirs, &ours]).all(|path| path.exists()));
        drop((held, second, lock));
        assert!(!ours.exists());
        fs::remove_dir_all(&all).expect("there");
    }

    #[test]
    fn a_quota_that_is_used_up_is_a_full_disk() {
        for (number, full) in [(28, true), (122, true), (5, false), (13, false)] {
            assert_eq!(is_full(&io::Error::from_raw_os_error(number)), full, "{number}");
        }
        assert!(has_room(&std::env::temp_dir()));
    }
}
