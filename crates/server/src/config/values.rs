//! How values of the usual types are read and written: text, numbers, on and off, paths, addresses, lists, secrets.

use std::{ffi::OsStr, fmt, path::PathBuf};

use toml::{Spanned, de::DeValue};
use url::Url;

use super::{
    problem::Fault,
    setting::{Setting, text_setting},
};

/// A word as text.
pub(crate) fn text(word: &OsStr) -> Result<&str, String> {
    word.to_str().ok_or_else(|| "this is not UTF-8".to_owned())
}

/// A value that has to be text.
pub(crate) fn string<'a>(value: &'a Spanned<DeValue<'_>>) -> Result<&'a str, Vec<Fault>> {
    value.get_ref().as_str().ok_or_else(|| vec![wrong_type("text in quotation marks", value)])
}

/// What is said where a value of another type stands.
pub(crate) fn wrong_type(expected: &str, value: &Spanned<DeValue<'_>>) -> Fault {
    let is = match value.get_ref() {
        DeValue::String(_) => "text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number with a point",
        DeValue::Boolean(true) => "`true`",
        DeValue::Boolean(false) => "`false`",
        DeValue::Datetime(_) => "a date or time",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a section",
    };
    Fault::of(format!("give {expected}; this is {is}"))
}

/// Text as TOML.
pub(crate) fn quote(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            control if control.is_control() => quoted.push_str(&format!("\\u{:04X}", u32::from(control))),
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}

text_setting!(String, "TEXT");

impl Setting for bool {
    const VALUE: &'static str = "on|off";

    fn from_word(word: &OsStr) -> Result<Self, String> {
        match text(word)?.to_ascii_lowercase().as_str() {
            "on" | "true" | "yes" | "1" => Ok(true),
            "off" | "false" | "no" | "0" => Ok(false),
            _ => Err("say `on` or `off`".to_owned()),
        }
    }

    fn from_toml(value: &Spanned<DeValue<'_>>) -> Result<Self, Vec<Fault>> {
        match value.get_ref() {
            DeValue::Boolean(is) => Ok(*is),
            DeValue::String(text) => Self::from_word(OsStr::new(&**text)).map_err(|message| vec![Fault::of(message)]),
            _ => Err(vec![wrong_type("true or false", value)]),
        }
    }

    fn show(&self) -> Option<String> {
        Some(self.to_string())
    }
}

macro_rules! whole_number {
    ($($type:ty),*) => {$(
        impl Setting for $type {
            const VALUE: &'static str = "NUMBER";

            fn from_word(word: &OsStr) -> Result<Self, String> {
                let digits = text(word)?.replace('_', "");
                digits.parse().map_err(|_| format!("give a whole number from {} to {}", Self::MIN, Self::MAX))
            }

            fn from_toml(value: &Spanned<DeValue<'_>>) -> Result<Self, Vec<Fault>> {
                let DeValue::Integer(number) = value.get_ref() else {
                    return Err(vec![wrong_type("a whole number", value)]);
                };
                Self::from_str_radix(number.as_str(), number.radix())
                    .map_err(|_| vec![format!("give a whole number from {} to {}", Self::MIN, Self::MAX).into()])
            }

            fn show(&self) -> Option<String> {
                Some(self.to_string())
            }
        }
    )*};
}
whole_number!(u16, u32, u64);

impl Setting for PathBuf {
    const VALUE: &'static str = "PATH";

    fn from_word(word: &OsStr) -> Result<Self, String> {
        // The system knows no path with a NUL; it can only come from a file.
        if word.is_empty() || word.as_encoded_bytes().contains(&0) {
            return Err("give a path".to_owned());
        }
        Ok(word.into())
    }

    fn from_toml(value: &Spanned<DeValue<'_>>) -> Result<Self, Vec<Fault>> {
        Self::from_word(OsStr::new(string(value)?)).map_err(|message| vec![Fault::of(message)])
    }

    fn show(&self) -> Option<String> {
        Some(quote(&self.to_string_lossy()))
    }
}

impl Setting for Url {
    const VALUE: &'static str = "URL";

    fn from_word(word: &OsStr) -> Result<Self, String> {
        let url = Self::parse(text(word)?);
        url.ok()
            .filter(Self::has_host)
            .ok_or_else(|| "give a whole address, such as https://chat.example.org".to_owned())
    }

    fn from_toml(value: &Spanned<DeValue<'_>>) -> Result<Self, Vec<Fault>> {
        Self::from_word(OsStr::new(string(value)?)).map_err(|message| vec![Fault::of(message)])
    }

    fn show(&self) -> Option<String> {
        Some(quote(self.as_str()))
    }
}

/// What need not be set. In the file it is left out.
impl<T: Setting> Setting for Option<T> {
    const VALUE: &'static str = T::VALUE;

    fn from_word(word: &OsStr) -> Result<Self, String> {
        T::from_word(word).map(Some)
    }

    fn from_toml(value: &Spanned<DeValue<'_>>) -> Result<Self, Vec<Fault>> {
        T::from_toml(value).map(Some)
    }

    fn show(&self) -> Option<String> {
        self.as_ref().and_then(T::show)
    }
}

/// Several: as one word separated by commas. An element may be a table, so that `[[section.key]]` is a list of records.
impl<T: Setting> Setting for Vec<T> {
    const VALUE: &'static str = T::VALUE;

    fn from_word(word: &OsStr) -> Result<Self, String> {
        let parts = text(word)?.split(',').map(str::trim).filter(|part| !part.is_empty());
        parts.map(|part| T::from_word(OsStr::new(part)).map_err(|error| format!("`{part}`: {error}"))).collect()
    }

    fn from_toml(value: &Spanned<DeValue<'_>>) -> Result<Self, Vec<Fault>> {
        let DeValue::Array(array) = value.get_ref() else {
            return Err(vec![wrong_type("a list in square brackets", value)]);
        };
        let (mut all, mut faults) = (Self::new(), Vec::new());
        for part in array.iter() {
            match T::from_toml(part) {
                Ok(read) => all.push(read),
                Err(wrong) => faults.extend(
                    wrong.into_iter().map(|fault| Fault { span: fault.span.or_else(|| Some(part.span())), ..fault }),
                ),
            }
        }
        if faults.is_empty() { Ok(all) } else { Err(faults) }
    }

    fn show(&self) -> Option<String> {
        let parts: Vec<String> = self.iter().filter_map(T::show).collect();
        Some(format!("[{}]", parts.join(", ")))
    }
}

/// Text that nobody is to see: neither `Debug` nor the settings' print show it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Secret(String);

impl Secret {
    /// The text itself: not into logs, errors, metrics or addresses.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(hidden)")
    }
}

impl Setting for Secret {
    const VALUE: &'static str = "TEXT";

    fn from_word(word: &OsStr) -> Result<Self, String> {
        let text = text(word)?;
        if text.is_empty() { Err("it is empty".to_owned()) } else { Ok(Self(text.to_owned())) }
    }

    fn from_toml(value: &Spanned<DeValue<'_>>) -> Result<Self, Vec<Fault>> {
        Self::from_word(OsStr::new(string(value)?)).map_err(|message| vec![Fault::of(message)])
    }

    fn show(&self) -> Option<String> {
        Some(quote(&self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from_toml<T: Setting>(text: &str) -> Result<T, Vec<Fault>> {
        T::from_toml(&DeValue::parse(text).expect(text))
    }

    #[test]
    fn numbers_are_read_in_every_form_that_toml_has() {
        assert_eq!(from_toml::<u32>("1_000"), Ok(1000));
        assert_eq!(from_toml::<u32>("0xff"), Ok(255));
        assert_eq!(from_toml::<u32>("0b101"), Ok(5));
        for wrong in ["-1", "4294967296", "\"5\"", "1.5", "99999999999999999999999999"] {
            assert!(from_toml::<u32>(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_list_says_which_of_its_parts_are_wrong() {
        let faults = from_toml::<Vec<u16>>("[1, 70000, 2, \"x\"]").expect_err("two are wrong");
        let spans: Vec<_> = faults.iter().filter_map(|fault| fault.span.clone()).collect();
        assert_eq!(spans, [4..9, 14..17]);
        assert_eq!(Vec::<u16>::from_word(OsStr::new("1, 2,")), Ok(vec![1, 2]));
        assert_eq!(Vec::<u16>::from_word(OsStr::new("")), Ok(vec![]));
    }

    #[test]
    fn what_is_written_can_be_read_again() {
        for text in ["", "a \"b\" \\ \n\t\u{1}\u{7f}\u{85}", "ä😀", "'"] {
            assert_eq!(from_toml::<String>(&quote(text)), Ok(text.to_owned()), "{}", quote(text));
        }
    }

    #[test]
    fn a_secret_hides_from_debug() {
        let secret = Secret::from_word(OsStr::new("tomato")).expect("it is not empty");
        assert_eq!(format!("{secret:?} {:?}", Some(&secret)), "(hidden) Some((hidden))");
        assert_eq!(secret.reveal(), "tomato");
    }
}
