//! What a search found.

use std::ops::Range;

/// What a search found: where, and what the groups took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Params {
    spans: Vec<Option<Range<usize>>>,
    named: Vec<(String, Option<String>)>,
}

impl Params {
    /// Reads marks, which count characters.
    pub(super) fn new(text: &str, marks: &[u32], names: &[(String, u32)]) -> Self {
        let offsets = byte_offsets(text, marks);
        let spans: Vec<Option<Range<usize>>> = marks
            .chunks_exact(2)
            .map(|pair| Some(*offsets.get(pair[0] as usize)?..*offsets.get(pair[1] as usize)?))
            .collect();
        let named = names.iter().map(|(name, group)| {
            let span = spans.get(*group as usize).cloned().flatten();
            (name.clone(), span.and_then(|span| text.get(span)).map(str::to_owned))
        });
        Self { named: named.collect(), spans }
    }

    /// The named groups in the order of the pattern; `None` for one that took no part.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        self.named.iter().map(|(name, value)| (name.as_str(), value.as_deref()))
    }

    /// What a named group took. `None` if there is no such group, `Some(None)` if it took no part.
    pub fn get(&self, name: &str) -> Option<Option<&str>> {
        self.iter().find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    /// Where the whole match is, in bytes.
    pub fn span(&self) -> Range<usize> {
        self.group(0).unwrap_or_default()
    }

    /// Where a group is, in bytes; `None` if it took no part or does not exist. The group 0 is the whole match.
    pub fn group(&self, number: usize) -> Option<Range<usize>> {
        self.spans.get(number).cloned().flatten()
    }

    /// How many groups there are, the whole match not counted.
    pub fn group_count(&self) -> usize {
        self.spans.len().saturating_sub(1)
    }
}

/// The bytes before each character, up to the last one that a mark needs.
fn byte_offsets(text: &str, marks: &[u32]) -> Vec<usize> {
    let last = marks.iter().filter(|mark| **mark != u32::MAX).max().map_or(0, |last| *last as usize);
    let ends = std::iter::once(text.len());
    text.char_indices().map(|(offset, _)| offset).chain(ends).take(last + 1).collect()
}
