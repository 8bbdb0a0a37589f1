//! What a flow's `$flow` says of the whole.

use jiff::tz::{Offset, TimeZone};

use crate::text::{Language, Text, choose};

/// The settings of a flow.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    pub(crate) title: Option<Text>,
    pub(crate) fallback: Option<usize>,
    pub(crate) languages: Vec<String>,
    pub(crate) hours: Option<Hours>,
    pub(crate) queue: Option<String>,
}

impl Settings {
    /// The languages that its texts are in, the one that stands in for the others first; none if it does not say.
    pub fn languages(&self) -> &[String] {
        &self.languages
    }

    /// When people are there, if it says so.
    pub fn hours(&self) -> Option<&Hours> {
        self.hours.as_ref()
    }

    /// The queue of handoffs that name none.
    pub fn queue(&self) -> Option<&str> {
        self.queue.as_deref()
    }

    pub(crate) fn language(&self, wanted: &[String]) -> Language<'_> {
        choose(&self.languages, wanted)
    }
}

/// When people are there to take over.
#[derive(Clone, Debug)]
pub struct Hours {
    pub(crate) timezone: TimeZone,
    pub(crate) days: [Vec<(u16, u16)>; 7],
    pub(crate) closed: Option<Text>,
    pub(crate) thanks: Option<Text>,
}

impl Hours {
    /// The days' names, from Monday.
    pub(crate) const DAYS: [&'static str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

    /// Hours as lines of settings have them: `mon-fri 09:00-17:00`, `sat 10:00-13:00`; and the time zone that they are in: a name such as
    /// `Europe/Madrid`, or an offset such as `+01:00` or `Z`.
    ///
    /// # Errors
    /// What is wrong with which of them.
    pub fn read(lines: &[String], zone: &str) -> Result<Self, String> {
        let timezone =
            timezone(zone).ok_or_else(|| format!("`{zone}` is no time zone, such as `Europe/Madrid` or `+01:00`"))?;
        let mut days: [Vec<(u16, u16)>; 7] = Default::default();
        for line in lines {
            let read = line.trim().split_once(' ').and_then(|(named, span)| Some((week(named)?, hours(span)?)));
            let (named, span) =
                read.ok_or_else(|| format!("`{line}` are no hours; write them as `mon-fri 09:00-17:00`"))?;
            named.for_each(|day| days[day].push(span));
        }
        Ok(Self { timezone, days, closed: None, thanks: None })
    }

    /// Whether somebody is there at a time: seconds since 1970.
    pub fn open(&self, seconds: i64) -> bool {
        let Ok(at) = jiff::Timestamp::from_second(seconds) else { return true };
        let at = at.to_zoned(self.timezone.clone());
        let day = usize::from(at.weekday().to_monday_zero_offset().unsigned_abs());
        let minute = u16::from(at.hour().unsigned_abs()) * 60 + u16::from(at.minute().unsigned_abs());
        self.days.get(day).is_some_and(|spans| spans.iter().any(|&(from, to)| (from..to).contains(&minute)))
    }
}

/// A time zone by its name, or by how far it is ahead of UTC: `Z`, `+01:00`, `-03:30`.
pub(crate) fn timezone(name: &str) -> Option<TimeZone> {
    let ahead = match name.split_at_checked(1) {
        Some(("Z", "")) => Some(0),
        Some(("+", rest)) => Some(i32::from(minutes(rest)?)),
        Some(("-", rest)) => Some(-i32::from(minutes(rest)?)),
        _ => None,
    };
    match ahead {
        Some(ahead) if ahead.abs() <= 14 * 60 => Offset::from_seconds(ahead * 60).ok().map(Offset::to_time_zone),
        Some(_) => None,
        None => TimeZone::get(name).ok(),
    }
}

/// The days that `mon`, or `mon-fri`, names, from Monday.
fn week(named: &str) -> Option<std::ops::RangeInclusive<usize>> {
    let day = |name: &str| Hours::DAYS.iter().position(|known| known.eq_ignore_ascii_case(name));
    let (first, last) = named.split_once('-').unwrap_or((named, named));
    let days = day(first)?..=day(last)?;
    (!days.is_empty()).then_some(days)
}

/// The minutes that `09:00-13:00` begins and ends with.
pub(crate) fn hours(span: &str) -> Option<(u16, u16)> {
    let (from, to) = span.split_once('-')?;
    Some((minutes(from.trim())?, minutes(to.trim())?)).filter(|(from, to)| from < to)
}

/// The minute of a day that `09:30` is; `24:00` is its end.
pub(crate) fn minutes(time: &str) -> Option<u16> {
    let (hours, minutes) = time.split_once(':')?;
    let two = |part: &str| {
        (part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit())).then(|| part.parse::<u16>().ok())?
    };
    let (hours, minutes) = (two(hours)?, two(minutes)?);
    (minutes < 60 && hours * 60 + minutes <= 24 * 60).then_some(hours * 60 + minutes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_zones_are_read() {
        assert_eq!(
            [minutes("09:30"), minutes("24:00"), minutes("24:01"), minutes("9:30")],
            [Some(570), Some(1440), None, None]
        );
        for zone in ["Z", "+01:00", "-03:30", "Europe/Madrid", "UTC", "Etc/GMT+5", "America/Argentina/Ushuaia"] {
            assert!(timezone(zone).is_some(), "{zone}");
        }
        for wrong in ["", "1:00", "+15:00", "+1", "Europe/", "Europe/Atlantis", "Old Town"] {
            assert!(timezone(wrong).is_none(), "{wrong}");
        }
    }

    fn read(lines: &[&str], zone: &str) -> Result<Hours, String> {
        Hours::read(&lines.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>(), zone)
    }

    #[test]
    fn they_are_open_from_and_until_as_clocks_show_it_there() {
        let hours =
            read(&["mon-fri 09:00-13:00", "Mon 15:00-18:00", "sun 00:00-24:00"], "Europe/Madrid").expect("hours");
        let open = |utc: &str| hours.open(utc.parse::<jiff::Timestamp>().expect("a time").as_second());
        // A Monday in winter, an hour ahead of UTC; one in summer, two hours.
        assert!(!open("2026-11-23T07:59:59Z") && open("2026-11-23T08:00:00Z") && !open("2026-11-23T12:00:00Z"));
        assert!(open("2026-07-20T07:00:00Z") && open("2026-07-20T13:00:00Z") && !open("2026-07-20T16:00:00Z"));
        assert!(!open("2026-11-24T14:00:00Z") && !open("2026-11-28T10:00:00Z"));
        assert!(open("2026-11-28T23:00:00Z") && open("2026-11-29T22:59:59Z") && !open("2026-11-29T23:00:00Z"));
        for wrong in ["monday 09:00-17:00", "fri-mon 09:00-17:00", "mon 17:00-09:00", "mon", "", "mon 9-17"] {
            assert!(read(&[wrong], "Z").is_err_and(|why| why.contains("are no hours")), "{wrong}");
        }
        assert!(read(&[], "Mars").is_err_and(|why| why.contains("`Mars` is no time zone")));
        assert!(!read(&[], "Z").expect("never").open(0));
    }
}
