//! The settings of a running server, and reading them again.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use super::{Config, Environment, Flags, Loaded, entries, problem::Problems};

/// What holds now. Clones are of the same.
#[derive(Clone)]
pub(crate) struct Settings(Arc<Parts>);

struct Parts {
    now: Mutex<Arc<Config>>,
    followers: Mutex<Vec<Follower>>,
    flags: Flags,
    environment: Environment,
}

/// Takes over what holds after a reload.
type Follower = Box<dyn FnMut(&Config) + Send>;

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Settings").field(&self.now()).finish()
    }
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
        let now = Mutex::new(Arc::new(loaded.config.clone()));
        Self(Arc::new(Parts { now, followers: Mutex::default(), flags, environment }))
    }

    /// What holds.
    pub(crate) fn now(&self) -> Arc<Config> {
        Arc::clone(&self.0.now.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Calls `apply` with what holds after each reload, also after one that changed nothing here: files that settings name
    /// may have changed. Once the reload is over, it holds everywhere.
    pub(crate) fn follow(&self, apply: impl FnMut(&Config) + Send + 'static) {
        self.0.followers.lock().unwrap_or_else(PoisonError::into_inner).push(Box::new(apply));
    }

    /// At the end: what follows is part of what ends.
    pub(crate) fn let_followers_go(&self) {
        self.0.followers.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Reads everything again. If something is wrong, nothing changes.
    pub(crate) fn reload(&self) -> Result<Changes, Problems> {
        let loaded = Loaded::read(&self.0.flags, &self.0.environment)?;
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
        let config = Arc::new(config);
        *self.0.now.lock().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&config);
        for apply in self.0.followers.lock().unwrap_or_else(PoisonError::into_inner).iter_mut() {
            apply(&config);
        }
        Ok(changes)
    }
}
