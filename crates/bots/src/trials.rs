//! How many bots are tried at once: some on the whole server, fewer for one address and in one room, and never in the place of a
//! real delivery. Each trial may take as long as its bot may take to answer: whoever tries wants to know whether it does.

use std::{
    collections::HashMap,
    hash::Hash,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError, Weak},
    time::Duration,
};

use parlor_rooms::RoomName;
use parlor_runtime::limits::{Limited, What, Whose, block};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

/// At once on the whole server.
const AT_ONCE: usize = 32;
/// At once for one address, which may be a school's: half of all, so that nobody takes everybody's.
const AT_ADDRESS: usize = 16;
/// At once in one room.
const IN_ROOM: usize = 8;
/// How long one waits for its turn, and how long after that one should come back.
const WAIT: Duration = Duration::from_secs(10);

/// The turns.
pub(crate) struct Trials {
    all: Arc<Semaphore>,
    addresses: Turns<u128>,
    rooms: Turns<RoomName>,
}

/// A turn, until it is dropped.
pub(crate) struct Turn {
    _permits: Vec<OwnedSemaphorePermit>,
}

impl Trials {
    pub(crate) fn new() -> Self {
        Self { all: Arc::new(Semaphore::new(AT_ONCE)), addresses: Turns::new(AT_ADDRESS), rooms: Turns::new(IN_ROOM) }
    }

    /// Waits for a turn, but not long. Who comes from nowhere, or has no limits, has the room's and the server's only.
    pub(crate) async fn turn(&self, address: Option<IpAddr>, room: &RoomName) -> Result<Turn, Limited> {
        let mut turns = Vec::with_capacity(3);
        turns.extend(address.map(|address| (Whose::Address, self.addresses.of(&block(address)))));
        turns.extend([(Whose::Room, self.rooms.of(room)), (Whose::Server, Arc::clone(&self.all))]);
        let mut permits = Vec::with_capacity(turns.len());
        for (whose, turns) in turns {
            let limited = |_| Limited { what: What::Trials, whose, retry_after: WAIT };
            let permit = timeout(WAIT, turns.acquire_owned()).await.map_err(limited)?;
            permits.push(permit.expect("the turns are never closed"));
        }
        Ok(Turn { _permits: permits })
    }
}

/// So many turns for each of something.
struct Turns<K> {
    each: usize,
    /// Of those that have one.
    taken: Mutex<HashMap<K, Weak<Semaphore>>>,
}

impl<K: Clone + Eq + Hash> Turns<K> {
    fn new(each: usize) -> Self {
        Self { each, taken: Mutex::default() }
    }

    fn of(&self, key: &K) -> Arc<Semaphore> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(turns) = taken.get(key).and_then(Weak::upgrade) {
            return turns;
        }
        taken.retain(|_, turns| turns.strong_count() > 0);
        let turns = Arc::new(Semaphore::new(self.each));
        taken.insert(key.clone(), Arc::downgrade(&turns));
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
                turns.push(trials.turn(None, &room(name)).await.expect("a turn"));
            }
            assert_eq!(trials.turn(None, &room(name)).await.err().expect("no more in it").whose, Whose::Room);
        }
        assert_eq!(trials.turn(None, &room("e")).await.err().expect("no more at all").whose, Whose::Server);
        turns.remove(0);
        turns.push(trials.turn(None, &room("e")).await.expect("a turn that another gave back"));
        drop(turns);
        assert!(trials.turn(None, &room("f")).await.is_ok());
        assert_eq!(trials.rooms.taken.lock().expect("a lock").len(), 1, "rooms are forgotten");
    }

    #[tokio::test(start_paused = true)]
    async fn an_address_has_half_of_the_turns_in_whatever_room() {
        let trials = Trials::new();
        let (one, other) = (Some([192, 0, 2, 1].into()), Some([192, 0, 2, 2].into()));
        let mut turns = Vec::new();
        for number in 0..AT_ADDRESS {
            turns.push(trials.turn(one, &room(&number.to_string())).await.expect("a turn"));
        }
        assert_eq!(trials.turn(one, &room("more")).await.err().expect("no more for it").whose, Whose::Address);
        assert!(trials.turn(other, &room("more")).await.is_ok(), "others have theirs");
        turns.clear();
        assert!(trials.turn(one, &room("more")).await.is_ok());
    }
}
