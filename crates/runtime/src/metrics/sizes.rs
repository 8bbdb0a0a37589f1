//! How many of something were together, in classes.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// The upper ends of the classes.
const BOUNDS: [u64; 10] = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512];

/// How many were together, each time.
#[derive(Debug, Default)]
pub struct Sizes {
    classes: [AtomicU64; BOUNDS.len() + 1],
    sum: AtomicU64,
}

impl Sizes {
    /// So many were together once more.
    pub fn add(&self, many: u64) {
        let class = BOUNDS.partition_point(|bound| *bound < many);
        self.classes[class].fetch_add(1, Relaxed);
        self.sum.fetch_add(many, Relaxed);
    }

    /// The upper end of each class and how often it was up to there; then how often in all, and how many in all.
    pub(super) fn read(&self) -> (Vec<(u64, u64)>, u64, u64) {
        let mut count = 0;
        let mut upto = Vec::with_capacity(BOUNDS.len());
        for (class, bound) in self.classes.iter().zip(BOUNDS) {
            count += class.load(Relaxed);
            upto.push((bound, count));
        }
        count += self.classes[BOUNDS.len()].load(Relaxed);
        (upto, count, self.sum.load(Relaxed))
    }
}
