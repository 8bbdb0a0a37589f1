//! What backups are called: `parlor-2026-11-21T101112Z.db.gz`, so that they stand in order of time, on every disk.

use jiff::{civil::DateTime, tz::TimeZone};
use parlor_rooms::Timestamp;

const BEGIN: &str = "parlor-";
const END: &str = ".db.gz";

/// A time as it stands in names.
const STAMP: &str = "%Y-%m-%dT%H%M%SZ";

fn calendar(at: Timestamp) -> jiff::Timestamp {
    // What lies beyond the year 9999 nobody reads.
    jiff::Timestamp::from_microsecond(at.0).unwrap_or(jiff::Timestamp::MAX)
}

/// A time as it stands in names: `2026-11-21T101112Z`.
pub(crate) fn stamp(at: Timestamp) -> String {
    calendar(at).strftime(STAMP).to_string()
}

/// A time for people: `2026-11-21 10:11:12 UTC`.
pub(crate) fn readable(at: Timestamp) -> String {
    calendar(at).strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// The name of the backup of this moment; `number` tells several of one second apart.
pub(crate) fn name(at: Timestamp, number: u32) -> String {
    let stamp = stamp(at);
    if number == 0 { format!("{BEGIN}{stamp}{END}") } else { format!("{BEGIN}{stamp}-{number}{END}") }
}

/// The time in a backup's name; none if it is no name of ours.
pub(crate) fn taken(name: &str) -> Option<Timestamp> {
    let middle = name.strip_prefix(BEGIN)?.strip_suffix(END)?;
    let (stamp_text, number) = middle.split_at_checked(18)?;
    let numbered = |rest: &str| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit());
    if !number.is_empty() && !number.strip_prefix('-').is_some_and(numbered) {
        return None;
    }
    let read = DateTime::strptime(STAMP, stamp_text).and_then(|date| date.to_zoned(TimeZone::UTC)).ok()?;
    let at = Timestamp(read.timestamp().as_microsecond());
    // A name that only resembles one of ours is none.
    (stamp(at) == stamp_text).then_some(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_the_time_and_gives_it_back() {
        for (seconds, expected) in [
            (0, "1970-01-01T000000Z"),
            (951_782_399, "2000-02-28T235959Z"),
            (951_782_400, "2000-02-29T000000Z"),
            (1_795_255_872, "2026-11-21T101112Z"),
            (4_107_542_400, "2100-03-01T000000Z"),
        ] {
            let at = Timestamp(seconds * 1_000_000);
            assert_eq!(stamp(at), expected);
            assert_eq!(taken(&name(at, 0)), Some(at));
            assert_eq!(taken(&name(at, 12)), Some(at));
        }
        assert_eq!(readable(Timestamp(1_795_255_872_000_000)), "2026-11-21 10:11:12 UTC");
    }

    #[test]
    fn only_our_names_are_ours() {
        for strange in [
            "parlor.db.gz",
            "parlor-2026-11-21T101112Z.db",
            "parlor-2026-11-21T101112Z.db.gz.old",
            "parlor-2026-11-21T101112Z-.db.gz",
            "parlor-2026-11-21T101112Z-x.db.gz",
            "parlor-2026-02-30T101112Z.db.gz",
            "parlor-2026-11-21T256112Z.db.gz",
            "parlor-2026-11-21 101112Z.db.gz",
            "parlor-éééééééé.db.gz",
            "my-parlor-2026-11-21T101112Z.db.gz",
            "",
        ] {
            assert_eq!(taken(strange), None, "{strange}");
        }
    }
}
