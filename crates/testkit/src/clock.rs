//! A clock that tests turn by hand.

use std::{
    sync::atomic::{AtomicI64, Ordering},
    time::Duration,
};

use parlor_rooms::{Clock, Timestamp};

/// Stands still until it is turned.
#[derive(Debug)]
pub struct FakeClock(AtomicI64);

impl FakeClock {
    /// Begins at this time.
    pub fn at(now: Timestamp) -> Self {
        Self(AtomicI64::new(now.0))
    }

    /// Sets the time, also back.
    pub fn set(&self, now: Timestamp) {
        self.0.store(now.0, Ordering::SeqCst);
    }

    /// Turns it forward.
    pub fn advance(&self, by: Duration) {
        self.set(self.now().plus(by));
    }
}

/// Begins on 14 November 2023, when a second ended in many zeros.
impl Default for FakeClock {
    fn default() -> Self {
        Self::at(Timestamp(1_700_000_000_000_000))
    }
}

impl Clock for FakeClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
}
