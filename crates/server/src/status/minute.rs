//! How many there were in the last minute of something of which only a total is known.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use parlor_runtime::metrics::Metrics;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

/// How often the total is looked at.
const EVERY: Duration = Duration::from_secs(5);
/// How many looks are a minute.
const LOOKS: usize = 12;

/// The totals of the last minute, the oldest first. Clones are of the same.
#[derive(Clone, Debug, Default)]
pub(crate) struct Minute(Arc<Mutex<VecDeque<u64>>>);

impl Minute {
    /// Looks at the posts, until `stopping`.
    pub(crate) async fn watch_posts(self, metrics: Arc<Metrics>, stopping: CancellationToken) {
        let mut ticks = interval(EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = stopping.cancelled() => return,
                _ = ticks.tick() => self.note(metrics.posts.get()),
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<u64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, total: u64) {
        let mut looks = self.lock();
        looks.push_back(total);
        if looks.len() > LOOKS {
            looks.pop_front();
        }
    }

    /// How many came since a minute ago, or since the beginning where that is shorter ago.
    pub(crate) fn last(&self, total: u64) -> u64 {
        total.saturating_sub(self.lock().front().copied().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_older_than_a_minute_does_not_count() {
        let minute = Minute::default();
        assert_eq!(minute.last(3), 3);
        minute.note(0);
        minute.note(40);
        assert_eq!(minute.last(50), 50);
        for _ in 0..LOOKS - 1 {
            minute.note(50);
        }
        assert_eq!((minute.last(50), minute.last(57)), (10, 17));
        minute.note(50);
        assert_eq!(minute.last(57), 7);
    }
}
