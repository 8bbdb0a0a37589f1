//! Random bytes that need no system: each source has a row of its own.

use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicU64, Ordering},
};

use parlor_rooms::Random;

use crate::seed::Seed;

/// A row of numbers; no two sources of a process have the same, as no two servers have.
#[derive(Debug)]
pub struct FakeRandom(Mutex<Seed>);

impl Default for FakeRandom {
    fn default() -> Self {
        static MADE: AtomicU64 = AtomicU64::new(1);
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        Self(Mutex::new(Seed(Seed(number).draw())))
    }
}

impl Random for FakeRandom {
    fn fill(&self, bytes: &mut [u8]) {
        let mut seed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for piece in bytes.chunks_mut(8) {
            piece.copy_from_slice(&seed.draw().to_le_bytes()[..piece.len()]);
        }
    }
}
