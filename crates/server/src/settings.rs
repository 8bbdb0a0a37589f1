//! `parlor config`: the settings in print.

use std::io::{ErrorKind, Write as _};

use anyhow::Result;

use crate::{
    cli,
    config::{self, Environment, Loaded},
};

pub(crate) fn run(options: &cli::Config) -> Result<()> {
    if options.example {
        return print(&config::example());
    }
    if options.reference {
        return print(&config::reference());
    }
    if let Some(path) = &options.check {
        let loaded = Loaded::check(path)?;
        warn(&loaded);
        return print(&format!("{} is right\n", path.display()));
    }
    let loaded = Loaded::read(&options.settings, &Environment::of_process())?;
    warn(&loaded);
    print(&config::holds(&loaded))
}

fn warn(loaded: &Loaded) {
    for warning in &loaded.warnings {
        eprintln!("parlor: {warning}");
    }
}

/// Who reads may stop reading, as `head` does.
fn print(text: &str) -> Result<()> {
    match std::io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}
