//! Reads `$flow`.

use super::{
    keys,
    reading::{Object, Reading},
};
use crate::{
    engine::EMAIL,
    json::{Node, Value},
    settings::{self, Hours, Settings},
};

/// Reads the languages, which the texts everywhere else need to be known.
pub(super) fn languages<'n>(reading: &mut Reading<'n>, node: &'n Node) {
    // What is no object is told of when all of it is read.
    let Value::Object(members) = &node.value else { return };
    let object = Object { at: node.at, members };
    let Some(node) = object.get("languages") else { return };
    let Some(items) = reading.list(node, "`languages`") else { return };
    if items.is_empty() {
        reading.error(node.at, "`languages` names none; leave it out if the flow has one language.");
    }
    for item in items {
        let Some(tag) = reading.string(item, "A language") else { continue };
        if !is_language(tag) {
            reading.error(item.at, format!("`{tag}` is no language's tag, such as `en` or `pt-BR`."));
        } else if reading.languages.iter().any(|known| known.eq_ignore_ascii_case(tag)) {
            reading.error(item.at, format!("The language `{tag}` is named twice."));
        } else {
            reading.languages.push(tag.to_owned());
        }
    }
}

fn is_language(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let first = parts.next().unwrap_or_default();
    (2..=3).contains(&first.len())
        && first.bytes().all(|byte| byte.is_ascii_alphabetic())
        && parts.all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric()))
        && tag.len() <= 35
}

/// Reads all of it.
pub(super) fn settings<'n>(reading: &mut Reading<'n>, node: &'n Node) -> Settings {
    let Some(object) = reading.object(node, "`$flow`", keys::FLOW) else { return Settings::default() };
    let title = reading.optional_text(&object, "title");
    let fallback = object.get("fallback").map(|node| reading.link(node, "`fallback`"));
    let hours = object.get("hours").and_then(|node| hours(reading, node));
    let handoff = object.get("handoff").and_then(|node| reading.object(node, "`handoff`", keys::HANDOFF_SETTINGS));
    let queue = handoff.and_then(|handoff| handoff.get("queue")).and_then(|node| reading.filled(node, "`queue`"));
    let variables = object.get("variables").and_then(|node| reading.list(node, "`variables`"));
    for variable in variables.unwrap_or_default() {
        if let Some(name) = reading.string(variable, "A variable's name") {
            reading.sets(name, variable.at);
        }
    }
    Settings { title, fallback, languages: reading.languages.clone(), hours, queue: queue.map(str::to_owned) }
}

fn hours<'n>(reading: &mut Reading<'n>, node: &'n Node) -> Option<Hours> {
    let object = reading.object(node, "`hours`", keys::HOURS)?;
    let timezone = reading.needed(&object, "timezone", "`hours`")?;
    let name = reading.string(timezone, "`timezone`")?;
    let zone = settings::timezone(name);
    if zone.is_none() {
        let message = format!("`{name}` is no time zone, such as `Europe/Madrid` or `+01:00`.");
        reading.error(timezone.at, message);
    }
    let days = reading.needed(&object, "days", "`hours`")?;
    let days = reading.object(days, "`days`", &Hours::DAYS)?;
    let read = Hours::DAYS.map(|day| days.get(day).map(|node| spans(reading, node)).unwrap_or_default());
    let closed = reading.optional_text(&object, "closed");
    let thanks = reading.optional_text(&object, "thanks");
    // Outside of them it is asked for.
    reading.sets(EMAIL, node.at);
    Some(Hours { timezone: zone?, days: read, closed, thanks })
}

fn spans<'n>(reading: &mut Reading<'n>, node: &'n Node) -> Vec<(u16, u16)> {
    let mut spans: Vec<(u16, u16)> = Vec::new();
    for item in reading.list(node, "A day").unwrap_or_default() {
        let Some(text) = reading.string(item, "A day's hours") else { continue };
        match settings::hours(text) {
            None => reading.error(item.at, format!("`{text}` are no hours; write them as `09:00-13:00`.")),
            Some((from, _)) if spans.last().is_some_and(|last| from < last.1) => {
                reading.error(item.at, format!("`{text}` begins before the hours in front of it end."));
            }
            Some(span) => spans.push(span),
        }
    }
    spans
}
