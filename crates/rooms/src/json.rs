//! A piece of JSON that is carried, not looked into: kept as the text it came as.

use std::{fmt, sync::Arc};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use serde_json::value::RawValue;

/// How deep JSON from outside may be nested.
pub const DEPTH_MAX: usize = 128;

/// One JSON value, as text without surrounding white space. Cheap to clone.
#[derive(Clone)]
pub struct Json(Arc<RawValue>);

impl Json {
    /// The value's text.
    pub fn as_str(&self) -> &str {
        self.0.get()
    }

    /// Writes a value of ours down; how deep it is nested is not looked at.
    ///
    /// # Errors
    /// It can't be JSON: a map has keys that are no texts.
    pub fn written(value: &impl Serialize) -> Result<Self, serde_json::Error> {
        serde_json::value::to_raw_value(value).map(|raw| Self(raw.into()))
    }

    /// Checks a text and keeps it.
    pub fn parse(text: &str) -> Result<Self, serde_json::Error> {
        if depth(text.as_bytes()) > DEPTH_MAX {
            return Err(serde_json::Error::custom("nested too deeply"));
        }
        serde_json::from_str(text)
    }

    /// The value `null`.
    pub fn null() -> Self {
        Self(RawValue::NULL.to_owned().into())
    }

    /// Whether this is the value `null`.
    pub fn is_null(&self) -> bool {
        self.as_str() == "null"
    }
}

impl PartialEq for Json {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.as_str() == other.as_str()
    }
}

impl Eq for Json {}

impl From<&RawValue> for Json {
    fn from(raw: &RawValue) -> Self {
        Self(raw.to_owned().into())
    }
}

impl From<&serde_json::Value> for Json {
    fn from(value: &serde_json::Value) -> Self {
        Self::written(value).expect("a value can be written")
    }
}

impl fmt::Debug for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(Box::<RawValue>::deserialize(deserializer)?.into()))
    }
}

/// How deep a JSON text is nested, whether or not it is JSON: `[[]]` is 2. Linear, without recursion.
pub fn depth(json: &[u8]) -> usize {
    let (mut deepest, mut depth, mut in_string, mut escaped) = (0usize, 0usize, false, false);
    for byte in json {
        if in_string {
            match (escaped, byte) {
                (true, _) => escaped = false,
                (false, b'\\') => escaped = true,
                (false, b'"') => in_string = false,
                (false, _) => {}
            }
            continue;
        }
        match byte {
            b'"' => in_string = true,
            b'[' | b'{' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_keeps_its_text() {
        let json: Json = serde_json::from_str(" {\"a\": 1.0, \"b\":[]} ").expect("JSON");
        assert_eq!(json.as_str(), "{\"a\": 1.0, \"b\":[]}");
        assert_eq!(serde_json::to_string(&json).expect("JSON"), "{\"a\": 1.0, \"b\":[]}");
    }

    #[test]
    fn what_is_written_is_what_would_be_read() {
        let written = Json::written(&("a\n", [1.5, 2.0], None::<u8>)).expect("JSON");
        assert_eq!(written, Json::parse(r#" ["a\n",[1.5,2.0],null]"#).expect("JSON"));
        assert_ne!(written, Json::parse(r#"["a\n",[1.5,2.0], null]"#).expect("JSON"));
        assert!(Json::from(&serde_json::Value::Null).is_null());
    }

    #[test]
    fn depth_counts_brackets_outside_strings() {
        assert_eq!(depth(br#"{"a[[[": ["\"[", {}]}"#), 3);
        assert_eq!(depth(b"1"), 0);
        assert!(Json::parse(&("[".repeat(129) + &"]".repeat(129))).is_err());
        assert!(Json::parse(&("[".repeat(128) + &"]".repeat(128))).is_ok());
    }
}
