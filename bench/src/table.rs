//! Medians, spreads, and how numbers are written.

use serde::Serialize;

/// Measurements of one thing.
#[derive(Debug, Default, Clone, Serialize)]
pub(crate) struct Series(Vec<f64>);

impl Series {
    pub(crate) fn push(&mut self, value: f64) {
        self.0.push(value);
    }

    /// The value below which so many of a hundred lie.
    pub(crate) fn percentile(&self, percent: usize) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        let place = (sorted.len().saturating_sub(1) * percent + 50) / 100;
        sorted.get(place).copied().unwrap_or(f64::NAN)
    }

    pub(crate) fn median(&self) -> f64 {
        self.percentile(50)
    }

    /// The median and, in brackets, the least and the greatest.
    pub(crate) fn spread(&self) -> String {
        match self.0.len() {
            0 => "–".to_owned(),
            1 => short(self.median()),
            _ => format!("{} ({} – {})", short(self.median()), short(self.percentile(0)), short(self.percentile(100))),
        }
    }

    /// Of very many values only what is shown: the lower quarter, the median, the upper one.
    pub(crate) fn quarters(&self) -> Self {
        [25, 50, 75].map(|percent| self.percentile(percent)).into_iter().collect()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each value by that of the other which was measured beside it.
    pub(crate) fn ratio(&self, other: &Self) -> Self {
        self.0.iter().zip(&other.0).map(|(one, other)| one / other).collect()
    }

    pub(crate) fn map(&self, change: impl Fn(f64) -> f64) -> Self {
        self.0.iter().map(|value| change(*value)).collect()
    }
}

impl From<f64> for Series {
    fn from(value: f64) -> Self {
        Self(vec![value])
    }
}

impl FromIterator<f64> for Series {
    fn from_iter<T: IntoIterator<Item = f64>>(values: T) -> Self {
        Self(values.into_iter().collect())
    }
}

/// A number with three digits that count.
pub(crate) fn short(value: f64) -> String {
    match value.abs() {
        0.0 => "0".to_owned(),
        0.0..0.1 => format!("{value:.4}"),
        0.1..10.0 => format!("{value:.2}"),
        10.0..100.0 => format!("{value:.1}"),
        _ => thousands(value),
    }
}

/// A whole number with commas between its thousands.
fn thousands(value: f64) -> String {
    let digits = format!("{:.0}", value.abs());
    let mut text = String::from(if value < 0.0 { "-" } else { "" });
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) && digit.is_ascii_digit() {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_and_spreads() {
        let series: Series = [3.0, 100.0, 1.0, 2.0, 12.34].into_iter().collect();
        assert_eq!(series.median(), 3.0);
        assert_eq!(series.percentile(99), 100.0);
        assert_eq!(series.spread(), "3.00 (1.00 – 100)");
        assert_eq!(short(1_234_567.8), "1,234,568");
        assert_eq!(short(f64::NAN), "NaN");
        assert!(Series::default().median().is_nan());
    }
}
