//! `parlor restore`: puts a backup in the place of what a data folder holds, after looking whether it is whole.

use std::path::Path;

use anyhow::{Result, bail};
use parlor_rooms::Clock as _;
use parlor_store_sqlite::{Restore, Restored, VerifyError, Whole, verify};

use crate::{
    backup::{name, pack},
    cli,
    clock::SystemClock,
    config::Loaded,
    meter::Meter,
    ownership,
};

pub(crate) fn run(options: &cli::Restore) -> Result<()> {
    if !options.file.exists() {
        bail!("there is no backup {}; name a file that `parlor backup` made", options.file.display());
    }
    let meter = Meter::new();
    let data = Loaded::place(&options.place)?.server.data;
    if data == Path::new(":memory:") {
        bail!("a server that keeps nothing can't keep a backup either; name a data folder with --data");
    }
    let restore = Restore::begin(&data, options.force)?;
    let whole = match unpacked(options, &restore, &meter) {
        Ok(whole) => whole,
        Err(error) => {
            meter.clear();
            restore.abandon();
            ownership::hand_over(&data);
            return Err(error);
        }
    };
    meter.clear();
    let now = SystemClock.now();
    let restored = restore.finish(now, &format!("replaced-{}", name::stamp(now)));
    ownership::hand_over(&data);
    let restored = restored?;
    say(options, &data, &whole, &restored);
    Ok(())
}

fn unpacked(options: &cli::Restore, restore: &Restore, meter: &Meter) -> Result<Whole> {
    meter.begin("unpacking");
    pack::unpack(&options.file, &restore.file(), meter)?;
    meter.begin("checking");
    verify(&restore.file(), &meter.watch(false)).map_err(|error| match error {
        // Under the name that the person knows.
        VerifyError::Damaged { findings, .. } => anyhow::anyhow!(
            "the backup {} is damaged ({}); use another one",
            options.file.display(),
            findings.join("; ")
        ),
        VerifyError::Open(error) => super::check::of_backup(&options.file, &error),
        stopped @ VerifyError::Stopped => stopped.into(),
    })
}

fn say(options: &cli::Restore, data: &Path, whole: &Whole, restored: &Restored) {
    let of = whole.taken.map_or(String::new(), |at| format!(", as it was on {}", name::readable(at)));
    println!("Restored {} into {}{of}.", options.file.display(), data.display());
    println!("{}.", super::check::contents(whole));
    println!("New messages get ids above {}, so that nobody takes them for ones that are lost.", restored.ids);
    if let Some(replaced) = &restored.replaced {
        println!("What was there before is in {}.", replaced.display());
    }
}
