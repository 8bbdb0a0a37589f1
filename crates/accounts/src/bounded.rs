//! A map that never grows beyond a bound: what was not used for long makes way.

use std::{collections::HashMap, hash::Hash};

/// Two halves: what is used moves into the young one; when that is full, it becomes the old one, and what was in the
/// old one is forgotten.
#[derive(Debug)]
pub(crate) struct Bounded<K, V> {
    half: usize,
    young: HashMap<K, V>,
    old: HashMap<K, V>,
}

impl<K: Eq + Hash + Clone, V> Bounded<K, V> {
    /// Holds at most `most`, and at least half of that.
    pub(crate) fn new(most: usize) -> Self {
        Self { half: (most / 2).max(1), young: HashMap::new(), old: HashMap::new() }
    }

    pub(crate) fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        if !self.young.contains_key(key) {
            let (key, value) = self.old.remove_entry(key)?;
            self.insert(key, value);
        }
        self.young.get_mut(key)
    }

    pub(crate) fn insert(&mut self, key: K, value: V) {
        self.old.remove(&key);
        if self.young.len() >= self.half && !self.young.contains_key(&key) {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(key, value);
    }

    pub(crate) fn entry(&mut self, key: &K, make: impl FnOnce() -> V) -> &mut V {
        if !self.young.contains_key(key) {
            let value = self.old.remove(key).unwrap_or_else(make);
            self.insert(key.clone(), value);
        }
        self.young.get_mut(key).expect("it was put there a line above")
    }

    pub(crate) fn remove(&mut self, key: &K) {
        self.young.remove(key);
        self.old.remove(key);
    }

    pub(crate) fn retain(&mut self, mut keep: impl FnMut(&K, &V) -> bool) {
        self.young.retain(|key, value| keep(key, value));
        self.old.retain(|key, value| keep(key, value));
    }

    #[cfg(test)]
    fn len(&self) -> usize {
        self.young.len() + self.old.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_used_stays_and_the_rest_makes_way() {
        let mut map = Bounded::new(10);
        for number in 0..1000 {
            map.insert(number, number);
            *map.entry(&0, || panic!("it is used all the time")) += 1;
            assert!(map.len() <= 10);
        }
        assert_eq!(map.get_mut(&0), Some(&mut 1000));
        assert_eq!(map.get_mut(&999), Some(&mut 999));
        assert_eq!(map.get_mut(&1), None);
        map.remove(&999);
        assert_eq!(map.get_mut(&999), None);
        map.retain(|key, _| *key == 0);
        assert_eq!(map.len(), 1);
    }
}
