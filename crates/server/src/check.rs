//! `parlor check`: proves a data folder's database or a backup whole, or says what is wrong and what to do.

use std::{
    fs::{self, File},
    io::Read as _,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, anyhow, bail};
use parlor_store_sqlite::{OpenError, VerifyError, Whole, private_file, verify, verify_folder};

use crate::{
    backup::{name, pack},
    cli,
    config::Loaded,
    meter::Meter,
};

pub(crate) fn run(options: &cli::Check) -> Result<()> {
    let path = &match &options.what {
        Some(what) => what.clone(),
        None => Loaded::place(&options.place)?.server.data,
    };
    let meter = Meter::new();
    let whole = if path.is_dir() {
        meter.begin("checking");
        verify_folder(path, &meter.watch(false)).map_err(|error| match error {
            VerifyError::Damaged { .. } => {
                anyhow!("{error}; stop the server, and restore a backup with `parlor restore`")
            }
            error => error.into(),
        })
    } else {
        of_file(path, &meter)
    };
    meter.clear();
    let whole = whole?;
    println!("{} is whole: {}.", path.display(), contents(&whole));
    if let Some(taken) = whole.taken {
        println!("It was taken on {}.", name::readable(taken));
    }
    Ok(())
}

fn of_file(path: &Path, meter: &Meter) -> Result<Whole> {
    if !path.exists() {
        bail!("there is nothing at {}; name a data folder or a backup", path.display());
    }
    let unpacked = Unpacked::beside(path)?;
    meter.begin("unpacking");
    pack::unpack(path, &unpacked.0, meter)?;
    meter.begin("checking");
    verify(&unpacked.0, &meter.watch(false)).map_err(|error| match error {
        VerifyError::Damaged { findings, .. } => {
            anyhow!("{} is damaged: {}; use another backup", path.display(), findings.join("; "))
        }
        VerifyError::Open(error) => of_backup(path, &error),
        stopped @ VerifyError::Stopped => stopped.into(),
    })
}

/// What is wrong with a backup, under the name that the person knows.
pub(crate) fn of_backup(path: &Path, error: &OpenError) -> anyhow::Error {
    let shown = path.display();
    match error {
        OpenError::Foreign { .. } => anyhow!("{shown} is a database of another program; name a backup of Parlor"),
        OpenError::Newer { found, known, .. } => anyhow!(
            "{shown} was written by a newer Parlor (schema {found}; this one knows {known}); use that version or a later one"
        ),
        OpenError::Damaged { why, .. } => anyhow!("the backup {shown} is damaged ({why}); use another one"),
        error => anyhow!("{error}"),
    }
}

/// What a database holds, in words.
pub(crate) fn contents(whole: &Whole) -> String {
    let count = |count: u64, one: &str, many: &str| format!("{count} {}", if count == 1 { one } else { many });
    let last = whole.last_at.map_or(String::new(), |at| format!(", the last change on {}", name::readable(at)));
    format!(
        "{}, {}, {}{last}",
        count(whole.rooms, "room", "rooms"),
        count(whole.messages, "message", "messages"),
        count(whole.bots, "bot", "bots")
    )
}

/// A backup that is unpacked for a while; it goes with this.
struct Unpacked(PathBuf);

impl Unpacked {
    /// Beside the backup, where there is room for backups; where nothing can be written, among the temporary files.
    fn beside(path: &Path) -> Result<Self> {
        // What can't be read is said before anything is made.
        let mut first = [0];
        let _ = File::open(path)
            .and_then(|mut file| file.read(&mut first))
            .with_context(|| format!("can't read the backup {}", path.display()))?;
        let name = format!(".parlor-check-{}.db", std::process::id());
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let beside = folder.join(&name);
        if private_file(&beside).is_ok() {
            return Ok(Self(beside));
        }
        let temporary = std::env::temp_dir().join(name);
        private_file(&temporary).context("can't unpack the backup to look at it; there is no place for it")?;
        Ok(Self(temporary))
    }
}

impl Drop for Unpacked {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}
