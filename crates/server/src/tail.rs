//! `parlor tail`: what is said in all sessions of a flow, a record a line, of a server that runs or does not.

use std::{
    io::{self, Write as _},
    thread,
    time::Duration,
};

use anyhow::{Result, bail};
use parlor_gateway_assistant::{Book, From, lines};
use parlor_store::{ReadError, Spoken};
use parlor_store_sqlite::Reading;

use crate::{cli, config::Loaded};

/// How often it is looked for what is new.
const LOOK: Duration = Duration::from_millis(200);

struct Read(Reading);

impl Book for Read {
    async fn spoken(&self, flow: &str, after: u64, limit: usize) -> Result<Vec<Spoken>, ReadError> {
        self.0.spoken(flow, after, limit)
    }

    async fn spoken_before(&self, flow: &str, before: u64, limit: usize) -> Result<Vec<Spoken>, ReadError> {
        self.0.spoken_before(flow, before, limit)
    }
}

pub(crate) fn run(options: &cli::Tail) -> Result<()> {
    let name = options.flow.strip_prefix("~assistant/").unwrap_or(&options.flow);
    if name.is_empty() || name.contains('/') {
        bail!("name a flow, as in: parlor tail '~assistant/welcome'");
    }
    let data = Loaded::place(&options.place)?.server.data;
    let read = Read(Reading::open(&data)?);
    match follow(&read, name, options) {
        // Who reads may stop reading, as `head` does.
        Err(error) if error.downcast_ref::<io::Error>().is_some_and(|e| e.kind() == io::ErrorKind::BrokenPipe) => {
            Ok(())
        }
        done => done,
    }
}

fn follow(read: &Read, flow: &str, options: &cli::Tail) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let mut out = io::stdout().lock();
    let mut from = options.from;
    if !options.no_follow && runtime.block_on(read.spoken_before(flow, u64::MAX, 1))?.is_empty() {
        // It may be a mistake in the name, and may be a new flow.
        eprintln!("Nothing has been said in a flow `{flow}` yet; waiting for it. Ctrl+C ends.");
    }
    loop {
        let (lines, position) = runtime.block_on(lines(read, flow, from))?;
        for line in &lines {
            writeln!(out, "{}", line.text)?;
        }
        out.flush()?;
        let more = matches!(from, From::Start | From::After(_)) && !lines.is_empty();
        from = From::After(position);
        if more {
            continue;
        }
        if options.no_follow {
            return Ok(());
        }
        thread::sleep(LOOK);
        read.0.renew()?;
    }
}
