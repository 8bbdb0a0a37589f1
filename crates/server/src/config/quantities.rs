//! Durations (`30s`, `5m`, `7d`) and sizes (`16KiB`, `1MB`).

use std::{ffi::OsStr, fmt, str::FromStr, time::Duration};

use toml::{Spanned, de::DeValue};

use super::{problem::Fault, setting::Setting, values};

/// Units of time, with their length in seconds.
const UNITS: [(&str, f64); 6] =
    [("ms", 0.001), ("s", 1.0), ("m", 60.0), ("h", 3_600.0), ("d", 86_400.0), ("w", 604_800.0)];
/// The longest that can be said: a hundred years.
const LONGEST: f64 = 100.0 * 366.0 * 86_400.0;

/// Splits `30s` into `30` and `s`.
fn split(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !(c.is_ascii_digit() || c == '.' || c == '_')).unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    (number, unit.trim_start())
}

/// `30s`; a number alone is seconds.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    let say = || "give a duration, such as 500ms, 30s, 5m, 2h or 7d".to_owned();
    let (number, unit) = split(text.trim());
    let number: f64 = number.replace('_', "").parse().map_err(|_| say())?;
    let unit = if unit.is_empty() { "s" } else { unit };
    let (_, length) = UNITS.iter().find(|(name, _)| *name == unit).ok_or_else(|| match unit {
        "min" | "mins" | "M" => "say `m` for minutes, as in 5m".to_owned(),
        _ => say(),
    })?;
    let seconds = number * length;
    if seconds > LONGEST {
        return Err("that is longer than a hundred years".to_owned());
    }
    Duration::try_from_secs_f64(seconds).map_err(|_| say())
}

impl Setting for Duration {
    const VALUE: &'static str = "DURATION";

    fn from_word(word: &OsStr) -> Result<Self, String> {
        duration(values::text(word)?)
    }

    fn from_toml(value: &Spanned<DeValue<'_>>) -> Result<Self, Vec<Fault>> {
        let read = match value.get_ref() {
            DeValue::String(text) => duration(text),
            DeValue::Integer(number) if number.radix() == 10 => duration(number.as_str()),
            DeValue::Float(number) => duration(number.as_str()),
            _ => return Err(vec![values::wrong_type("a duration in quotation marks, such as \"30s\"", value)]),
        };
        read.map_err(|message| vec![Fault::of(message)])
    }

    fn show(&self) -> Option<String> {
        let millis = self.as_millis();
        // The largest unit that goes into it without a rest.
        let in_units = [(86_400_000, "d"), (3_600_000, "h"), (60_000, "m"), (1_000, "s")];
        let unit = in_units.into_iter().find(|(length, _)| millis >= *length && millis.is_multiple_of(*length));
        let (length, name) = unit.unwrap_or((1, "ms"));
        Some(values::quote(&format!("{}{name}", millis / length)))
    }
}

/// A size in bytes: `16KiB`, `1MB`; a number alone is bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Size(pub(crate) u64);

impl Size {
    const UNITS: [(&str, u64); 9] = [
        ("B", 1),
        ("kB", 1_000),
        ("KiB", 1 << 10),
        ("MB", 1_000_000),
        ("MiB", 1 << 20),
        ("GB", 1_000_000_000),
        ("GiB", 1 << 30),
        ("TB", 1_000_000_000_000),
        ("TiB", 1 << 40),
    ];

    /// The same, but that a number alone means this unit.
    pub(crate) fn read(text: &str, alone: &str) -> Result<Self, String> {
        let say = || "give a size, such as 512B, 16KiB, 1MB or 20GiB".to_owned();
        let (number, unit) = split(text.trim());
        let number: f64 = number.replace('_', "").parse().map_err(|_| say())?;
        let unit = if unit.is_empty() { alone } else { unit };
        let known = Self::UNITS.iter().find(|(name, _)| name.eq_ignore_ascii_case(unit));
        let (_, length) = known.ok_or_else(|| match unit.to_ascii_uppercase().as_str() {
            one @ ("K" | "M" | "G" | "T") => format!("say {one}iB (powers of 1024) or {one}B (of 1000)"),
            _ => say(),
        })?;
        #[expect(clippy::cast_precision_loss, reason = "a power of ten or two below 2^53")]
        let bytes = number * *length as f64;
        // Up to here every whole number is exact.
        if bytes > 9e15 {
            return Err("that is more than any disk holds".to_owned());
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is neither negative nor large")]
        Ok(Self(bytes as u64))
    }
}

impl FromStr for Size {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::read(text, "B")
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The largest unit that goes into it without a rest.
        let whole = Self::UNITS.iter().filter(|(_, length)| self.0 >= *length && self.0.is_multiple_of(*length));
        let (name, length) = whole.max_by_key(|(_, length)| *length).copied().unwrap_or(("B", 1));
        write!(f, "{}{name}", self.0 / length)
    }
}

impl Setting for Size {
    const VALUE: &'static str = "SIZE";

    fn from_word(word: &OsStr) -> Result<Self, String> {
        values::text(word)?.parse()
    }

    fn from_toml(value: &Spanned<DeValue<'_>>) -> Result<Self, Vec<Fault>> {
        let read = match value.get_ref() {
            DeValue::String(text) => text.parse(),
            DeValue::Integer(number) if number.radix() == 10 => number.as_str().parse(),
            _ => return Err(vec![values::wrong_type("a size in quotation marks, such as \"16KiB\"", value)]),
        };
        read.map_err(|message| vec![Fault::of(message)])
    }

    fn show(&self) -> Option<String> {
        Some(values::quote(&self.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_and_written() {
        for (text, seconds, shown) in [
            ("30s", 30.0, "30s"),
            ("90", 90.0, "90s"),
            ("1.5", 1.5, "1500ms"),
            ("5 m", 300.0, "5m"),
            ("120m", 7_200.0, "2h"),
            ("7d", 604_800.0, "7d"),
            ("2w", 1_209_600.0, "14d"),
            ("250ms", 0.25, "250ms"),
            ("0", 0.0, "0ms"),
        ] {
            let read = duration(text).expect(text);
            assert_eq!(read, Duration::from_secs_f64(seconds), "{text}");
            assert_eq!(read.show(), Some(format!("\"{shown}\"")), "{text}");
            assert_eq!(duration(shown), Ok(read));
        }
        for wrong in ["", "s", "-1s", "1 fortnight", "5min", "1e9", "NaN", "inf", "9999999999999999999999d", "1..5s"] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn sizes_are_read_and_written() {
        for (text, bytes, shown) in [
            ("16KiB", 16_384, "16KiB"),
            ("1MB", 1_000_000, "1MB"),
            ("1mib", 1_048_576, "1MiB"),
            ("1.5 KiB", 1_536, "1536B"),
            ("2000", 2_000, "2kB"),
            ("20GiB", 20 << 30, "20GiB"),
            ("0", 0, "0B"),
        ] {
            let read: Size = text.parse().expect(text);
            assert_eq!(read, Size(bytes), "{text}");
            assert_eq!(read.to_string(), shown, "{text}");
            assert_eq!(shown.parse(), Ok(read));
        }
        for wrong in ["", "KiB", "16K", "-1", "1 byte", "99999999TiB", "NaN"] {
            assert!(wrong.parse::<Size>().is_err(), "{wrong}");
        }
        assert_eq!("16K".parse::<Size>(), Err("say KiB (powers of 1024) or KB (of 1000)".to_owned()));
    }
}
