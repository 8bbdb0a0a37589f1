//! The one place of the load generator that reads the clock: what it measures is real time.

use std::time::Instant;

#[expect(clippy::disallowed_methods, reason = "a measurement needs the real clock")]
pub(crate) fn now() -> Instant {
    Instant::now()
}

/// The day and the minute, UTC.
pub(crate) fn date() -> String {
    jiff::Timestamp::now().strftime("%Y-%m-%d %H:%M").to_string()
}
