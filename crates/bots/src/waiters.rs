//! Which dispatches are open, and who waits for their end.

use std::{
    collections::{HashMap, hash_map::Entry},
    sync::{Arc, Mutex},
};

use parlor_rooms::RoomName;
use parlor_store::Trigger;
use tokio::sync::watch;

type Name = (RoomName, Trigger);

/// The open dispatches.
#[derive(Default)]
pub(crate) struct Waiters(Mutex<HashMap<Name, watch::Sender<()>>>);

/// An open dispatch. Dropping it answers everybody who waits.
pub(crate) struct Open {
    name: Name,
    waiters: Arc<Waiters>,
}

impl Waiters {
    /// Opens a dispatch; `None` if it is open already.
    pub(crate) fn open(self: &Arc<Self>, room: &RoomName, trigger: &Trigger) -> Option<Open> {
        let name = (room.clone(), trigger.clone());
        match self.0.lock().expect("nobody panics while holding the waiters").entry(name.clone()) {
            Entry::Occupied(_) => None,
            Entry::Vacant(place) => {
                place.insert(watch::Sender::new(()));
                Some(Open { name, waiters: Arc::clone(self) })
            }
        }
    }

    /// Whether a dispatch is open.
    pub(crate) fn is_open(&self, room: &RoomName, trigger: &Trigger) -> bool {
        self.0.lock().expect("as above").contains_key(&(room.clone(), trigger.clone()))
    }

    /// Waits until the dispatch is over; at once if there is none.
    pub(crate) fn over(&self, room: &RoomName, trigger: &Trigger) -> impl Future<Output = ()> + Send + 'static {
        let name = (room.clone(), trigger.clone());
        let open = self.0.lock().expect("as above").get(&name).map(watch::Sender::subscribe);
        async move {
            if let Some(mut open) = open {
                // Nothing is ever sent: the end is that the sender is gone.
                let _ = open.changed().await;
            }
        }
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.waiters.0.lock().expect("as above").remove(&self.name);
    }
}

#[cfg(test)]
mod tests {
    use parlor_rooms::EventId;

    use super::*;

    #[tokio::test]
    async fn all_who_wait_are_answered_once_it_is_over() {
        let waiters = Arc::new(Waiters::default());
        let (room, trigger) = (RoomName::parse("a").unwrap(), Trigger::Message(EventId(1)));
        waiters.over(&room, &trigger).await;
        let open = waiters.open(&room, &trigger).unwrap();
        assert!(waiters.open(&room, &trigger).is_none(), "it is open already");
        let (one, other) = (waiters.over(&room, &trigger), waiters.over(&room, &trigger));
        drop(open);
        tokio::join!(one, other);
        assert!(waiters.open(&room, &trigger).is_some());
    }
}
