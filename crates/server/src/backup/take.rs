//! Taking one backup: a copy under another name, compressed, synced, given its name; then those beyond the number to keep go.

use std::{
    fs::{self, File, TryLockError},
    io,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use anyhow::{Context as _, Result, bail};
use parlor_rooms::{Clock, Timestamp};
use parlor_store_sqlite::{CopyError, Source, private_file};

use super::{name, pack};
use crate::meter::{Meter, size};

/// What must be free besides: who backs up must not fill the disk that others write to.
const MARGIN: u64 = 16 << 20;
/// How files are called that are not done.
const PART: &str = ".parlor-backup-";

/// What is to be backed up, and where to.
#[derive(Clone, Debug)]
pub(crate) struct Job {
    pub(crate) data: PathBuf,
    pub(crate) to: PathBuf,
    /// How many to keep; all without.
    pub(crate) keep: Option<u32>,
}

/// A backup that was taken.
#[derive(Clone, Debug)]
pub(crate) struct Taken {
    pub(crate) file: PathBuf,
    pub(crate) at: Timestamp,
    /// Bytes of the database, and of the backup.
    pub(crate) size: u64,
    pub(crate) packed: u64,
    pub(crate) took: Duration,
    /// How many older ones were removed.
    pub(crate) removed: usize,
}

/// A file that is not done; it goes with this.
struct Part {
    path: PathBuf,
    /// Locked as long as it is somebody's.
    file: File,
}

impl Part {
    fn new(folder: &Path, end: &str) -> Result<Self> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let path = folder.join(format!("{PART}{}-{number}{end}", std::process::id()));
        let wrong = || format!("can't write in the folder for backups {}", folder.display());
        let file = private_file(&path).with_context(wrong)?;
        file.try_lock().with_context(wrong)?;
        file.set_len(0).with_context(wrong)?;
        Ok(Self { path, file })
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        // If it has its name by now, this one is gone.
        let _ = fs::remove_file(&self.path);
    }
}

impl Job {
    /// Takes a backup now.
    pub(crate) fn take(&self, clock: &dyn Clock, meter: &Meter) -> Result<Taken> {
        let at = clock.now();
        let mut source = Source::open(&self.data)?;
        self.make_folder()?;
        self.sweep();
        self.check_room(source.size())?;
        let copy = Part::new(&self.to, ".db")?;
        meter.begin("copying");
        source.copy_into(&copy.path, at, &meter.watch(true)).map_err(|error| self.copy_failed(error))?;
        drop(source);
        let size = fs::metadata(&copy.path).map_or(0, |metadata| metadata.len());
        let packed = Part::new(&self.to, ".gz")?;
        meter.begin("compressing");
        let written = pack::pack(&copy.path, packed.file.try_clone()?, meter).map_err(|error| self.explain(error))?;
        let file = self.free_name(at);
        fs::rename(&packed.path, &file).with_context(|| format!("can't name the backup {}", file.display()))?;
        sync(&self.to)?;
        let removed = self.remove_old()?;
        Ok(Taken { file, at, size, packed: written, took: clock.now().since(at), removed })
    }

    /// When the newest backup was taken that is there.
    pub(crate) fn newest(&self) -> Option<Timestamp> {
        self.all().ok()?.last().map(|(at, _)| *at)
    }

    /// Our backups in the folder, oldest first.
    fn all(&self) -> io::Result<Vec<(Timestamp, PathBuf)>> {
        let mut all = Vec::new();
        for entry in fs::read_dir(&self.to)? {
            let entry = entry?;
            if let Some(at) = entry.file_name().to_str().and_then(name::taken) {
                all.push((at, entry.path()));
            }
        }
        // Several of one second have a number, which makes their names longer.
        all.sort_by(|(at, file), (other_at, other)| {
            (at, file.as_os_str().len(), file).cmp(&(other_at, other.as_os_str().len(), other))
        });
        Ok(all)
    }

    fn make_folder(&self) -> Result<()> {
        let made = if self.to.is_dir() { Ok(()) } else { private_folder(&self.to) };
        made.with_context(|| {
            format!("can't make the folder for backups {}; choose another with --to", self.to.display())
        })
    }

    /// Removes what one that was killed has left.
    fn sweep(&self) {
        let Ok(entries) = fs::read_dir(&self.to) else { return };
        for entry in entries.flatten() {
            if !entry.file_name().to_str().is_some_and(|name| name.starts_with(PART)) {
                continue;
            }
            let abandoned =
                File::open(entry.path()).is_ok_and(|file| !matches!(file.try_lock(), Err(TryLockError::WouldBlock)));
            if abandoned && let Err(error) = fs::remove_file(entry.path()) {
                tracing::debug!(%error, "a part of a backup that was broken off stays");
            }
        }
    }

    /// The copy and what it is compressed to lie beside each other for a while.
    fn check_room(&self, database: u64) -> Result<()> {
        let needed = database + database / 4 * 3 + MARGIN;
        let Ok(disk) = rustix::fs::statvfs(&self.to) else { return Ok(()) };
        let free = disk.f_bavail.saturating_mul(disk.f_frsize);
        if free < needed {
            bail!(
                "there is not enough room in {} for a backup: {} are free, {} may be needed; free some, or choose another folder with --to",
                self.to.display(),
                size(free),
                size(needed)
            );
        }
        Ok(())
    }

    fn copy_failed(&self, error: CopyError) -> anyhow::Error {
        match error {
            CopyError::Failed { why, .. } => {
                anyhow::anyhow!("can't copy the database into {}: {why}; is the disk full?", self.to.display())
            }
            error => error.into(),
        }
    }

    fn explain(&self, error: anyhow::Error) -> anyhow::Error {
        if error.downcast_ref::<io::Error>().map(io::Error::kind) == Some(io::ErrorKind::StorageFull) {
            return anyhow::anyhow!("the disk of {} became full; free some room, then try again", self.to.display());
        }
        error
    }

    fn free_name(&self, at: Timestamp) -> PathBuf {
        let mut number = 0;
        loop {
            let file = self.to.join(name::name(at, number));
            if !file.exists() {
                return file;
            }
            number += 1;
        }
    }

    fn remove_old(&self) -> Result<usize> {
        let Some(keep) = self.keep else { return Ok(0) };
        let keep = usize::try_from(keep.max(1)).unwrap_or(usize::MAX);
        let all = self.all()?;
        let old = &all[..all.len().saturating_sub(keep)];
        for (_, file) in old {
            fs::remove_file(file).with_context(|| format!("can't remove the old backup {}", file.display()))?;
        }
        Ok(old.len())
    }
}

/// A folder that only this user may look into, and those above it.
fn private_folder(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

fn sync(folder: &Path) -> Result<()> {
    let synced = File::open(folder).and_then(|folder| folder.sync_all());
    synced.with_context(|| format!("can't sync the folder {}", folder.display()))
}
