//! How many bots are tried at once: some on the whole server, fewer in one room, and never in the place of a real delivery.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, Weak},
    time::Duration,
};

use parlor_rooms::RoomName;
use parlor_runtime::limits::{Limited, What, Whose};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

/// At once on the whole server.
const AT_ONCE: usize = 32;
/// At once in one room.
const IN_ROOM: usize = 8;
/// How long one waits for its turn, and how long after that one should come back.
const WAIT: Duration = Duration::from_secs(10);

/// The turns.
pub(crate) struct Trials {
    all: Arc<Semaphore>,
    /// Of rooms in which something is tried.
    rooms: Mutex<HashMap<RoomName, Weak<Semaphore>>>,
}

/// A turn, until it is dropped.
pub(crate) struct Turn {
    _in_room: OwnedSemaphorePermit,
    _at_all: OwnedSemaphorePermit,
}

impl Trials {
    pub(crate) fn new() -> Self {
        Self { all: Arc::new(Semaphore::new(AT_ONCE)), rooms: Mutex::default() }
    }

    /// Waits for a turn, but not long.
    pub(crate) async fn turn(&self, room: &RoomName) -> Result<Turn, Limited> {
        let limited = |whose| Limited { what: What::Trials, whose, retry_after: WAIT };
        let in_room = timeout(WAIT, self.room(room).acquire_owned()).await.map_err(|_| limited(Whose::Room))?;
        let at_all = timeout(WAIT, Arc::clone(&self.all).acquire_owned()).await.map_err(|_| limited(Whose::Server))?;
        let open = "the turns are never closed";
        Ok(Turn { _in_room: in_room.expect(open), _at_all: at_all.expect(open) })
    }

    fn room(&self, room: &RoomName) -> Arc<Semaphore> {
        let mut rooms = self.rooms.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(turns) = rooms.get(room).and_then(Weak::upgrade) {
            return turns;
        }
        rooms.retain(|_, turns| turns.strong_count() > 0);
        let turns = Arc::new(Semaphore::new(IN_ROOM));
        rooms.insert(room.clone(), Arc::downgrade(&turns));
        turns
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn room(name: &str) -> RoomName {
        RoomName::parse(name).expect("a name")
    }

    #[tokio::test(start_paused = true)]
    async fn a_room_has_a_few_turns_and_leaves_the_others_theirs() {
        let trials = Trials::new();
        let mut turns = Vec::new();
        for name in ["a", "b", "c", "d"] {
            for _ in 0..IN_ROOM {
                turns.push(trials.turn(&room(name)).await.expect("a turn"));
            }
            assert_eq!(trials.turn(&room(name)).await.err().expect("no more in it").whose, Whose::Room);
        }
        assert_eq!(trials.turn(&room("e")).await.err().expect("no more at all").whose, Whose::Server);
        turns.remove(0);
        turns.push(trials.turn(&room("e")).await.expect("a turn that another gave back"));
        drop(turns);
        assert!(trials.turn(&room("f")).await.is_ok());
        assert_eq!(trials.rooms.lock().expect("a lock").len(), 1, "rooms are forgotten");
    }
}
