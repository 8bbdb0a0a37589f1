//! What comes in over the API: bodies, names, signals, searches.

use parlor_accounts::{Name, fold};
use parlor_rooms::{Interest, Json, RoomName, json::depth};
use parlor_store::Query;
use parlor_wire::{
    fields::{self, Fields},
    signals::Said,
};

/// Every way to read every field of a body.
pub(crate) fn fields(bytes: &[u8]) {
    let _ = fields::parse(bytes);
    let Ok(fields) = Fields::parse(bytes) else { return };
    for name in ["text", "id", "a"] {
        let _ = (fields.has(name), fields.string(name), fields.optional_string(name), fields.nullable_string(name));
        let _ = (fields.number(name), fields.optional_number(name), fields.optional_float(name));
        let _ = (
            fields.optional_bool(name),
            fields.optional_strings(name),
            fields.optional_json(name),
            fields.object(name),
        );
    }
    if let Ok(Some(words)) = fields.optional_strings("a") {
        let _ = Interest::list(&words);
    }
}

/// What is taken for JSON is JSON, also where others read it, and no deeper than was counted. Only half a pair of
/// surrogates, which JSON may hold, is no text in Rust, and a number may be larger than any that is counted with.
pub(crate) fn json(bytes: &[u8]) {
    let deep = depth(bytes);
    if deep > 120 {
        return;
    }
    if let Ok(json) = Json::parse(crate::text(bytes)) {
        assert!(Json::parse(json.as_str()).is_ok());
        if let Err(error) = parlor_wire::fields::parse(json.as_str().as_bytes()) {
            let error = error.to_string();
            assert!(json.as_str().contains("\\u") || error.contains("number out of range"), "{error}");
        }
    }
}

/// A room's name reads the same again.
pub(crate) fn names(bytes: &[u8]) {
    if let Ok(name) = RoomName::parse(crate::text(bytes)) {
        assert_eq!(RoomName::parse(name.as_str()).as_ref(), Ok(&name));
    }
}

/// A name as it is compared is compared with itself, and is taken again as it was taken.
pub(crate) fn people(bytes: &[u8]) {
    let text = crate::text(bytes);
    let folded = fold(text);
    assert_eq!(fold(&folded), folded, "of {text:?}");
    if let Ok(name) = Name::parse(text) {
        assert_eq!(Name::parse(&name.typed), Ok(name.clone()), "of {text:?}");
        assert_eq!(fold(&name.typed), name.folded, "of {text:?}");
    }
}

pub(crate) fn signals(bytes: &[u8]) {
    let _ = Said::read(crate::text(bytes));
    let words: Vec<String> = crate::text(bytes).split('\n').map(str::to_owned).collect();
    let _ = Interest::list(&words);
    if let Some((command, text)) = crate::text(bytes).split_once('\n') {
        let _ = Interest::arguments(command, text);
    }
}

pub(crate) fn query(bytes: &[u8]) {
    let _ = Query::parse(crate::text(bytes));
}
