//! The pid file: says which process serves, and is locked for as long as that process lives. So a file that was left
//! behind is known by being unlocked, and never by guessing whose number stands in it.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, ErrorKind, Read as _, Write as _},
    os::unix::fs::{MetadataExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Result, anyhow, bail};
use rustix::{
    io::Errno,
    process::{Pid, Signal, geteuid, kill_process},
};

use crate::config::{Listen, Place};

/// How often it is looked whether a process has ended, and how often at most.
const LOOK: Duration = Duration::from_millis(20);
const LOOKS: u32 = 1_500;
/// How long a number may be.
const LONGEST: u64 = 32;

/// The file of this process. It goes when this is dropped.
#[derive(Debug)]
pub(crate) struct PidFile {
    path: PathBuf,
    file: File,
}

/// Where the file is if nobody says: among the system's temporary files, named after what is listened at.
pub(crate) fn default_path(listen: &[Listen]) -> PathBuf {
    let name = match listen.first().map(|listen| &listen.place) {
        None => "served".to_owned(),
        Some(Place::Localhost(port)) => format!("localhost-{port}"),
        Some(Place::Address(address)) => format!("{}-{}", address.ip(), address.port()),
        Some(Place::Unix(path)) => path.display().to_string(),
    };
    let name: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '.' || c == '-' { c } else { '-' }).collect();
    std::env::temp_dir().join(format!("parlor-{}.pid", name.trim_start_matches(['-', '.'])))
}

impl PidFile {
    /// Takes the file for this process.
    pub(crate) fn take(path: &Path) -> Result<Self> {
        loop {
            let mut file = open(path, true)?.ok_or_else(|| wrong(path, &ErrorKind::NotFound.into()))?;
            match file.try_lock() {
                Ok(()) if is_at(&file, path) => {
                    let write = |file: &mut File| {
                        file.set_len(0)?;
                        writeln!(file, "{}", std::process::id())
                    };
                    write(&mut file).map_err(|error| wrong(path, &error))?;
                    return Ok(Self { path: path.to_owned(), file });
                }
                // Its owner removed it a moment ago.
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => bail!(
                    "another Parlor runs with the pid file {}; end it with --kill, or choose another file with --pid-file",
                    path.display()
                ),
                Err(TryLockError::Error(error)) => return Err(wrong(path, &error)),
            }
        }
    }
}

impl PidFile {
    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for PidFile {
    fn drop(&mut self) {
        // It is locked, so whoever waits for the lock finds that this is no longer the file of that name.
        if is_at(&self.file, &self.path)
            && let Err(error) = fs::remove_file(&self.path)
        {
            tracing::warn!(%error, "the pid file could not be removed");
        }
    }
}

/// Ends the process of the file, in order, and waits for its end. `None` where none runs.
pub(crate) fn end(path: &Path) -> Result<Option<Pid>> {
    let Some(pid) = running(path)? else { return Ok(None) };
    match kill_process(pid, Signal::TERM) {
        // It has just ended.
        Ok(()) | Err(Errno::SRCH) => {}
        Err(Errno::PERM) => {
            bail!("the Parlor with the process number {pid} belongs to another user, who has to end it")
        }
        Err(error) => bail!("the Parlor with the process number {pid} can't be ended: {error}"),
    }
    for _ in 0..LOOKS {
        if running(path)? != Some(pid) {
            return Ok(Some(pid));
        }
        std::thread::sleep(LOOK);
    }
    Err(anyhow!("the Parlor with the process number {pid} was told to end and still runs; its log may say why"))
}

/// Which process has the file locked.
fn running(path: &Path) -> Result<Option<Pid>> {
    for _ in 0..LOOKS {
        let Some(mut file) = open(path, false)? else { return Ok(None) };
        match file.try_lock() {
            Ok(()) => {
                // Left by one that was killed.
                if is_at(&file, path) {
                    fs::remove_file(path).map_err(|error| wrong(path, &error))?;
                }
                return Ok(None);
            }
            Err(TryLockError::WouldBlock) => {}
            Err(TryLockError::Error(error)) => return Err(wrong(path, &error)),
        }
        let mut text = String::new();
        let read = (&mut file).take(LONGEST).read_to_string(&mut text);
        let number = text.strip_suffix('\n').and_then(|text| text.parse::<i32>().ok()).filter(|number| *number > 1);
        match (read, number.and_then(Pid::from_raw)) {
            (Ok(_), Some(pid)) => return Ok(Some(pid)),
            // Its owner is just writing it.
            (Ok(0), _) => std::thread::sleep(LOOK),
            _ => bail!("{} holds no process number; is it really Parlor's pid file?", path.display()),
        }
    }
    bail!("{} is locked by a process that writes no number into it; is it really Parlor's pid file?", path.display())
}

/// Opens it, made if it has to be. Only a file of this user is taken for one: in a folder where everybody may write,
/// another's could name any process.
fn open(path: &Path, make: bool) -> Result<Option<File>> {
    match fs::symlink_metadata(path) {
        Ok(there) if !there.is_file() => bail!("{} is no file; choose another with --pid-file", path.display()),
        Ok(there) if there.uid() != geteuid().as_raw() => {
            bail!("{} belongs to another user; choose another file with --pid-file", path.display())
        }
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::NotFound && make => {}
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(wrong(path, &error)),
    }
    let opened = OpenOptions::new().read(true).write(true).create(make).truncate(false).mode(0o600).open(path);
    match opened {
        Ok(file) => {
            // What was looked at by name may be another by now.
            let ours = file.metadata().is_ok_and(|there| there.is_file() && there.uid() == geteuid().as_raw());
            if ours { Ok(Some(file)) } else { bail!("{} is no file of this user", path.display()) }
        }
        Err(error) if error.kind() == ErrorKind::NotFound && !make => Ok(None),
        Err(error) => Err(wrong(path, &error)),
    }
}

/// Whether the file is the one that has this name now.
fn is_at(file: &File, path: &Path) -> bool {
    let (Ok(open), Ok(named)) = (file.metadata(), fs::symlink_metadata(path)) else { return false };
    (open.dev(), open.ino()) == (named.dev(), named.ino())
}

fn wrong(path: &Path, error: &io::Error) -> anyhow::Error {
    anyhow!("can't use the pid file {}: {error}; choose another with --pid-file", path.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A path of its own.
    fn path(name: &str) -> PathBuf {
        std::env::temp_dir().join(format!("parlor-test-pid-{}-{name}", std::process::id()))
    }

    #[test]
    fn the_files_name_says_what_is_listened_at() {
        for (listen, name) in [
            ("localhost:6277", "parlor-localhost-6277.pid"),
            ("https://0.0.0.0:443", "parlor-0.0.0.0-443.pid"),
            ("[::1]:80", "parlor-1-80.pid"),
            ("unix:/run/parlor/../x y.sock", "parlor-run-parlor-..-x-y.sock.pid"),
        ] {
            let path = default_path(&[listen.parse().expect(listen)]);
            assert_eq!(path.file_name().and_then(|name| name.to_str()), Some(name));
            assert_eq!(path.parent(), Some(std::env::temp_dir().as_path()));
        }
    }

    #[test]
    fn a_file_is_one_processs_for_as_long_as_it_lives() {
        let path = path("one");
        let held = PidFile::take(&path).expect("nobody has it");
        assert_eq!(fs::read_to_string(&path).expect("written"), format!("{}\n", std::process::id()));
        let refused = PidFile::take(&path).expect_err("taken").to_string();
        assert!(refused.contains("--kill") && refused.contains("parlor-test-pid"), "{refused}");
        assert_eq!(
            running(&path).expect("readable").map(|pid| pid.as_raw_nonzero().get()),
            Some(std::process::id() as i32)
        );
        drop(held);
        assert!(!path.exists());
        assert_eq!(running(&path).expect("not there"), None);
    }

    #[test]
    fn what_a_killed_process_left_is_nobodys_whatever_number_stands_in_it() {
        let path = path("left");
        // The number of a process that lives, and is not a Parlor with this file.
        fs::write(&path, format!("{}\n", std::process::id())).expect("written");
        assert_eq!(end(&path).expect("nobody's"), None);
        assert!(!path.exists());
        fs::write(&path, "1\n").expect("written");
        drop(PidFile::take(&path).expect("free"));
    }

    #[test]
    fn what_is_no_pid_file_is_not_acted_on() {
        let path = path("odd");
        for content in ["0\n", "-1\n", "1\n", "x\n", "99999999999999999999999999999999999999\n", "12"] {
            fs::write(&path, content).expect("written");
            let other = File::open(&path).expect("there");
            other.lock().expect("locked");
            assert!(end(&path).expect_err(content).to_string().contains("pid file"), "{content}");
        }
        fs::remove_file(&path).expect("there");
        fs::create_dir(&path).expect("made");
        assert!(PidFile::take(&path).expect_err("a folder").to_string().contains("no file"));
        assert!(end(&path).is_err());
        fs::remove_dir(&path).expect("there");
        std::os::unix::fs::symlink("/dev/null", &path).expect("made");
        assert!(PidFile::take(&path).expect_err("a link").to_string().contains("no file"));
        fs::remove_file(&path).expect("there");
        assert!(PidFile::take(&path.join("below")).is_err());
    }
}
