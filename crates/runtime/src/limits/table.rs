//! Buckets by key, in a table that never grows: whoever has many addresses can't fill the memory with them.
//!
//! A key has eight places where its bucket may be. If all are taken, the one that is full again first makes room: to be
//! forgotten does its owner good by the least, and whoever empties a bucket again and again keeps it.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use super::Rate;

/// Each has a lock of its own.
const SHARDS: usize = 64;
/// The places of a key.
const WAYS: usize = 8;

/// The table.
pub(super) struct Table {
    shards: Box<[Mutex<Shard>]>,
    /// How many groups of places a shard has.
    sets: usize,
}

struct Shard {
    keys: Box<[u64]>,
    /// When each bucket is full again, in nanoseconds.
    full_at: Box<[u64]>,
}

impl Table {
    /// For about so many buckets, of 16 bytes each; the system gives the memory as it is used.
    pub(super) fn new(buckets: usize) -> Self {
        let sets = (buckets / SHARDS / WAYS).max(1);
        let zeros = || vec![0; sets * WAYS].into_boxed_slice();
        let shard = || Mutex::new(Shard { keys: zeros(), full_at: zeros() });
        Self { shards: (0..SHARDS).map(|_| shard()).collect(), sets }
    }

    /// Takes one from the bucket of `key`, a number that nobody can foresee. The error is how long to wait.
    pub(super) fn take(&self, key: u64, rate: Rate, now: u64) -> Result<(), Duration> {
        let mut shard = self.shards[key as usize % SHARDS].lock().unwrap_or_else(PoisonError::into_inner);
        let first = (key >> 32) as usize % self.sets * WAYS;
        let Shard { keys, full_at } = &mut *shard;
        let (keys, full_at) = (&mut keys[first..first + WAYS], &mut full_at[first..first + WAYS]);
        let place = keys.iter().position(|known| *known == key).unwrap_or_else(|| {
            let fullest = full_at.iter().enumerate().min_by_key(|(_, full)| **full).map_or(0, |(place, _)| place);
            keys[fullest] = key;
            full_at[fullest] = 0;
            fullest
        });
        full_at[place] = rate.take(full_at[place], now)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::hash::{BuildHasher as _, RandomState};

    use super::*;

    const SECOND: u64 = 1_000_000_000;

    #[test]
    fn buckets_are_each_their_own() {
        let table = Table::new(1 << 16);
        let rate = Rate::new(2, 10);
        let hasher = RandomState::new();
        for owner in 0..1_000_u32 {
            let key = hasher.hash_one(owner);
            assert_eq!(table.take(key, rate, SECOND), Ok(()));
            assert_eq!(table.take(key, rate, SECOND), Ok(()));
            assert_eq!(table.take(key, rate, SECOND), Err(Duration::from_secs(5)));
        }
    }

    #[test]
    fn whoever_floods_is_not_forgotten_because_a_million_others_come() {
        let table = Table::new(4_096);
        let rate = Rate::new(100, 10);
        let hasher = RandomState::new();
        let flooder = hasher.hash_one("the flooder");
        while table.take(flooder, rate, SECOND).is_ok() {}
        for stranger in 0..1_000_000_u32 {
            assert_eq!(table.take(hasher.hash_one(stranger), rate, SECOND), Ok(()), "a stranger is let in");
        }
        assert!(table.take(flooder, rate, SECOND).is_err());
        let places: usize = table.shards.iter().map(|shard| shard.lock().expect("a lock").keys.len()).sum();
        assert_eq!(places, 4_096, "nothing grew");
    }
}
