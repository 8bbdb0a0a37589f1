//! Reading a JSON object from outside, field by field, with errors that name the field and what to do.

use parlor_rooms::{Json, json};
use serde::Deserialize as _;
use serde_json::{Map, Value};

use crate::value::Tree;

/// Why a body or one of its fields can't be used. `Display` is the sentence that the client gets.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FieldError {
    /// The body is not JSON.
    #[error("the body is not valid JSON: {0}")]
    NotJson(String),
    /// It is JSON, but no object.
    #[error("the body must be a JSON object such as {{\"room\": \"…\"}}, but it is {0}")]
    NotAnObject(&'static str),
    /// A field that must be there is not.
    #[error("`{0}` is missing")]
    Missing(&'static str),
    /// A field that must have a value is null.
    #[error("`{0}` is null; it needs {1}")]
    Null(&'static str, &'static str),
    /// A field has a value of another type.
    #[error("`{0}` must be {1}, but it is {2}")]
    WrongType(&'static str, &'static str, String),
    /// A field's value can't be used.
    #[error("`{0}` {1}")]
    Invalid(&'static str, String),
    /// A field's value is larger than allowed.
    #[error("`{0}` is {1} bytes long; at most {2} are allowed")]
    TooLong(&'static str, usize, usize),
}

/// A JSON object that is being read.
#[derive(Clone, Debug, Default)]
pub struct Fields(Map<String, Value>);

/// A JSON value's type, with its article.
fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

/// What stands where something else was wanted.
fn found(value: &Value, wanted: &str) -> String {
    match value {
        Value::Number(number) => format!("a number ({number})"),
        Value::Array(_) if wanted.starts_with("an array") => "an array that holds something else too".to_owned(),
        other => kind(other).to_owned(),
    }
}

/// Reads JSON nested up to [`json::DEPTH_MAX`].
pub fn parse(body: &[u8]) -> Result<Value, FieldError> {
    if json::depth(body) > json::DEPTH_MAX {
        return Err(FieldError::NotJson(format!("it is nested deeper than {}", json::DEPTH_MAX)));
    }
    let not_json = |error: serde_json::Error| {
        if body.iter().all(u8::is_ascii_whitespace) {
            FieldError::NotJson("it is empty".to_owned())
        } else {
            FieldError::NotJson(error.to_string())
        }
    };
    let mut reader = serde_json::Deserializer::from_slice(body);
    // The depth was checked above; serde's own limit is one less than ours.
    reader.disable_recursion_limit();
    let Tree(value) = Tree::deserialize(&mut reader).map_err(not_json)?;
    reader.end().map_err(not_json)?;
    Ok(value)
}

impl Fields {
    /// Reads a body.
    pub fn parse(body: &[u8]) -> Result<Self, FieldError> {
        match parse(body)? {
            Value::Object(map) => Ok(Self(map)),
            other => Err(FieldError::NotAnObject(kind(&other))),
        }
    }

    fn optional<'a, T>(
        &'a self,
        name: &'static str,
        wanted: &'static str,
        read: impl FnOnce(&'a Value) -> Option<T>,
    ) -> Result<Option<T>, FieldError> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => {
                read(value).map(Some).ok_or_else(|| FieldError::WrongType(name, wanted, found(value, wanted)))
            }
        }
    }

    fn required<'a, T>(
        &'a self,
        name: &'static str,
        wanted: &'static str,
        read: impl FnOnce(&'a Value) -> Option<T>,
    ) -> Result<T, FieldError> {
        match self.optional(name, wanted, read)? {
            Some(value) => Ok(value),
            None if self.has(name) => Err(FieldError::Null(name, wanted)),
            None => Err(FieldError::Missing(name)),
        }
    }

    /// Whether the field is there, be it null.
    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// A string that must be there.
    pub fn string(&self, name: &'static str) -> Result<&str, FieldError> {
        self.required(name, "a string", Value::as_str)
    }

    /// A string that may be absent or null.
    pub fn optional_string(&self, name: &'static str) -> Result<Option<&str>, FieldError> {
        self.optional(name, "a string", Value::as_str)
    }

    /// A whole number from 0 that must be there.
    pub fn number(&self, name: &'static str) -> Result<u64, FieldError> {
        self.required(name, "a whole number from 0", Value::as_u64)
    }

    /// A whole number from 0 that may be absent or null.
    pub fn optional_number(&self, name: &'static str) -> Result<Option<u64>, FieldError> {
        self.optional(name, "a whole number from 0", Value::as_u64)
    }

    /// A number that may be absent or null.
    pub fn optional_float(&self, name: &'static str) -> Result<Option<f64>, FieldError> {
        self.optional(name, "a number", Value::as_f64)
    }

    /// A boolean that must be there.
    pub fn bool(&self, name: &'static str) -> Result<bool, FieldError> {
        self.required(name, "true or false", Value::as_bool)
    }

    /// A boolean that may be absent or null.
    pub fn optional_bool(&self, name: &'static str) -> Result<Option<bool>, FieldError> {
        self.optional(name, "true or false", Value::as_bool)
    }

    /// An array of strings that may be absent or null.
    pub fn optional_strings(&self, name: &'static str) -> Result<Option<Vec<String>>, FieldError> {
        self.optional(name, "an array of strings", |value| {
            value.as_array()?.iter().map(|item| item.as_str().map(str::to_owned)).collect()
        })
    }

    /// Any value; `None` if it is absent or null.
    pub fn optional_json(&self, name: &str) -> Option<Json> {
        self.0.get(name).filter(|value| !value.is_null()).map(Json::from)
    }

    /// An object that must be there, as text.
    pub fn object(&self, name: &'static str) -> Result<Json, FieldError> {
        self.required(name, "an object", |value| value.is_object().then(|| Json::from(value)))
    }

    /// A string that may be absent: absent leaves `None`, null gives `Some(None)`.
    pub fn nullable_string(&self, name: &'static str) -> Result<Option<Option<String>>, FieldError> {
        Ok(self.has(name).then_some(self.optional_string(name)?.map(str::to_owned)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn says(result: Result<impl std::fmt::Debug, FieldError>, sentence: &str) {
        assert_eq!(result.expect_err(sentence).to_string(), sentence);
    }

    #[test]
    fn errors_name_the_field_and_what_is_wrong() {
        let fields = Fields::parse(br#"{"room": 5, "author": null, "text": "hi", "id": -1}"#).expect("an object");
        says(fields.string("room"), "`room` must be a string, but it is a number (5)");
        says(fields.string("author"), "`author` is null; it needs a string");
        says(fields.string("url"), "`url` is missing");
        says(fields.number("id"), "`id` must be a whole number from 0, but it is a number (-1)");
        assert_eq!(fields.string("text"), Ok("hi"));
        assert_eq!(fields.nullable_string("author"), Ok(Some(None)));
        assert_eq!(fields.nullable_string("nothing"), Ok(None));
    }

    #[test]
    fn what_is_no_object_is_refused() {
        says(Fields::parse(b"[]"), "the body must be a JSON object such as {\"room\": \"…\"}, but it is an array");
        says(Fields::parse(b" "), "the body is not valid JSON: it is empty");
        assert!(matches!(Fields::parse(b"{\"a\": 1} x"), Err(FieldError::NotJson(_))));
        assert!(matches!(Fields::parse(b"{\"a\": \xff}"), Err(FieldError::NotJson(_))));
    }

    #[test]
    fn keys_that_a_library_keeps_for_itself_are_keys_like_others() {
        for key in
            ["$serde_json::private::RawValue", "$serde_json::private::Number", "\\u0024serde_json::private::RawValue"]
        {
            for value in ["null", "\"[1]\"", "\"no JSON\"", "{}"] {
                let body = format!("{{\"state\":{{\"{key}\":{value}}}}}");
                let state = Fields::parse(body.as_bytes()).expect(&body).object("state").expect("an object");
                let key = key.replace("\\u0024", "$");
                assert_eq!(state.as_str(), format!("{{\"{key}\":{value}}}"));
            }
        }
    }

    #[test]
    fn nesting_has_a_limit() {
        let nested = |depth: usize| format!("{{\"a\":{}{}}}", "[".repeat(depth - 1), "]".repeat(depth - 1));
        assert!(Fields::parse(nested(128).as_bytes()).is_ok());
        assert!(Fields::parse(nested(129).as_bytes()).is_err());
        assert!(Fields::parse("[".repeat(200_000).as_bytes()).is_err());
    }
}
