//! What machine it is, and what was measured: for the head of each result.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;
use serde::Serialize;

use crate::clock;
use crate::table::{Series, short};

/// The machine on which figures were taken.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Machine {
    pub(crate) processor: String,
    pub(crate) cores: usize,
    pub(crate) kernel: String,
    pub(crate) memory: String,
    /// Writes of 4 KiB, each synced, in a second, in the folder of the servers' data.
    pub(crate) syncs: Series,
}

impl Machine {
    /// Looks, and measures the disk under this folder for a moment.
    pub(crate) fn look(data: &Path) -> Result<Self> {
        let line = |path: &str, name: &str| {
            let text = fs::read_to_string(path).unwrap_or_default();
            let line = text.lines().find_map(|line| line.strip_prefix(name));
            line.map_or_else(|| "unknown".to_owned(), |rest| rest.trim_matches([' ', '\t', ':']).to_owned())
        };
        let memory = line("/proc/meminfo", "MemTotal:");
        let kilobytes: f64 = memory.trim_end_matches(" kB").parse().unwrap_or(f64::NAN);
        Ok(Self {
            processor: line("/proc/cpuinfo", "model name"),
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            kernel: line("/proc/sys/kernel/osrelease", ""),
            memory: format!("{} GB", short(kilobytes * 1024.0 / 1e9)),
            syncs: (0..3).map(|_| syncs(data)).collect::<Result<_>>()?,
        })
    }

    /// For the head of the results.
    pub(crate) fn markdown(&self) -> String {
        format!(
            "**Machine** of the last run: {}, {} cores, {} of memory, Linux {}; {} writes of 4 KiB a second, each synced.\n",
            self.processor,
            self.cores,
            self.memory,
            self.kernel,
            self.syncs.spread()
        )
    }
}

/// Writes and syncs for a moment; how often a second.
fn syncs(folder: &Path) -> Result<f64> {
    use std::io::Write as _;
    fs::create_dir_all(folder)?;
    let path = folder.join("bench-sync");
    let mut file = fs::File::create(&path)?;
    let (start, mut count) = (clock::now(), 0.0);
    while start.elapsed().as_millis() < 300 {
        file.write_all(&[0; 4096])?;
        file.sync_data()?;
        count += 1.0;
    }
    let rate = count / start.elapsed().as_secs_f64();
    fs::remove_file(path)?;
    Ok(rate)
}

/// The folder of the project's sources.
pub(crate) fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map_or_else(PathBuf::new, Path::to_owned)
}

/// The commit, and whether the sources differ from it.
pub(crate) fn commit() -> String {
    let git = |args: &[&str]| {
        let output = Command::new("git").args(args).current_dir(project()).output().ok()?;
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    };
    let Some(commit) = git(&["rev-parse", "--short=12", "HEAD"]) else { return "unknown".to_owned() };
    let changes = git(&["status", "--porcelain", "--", "crates", "Cargo.lock"]).unwrap_or_default();
    if changes.is_empty() { commit } else { format!("{commit} and changes") }
}

/// The version of a crate that is built in.
pub(crate) fn locked(name: &str) -> String {
    let lock = include_str!("../../Cargo.lock");
    let mut lines = lock.lines().skip_while(|line| *line != format!("name = \"{name}\""));
    let version = lines.nth(1).and_then(|line| line.strip_prefix("version = \""));
    version.map_or_else(|| "unknown".to_owned(), |version| version.trim_end_matches('"').to_owned())
}
