//! The settings of a running server, and reading them again.

use std::sync::Arc;

use tokio::sync::watch;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{Config, Environment, Flags, Loaded, entries, problem::Problems};

/// What holds now. Clones are of the same.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    now: Arc<watch::Sender<Arc<Config>>>,
    source: Arc<Source>,
}

#[derive(Debug)]
struct Source {
    flags: Flags,
    environment: Environment,
}

/// What reading again has changed, by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Changes {
    /// They hold now.
    pub(crate) changed: Vec<String>,
    /// They will hold after a restart, with where they are set.
    pub(crate) waiting: Vec<String>,
    /// What is odd.
    pub(crate) warnings: Vec<String>,
}

impl Settings {
    /// As they were read, and how.
    pub(crate) fn new(loaded: &Loaded, flags: Flags, environment: Environment) -> Self {
        let now = Arc::new(watch::Sender::new(Arc::new(loaded.config.clone())));
        Self { now, source: Arc::new(Source { flags, environment }) }
    }

    /// What holds.
    pub(crate) fn now(&self) -> Arc<Config> {
        Arc::clone(&self.now.borrow())
    }

    /// Tells of each reload, also of one that changed nothing here: files that settings name may have changed.
    pub(crate) fn subscribe(&self) -> watch::Receiver<Arc<Config>> {
        self.now.subscribe()
    }

    /// Calls `apply` with what holds after each reload, until `stopping`.
    pub(crate) fn follow(
        &self,
        tracker: &TaskTracker,
        stopping: CancellationToken,
        mut apply: impl FnMut(&Config) + Send + 'static,
    ) {
        let mut told = self.subscribe();
        tracker.spawn(async move {
            loop {
                tokio::select! {
                    () = stopping.cancelled() => return,
                    changed = told.changed() => if changed.is_err() { return },
                }
                let config = Arc::clone(&told.borrow_and_update());
                apply(&config);
            }
        });
    }

    /// Reads everything again. If something is wrong, nothing changes.
    pub(crate) fn reload(&self) -> Result<Changes, Problems> {
        let loaded = Loaded::read(&self.source.flags, &self.source.environment)?;
        let before = self.now();
        let mut config = Config::clone(&before);
        let mut changes = Changes { warnings: loaded.warnings.clone(), ..Changes::default() };
        for entry in entries().filter(|entry| (entry.show)(&before) != (entry.show)(&loaded.config)) {
            if entry.about.reload {
                (entry.copy)(&loaded.config, &mut config);
                changes.changed.push(entry.name.to_owned());
            } else {
                changes.waiting.push(format!("{} ({})", entry.name, loaded.origin(entry)));
            }
        }
        self.now.send_replace(Arc::new(config));
        Ok(changes)
    }
}
