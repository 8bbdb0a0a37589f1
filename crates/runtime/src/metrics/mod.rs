//! What the server does, in numbers: counted with atomics where it happens, read when somebody asks.
//!
//! No number is of one room, person or bot: who may read the numbers learns nothing of them.

mod page;
mod sizes;

use std::{
    sync::atomic::{AtomicI64, AtomicU64, Ordering::Relaxed},
    time::Duration,
};

use parlor_store::{Activation, Status};

pub use self::{page::Page, sizes::Sizes};
use crate::limits::What;

/// How many of something there have been.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Counter {
    /// So many more.
    pub fn add(&self, more: u64) {
        self.0.fetch_add(more, Relaxed);
    }

    /// How many.
    pub fn get(&self) -> u64 {
        self.0.load(Relaxed)
    }
}

/// How many of something there are.
#[derive(Debug, Default)]
pub struct Gauge(AtomicI64);

/// One of a [`Gauge`], until it is dropped.
pub struct Inside<'a>(&'a Gauge);

impl Gauge {
    /// One more, until what is given back is dropped.
    pub fn enter(&self) -> Inside<'_> {
        self.0.fetch_add(1, Relaxed);
        Inside(self)
    }

    /// So many.
    pub fn set(&self, value: i64) {
        self.0.store(value, Relaxed);
    }

    /// How many.
    pub fn get(&self) -> i64 {
        self.0.load(Relaxed)
    }
}

impl Drop for Inside<'_> {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Relaxed);
    }
}

/// The upper ends of the classes of [`Timings`], in microseconds.
const BOUNDS: [u64; 14] = [
    250,
    500,
    1_000,
    2_500,
    5_000,
    10_000,
    25_000,
    100_000,
    250_000,
    1_000_000,
    2_500_000,
    10_000_000,
    30_000_000,
    120_000_000,
];

/// How long something took.
#[derive(Debug, Default)]
pub struct Timings {
    classes: [AtomicU64; BOUNDS.len() + 1],
    micros: AtomicU64,
}

impl Timings {
    /// It took so long once more.
    pub fn add(&self, took: Duration) {
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let class = BOUNDS.partition_point(|bound| *bound < micros);
        self.classes[class].fetch_add(1, Relaxed);
        self.micros.fetch_add(micros, Relaxed);
    }

    /// The upper end of each class in seconds and how many were up to there; then how many in all, and their sum in seconds.
    fn read(&self) -> (Vec<(f64, u64)>, u64, f64) {
        let mut count = 0;
        let mut upto = Vec::with_capacity(BOUNDS.len());
        for (class, bound) in self.classes.iter().zip(BOUNDS) {
            count += class.load(Relaxed);
            upto.push((bound as f64 / 1e6, count));
        }
        count += self.classes[BOUNDS.len()].load(Relaxed);
        (upto, count, self.micros.load(Relaxed) as f64 / 1e6)
    }
}

/// What is refused by a limit, by what.
const LIMITED: [(What, &str); 8] = [
    (What::Posts, "posts"),
    (What::Searches, "searches"),
    (What::Patterns, "patterns"),
    (What::Trials, "trials"),
    (What::Rooms, "rooms"),
    (What::Bots, "bots"),
    (What::Connections, "connections"),
    (What::Sockets, "sockets"),
];

/// Everything that is counted.
#[derive(Debug, Default)]
pub struct Metrics {
    /// Messages that people posted, and were acknowledged.
    pub posts: Counter,
    /// Frames handed to followers' sockets.
    pub frames: Counter,
    /// From an append's begin until it is durable and applied.
    pub appends: Timings,
    /// The store's commits, until they are on the disk.
    pub syncs: Timings,
    /// How many commands shared one.
    pub batches: Sizes,
    /// Appends that the store did not take.
    pub failed_appends: Counter,
    /// How long searches took.
    pub searches: Timings,
    /// Websockets that follow rooms.
    pub followers: Gauge,
    /// Websockets of bots.
    pub bot_sockets: Gauge,
    /// Whether the store had no room when something was appended last.
    pub(crate) full: Gauge,
    /// Deliveries that are under way.
    pub delivering: Gauge,
    /// Deliveries that wait for their bot.
    pub waiting: Gauge,
    /// When the last backup was made, in seconds since 1970; 0 if none is known of.
    pub last_backup: Gauge,
    answered: Timings,
    failed: Timings,
    interrupted: Timings,
    limited: [Counter; LIMITED.len()],
}

impl Metrics {
    /// Counts an activation that is over.
    pub fn activation(&self, record: &Activation) {
        let took = Duration::from_micros(record.took.unwrap_or_default());
        match record.status {
            Status::Answered => self.answered.add(took),
            Status::Failed => self.failed.add(took),
            Status::Interrupted => self.interrupted.add(took),
            Status::Pending | Status::Running => {}
        }
    }

    pub(crate) fn limited(&self, what: What) {
        if let Some(place) = LIMITED.iter().position(|(known, _)| *known == what) {
            self.limited[place].add(1);
        }
    }

    /// Writes all of it.
    pub fn write(&self, page: &mut Page) {
        page.counter("parlor_posts_total", "Messages that people posted", &[("", self.posts.get())]);
        page.counter(
            "parlor_frames_total",
            "Frames handed to websockets that follow rooms",
            &[("", self.frames.get())],
        );
        page.timings("parlor_append_duration_seconds", "Until an event is durable and applied", &[("", &self.appends)]);
        page.timings("parlor_sync_duration_seconds", "Commits, until they are on the disk", &[("", &self.syncs)]);
        page.sizes("parlor_batch_commands", "Commands that shared a commit", &self.batches);
        let failed = self.failed_appends.get();
        page.counter("parlor_append_failures_total", "Events that the store did not take", &[("", failed)]);
        page.timings("parlor_search_duration_seconds", "Searches", &[("", &self.searches)]);
        let kinds = [("kind=\"room\"", self.followers.get()), ("kind=\"bot\"", self.bot_sockets.get())];
        page.gauge("parlor_websockets", "Websockets that are open", &kinds);
        page.gauge("parlor_deliveries", "Deliveries to bots that are under way", &[("", self.delivering.get())]);
        page.gauge("parlor_deliveries_waiting", "Deliveries that wait for their bot", &[("", self.waiting.get())]);
        let outcomes = [
            ("outcome=\"answered\"", &self.answered),
            ("outcome=\"failed\"", &self.failed),
            ("outcome=\"interrupted\"", &self.interrupted),
        ];
        page.timings("parlor_activation_duration_seconds", "Deliveries to bots that are over", &outcomes);
        let limited: Vec<_> = LIMITED
            .iter()
            .zip(&self.limited)
            .map(|((_, name), count)| (format!("what=\"{name}\""), count.get()))
            .collect();
        let limited: Vec<_> = limited.iter().map(|(label, count)| (label.as_str(), *count)).collect();
        page.counter("parlor_limited_total", "What was refused by a limit", &limited);
        if self.last_backup.get() > 0 {
            let when = [("", self.last_backup.get())];
            page.gauge("parlor_last_backup_timestamp_seconds", "When the last backup was made", &when);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timings_fall_into_their_classes() {
        let timings = Timings::default();
        for micros in [0, 250, 251, 999_999, 500_000_000] {
            timings.add(Duration::from_micros(micros));
        }
        let mut page = Page::default();
        page.timings("a_seconds", "A", &[("kind=\"b\"", &timings)]);
        let text = page.into_text();
        for line in [
            "# TYPE a_seconds histogram",
            "a_seconds_bucket{kind=\"b\",le=\"0.00025\"} 2",
            "a_seconds_bucket{kind=\"b\",le=\"0.0005\"} 3",
            "a_seconds_bucket{kind=\"b\",le=\"1\"} 4",
            "a_seconds_bucket{kind=\"b\",le=\"+Inf\"} 5",
            "a_seconds_count{kind=\"b\"} 5",
            "a_seconds_sum{kind=\"b\"} 501.0005",
        ] {
            assert!(text.lines().any(|there| there == line), "no {line} in\n{text}");
        }
    }

    #[test]
    fn everything_counted_is_written() {
        let metrics = Metrics::default();
        metrics.limited(What::Posts);
        metrics.last_backup.set(17);
        [1, 3, 600].into_iter().for_each(|many| metrics.batches.add(many));
        let inside = metrics.followers.enter();
        let mut page = Page::default();
        metrics.write(&mut page);
        drop(inside);
        let text = page.into_text();
        for line in [
            "parlor_posts_total 0",
            "parlor_limited_total{what=\"posts\"} 1",
            "parlor_limited_total{what=\"sockets\"} 0",
            "parlor_websockets{kind=\"room\"} 1",
            "parlor_last_backup_timestamp_seconds 17",
            "# TYPE parlor_batch_commands histogram",
            "parlor_batch_commands_bucket{le=\"1\"} 1",
            "parlor_batch_commands_bucket{le=\"2\"} 1",
            "parlor_batch_commands_bucket{le=\"4\"} 2",
            "parlor_batch_commands_bucket{le=\"+Inf\"} 3",
            "parlor_batch_commands_sum 604",
            "parlor_batch_commands_count 3",
        ] {
            assert!(text.lines().any(|there| there == line), "no {line} in\n{text}");
        }
        assert_eq!(metrics.followers.get(), 0);
    }
}
