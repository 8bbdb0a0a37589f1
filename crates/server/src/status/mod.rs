//! `parlor status`: how the server is that runs in a data folder, for people, for programs (`--json`), and by its exit code for
//! whoever watches over it.

mod minute;
mod print;
mod report;

use std::{
    io::{self, Write as _},
    path::Path,
    process::ExitCode,
    time::Duration,
};

use anyhow::{Context as _, Result, bail};
use hyper::{Method, StatusCode};
use parlor_store_sqlite::{SqliteStore, is_in_use};

use self::report::{Report, State};
pub(crate) use self::{
    minute::Minute,
    report::{Facts, Shown},
};
use crate::{
    cli,
    config::Loaded,
    control::{self, Said},
};

/// How long a server may take to say how it is.
const PATIENCE: Duration = Duration::from_secs(10);
/// No server runs, as service managers count.
const STOPPED: u8 = 3;
/// One runs that can't be used now.
const UNREADY: u8 = 4;

pub(crate) fn run(options: &cli::Status) -> Result<ExitCode> {
    let data = Loaded::place(&options.place)?.server.data;
    if data == Path::new(":memory:") {
        bail!("a server without a folder can't be asked from here; name its folder with --data");
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("can't start")?;
    let asked = runtime.block_on(async {
        tokio::time::timeout(PATIENCE, control::ask(&data, Method::GET, "/status", Vec::new())).await
    });
    let state = match asked {
        Ok(said) => match said? {
            Some(said) => return tell(&said, options.json),
            None => absent(&data)?,
        },
        Err(_) => State::Silent,
    };
    if options.json {
        out(&format!("{}\n", serde_json::json!({ "state": state })))?;
    }
    let folder = data.display();
    Ok(match state {
        State::Stopped => {
            complain(&format!("no server runs in {folder}"));
            STOPPED.into()
        }
        _ => {
            complain(&format!(
                "a server has {folder}, but does not answer; it is about to start or to end, or hangs. Look at its log"
            ));
            UNREADY.into()
        }
    })
}

/// Nobody answers: because nobody is there, or nobody answers yet.
fn absent(data: &Path) -> Result<State> {
    if is_in_use(data) {
        return Ok(State::Silent);
    }
    if !data.is_dir() {
        bail!("there is no folder {}; name the server's with --data", data.display());
    }
    if !SqliteStore::is_in(data) {
        bail!("there is no Parlor in {}; name the server's folder with --data", data.display());
    }
    Ok(State::Stopped)
}

fn tell(said: &Said, json: bool) -> Result<ExitCode> {
    let unexpected =
        "the server is of another version, and does not say how it is; restart it, or use its own `parlor`";
    if said.status != StatusCode::OK {
        bail!(unexpected);
    }
    let report: Report = serde_json::from_slice(&said.body).context(unexpected)?;
    if json {
        // As it came: a newer server may say more than is known here.
        out(&format!("{}\n", String::from_utf8_lossy(&said.body)))?;
    } else {
        out(&print::text(&report))?;
    }
    Ok(if report.state == State::Ready { ExitCode::SUCCESS } else { UNREADY.into() })
}

fn out(text: &str) -> Result<()> {
    match io::stdout().write_all(text.as_bytes()) {
        // Who reads may stop reading, as `head` does.
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error).context("can't write to standard output"),
        _ => Ok(()),
    }
}

fn complain(what: &str) {
    eprintln!("parlor: {what}");
}
