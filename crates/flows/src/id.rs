//! What groups, sessions and items are called.

use std::{borrow::Cow, fmt};

use serde::{Deserialize, Serialize};

/// A group's, a session's or an item's id: a text, or a whole number. The number 1 and the text "1" are the same, and each
/// is sent as the file has it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Id {
    /// Such as 1.
    Number(i64),
    /// Such as "tea".
    Text(String),
}

impl Id {
    /// The id as a text, which is what ids are compared by.
    pub fn key(&self) -> Cow<'_, str> {
        match self {
            Self::Number(number) => number.to_string().into(),
            Self::Text(text) => text.as_str().into(),
        }
    }

    /// An id that a client sent; a number such as 1.0 is whole, too.
    pub(crate) fn of(value: &serde_json::Value) -> Option<Self> {
        match value {
            serde_json::Value::String(text) => Some(Self::Text(text.clone())),
            serde_json::Value::Number(number) => match number.as_i64() {
                Some(whole) => Some(Self::Number(whole)),
                None => {
                    let number = number.as_f64()?;
                    #[expect(clippy::cast_possible_truncation, reason = "it is whole, and small enough")]
                    (number.fract() == 0.0 && number.abs() < 9e15).then_some(Self::Number(number as i64))
                }
            },
            _ => None,
        }
    }
}

impl PartialEq for Id {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for Id {}

impl From<&str> for Id {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<i64> for Id {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.key())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_number_and_its_text_are_the_same_and_are_written_as_they_were() {
        assert_eq!(Id::from(1), Id::from("1"));
        assert_ne!(Id::from(1), Id::from("01"));
        assert_eq!(Id::of(&json!(1.0)), Some(Id::from(1)));
        assert_eq!(Id::of(&json!(1.5)), None);
        assert_eq!(Id::of(&json!(true)), None);
        assert_eq!(serde_json::to_string(&[Id::from(1), Id::from("1")]).expect("JSON"), r#"[1,"1"]"#);
    }
}
