//! How often something may happen: so many in so much time, as it stands in a settings file.

use std::{fmt, str::FromStr, time::Duration};

/// A bucket that holds `count` and, once it is empty, is full again after `period`: so many at once, and as many in each
/// such time. Written `300/5s`, `600/h` or `off`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    count: u32,
    period: Duration,
}

/// The longest period.
const PERIOD_MAX: Duration = Duration::from_secs(31 * 86_400);
/// The units of a period, the largest first.
const UNITS: [(&str, u64); 4] = [("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)];

impl Rate {
    /// No limit.
    pub const OFF: Self = Self { count: 0, period: Duration::ZERO };

    /// So many in so many seconds.
    pub const fn new(count: u32, seconds: u64) -> Self {
        Self { count, period: Duration::from_secs(seconds) }
    }

    /// As many times more.
    #[must_use]
    pub const fn times(self, factor: u32) -> Self {
        Self { count: self.count.saturating_mul(factor), ..self }
    }

    /// Whether there is a limit.
    pub fn is_on(self) -> bool {
        self.count > 0
    }

    /// Takes one from a bucket that is full again at `full_at`, in nanoseconds as `now` is; gives when it is full again
    /// after that. The error is how long to wait for one: then nothing was taken.
    pub(super) fn take(self, full_at: u64, now: u64) -> Result<u64, Duration> {
        let period = u64::try_from(self.period.as_nanos()).unwrap_or(u64::MAX);
        let full_at = full_at.max(now).saturating_add(period / u64::from(self.count.max(1)));
        match full_at.saturating_sub(now).checked_sub(period) {
            None | Some(0) => Ok(full_at),
            Some(over) => Err(Duration::from_nanos(over)),
        }
    }
}

/// The text is no [`Rate`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no rate; write how many in what time, such as 300/5s, 60/m, 600/h, 1000/d, or off")]
pub struct NotARate(String);

impl FromStr for Rate {
    type Err = NotARate;

    fn from_str(text: &str) -> Result<Self, NotARate> {
        let wrong = || NotARate(text.chars().take(40).collect());
        let text = text.trim();
        if text == "off" {
            return Ok(Self::OFF);
        }
        let (count, period) = text.split_once('/').ok_or_else(wrong)?;
        let unit = UNITS.iter().find_map(|(name, seconds)| Some((period.trim().strip_suffix(name)?, *seconds)));
        let (number, seconds) = unit.ok_or_else(wrong)?;
        let number: u64 = if number.is_empty() { 1 } else { number.trim().parse().map_err(|_| wrong())? };
        let period = number.checked_mul(seconds).map(Duration::from_secs).ok_or_else(wrong)?;
        let count: u32 = count.trim().parse().map_err(|_| wrong())?;
        if count == 0 || period.is_zero() || period > PERIOD_MAX {
            return Err(wrong());
        }
        Ok(Self { count, period })
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.is_on() {
            return f.write_str("off");
        }
        let all = self.period.as_secs();
        let (unit, seconds) = UNITS.into_iter().find(|(_, seconds)| all.is_multiple_of(*seconds)).unwrap_or(("s", 1));
        match all / seconds {
            1 => write!(f, "{}/{unit}", self.count),
            number => write!(f, "{}/{number}{unit}", self.count),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_read_as_it_is_written() {
        for (text, rate) in [
            ("300/5s", Rate::new(300, 5)),
            ("60/m", Rate::new(60, 60)),
            ("600/h", Rate::new(600, 3_600)),
            ("1/31d", Rate::new(1, 31 * 86_400)),
            ("off", Rate::OFF),
        ] {
            assert_eq!(text.parse(), Ok(rate));
            assert_eq!(rate.to_string(), text);
        }
        assert_eq!(" 5 / 10s ".parse(), Ok(Rate::new(5, 10)));
        assert_eq!("120/60s".parse::<Rate>().expect("a rate").to_string(), "120/m");
    }

    #[test]
    fn what_is_no_rate_says_what_one_looks_like() {
        let huge = "9".repeat(100);
        for text in ["", "5", "/s", "5/", "0/s", "5/0s", "-5/s", "5/-1s", "5/x", "5/1.5s", "on", "5/32d", "5//s", &huge]
        {
            assert!(text.parse::<Rate>().expect_err(text).to_string().contains("300/5s"), "{text}");
        }
        assert!(format!("1/{huge}d").parse::<Rate>().is_err());
    }

    #[test]
    fn a_bucket_gives_as_many_as_it_holds_and_then_one_at_a_time() {
        let (rate, second) = (Rate::new(4, 2), 1_000_000_000);
        let mut full = 0;
        for _ in 0..4 {
            full = rate.take(full, 7 * second).expect("it was full");
        }
        assert_eq!(rate.take(full, 7 * second), Err(Duration::from_millis(500)));
        assert_eq!(rate.take(full, 7 * second + 400_000_000), Err(Duration::from_millis(100)));
        full = rate.take(full, 7 * second + 500_000_000).expect("one came back");
        assert!(rate.take(full, 7 * second + 500_000_000).is_err());
        for _ in 0..4 {
            full = rate.take(full, 60 * second).expect("it is full again");
        }
        assert!(rate.take(full, 60 * second).is_err(), "it never holds more");
    }
}
