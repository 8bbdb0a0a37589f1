//! Tags: where each begins and ends, and what stands in it, as the standard says.

use std::borrow::Cow;

use super::entities::decode;

/// A tag.
#[derive(Debug)]
pub struct Tag<'a> {
    /// Its name, in small letters.
    pub name: Cow<'a, str>,
    /// Whether it ends an element.
    pub ends: bool,
    attributes: &'a str,
}

impl<'a> Tag<'a> {
    /// Its attributes: names in small letters, and values with the names of characters read.
    pub fn attributes(&self) -> impl Iterator<Item = (String, String)> + use<'a> {
        let mut rest = self.attributes;
        std::iter::from_fn(move || {
            let (name, value, behind) = attribute(rest)?;
            rest = behind;
            Some((name.to_ascii_lowercase(), decode(value)))
        })
    }

    /// The value of one of them.
    pub(super) fn value(&self, wanted: &str) -> Option<String> {
        self.attributes().find(|(name, _)| name == wanted).map(|(_, value)| value)
    }
}

/// All tags, where each begins and ends as the standard says; also those in places where a reader would take them for text.
pub fn tags(html: &str) -> impl Iterator<Item = Tag<'_>> {
    let mut rest = html;
    std::iter::from_fn(move || {
        loop {
            rest = &rest[rest.find('<')?..];
            let (angle, behind) = angle(rest);
            rest = behind;
            if let Angle::Tag(tag) = angle {
                return Some(tag);
            }
        }
    })
}

/// What stands at a `<`.
pub(super) enum Angle<'a> {
    Tag(Tag<'a>),
    /// The `<` itself.
    Text,
    /// A comment, or a tag that never ends.
    Nothing,
}

/// Reads what stands at a `<`, and gives what follows it.
pub(super) fn angle(text: &str) -> (Angle<'_>, &str) {
    let behind = &text[1..];
    if let Some(comment) = behind.strip_prefix("!--") {
        return (Angle::Nothing, behind_comment(comment));
    }
    let inside = behind.strip_prefix('/').unwrap_or(behind);
    if inside.starts_with(|c: char| c.is_ascii_alphabetic()) {
        let (tag, rest) = tag(inside, inside.len() < behind.len());
        return (tag.map_or(Angle::Nothing, Angle::Tag), rest);
    }
    if behind.starts_with(['!', '?']) {
        return (Angle::Nothing, behind.split_once('>').map_or("", |(_, rest)| rest));
    }
    (Angle::Text, behind)
}

fn behind_comment(comment: &str) -> &str {
    if let Some(rest) = comment.strip_prefix('>').or_else(|| comment.strip_prefix("->")) {
        return rest;
    }
    let mut rest = comment;
    while let Some(at) = rest.find("--") {
        let behind = &rest[at + 2..];
        if let Some(after) = behind.strip_prefix('>').or_else(|| behind.strip_prefix("!>")) {
            return after;
        }
        rest = &rest[at + 1..];
    }
    ""
}

/// Reads a tag from its name on, and what follows it; one that has no end is none, and takes the rest with it.
fn tag(inside: &str, ends: bool) -> (Option<Tag<'_>>, &str) {
    let name_end = inside.find(|c: char| c.is_ascii_whitespace() || c == '/' || c == '>').unwrap_or(inside.len());
    let (name, attributes) = inside.split_at(name_end);
    let mut rest = attributes;
    loop {
        rest = rest.trim_start_matches(between_attributes);
        if let Some(behind) = rest.strip_prefix('>') {
            let attributes = &attributes[..attributes.len() - rest.len()];
            let small = !name.bytes().any(|byte| byte.is_ascii_uppercase());
            let name = if small { Cow::Borrowed(name) } else { Cow::Owned(name.to_ascii_lowercase()) };
            return (Some(Tag { name, ends, attributes }), behind);
        }
        match attribute(rest) {
            Some((_, _, behind)) => rest = behind,
            None => return (None, ""),
        }
    }
}

fn between_attributes(c: char) -> bool {
    c.is_ascii_whitespace() || c == '/'
}

/// Reads the next attribute, up to a `>`: name, value, and what follows it.
fn attribute(text: &str) -> Option<(&str, &str, &str)> {
    let rest = text.trim_start_matches(between_attributes);
    let first = rest.chars().next()?.len_utf8();
    // A name may begin with `=`.
    let ends = |c: char| between_attributes(c) || c == '=' || c == '>';
    let (name, behind) = rest.split_at(rest[first..].find(ends).map_or(rest.len(), |end| end + first));
    let Some(value) = behind.trim_start_matches(|c: char| c.is_ascii_whitespace()).strip_prefix('=') else {
        return Some((name, "", behind));
    };
    let value = value.trim_start_matches(|c: char| c.is_ascii_whitespace());
    let (value, behind) = match value.chars().next() {
        Some(quote @ ('"' | '\'')) => value[1..].split_once(quote).unwrap_or((&value[1..], "")),
        _ => value.split_at(value.find(|c: char| c.is_ascii_whitespace() || c == '>').unwrap_or(value.len())),
    };
    Some((name, value, behind))
}
