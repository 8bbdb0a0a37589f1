//! Sessions that nobody has answered yet: they are in memory, as long as somebody looks at one.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use parlor_flows::{Flow, Step};
use parlor_rooms::{RoomName, Timestamp};

/// One of them. It is forgotten with the last connection that has it.
pub(crate) struct Fresh {
    id: String,
    /// The flow, in the version in which it began.
    pub(crate) flow: Flow,
    /// What the flow said at its beginning.
    pub(crate) start: Step,
    /// When that was.
    pub(crate) at: Timestamp,
    all: Arc<Freshly>,
}

/// All of them.
#[derive(Default)]
pub(crate) struct Freshly(Mutex<HashMap<String, std::sync::Weak<Fresh>>>);

impl Freshly {
    fn lock(&self) -> MutexGuard<'_, HashMap<String, std::sync::Weak<Fresh>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The one with this id, if somebody looks at it.
    pub(crate) fn find(&self, id: &str) -> Option<Arc<Fresh>> {
        self.lock().get(id)?.upgrade()
    }

    /// A new one.
    pub(crate) fn begin(self: &Arc<Self>, id: &str, flow: Flow, start: Step, at: Timestamp) -> Arc<Fresh> {
        let fresh = Arc::new(Fresh { id: id.to_owned(), flow, start, at, all: Arc::clone(self) });
        self.lock().insert(id.to_owned(), Arc::downgrade(&fresh));
        fresh
    }

    /// All that somebody looks at.
    pub(crate) fn all(&self) -> Vec<Arc<Fresh>> {
        self.lock().values().filter_map(std::sync::Weak::upgrade).collect()
    }

    /// Nobody comes to it any more.
    pub(crate) fn forget(&self, id: &str) {
        self.lock().remove(id);
    }
}

impl Fresh {
    /// Its room, once it is in the log.
    pub(crate) fn room(&self) -> Option<RoomName> {
        RoomName::of_session(self.flow.name(), &self.id)
    }
}

impl Drop for Fresh {
    fn drop(&mut self) {
        let mut all = self.all.lock();
        if all.get(&self.id).is_some_and(|known| known.strong_count() == 0) {
            all.remove(&self.id);
        }
    }
}
