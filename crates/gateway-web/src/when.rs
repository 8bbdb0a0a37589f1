//! Times as pages write them.

use minijinja::{Value, context};
use parlor_rooms::Timestamp;

/// A time for a template: `iso`, which programs read, and `text`, which people do (`2026-11-21 19:25 UTC`).
pub(crate) fn value(at: Timestamp) -> Value {
    // What lies beyond the year 9999 nobody reads.
    let at = jiff::Timestamp::from_microsecond(at.0).unwrap_or(jiff::Timestamp::MAX);
    context! {
        iso => at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        text => at.strftime("%Y-%m-%d %H:%M UTC").to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_for_programs_and_for_people() {
        for (micros, iso, text) in [
            (0, "1970-01-01T00:00:00Z", "1970-01-01 00:00 UTC"),
            (951_782_400_999_999, "2000-02-29T00:00:00Z", "2000-02-29 00:00 UTC"),
            (1_795_289_125_000_000, "2026-11-21T19:25:25Z", "2026-11-21 19:25 UTC"),
            (-1, "1969-12-31T23:59:59Z", "1969-12-31 23:59 UTC"),
            (i64::MAX, "9999-12-30T22:00:00Z", "9999-12-30 22:00 UTC"),
        ] {
            let value = value(Timestamp(micros));
            let attr = |name| value.get_attr(name).expect("it has it").to_string();
            assert_eq!((attr("iso").as_str(), attr("text").as_str()), (iso, text));
        }
    }
}
