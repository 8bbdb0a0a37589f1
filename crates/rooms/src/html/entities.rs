//! The names and numbers of characters.

use std::{collections::HashMap, sync::LazyLock};

/// The names of characters in HTML 4, which are those that people write, each with its number.
static ENTITIES: LazyLock<HashMap<&'static str, char>> = LazyLock::new(|| {
    let lines = include_str!("entities.txt").lines();
    lines
        .filter_map(|line| {
            let (name, number) = line.split_once(' ')?;
            Some((name, u32::from_str_radix(number, 16).ok().and_then(char::from_u32)?))
        })
        .collect()
});

/// The longest name of a character, `&` and `;` left out.
const NAME_MAX: usize = 8;

/// A text with the names of its characters read.
pub(super) fn decode(text: &str) -> String {
    let (mut out, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        let (c, length) = entity(&rest[at..]);
        out.push(c);
        rest = &rest[at + length..];
    }
    out.push_str(rest);
    out
}

/// The character that stands at a `&`, and how long its name is; the `&` itself if it has none.
pub(super) fn entity(text: &str) -> (char, usize) {
    let behind = &text[1..];
    let found = match behind.strip_prefix('#') {
        Some(number) => numbered(number).map(|(c, length)| (c, length + 2)),
        None => named(behind).map(|(c, length)| (c, length + 1)),
    };
    let Some((c, length)) = found else { return ('&', 1) };
    let semicolon = usize::from(text[length..].starts_with(';'));
    (c, length + semicolon)
}

fn numbered(number: &str) -> Option<(char, usize)> {
    let (radix, digits, skipped) = match number.strip_prefix(['x', 'X']) {
        Some(digits) => (16, digits, 1),
        None => (10, number, 0),
    };
    let length = digits.find(|c: char| !c.is_digit(radix)).unwrap_or(digits.len());
    if length == 0 {
        return None;
    }
    let number = u32::from_str_radix(&digits[..length], radix).ok();
    let c = number.and_then(char::from_u32).filter(|c| *c != '\0').unwrap_or(char::REPLACEMENT_CHARACTER);
    Some((c, length + skipped))
}

fn named(text: &str) -> Option<(char, usize)> {
    let length = text.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(text.len());
    let name = text.get(..length.min(NAME_MAX))?;
    if text[length..].starts_with(';') && length <= NAME_MAX {
        return ENTITIES.get(name).map(|c| (*c, length));
    }
    // What was known before names had to end with a semicolon.
    ["nbsp", "quot", "amp", "lt", "gt"]
        .iter()
        .find(|known| text.starts_with(**known))
        .map(|known| (ENTITIES[known], known.len()))
}
