//! Reads a StartChatSession's `input`.

use super::{
    keys,
    reading::{Object, Reading, listed},
};
use crate::{
    input::{Bound, Input, InputType, is_date},
    json::{Node, Value},
    pattern::Pattern,
};

pub(super) fn input<'n>(reading: &mut Reading<'n>, node: &'n Node) -> Option<Input> {
    let object = reading.object(node, "`input`", keys::INPUT)?;
    let kind = kind(reading, &object);
    let error = reading.optional_text(&object, "error");
    let retries = object.get("retries").and_then(|node| reading.whole(node, "`retries`", 1, 100));
    let otherwise = object.get("else").map(|node| reading.link(node, "`else`"));
    if let (Some(node), None) = (object.member("else"), object.get("retries")) {
        reading.error(node.at, "`else` is for an input with `retries`; without them it asks without end.");
    }
    let pattern = object.get("pattern").and_then(|node| reading.pattern(node, "`pattern`", Pattern::whole));
    let kind = kind?;
    let choices = choices(reading, &object, kind);
    let min = bound(reading, &object, "min", kind);
    let max = bound(reading, &object, "max", kind);
    let crossed = match (&min, &max) {
        (Some(Bound::Number(min)), Some(Bound::Number(max))) => min.as_f64() > max.as_f64(),
        (Some(Bound::Date(min)), Some(Bound::Date(max))) => min > max,
        _ => false,
    };
    if crossed {
        reading
            .error(object.get("max").map_or(object.at, |node| node.at), "`max` is less than `min`, so nothing fits.");
    }
    if let Some(at) = object.member("pattern").filter(|_| matches!(kind, InputType::Choice | InputType::File)) {
        reading.error(at.at, format!("An input of the type `{}` has no `pattern`.", kind.name()));
    }
    Some(Input { kind, min, max, pattern, choices, error, retries, otherwise })
}

fn kind<'n>(reading: &mut Reading<'n>, object: &Object<'n>) -> Option<InputType> {
    let node = reading.needed(object, "type", "`input`")?;
    let name = reading.string(node, "`type`")?;
    let kind = InputType::ALL.into_iter().find(|(known, _)| *known == name);
    if kind.is_none() {
        let names = InputType::ALL.map(|(name, _)| name);
        let near = reading.near(name, names);
        let near = if near.is_empty() { format!(" The types are {}.", listed(&names)) } else { near };
        reading.error(node.at, format!("There is no type of input `{name}`.{near}"));
    }
    kind.map(|(_, kind)| kind)
}

fn choices<'n>(reading: &mut Reading<'n>, object: &Object<'n>, kind: InputType) -> Vec<crate::text::Text> {
    match (object.get("choices"), kind) {
        (Some(node), InputType::Choice) => {
            let items = reading.list(node, "`choices`").unwrap_or_default();
            if items.is_empty() {
                reading.error(node.at, "`choices` is empty, and so nobody could answer.");
            }
            items.iter().filter_map(|item| reading.text(item, "A choice")).collect()
        }
        (None, InputType::Choice) => {
            reading.error(object.at, "An input of the type `choice` needs the key `choices`, a list of texts.");
            Vec::new()
        }
        (Some(node), _) => {
            reading.error(node.at, format!("An input of the type `{}` has no `choices`.", kind.name()));
            Vec::new()
        }
        (None, _) => Vec::new(),
    }
}

fn bound<'n>(reading: &mut Reading<'n>, object: &Object<'n>, key: &str, kind: InputType) -> Option<Bound> {
    let node = object.get(key)?;
    let what = format!("`{key}`");
    match (&node.value, kind) {
        (_, InputType::Choice) => {
            reading.error(node.at, format!("An input of the type `choice` has no {what}."));
            None
        }
        (Value::Text(date), InputType::Date) if is_date(date) => Some(Bound::Date(date.clone())),
        (_, InputType::Date) => {
            reading.error(node.at, format!("{what} of a date is a day, as in \"2027-05-31\"."));
            None
        }
        (Value::Number(number), InputType::Number) => Some(Bound::Number(number.clone())),
        (Value::Number(number), _) if number.is_u64() => Some(Bound::Number(number.clone())),
        (_, InputType::Number) => reading.wrong(node, &what, "a number"),
        (_, InputType::File) => reading.wrong(node, &what, "a whole number of bytes"),
        _ => reading.wrong(node, &what, "a whole number of characters"),
    }
}
