//! The rooms that are in memory, and the handles that keep them there.

use std::{
    collections::HashMap,
    hash::{BuildHasher as _, RandomState},
    ops::Deref,
    sync::{Arc, Mutex, MutexGuard, atomic::Ordering},
    time::Duration,
};

use parlor_rooms::{Clock, RoomName};

use crate::room::Room;

const SHARDS: usize = 64;

/// How long a room that nobody refers to stays, so that a burst of posts loads it once.
pub(crate) const IDLE: Duration = Duration::from_secs(30);
/// A shard with more rooms than this keeps none that nobody refers to.
const SHARD_FULL: usize = 256;

type Shard = Mutex<HashMap<RoomName, Arc<Room>>>;

pub(crate) struct Map {
    shards: Box<[Shard]>,
    hasher: RandomState,
    clock: Arc<dyn Clock>,
}

/// Keeps a room in memory.
pub(crate) struct RoomHandle {
    room: Arc<Room>,
    map: Arc<Map>,
}

impl Map {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { shards: (0..SHARDS).map(|_| Mutex::default()).collect(), hasher: RandomState::new(), clock }
    }

    fn shard(&self, name: &RoomName) -> MutexGuard<'_, HashMap<RoomName, Arc<Room>>> {
        let index = self.hasher.hash_one(name) as usize % SHARDS;
        self.shards[index].lock().expect("no code panics while it holds a shard's lock")
    }

    /// The room, put into the map if it is not there; perhaps not loaded.
    pub(crate) fn handle(self: &Arc<Self>, name: &RoomName) -> RoomHandle {
        let mut shard = self.shard(name);
        let room = match shard.get(name) {
            Some(room) => Arc::clone(room),
            None => {
                let room = Arc::new(Room::new(name.clone()));
                shard.insert(name.clone(), Arc::clone(&room));
                room
            }
        };
        room.users.fetch_add(1, Ordering::AcqRel);
        drop(shard);
        RoomHandle { room, map: Arc::clone(self) }
    }

    /// The room, if it is in memory.
    pub(crate) fn find(&self, name: &RoomName) -> Option<Arc<Room>> {
        self.shard(name).get(name).cloned()
    }

    /// How many rooms are in memory.
    pub(crate) fn len(&self) -> usize {
        self.shards.iter().map(|shard| shard.lock().expect("as above").len()).sum()
    }

    /// Forgets rooms that nobody has referred to for [`IDLE`].
    pub(crate) fn sweep(&self) {
        let now = self.clock.now();
        for shard in &self.shards {
            shard.lock().expect("as above").retain(|_, room| {
                room.users.load(Ordering::Acquire) > 0
                    || room.lock().idle_since.is_none_or(|since| now.since(since) < IDLE)
            });
        }
    }

    fn release(&self, room: &Room) {
        if room.users.fetch_sub(1, Ordering::AcqRel) > 1 {
            return;
        }
        let mut shard = self.shard(&room.name);
        // Under the shard's lock nobody can get a new handle: zero is zero.
        if room.users.load(Ordering::Acquire) == 0 {
            if shard.len() > SHARD_FULL || !room.loaded.initialized() {
                shard.remove(&room.name);
            } else {
                room.lock().idle_since = Some(self.clock.now());
            }
        }
    }
}

impl Clone for RoomHandle {
    fn clone(&self) -> Self {
        self.room.users.fetch_add(1, Ordering::AcqRel);
        Self { room: Arc::clone(&self.room), map: Arc::clone(&self.map) }
    }
}

impl Drop for RoomHandle {
    fn drop(&mut self) {
        self.map.release(&self.room);
    }
}

impl Deref for RoomHandle {
    type Target = Arc<Room>;

    fn deref(&self) -> &Arc<Room> {
        &self.room
    }
}
