//! Backups that the server takes itself, and what became of them, for who asks how it does.

use std::{
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};

use anyhow::anyhow;
use parlor_rooms::{Clock, Timestamp};
use parlor_runtime::metrics::Metrics;
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use super::{Job, Taken};
use crate::{config::Config, meter::Meter};

/// How long after one that failed the next is tried, if it is not due before.
const AGAIN: Duration = Duration::from_secs(300);

/// What became of the last ones.
#[derive(Clone, Debug, Default)]
pub(crate) struct Report {
    /// The last that was taken since the server's start.
    pub(crate) taken: Option<Taken>,
    /// When one failed after that, and why.
    pub(crate) failed: Option<(Timestamp, String)>,
}

/// The backups of a server. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Backups {
    job: Arc<Job>,
    every: Duration,
    clock: Arc<dyn Clock>,
    report: Arc<Mutex<Report>>,
}

impl Backups {
    /// For a server with these settings; none where nobody asked for any.
    pub(crate) fn new(config: &Config, clock: Arc<dyn Clock>) -> Option<Self> {
        let (data, to) = (config.server.data.clone(), config.backup.to.clone()?);
        if data == Path::new(":memory:") {
            tracing::warn!("a server that keeps nothing takes no backups");
            return None;
        }
        let job = Arc::new(Job { data, to, keep: Some(config.backup.keep) });
        Some(Self { job, every: config.backup.every, clock, report: Arc::default() })
    }

    /// The folder that they go to.
    pub(crate) fn folder(&self) -> &Path {
        &self.job.to
    }

    /// How often they are taken.
    pub(crate) fn every(&self) -> Duration {
        self.every
    }

    /// What became of them.
    pub(crate) fn report(&self) -> Report {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Report> {
        self.report.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes them until `stopping`; one that is being taken then is broken off.
    pub(crate) async fn run(self, stopping: CancellationToken, metrics: Arc<Metrics>) {
        loop {
            if let Some(newest) = self.job.newest() {
                metrics.last_backup.set(newest.seconds());
            }
            let wait = self.wait();
            tokio::select! {
                () = stopping.cancelled() => return,
                () = tokio::time::sleep(wait) => {}
            }
            let meter = Meter::quiet();
            let mut taken = std::pin::pin!(self.take(meter.clone()));
            let taken = tokio::select! {
                taken = &mut taken => taken,
                () = stopping.cancelled() => {
                    meter.stop();
                    taken.await
                }
            };
            if stopping.is_cancelled() && taken.is_err() {
                return;
            }
            self.note(taken);
        }
    }

    /// How long until the next is due: counted from the newest that is there, so that restarts put off none.
    fn wait(&self) -> Duration {
        let now = self.clock.now();
        let due = self.job.newest().map_or(Duration::ZERO, |newest| self.every.saturating_sub(now.since(newest)));
        match &self.lock().failed {
            Some((failed, _)) => due.max(AGAIN.min(self.every).saturating_sub(now.since(*failed))),
            None => due,
        }
    }

    /// On a thread with less right to the processor: whoever posts goes first.
    async fn take(&self, meter: Meter) -> anyhow::Result<Taken> {
        let (answer, answered) = oneshot::channel();
        let (job, clock) = (Arc::clone(&self.job), Arc::clone(&self.clock));
        thread::Builder::new().name("parlor-backup".to_owned()).spawn(move || {
            if let Err(error) = rustix::process::nice(10) {
                tracing::debug!(%error, "the backup's thread is as important as others");
            }
            // The server may be gone.
            let _ = answer.send(job.take(&*clock, &meter));
        })?;
        answered.await.unwrap_or_else(|_| Err(anyhow!("the backup broke down; the log says how")))
    }

    fn note(&self, taken: anyhow::Result<Taken>) {
        let mut report = self.lock();
        match taken {
            Ok(taken) => {
                let (file, size, took) = (taken.file.display(), taken.packed, taken.took.as_millis());
                tracing::info!(%file, size, took, "backed up");
                (report.taken, report.failed) = (Some(taken), None);
            }
            Err(error) => {
                tracing::error!(error = format!("{error:#}"), "a backup failed; it is tried again");
                report.failed = Some((self.clock.now(), format!("{error:#}")));
            }
        }
    }
}
