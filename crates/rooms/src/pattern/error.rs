//! What is wrong with a pattern, in a sentence that says where and why.

use std::fmt;

/// How much of a pattern is shown in a sentence.
const SHOWN: usize = 80;

/// A pattern that can't be used. Its text is one sentence, naming the pattern, the place and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct PatternError {
    /// The pattern as it was written.
    pub pattern: String,
    /// Where: the number of characters before the place.
    pub at: usize,
    /// Why, without the place.
    pub why: String,
    /// Set where Python takes the pattern and only we refuse it.
    pub refusal: Option<Refusal>,
}

/// What Python takes and we refuse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Refusal {
    /// More than [`super::MAX_LENGTH`] characters.
    TooLong,
    /// More than [`super::MAX_NESTING`] groups inside each other.
    TooDeep,
    /// `\N{EM DASH}`: the list of names is half a megabyte.
    CharacterName,
    /// `(?t)`: does nothing, and left Python with 3.13.
    TemplateFlag,
    /// `(?(+1)…)`, `(?(١)…)`: a group number that is not plain digits; left Python with 3.12.
    OddGroupNumber,
    /// `((?(1)…))`: asks for a group inside the same group, where Python's answer depends on what it tried before.
    OpenGroup,
    /// `(?:(a)|b)*+`: Python may keep what such a group took in an attempt that failed.
    PossessiveGroup,
    /// `(?a:\W)` at the start: Python overlooks matches there, since it looks for the first character with the wrong
    /// alphabet.
    AlphabetAtStart,
}

/// A search that was given up because it took too many steps.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("The pattern “{}” takes too long on this text; make it simpler, or the text shorter.", shortened(.pattern))]
pub struct Exhausted {
    /// The pattern as it was written.
    pub pattern: String,
}

impl fmt::Display for PatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "The pattern “{}” can't be used: ", shortened(&self.pattern))?;
        match self.pattern.chars().nth(self.at) {
            Some(here) => write!(f, "at character {}, “{}”, {}.", self.at + 1, shortened(&here.to_string()), self.why),
            None => write!(f, "at its end, {}.", self.why),
        }
    }
}

/// The first characters of a pattern, on one line.
fn shortened(pattern: &str) -> String {
    let mut shown = String::new();
    for character in pattern.chars().take(SHOWN) {
        if character.is_control() { shown.extend(character.escape_debug()) } else { shown.push(character) }
    }
    if pattern.chars().nth(SHOWN).is_some() {
        shown.push('…');
    }
    shown
}

/// A place and a reason, before the pattern's text is added.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) at: usize,
    pub(super) why: String,
    pub(super) refusal: Option<Refusal>,
}

impl Fault {
    /// Python refuses it too.
    pub(super) fn new(at: usize, why: impl Into<String>) -> Self {
        Self { at, why: why.into(), refusal: None }
    }

    /// Python would take it.
    pub(super) fn refused(at: usize, refusal: Refusal, why: impl Into<String>) -> Self {
        Self { at, why: why.into(), refusal: Some(refusal) }
    }

    /// The error that callers get.
    pub(super) fn of(self, pattern: &str) -> PatternError {
        PatternError { pattern: pattern.to_owned(), at: self.at, why: self.why, refusal: self.refusal }
    }
}
