//! `parlor backup`: a consistent, compressed, timestamped copy of a server's database, once or again and again.

pub(crate) mod name;
pub(crate) mod pack;
mod schedule;
mod take;

use std::{path::Path, time::Duration};

use anyhow::{Context as _, Result, bail};
use parlor_rooms::Clock as _;
use tokio::signal::unix::{SignalKind, signal};

pub(crate) use self::{
    schedule::Backups,
    take::{Job, Taken},
};
use crate::{
    cli,
    clock::SystemClock,
    config::Loaded,
    meter::{Meter, seconds, size},
};

/// The folder for backups where nobody names another one.
const FOLDER: &str = "parlor-backups";

pub(crate) fn run(options: &cli::Backup) -> Result<()> {
    let config = Loaded::place(&options.place)?;
    if config.server.data == Path::new(":memory:") {
        bail!("a server that keeps nothing has nothing to back up; name a data folder with --data");
    }
    let to = options.to.clone().or(config.backup.to).unwrap_or_else(|| FOLDER.into());
    let job = Job { data: config.server.data, to, keep: options.keep };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("can't start")?;
    let meter = Meter::new();
    runtime.block_on(repeat(&job, options.every, &meter))
}

/// Takes one, and then one after each `every`. What goes wrong the first time ends it; later it is said, and tried again.
async fn repeat(job: &Job, every: Option<Duration>, meter: &Meter) -> Result<()> {
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let mut first = true;
    loop {
        let began = SystemClock.now();
        let (own, shown) = (job.clone(), meter.clone());
        let mut taking = tokio::task::spawn_blocking(move || own.take(&SystemClock, &shown));
        let told = async {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
        };
        let taken = tokio::select! {
            taken = &mut taking => taken?,
            () = told => {
                // Whoever writes tidies up.
                meter.stop();
                taking.await?
            }
        };
        meter.clear();
        match taken {
            Ok(taken) => println!("{}", said(&taken)),
            Err(_) if meter.is_stopped() => bail!("the backup was broken off; nothing is left of it"),
            Err(error) if first => return Err(error),
            Err(error) => eprintln!("parlor: {error:#}; trying again later"),
        }
        first = false;
        let Some(every) = every.filter(|_| !meter.is_stopped()) else { return Ok(()) };
        tokio::select! {
            () = tokio::time::sleep(every.saturating_sub(SystemClock.now().since(began))) => {}
            _ = terminate.recv() => return Ok(()),
            _ = interrupt.recv() => return Ok(()),
        }
    }
}

fn said(taken: &Taken) -> String {
    let old = match taken.removed {
        0 => String::new(),
        1 => "; one older backup removed".to_owned(),
        many => format!("; {many} older backups removed"),
    };
    let (packed, whole, took) = (size(taken.packed), size(taken.size), seconds(taken.took));
    format!("Backed up to {} ({packed}, {whole} unpacked, in {took}{old})", taken.file.display())
}
