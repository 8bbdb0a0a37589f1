//! `--daemon`: this program starts itself again, in a session of its own; who started it waits until that one serves, and
//! hears everything that it says until then.

use std::{
    fs::{File, OpenOptions},
    io::{self, Read, Write},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, ExitCode, Stdio},
    thread,
};

use anyhow::{Context as _, Result, anyhow};

/// Tells the one in the background that it is the one.
const MARK: &str = "_PARLOR_IN_BACKGROUND";
/// What it writes last, once it serves (“end of transmission”).
const SERVES: u8 = 4;

/// Whether this process is the one in the background.
pub(crate) fn is_here() -> bool {
    std::env::var_os(MARK).is_some()
}

/// Starts the one in the background, and waits until it serves or has failed. Gives its code.
pub(crate) fn start() -> Result<ExitCode> {
    let program = std::env::current_exe().context("can't find this program's own file")?;
    let mut child = Command::new(program)
        .args(std::env::args_os().skip(1))
        .env(MARK, "1")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .context("can't start in the background")?;
    let errors = child.stderr.take().map(|errors| thread::spawn(move || pass_on(errors, io::stderr())));
    let serves = child.stdout.take().is_some_and(|said| pass_on(said, io::stdout()));
    if serves {
        // It has let go of its errors' stream by now, or does so next.
        join(errors);
        return Ok(ExitCode::SUCCESS);
    }
    let code = failed(&mut child);
    join(errors);
    code
}

fn join(thread: Option<thread::JoinHandle<bool>>) {
    if let Some(thread) = thread {
        let _ = thread.join();
    }
}

fn failed(child: &mut Child) -> Result<ExitCode> {
    let status = child.wait().context("can't wait for the one in the background")?;
    match status.code().and_then(|code| u8::try_from(code).ok()) {
        Some(0) => Err(anyhow!("it ended before it served")),
        Some(code) => Ok(ExitCode::from(code)),
        None => Err(anyhow!("it was ended before it served ({status})")),
    }
}

/// Passes on what is said, to its end; tells whether the word came that it serves.
fn pass_on(mut from: impl Read, mut to: impl Write) -> bool {
    let mut buffer = [0; 4096];
    loop {
        match from.read(&mut buffer) {
            Ok(0) => return false,
            Ok(read) => {
                let said = &buffer[..read];
                let serves = said.last() == Some(&SERVES);
                // Nobody may listen; the server is to start nevertheless.
                let _ = to.write_all(said.strip_suffix(&[SERVES]).unwrap_or(said)).and_then(|()| to.flush());
                if serves {
                    return true;
                }
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => return false,
        }
    }
}

/// In the one in the background, at its start: it is in no terminal's session any more.
pub(crate) fn leave_session() {
    if let Err(error) = rustix::process::setsid() {
        tracing::debug!(%error, "it stays in the session that it was started in");
    }
}

/// In the one in the background, once it serves: says so, and from now on speaks to the log file, or to nobody.
pub(crate) fn detach(log: Option<&LogFile>) -> Result<()> {
    let nobody = OpenOptions::new().read(true).write(true).open("/dev/null").context("can't open /dev/null")?;
    let mut stdout = io::stdout();
    let _ = stdout.write_all(&[SERVES]).and_then(|()| stdout.flush());
    rustix::stdio::dup2_stdout(&nobody).context("can't let go of the terminal")?;
    match log {
        Some(log) => log.begin(),
        None => rustix::stdio::dup2_stderr(&nobody).context("can't let go of the terminal"),
    }
}

/// A log file that is given to standard error, and opened anew when it was moved away.
#[derive(Debug, Clone)]
pub(crate) struct LogFile(PathBuf);

impl LogFile {
    /// The one at this path, which has to be one that can be written.
    pub(crate) fn at(path: &Path) -> Result<Self> {
        let this = Self(path.to_owned());
        this.open()?;
        Ok(this)
    }

    /// Opens it for more lines; only this user and its group may read it.
    fn open(&self) -> Result<File> {
        let opened = OpenOptions::new().append(true).create(true).mode(0o640).open(&self.0);
        opened.with_context(|| format!("can't write the log file {}; choose another with --log-file", self.0.display()))
    }

    /// From now on what goes to standard error goes there.
    pub(crate) fn begin(&self) -> Result<()> {
        rustix::stdio::dup2_stderr(self.open()?).context("can't write to the log file")
    }

    /// Opens the file anew: it may have been moved away.
    pub(crate) fn reopen(&self) {
        if let Err(error) = self.begin() {
            tracing::error!("the log goes on in the old file: {error:#}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_is_passed_on_but_for_the_last_word() {
        for (said, passed, serves) in [
            (&b"open at x\n\x04"[..], &b"open at x\n"[..], true),
            (b"\x04", b"", true),
            (b"failed\n", b"failed\n", false),
            (b"", b"", false),
        ] {
            let mut to = Vec::new();
            assert_eq!(pass_on(said, &mut to), serves);
            assert_eq!(to, passed);
        }
    }
}
