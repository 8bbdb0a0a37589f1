//! Inputs: what a text that a visitor types must be.

use crate::{
    condition::number,
    pattern::Pattern,
    text::{Language, Text, Variable, Variables},
    words,
};

/// What kind of text is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum InputType {
    Text,
    Email,
    Number,
    Phone,
    Url,
    Date,
    Choice,
    File,
}

impl InputType {
    /// All, by their names.
    pub(crate) const ALL: [(&'static str, Self); 8] = [
        ("text", Self::Text),
        ("email", Self::Email),
        ("number", Self::Number),
        ("phone", Self::Phone),
        ("url", Self::Url),
        ("date", Self::Date),
        ("choice", Self::Choice),
        ("file", Self::File),
    ];

    pub(crate) fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, kind)| *kind == self).map_or("text", |(name, _)| name)
    }

    /// What is answered to a text that is none, unless the flow says something else.
    pub(crate) fn error(self) -> &'static str {
        match self {
            Self::Text => "That is too short, too long, or not of the form that is asked for. Please try again.",
            Self::Email => "That does not look like an e-mail address. Please try again, as in name@example.org.",
            Self::Number => "Please type a number that fits, as in 3 or 2.5.",
            Self::Phone => "That does not look like a telephone number. Please try again, as in +34 600 000 000.",
            Self::Url => "That does not look like an address of a page. Please try again, as in https://example.org.",
            Self::Date => "Please type a date that fits, as in 2027-05-31.",
            Self::Choice => "Please choose one of those that are offered.",
            Self::File => "Please send a file that fits.",
        }
    }
}

/// The least or the most, as its type counts.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Bound {
    Number(serde_json::Number),
    Date(String),
}

/// What a text must be.
#[derive(Clone, Debug)]
pub(crate) struct Input {
    pub(crate) kind: InputType,
    pub(crate) min: Option<Bound>,
    pub(crate) max: Option<Bound>,
    pub(crate) pattern: Option<Pattern>,
    pub(crate) choices: Vec<Text>,
    pub(crate) error: Option<Text>,
    pub(crate) retries: Option<u32>,
    /// Where it goes on after the last wrong answer.
    pub(crate) otherwise: Option<usize>,
}

impl Input {
    /// What a text is as this input's value, if it is right. `size` is that of a file, as who took it counted.
    pub(crate) fn judge(
        &self,
        content: &str,
        size: Option<u64>,
        language: &Language<'_>,
        variables: &Variables,
    ) -> Option<Variable> {
        let text = content.trim();
        let form = match self.kind {
            InputType::Text | InputType::Number | InputType::Date | InputType::Choice => true,
            InputType::Email => is_email(text),
            InputType::Phone => is_phone(text),
            InputType::Url => is_url(text),
            InputType::File => size.is_some(),
        };
        if !form || !self.pattern.as_ref().is_none_or(|pattern| pattern.matches(text)) {
            return None;
        }
        #[expect(clippy::cast_precision_loss, reason = "no text and no file is that large")]
        match self.kind {
            InputType::Choice => return self.choice(text, language, variables),
            InputType::Number => self.within(number(text)?)?,
            InputType::File => self.within(size? as f64)?,
            InputType::Date => self.dated(text)?,
            _ => self.within(text.chars().count() as f64)?,
        }
        Some(Variable::new(text))
    }

    fn within(&self, value: f64) -> Option<()> {
        let number = |bound: &Option<Bound>| match bound {
            Some(Bound::Number(number)) => number.as_f64(),
            _ => None,
        };
        let fits = number(&self.min).is_none_or(|min| value >= min) && number(&self.max).is_none_or(|max| value <= max);
        fits.then_some(())
    }

    fn dated(&self, text: &str) -> Option<()> {
        let date = |bound: &Option<Bound>, fits: &dyn Fn(&str) -> bool| match bound {
            Some(Bound::Date(date)) => fits(date),
            _ => true,
        };
        let fits = is_date(text) && date(&self.min, &|min| text >= min) && date(&self.max, &|max| text <= max);
        fits.then_some(())
    }

    fn choice(&self, text: &str, language: &Language<'_>, variables: &Variables) -> Option<Variable> {
        let shown = |choice: &Text| words::plain(&choice.html(language, variables));
        let said = words::folded(text);
        let choice = self.choices.iter().find(|choice| words::folded(&shown(choice)) == said)?;
        let first = Language { chosen: language.first, first: language.first };
        let value = words::plain(&choice.html(&first, variables));
        let label = Some(shown(choice)).filter(|label| *label != value);
        Some(Variable { value, label })
    }
}

pub(crate) fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else { return false };
    let odd = |next: char| next.is_whitespace() || next.is_control() || matches!(next, '<' | '>' | ',' | ';' | '@');
    let dotted = |part: &str| !part.contains(odd) && part.split('.').all(|label| !label.is_empty());
    text.len() <= 254 && dotted(local) && dotted(domain) && domain.contains('.')
}

fn is_phone(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let rest = text.strip_prefix('+').unwrap_or(text);
    (4..=15).contains(&digits)
        && rest.chars().all(|next| next.is_ascii_digit() || matches!(next, ' ' | '-' | '.' | '/' | '(' | ')'))
}

fn is_url(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let host = rest.and_then(|rest| rest.split(['/', '?', '#']).next()).unwrap_or_default();
    !host.is_empty()
        && host.starts_with(char::is_alphanumeric)
        && !text.contains(|next: char| next.is_whitespace() || next.is_control() || matches!(next, '<' | '>' | '"'))
}

/// Whether a text is a day of the calendar, as 2027-05-31.
pub(crate) fn is_date(text: &str) -> bool {
    let bytes = text.as_bytes();
    if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
        return false;
    }
    let part = |range: std::ops::Range<usize>| {
        text.get(range).filter(|part| part.bytes().all(|byte| byte.is_ascii_digit()))?.parse::<u32>().ok()
    };
    let (Some(year), Some(month), Some(day)) = (part(0..4), part(5..7), part(8..10)) else { return false };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        4 | 6 | 9 | 11 => 30,
        2 => 28 + u32::from(leap),
        1..=12 => 31,
        _ => 0,
    };
    (1..=days).contains(&day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Template;

    fn input(kind: InputType) -> Input {
        let (min, max, pattern, error, retries, otherwise) = (None, None, None, None, None, None);
        Input { kind, min, max, pattern, choices: Vec::new(), error, retries, otherwise }
    }

    fn judged(input: &Input, text: &str, size: Option<u64>) -> Option<String> {
        let language = Language { chosen: "de", first: "en" };
        input.judge(text, size, &language, &Variables::new()).map(|variable| variable.value)
    }

    #[test]
    fn each_type_takes_its_own() {
        for (kind, right, wrong) in [
            (InputType::Text, &["x"][..], &[][..]),
            (
                InputType::Email,
                &["ann@example.org", "a.b+c@x.co.uk"],
                &["ann", "@x.org", "a@b", "a@@b.c", "a@b..c", "a b@c.d"],
            ),
            (InputType::Number, &["3", "-2.5"], &["three", "1,5", "NaN", ""]),
            (InputType::Phone, &["+34 600 000 000", "(030) 12-34"], &["12", "call me", "1234567890123456", "12+34"]),
            (
                InputType::Url,
                &["https://example.org/x?y", "http://a"],
                &["example.org", "ftp://x", "https://", "http:// x"],
            ),
            (
                InputType::Date,
                &["2028-02-29", "2027-12-31"],
                &["2027-02-29", "2027-13-01", "1/2/2027", "2027-00-10", "2027-é-1"],
            ),
        ] {
            for text in right {
                assert_eq!(judged(&input(kind), &format!(" {text} "), None).as_deref(), Some(*text), "{kind:?}");
            }
            for text in wrong {
                assert_eq!(judged(&input(kind), text, None), None, "{kind:?} {text}");
            }
        }
    }

    #[test]
    fn bounds_count_what_the_type_counts() {
        let bounded = |kind, min: Bound, max: Bound| Input { min: Some(min), max: Some(max), ..input(kind) };
        let numbers = |kind, min: i32, max: i32| bounded(kind, Bound::Number(min.into()), Bound::Number(max.into()));
        for (input, text, size, right) in [
            (numbers(InputType::Text, 2, 3), "éé", None, true),
            (numbers(InputType::Text, 2, 3), "abcd", None, false),
            (numbers(InputType::Number, 2, 3), "3", None, true),
            (numbers(InputType::Number, 2, 3), "3.1", None, false),
            (numbers(InputType::File, 2, 3), "cv.pdf", Some(3), true),
            (numbers(InputType::File, 2, 3), "cv.pdf", Some(4), false),
            (numbers(InputType::File, 2, 3), "cv.pdf", None, false),
        ] {
            assert_eq!(judged(&input, text, size).is_some(), right, "{input:?} {text}");
        }
        let dates = bounded(InputType::Date, Bound::Date("2027-01-01".into()), Bound::Date("2027-12-31".into()));
        assert!(judged(&dates, "2027-06-01", None).is_some() && judged(&dates, "2028-01-01", None).is_none());
    }

    #[test]
    fn a_choice_is_kept_in_the_first_language_and_a_pattern_is_the_whole_text() {
        let yes = [("en".to_owned(), Template::read("Yes")), ("de".into(), Template::read("Ja"))];
        let choices = vec![Text::Many(yes.into())];
        assert_eq!(judged(&Input { choices, ..input(InputType::Choice) }, "ja", None).as_deref(), Some("Yes"));
        let pattern = Pattern::whole("[A-Z]{2}").ok();
        let code = Input { pattern, ..input(InputType::Text) };
        assert!(judged(&code, "AB", None).is_some() && judged(&code, "ABC", None).is_none());
    }
}
