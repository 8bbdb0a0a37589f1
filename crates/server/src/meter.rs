//! How far something is, on a terminal: bytes, how fast, how long it will still take. Quiet where nobody looks.

use std::{
    io::{IsTerminal as _, Write as _},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use parlor_rooms::{Clock, Timestamp};
use parlor_store_sqlite::Watch;

use crate::clock::SystemClock;

/// How often the line is written anew.
const EVERY: Duration = Duration::from_millis(200);
/// Below so much of a run nobody can say how long the rest takes.
const GUESS: Duration = Duration::from_secs(1);

/// One line that is written over and over. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Meter(Arc<Parts>);

struct Parts {
    /// None where standard error is no terminal.
    line: Option<Mutex<Line>>,
    stop: AtomicBool,
}

struct Line {
    what: &'static str,
    bytes: bool,
    began: Timestamp,
    told: Timestamp,
    wide: usize,
}

impl Meter {
    pub(crate) fn new() -> Self {
        let now = SystemClock.now();
        let line = Line { what: "", bytes: true, began: now, told: Timestamp(0), wide: 0 };
        let line = std::io::stderr().is_terminal().then(|| Mutex::new(line));
        Self(Arc::new(Parts { line, stop: AtomicBool::new(false) }))
    }

    /// One that nobody sees.
    pub(crate) fn quiet() -> Self {
        Self(Arc::new(Parts { line: None, stop: AtomicBool::new(false) }))
    }

    /// What begins now, counted in bytes.
    pub(crate) fn begin(&self, what: &'static str) {
        self.start(what, true);
    }

    /// What begins now, counted as what it is.
    pub(crate) fn count(&self, what: &'static str) {
        self.start(what, false);
    }

    fn start(&self, what: &'static str, bytes: bool) {
        if let Some(line) = &self.0.line {
            let mut line = line.lock().unwrap_or_else(PoisonError::into_inner);
            (line.what, line.bytes, line.began, line.told) = (what, bytes, SystemClock.now(), Timestamp(0));
        }
    }

    /// How far it is; whether to go on.
    pub(crate) fn at(&self, done: u64, of: u64) -> bool {
        if let Some(line) = &self.0.line {
            line.lock().unwrap_or_else(PoisonError::into_inner).show(SystemClock.now(), done, of);
        }
        !self.0.stop.load(Ordering::Relaxed)
    }

    /// The line is taken away, so that something else can be said.
    pub(crate) fn clear(&self) {
        if let Some(line) = &self.0.line {
            line.lock().unwrap_or_else(PoisonError::into_inner).write("");
        }
    }

    /// Whoever goes on is told not to.
    pub(crate) fn stop(&self) {
        self.0.stop.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_stopped(&self) -> bool {
        self.0.stop.load(Ordering::Relaxed)
    }

    /// The same for who copies a database. `bytes`: whether it counts in them.
    pub(crate) fn watch(&self, bytes: bool) -> Watch {
        let this = self.clone();
        Arc::new(move |done, of| if bytes { this.at(done, of) } else { this.at(0, 0) })
    }
}

impl Line {
    fn show(&mut self, now: Timestamp, done: u64, of: u64) {
        if now.since(self.told) < EVERY {
            return;
        }
        self.told = now;
        let text = text(self.what, self.bytes, done, of, now.since(self.began));
        self.write(&text);
    }

    fn write(&mut self, text: &str) {
        let gap = " ".repeat(self.wide.saturating_sub(text.chars().count()));
        self.wide = text.chars().count();
        // A terminal that is gone is nobody's concern.
        let _ = write!(std::io::stderr(), "\r{text}{gap}{}", if text.is_empty() { "\r" } else { "" });
    }
}

fn text(what: &str, bytes: bool, done: u64, of: u64, took: Duration) -> String {
    if of == 0 {
        return format!("{what} … {} s", took.as_secs());
    }
    let done = done.min(of);
    let share = u128::from(done) * 100 / u128::from(of);
    let size = |number| if bytes { size(number) } else { number.to_string() };
    let mut text = format!("{what}: {} of {} ({share} %)", size(done), size(of));
    let micros = took.as_micros();
    if took >= GUESS && done > 0 {
        let rate = u64::try_from(u128::from(done) * 1_000_000 / micros).unwrap_or(u64::MAX);
        let left = u128::from(of - done) * micros / u128::from(done) / 1_000_000;
        text += &format!(", {}/s, {left} s left", size(rate));
    }
    text
}

/// Bytes for people.
pub(crate) fn size(bytes: u64) -> String {
    let tenths = |unit: u64, name| format!("{}.{} {name}", bytes / unit, bytes % unit * 10 / unit);
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => tenths(1_000, "kB"),
        1_000_000..1_000_000_000 => tenths(1_000_000, "MB"),
        _ => tenths(1_000_000_000, "GB"),
    }
}

/// A duration for people.
pub(crate) fn seconds(took: Duration) -> String {
    if took < Duration::from_secs(60) {
        format!("{}.{} s", took.as_secs(), took.subsec_millis() / 100)
    } else {
        format!("{} min {} s", took.as_secs() / 60, took.as_secs() % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_says_bytes_rate_and_rest() {
        let second = Duration::from_secs;
        assert_eq!(text("copying", true, 0, 2_000_000, second(0)), "copying: 0 bytes of 2.0 MB (0 %)");
        assert_eq!(
            text("copying", true, 50_000_000, 200_000_000, second(2)),
            "copying: 50.0 MB of 200.0 MB (25 %), 25.0 MB/s, 6 s left"
        );
        assert_eq!(text("copying", true, 3_000, 2_000, second(0)), "copying: 2.0 kB of 2.0 kB (100 %)");
        assert_eq!(text("importing", false, 300, 1_200, second(2)), "importing: 300 of 1200 (25 %), 150/s, 6 s left");
        assert_eq!(text("checking", true, 0, 0, second(7)), "checking … 7 s");
        assert_eq!((size(999), size(1_234_567_890)), ("999 bytes".to_owned(), "1.2 GB".to_owned()));
        assert_eq!(
            (seconds(Duration::from_millis(1_260)), seconds(second(75))),
            ("1.2 s".to_owned(), "1 min 15 s".to_owned())
        );
    }
}
