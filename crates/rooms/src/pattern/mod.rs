//! Patterns that activate bots: Python's regular expressions, with Python's meaning.
//!
//! A pattern means what `re.search(pattern, text, re.IGNORECASE)` means in Python 3.11 and later for a `str`. Where
//! versions differ, it is 3.11's meaning. We read the grammar ourselves and search ourselves: no engine for Rust has
//! Python's meaning in captures, loops, letters and places, and none counts its steps so that many searches can share a
//! limit. What Python takes and we do not is listed in [`Refusal`].
//!
//! There is no clock here: a search counts steps. A caller runs it on a thread that serves nobody else.

mod budget;
mod characters;
mod compile;
mod error;
mod escape;
mod first;
mod group;
mod groups;
mod matcher;
mod near;
mod params;
mod parse;
mod program;
mod reader;
mod search;
mod set;
#[rustfmt::skip]
mod tables;
mod tree;

use std::sync::Arc;

pub use self::{
    budget::Budget,
    error::{Exhausted, PatternError, Refusal},
    near::Near,
    params::Params,
};
use self::{
    error::Fault,
    parse::Parsed,
    program::Program,
    search::Search,
    tree::{Flags, Node},
};

/// The most characters that a pattern may have.
pub const MAX_LENGTH: usize = 1_000;
/// The most groups that may be inside each other.
pub const MAX_NESTING: usize = 50;

/// The flags that patterns begin with.
const FLAGS: Flags = Flags { ignore_case: true, multiline: false, dot_all: false, verbose: false, ascii: false };

/// A pattern that can be searched for. Cloning it is cheap.
#[derive(Debug, Clone)]
pub struct Pattern(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    source: String,
    /// The names of groups with their numbers, in the order of the pattern.
    names: Vec<(String, u32)>,
    /// Where it can be cut, in characters.
    cuts: Vec<usize>,
    program: Program,
}

impl Pattern {
    /// Reads a pattern in Python's syntax.
    pub fn parse(source: &str) -> Result<Self, PatternError> {
        let parsed = check_length(source).and_then(|()| parse::parse(source, FLAGS));
        parsed.map(|parsed| Self::new(source, parsed)).map_err(|fault| fault.of(source))
    }

    /// A name as literal text, found anywhere, ignoring case.
    pub fn literal(name: &str) -> Result<Self, PatternError> {
        check_length(name).map_err(|fault| fault.of(name))?;
        let body = name.chars().map(|character| Node::Literal(character.into())).collect();
        Ok(Self::new(name, Parsed { body, flags: FLAGS, groups: 0, names: Vec::new(), cuts: Vec::new() }))
    }

    fn new(source: &str, parsed: Parsed) -> Self {
        let program = compile::compile(&parsed);
        Self(Arc::new(Inner { source: source.to_owned(), names: parsed.names, cuts: parsed.cuts, program }))
    }

    /// The pattern as it was written.
    pub fn source(&self) -> &str {
        &self.0.source
    }

    /// The names of its groups, in the order of the pattern.
    pub fn group_names(&self) -> impl Iterator<Item = &str> {
        self.0.names.iter().map(|(name, _)| name.as_str())
    }

    /// The name of a group, if it has one. The first group's number is 1.
    pub fn group_name(&self, number: usize) -> Option<&str> {
        self.0.names.iter().find(|(_, known)| *known as usize == number).map(|(name, _)| name.as_str())
    }

    /// Searches for the first place in a text that fits. Takes the steps from the budget.
    pub fn search(&self, text: &str, budget: &mut Budget) -> Result<Option<Params>, Exhausted> {
        let exhausted = || Exhausted { pattern: self.0.source.clone() };
        let share = budget.share();
        if text.len() >= u32::MAX as usize {
            return Err(exhausted());
        }
        let characters: Vec<u32> = text.chars().map(u32::from).collect();
        let mut search = Search::new(&self.0.program, &characters, share);
        let found = search.run().map(|marks| marks.map(|marks| Params::new(text, marks, &self.0.names)));
        let left = if found.is_ok() { search.steps() } else { 0 };
        budget.spend(share - left);
        found.map_err(|_| exhausted())
    }
}

fn check_length(source: &str) -> Result<(), Fault> {
    if source.chars().nth(MAX_LENGTH).is_none() {
        return Ok(());
    }
    let why = format!("it is longer than {MAX_LENGTH} characters; make it shorter");
    Err(Fault::refused(MAX_LENGTH, Refusal::TooLong, why))
}

#[cfg(test)]
mod tests;
