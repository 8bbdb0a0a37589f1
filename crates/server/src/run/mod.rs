//! Running it: in the background, under a pid file, under a service manager.

pub(crate) mod background;
pub(crate) mod manager;
pub(crate) mod pid_file;
mod told;

use std::{io::Write as _, path::Path, process::ExitCode};

use anyhow::{Result, bail};

pub(crate) use self::told::Told;
use self::{background::LogFile, pid_file::PidFile};
use crate::{config::Loaded, doors::Hello};

/// `--kill`.
pub(crate) fn kill(pid_file: &Path) -> Result<ExitCode> {
    match pid_file::end(pid_file)? {
        Some(pid) => {
            say(&format!("Parlor (process {pid}) has ended.\n"));
            Ok(ExitCode::SUCCESS)
        }
        None => bail!(
            "no Parlor runs with the pid file {}; if one runs, give the --pid-file or the --listen that it was started with",
            pid_file.display()
        ),
    }
}

/// `--daemon`, in the process that somebody started and waits for.
pub(crate) fn in_background(pid_file: &Path) -> Result<ExitCode> {
    if let Some(pid) = pid_file::end(pid_file)? {
        say(&format!("The Parlor that ran before (process {pid}) has ended.\n"));
    }
    background::start()
}

/// What else there may be to say.
pub(crate) struct More {
    /// Where the server's numbers are, if they have an address of their own.
    pub(crate) numbers_at: Option<String>,
    /// What lets the first admin in.
    pub(crate) set_up: Option<String>,
}

/// Says where it is open and how to end it.
pub(crate) fn say_hello(hello: &Hello, more: &More, loaded: &Loaded, pid_file: Option<&PidFile>) {
    let Hello { url, listening } = hello;
    let place = match listening {
        None => "Only this machine can reach it.".to_owned(),
        Some(all) => format!("Listening on {all}."),
    };
    let end = match pid_file.filter(|_| background::is_here()) {
        None => "Ctrl-C ends it.".to_owned(),
        Some(file) => {
            let (number, file) = (std::process::id(), file.path());
            let file = file.canonicalize().unwrap_or_else(|_| file.to_owned());
            format!(
                "It runs in the background (process {number}).\nEnd it with: parlor --kill --pid-file {}",
                file.display()
            )
        }
    };
    let mut text = format!("Parlor is open at {url}\n{place} {end}\n");
    if let Some(token) = &more.set_up {
        let url = url.trim_end_matches('/');
        text.push_str(&format!("There is no admin yet. Whoever opens {url}/setup#{token} becomes one.\n"));
    }
    if let Some(address) = &more.numbers_at {
        text.push_str(&format!("Its numbers are at {address}/metrics\n"));
    }
    if let Some(file) = &loaded.file {
        text.push_str(&format!("Its settings are those in {}.\n", file.display()));
    }
    if loaded.config.server.data == Path::new(":memory:") {
        text.push_str("Nothing is kept when it ends.\n");
    }
    say(&text);
}

/// It serves: who waits for one in the background is let go, and the log file begins.
pub(crate) fn let_go(log_file: Option<&LogFile>) -> Result<()> {
    if background::is_here() { background::detach(log_file) } else { log_file.map_or(Ok(()), LogFile::begin) }
}

/// Nobody may listen.
fn say(text: &str) {
    let mut stdout = std::io::stdout();
    let _ = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
}
