//! Conditions on variables, which decide where a flow goes.

use crate::{pattern::Pattern, text::Variables};

/// What must hold.
#[derive(Clone, Debug)]
pub(crate) enum Condition {
    Test { variable: String, test: Test },
    All(Vec<Self>),
    Any(Vec<Self>),
    Not(Box<Self>),
}

/// What is asked of one variable.
#[derive(Clone, Debug)]
pub(crate) enum Test {
    Equals(String),
    NotEquals(String),
    Contains(String),
    StartsWith(String),
    EndsWith(String),
    Matches(Pattern),
    AtLeast(String),
    AtMost(String),
    Exists(bool),
}

impl Condition {
    /// Whether it holds.
    pub(crate) fn holds(&self, variables: &Variables) -> bool {
        match self {
            Self::All(all) => all.iter().all(|one| one.holds(variables)),
            Self::Any(any) => any.iter().any(|one| one.holds(variables)),
            Self::Not(other) => !other.holds(variables),
            Self::Test { variable, test } => match variables.get(variable) {
                None => matches!(test, Test::Exists(false) | Test::NotEquals(_)),
                Some(variable) => {
                    // A choice is known by its id and by what it says.
                    let either =
                        |is: &dyn Fn(&str) -> bool| is(&variable.value) || variable.label.as_deref().is_some_and(is);
                    match test {
                        Test::Equals(other) => either(&|text| same(text, other)),
                        Test::NotEquals(other) => !either(&|text| same(text, other)),
                        Test::Contains(other) => either(&|text| text.contains(other)),
                        Test::StartsWith(other) => either(&|text| text.starts_with(other)),
                        Test::EndsWith(other) => either(&|text| text.ends_with(other)),
                        Test::Matches(pattern) => either(&|text| pattern.matches(text)),
                        Test::AtLeast(other) => !before(&variable.value, other),
                        Test::AtMost(other) => !before(other, &variable.value),
                        Test::Exists(wanted) => *wanted,
                    }
                }
            },
        }
    }

    /// The condition as a label of a drawing.
    pub(crate) fn words(&self) -> String {
        let joined = |all: &[Self], word: &str| all.iter().map(Self::words).collect::<Vec<_>>().join(word);
        match self {
            Self::All(all) => joined(all, " and "),
            Self::Any(any) => format!("({})", joined(any, " or ")),
            Self::Not(other) => format!("not ({})", other.words()),
            Self::Test { variable, test } => match test {
                Test::Equals(other) => format!("{variable} = {other}"),
                Test::NotEquals(other) => format!("{variable} ≠ {other}"),
                Test::Contains(other) => format!("{variable} contains {other}"),
                Test::StartsWith(other) => format!("{variable} starts with {other}"),
                Test::EndsWith(other) => format!("{variable} ends with {other}"),
                Test::Matches(pattern) => format!("{variable} matches {}", pattern.source()),
                Test::AtLeast(other) => format!("{variable} ≥ {other}"),
                Test::AtMost(other) => format!("{variable} ≤ {other}"),
                Test::Exists(true) => format!("{variable} is set"),
                Test::Exists(false) => format!("{variable} is not set"),
            },
        }
    }
}

/// A number as people type it.
pub(crate) fn number(text: &str) -> Option<f64> {
    let text = text.trim();
    // Neither `inf` nor `1e5`.
    let plain = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'-' | b'+'));
    text.parse().ok().filter(|number: &f64| plain && number.is_finite())
}

#[expect(clippy::float_cmp, reason = "both are what somebody typed")]
fn same(one: &str, other: &str) -> bool {
    match (number(one), number(other)) {
        (Some(one), Some(other)) => one == other,
        _ => one == other,
    }
}

/// By number where both are numbers; else as texts, which dates (2027-05-01) are made for.
fn before(one: &str, other: &str) -> bool {
    match (number(one), number(other)) {
        (Some(one), Some(other)) => one < other,
        _ => one < other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Variable;

    #[test]
    fn tests_hold_as_they_say() {
        let plan = Variable { value: "2".into(), label: Some("The large one".into()) };
        let day = Variable::new("2027-05-01");
        let variables = [("age".to_owned(), Variable::new("18")), ("plan".into(), plan), ("day".into(), day)].into();
        let text = |text: &str| text.to_owned();
        let pattern = Pattern::anywhere("(?i)LARGE").expect("it is one");
        for (variable, test, holds) in [
            ("age", Test::Equals(text("18.0")), true),
            ("age", Test::NotEquals(text("18")), false),
            ("plan", Test::Equals(text("The large one")), true),
            ("plan", Test::Equals(text("2")), true),
            ("plan", Test::Contains(text("large")), true),
            ("plan", Test::StartsWith(text("The")), true),
            ("plan", Test::EndsWith(text("two")), false),
            ("plan", Test::Matches(pattern), true),
            ("age", Test::AtLeast(text("9")), true),
            ("age", Test::AtMost(text("17.5")), false),
            ("day", Test::AtLeast(text("2027-04-30")), true),
            ("age", Test::Exists(true), true),
            ("gone", Test::Exists(false), true),
            ("gone", Test::Equals(text("")), false),
            ("gone", Test::NotEquals(text("")), true),
            ("gone", Test::AtMost(text("5")), false),
        ] {
            let condition = Condition::Test { variable: text(variable), test };
            assert_eq!(condition.holds(&variables), holds, "{}", condition.words());
            assert_eq!(Condition::Not(Box::new(condition.clone())).holds(&variables), !holds);
            assert_eq!(Condition::All(vec![condition.clone()]).holds(&variables), holds);
            assert_eq!(Condition::Any(vec![condition]).holds(&variables), holds);
        }
        assert!(Condition::All(Vec::new()).holds(&variables) && !Condition::Any(Vec::new()).holds(&variables));
    }

    #[test]
    fn numbers_are_what_people_type() {
        for (text, is) in [("1", true), ("-2.5", true), (" +3 ", true), ("1e5", false), ("inf", false), ("", false)] {
            assert_eq!(number(text).is_some(), is, "{text}");
        }
    }
}
