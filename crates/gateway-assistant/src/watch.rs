//! Flows that are files: one, or a folder of them; read at the start, and again when one changes.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use parlor_flows::Severity;
use parlor_rooms::Timestamp;
use tokio_util::sync::CancellationToken;

use crate::offer::{Bad, FlowFile, Offer};

/// How often it is looked whether a file has changed.
const LOOK: Duration = Duration::from_secs(1);

/// Where the files are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source(PathBuf);

/// What a file was when it was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Seen {
    at: Option<SystemTime>,
    size: u64,
}

/// What was read, by flow.
#[derive(Default)]
struct Read(BTreeMap<String, (PathBuf, Seen)>);

impl Source {
    /// A folder with a flow in each `.json`, named by the file, or one file.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    fn files(&self) -> io::Result<BTreeMap<String, PathBuf>> {
        let name = |path: &Path| path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
        if !self.0.is_dir() {
            return Ok(name(&self.0).map(|name| (name, self.0.clone())).into_iter().collect());
        }
        let mut files = BTreeMap::new();
        for entry in fs::read_dir(&self.0)? {
            let path = entry?.path();
            let is_flow = path.extension().is_some_and(|extension| extension == "json") && path.is_file();
            if let Some(name) = name(&path).filter(|name| is_flow && !name.starts_with('.')) {
                files.insert(name, path);
            }
        }
        Ok(files)
    }

    /// Reads all of them for the first time, and then again and again what has changed, until the server ends. A broken one is told
    /// in the log, and the one before stays.
    ///
    /// # Errors
    /// There is no such file or folder. A broken flow is none: the others are offered.
    pub async fn begin(self, offer: Offer, stopping: CancellationToken) -> io::Result<impl Future<Output = ()>> {
        let mut read = Read::default();
        fs::metadata(&self.0)?;
        read.look(&self, &offer).await?;
        Ok(async move {
            loop {
                tokio::select! {
                    () = stopping.cancelled() => return,
                    () = tokio::time::sleep(LOOK) => {}
                }
                if let Err(error) = read.look(&self, &offer).await {
                    tracing::debug!(%error, path = %self.0.display(), "flows can't be read now");
                }
            }
        })
    }
}

fn seen(path: &Path) -> io::Result<Seen> {
    let meta = fs::metadata(path)?;
    Ok(Seen { at: meta.modified().ok(), size: meta.len() })
}

impl Read {
    async fn look(&mut self, source: &Source, offer: &Offer) -> io::Result<()> {
        let files = source.files()?;
        let gone: Vec<String> = self.0.keys().filter(|name| !files.contains_key(*name)).cloned().collect();
        let mut changed = !gone.is_empty();
        for name in gone {
            self.0.remove(&name);
            offer.remove_file(&name);
            tracing::info!(flow = name, "a flow is offered no longer: its file is gone; sessions in it go on");
        }
        for (name, path) in files {
            // A file that is being written may be gone for a moment.
            let Ok(now) = seen(&path) else { continue };
            if self.0.get(&name).is_some_and(|(_, before)| *before == now) {
                continue;
            }
            let Ok(text) = fs::read_to_string(&path) else {
                tracing::error!(path = %path.display(), "a flow can't be read, or is not UTF-8");
                continue;
            };
            let known = self.0.insert(name.clone(), (path.clone(), now)).is_some();
            changed |= take(offer, &name, FlowFile::new(path, text, now.at.and_then(timestamp)), known).await;
        }
        if changed {
            for (name, finding) in offer.between() {
                tracing::error!("{name}: {finding}");
            }
        }
        Ok(())
    }
}

fn timestamp(at: SystemTime) -> Option<Timestamp> {
    let since = at.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    i64::try_from(since.as_micros()).ok().map(Timestamp)
}

/// Offers what a file says; whether it does.
async fn take(offer: &Offer, name: &str, file: FlowFile, known: bool) -> bool {
    let path = file.path.clone();
    let at = path.display();
    match offer.put_file(name, file).await {
        Ok(findings) => {
            findings.iter().for_each(|finding| tracing::warn!("{at}:{finding}"));
            let what = if known {
                "a flow has changed; sessions that are in it stay in the one before"
            } else {
                "a flow is offered"
            };
            tracing::info!(flow = name, "{what}: /assistant/{name}");
            true
        }
        Err(Bad::Flow(findings)) => {
            findings.iter().for_each(|finding| match finding.severity {
                Severity::Error => tracing::error!("{at}:{finding}"),
                Severity::Warning => tracing::warn!("{at}:{finding}"),
            });
            let what = if known { "the one before goes on" } else { "it is not offered" };
            tracing::error!(flow = name, "a flow has errors, see above: {what}");
            false
        }
        Err(error) => {
            tracing::error!(flow = name, "a flow is not offered: {error}");
            false
        }
    }
}
