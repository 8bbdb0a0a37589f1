//! What backups are called: `parlor-2026-11-21T101112Z.db.gz`, so that they stand in order of time, on every disk.

use parlor_rooms::Timestamp;

const BEGIN: &str = "parlor-";
const END: &str = ".db.gz";

/// A time as it stands in names: `2026-11-21T101112Z`.
pub(crate) fn stamp(at: Timestamp) -> String {
    let seconds = at.seconds();
    let (day, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let (year, month, day) = date(day);
    let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}{minute:02}{second:02}Z")
}

/// A time for people: `2026-11-21 10:11:12 UTC`.
pub(crate) fn readable(at: Timestamp) -> String {
    let stamp = stamp(at);
    match (stamp.get(..10), stamp.get(11..13), stamp.get(13..15), stamp.get(15..17)) {
        (Some(date), Some(hour), Some(minute), Some(second)) => format!("{date} {hour}:{minute}:{second} UTC"),
        _ => stamp,
    }
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
    let part = |from, to| {
        let digits: &str = stamp_text.get(from..to)?;
        digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse::<i64>().ok()).flatten()
    };
    let (year, month, day) = (part(0, 4)?, part(5, 7)?, part(8, 10)?);
    let (hour, minute, second) = (part(11, 13)?, part(13, 15)?, part(15, 17)?);
    let at = Timestamp((days(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second) * 1_000_000);
    // So that the 30th of February is no name of ours either.
    (stamp(at) == stamp_text).then_some(at)
}

/// The date of a day since 1970. The year is counted from March, so that the day of a leap year is its last.
fn date(day: i64) -> (i64, i64, i64) {
    let day = day + 719_468;
    let (era, day_of_era) = (day.div_euclid(146_097), day.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day_of_year - (153 * shifted + 2) / 5 + 1)
}

/// The day since 1970 of a date.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = year - i64::from(month <= 2);
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
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
