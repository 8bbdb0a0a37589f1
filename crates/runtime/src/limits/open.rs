//! How many connections an address has open.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::{What, block};

/// What is open, by address; an address with nothing open is not in it, so it holds no more than is open.
#[derive(Default)]
pub(super) struct Counts(Mutex<HashMap<(What, u128), u32>>);

/// One that is open, until this is dropped.
pub struct Open {
    counts: Arc<Counts>,
    key: (What, u128),
}

impl Counts {
    /// Counts one more, unless there are `max`.
    pub(super) fn open(self: &Arc<Self>, what: What, address: IpAddr, max: u32) -> Option<Open> {
        let key = (what, block(address));
        let mut counts = self.lock();
        let count = counts.entry(key).or_default();
        if *count >= max {
            if *count == 0 {
                counts.remove(&key);
            }
            return None;
        }
        *count += 1;
        Some(Open { counts: Arc::clone(self), key })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<(What, u128), u32>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        let mut counts = self.counts.lock();
        if let Some(count) = counts.get_mut(&self.key) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_closed_makes_room_and_leaves_nothing_behind() {
        let counts = Arc::new(Counts::default());
        let open = |address: &str, max| counts.open(What::Sockets, address.parse().expect("an address"), max);
        let (one, two) = (open("192.0.2.1", 2), open("192.0.2.1", 2));
        assert!(one.is_some() && two.is_some());
        assert!(open("192.0.2.1", 2).is_none());
        assert!(open("::ffff:192.0.2.1", 2).is_none(), "the same address in another spelling");
        assert!(open("192.0.2.2", 2).is_some());
        drop(one);
        let three = open("192.0.2.1", 2);
        assert!(three.is_some() && open("192.0.2.1", 2).is_none());
        drop((two, three));
        assert!(open("192.0.2.1", 0).is_none());
        assert!(counts.lock().is_empty());
    }
}
