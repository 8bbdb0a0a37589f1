//! What a flow's `$flow` says of the whole.

use crate::{
    progress::Progress,
    text::{Language, Text, Variables, choose},
};

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
    pub(crate) timezone: String,
    pub(crate) days: [Vec<(u16, u16)>; 7],
    pub(crate) closed: Option<Text>,
}

impl Hours {
    /// The days' names, from Monday.
    pub(crate) const DAYS: [&'static str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

    /// The time zone: a name such as `Europe/Madrid`, or an offset such as `+01:00` or `Z`.
    pub fn timezone(&self) -> &str {
        &self.timezone
    }

    /// The time zone's minutes ahead of UTC, if it is an offset.
    pub fn offset(&self) -> Option<i32> {
        offset(&self.timezone)
    }

    /// Whether they are there on a day (0 is Monday) at a minute of that day, both in the time zone.
    pub fn open(&self, day: usize, minute: u16) -> bool {
        self.days.get(day).is_some_and(|spans| spans.iter().any(|&(from, to)| (from..to).contains(&minute)))
    }

    /// What is said outside of them, to the visitor of a session.
    pub fn closed(&self, settings: &Settings, progress: &Progress) -> Option<String> {
        let text = self.closed.as_ref()?;
        Some(text.html(&settings.language(&progress.languages), &progress.variables))
    }

    /// The same for who has no session.
    pub fn closed_to(&self, settings: &Settings, languages: &[String]) -> Option<String> {
        Some(self.closed.as_ref()?.html(&settings.language(languages), &Variables::new()))
    }
}

/// Minutes ahead of UTC: `Z`, `+01:00`, `-03:30`.
pub(crate) fn offset(timezone: &str) -> Option<i32> {
    if timezone == "Z" {
        return Some(0);
    }
    let (sign, rest) = match timezone.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let minutes = minutes(rest).filter(|minutes| *minutes <= 14 * 60)?;
    Some(sign * i32::from(minutes))
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

/// Whether a text has the form of a time zone's name: `Europe/Madrid`, `UTC`.
pub(crate) fn is_zone(name: &str) -> bool {
    let part = |part: &str| {
        part.starts_with(|first: char| first.is_ascii_alphabetic())
            && part.chars().all(|next| next.is_ascii_alphanumeric() || matches!(next, '_' | '-' | '+'))
    };
    name.len() <= 64 && name.split('/').all(part)
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
        assert_eq!(
            [offset("Z"), offset("+01:00"), offset("-03:30"), offset("1:00")],
            [Some(0), Some(60), Some(-210), None]
        );
        assert!(is_zone("Europe/Madrid") && is_zone("Etc/GMT+5") && !is_zone("Europe/") && !is_zone("Old Town"));
    }

    #[test]
    fn they_are_open_from_and_until() {
        let mut days: [Vec<(u16, u16)>; 7] = Default::default();
        days[0] = vec![(540, 780), (900, 1080)];
        let hours = Hours { timezone: "+01:00".into(), days, closed: None };
        assert!(
            hours.open(0, 540) && hours.open(0, 900) && !hours.open(0, 780) && !hours.open(1, 540) && !hours.open(9, 0)
        );
    }
}
