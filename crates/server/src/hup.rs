//! SIGHUP: the settings are read again.

use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::{
    config::Settings,
    run::{background::LogFile, manager},
    tls::Tls,
};

/// SIGHUP, heard from here on: before, it would end the process.
pub(crate) fn hear() -> io::Result<Signal> {
    signal(SignalKind::hangup())
}

/// What is read again.
pub(crate) struct Hangup {
    pub(crate) settings: Settings,
    pub(crate) log_file: Option<LogFile>,
    pub(crate) tls: Option<Tls>,
    /// What the service manager shows.
    pub(crate) status: String,
}

impl Hangup {
    /// Reads it again at each signal, until `stopping`.
    pub(crate) async fn listen(self, mut hangups: Signal, stopping: CancellationToken) {
        loop {
            tokio::select! {
                () = stopping.cancelled() => return,
                _ = hangups.recv() => {
                    manager::reloading();
                    // First, so that what is said of the rest stands in the new file.
                    if let Some(log_file) = &self.log_file {
                        log_file.reopen();
                    }
                    reload(&self.settings).await;
                    if let Some(tls) = &self.tls {
                        tls.reload();
                    }
                    manager::ready(&self.status);
                }
            }
        }
    }
}

async fn reload(settings: &Settings) {
    // A file may be on a disk that takes its time.
    let reading = settings.clone();
    let read = tokio::task::spawn_blocking(move || reading.reload()).await;
    let changes = match read {
        Ok(Ok(changes)) => changes,
        Ok(Err(problems)) => {
            for problem in problems.0 {
                tracing::error!("{problem}");
            }
            return tracing::error!("the settings are not right, so they stay as they were");
        }
        Err(error) => return tracing::error!(%error, "the settings can't be read again"),
    };
    for warning in changes.warnings {
        tracing::warn!("{warning}");
    }
    if !changes.waiting.is_empty() {
        tracing::warn!("these will hold after a restart: {}", changes.waiting.join(", "));
    }
    match changes.changed.as_slice() {
        [] => tracing::info!("the settings were read again; none of those in use has changed"),
        changed => tracing::info!("the settings were read again; these have changed: {}", changed.join(", ")),
    }
}
