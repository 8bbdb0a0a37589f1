//! What the checker has to say of a flow's file, and where.

use std::{collections::HashSet, fmt};

use serde::Serialize;

/// How many findings of one file are told; one that has more has them for one reason.
const MANY: usize = 500;

/// A place in a file, both counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Position {
    /// The line.
    pub line: u32,
    /// The column, in characters.
    pub column: u32,
}

impl Position {
    /// Where a file begins.
    pub const START: Self = Self { line: 1, column: 1 };
}

/// Whether a flow may run with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// It may not.
    Error,
    /// It may.
    Warning,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error => "error",
            Self::Warning => "warning",
        })
    }
}

/// Something that the checker found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Whether the flow may run with it.
    pub severity: Severity,
    /// The state that it is about, if it is about one.
    pub state: Option<String>,
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
    /// Sentences that say what is wrong, and what to do.
    pub message: String,
}

/// `3:14: error: state `ask`: …`, to stand behind a file's name and a colon.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}: ", self.line, self.column, self.severity)?;
        if let Some(state) = &self.state {
            write!(f, "state `{state}`: ")?;
        }
        f.write_str(&self.message)
    }
}

/// Gathers them.
#[derive(Default)]
pub(crate) struct Findings {
    all: Vec<Finding>,
    told: HashSet<(Position, String)>,
    errors: usize,
}

impl Findings {
    pub(crate) fn error(&mut self, state: Option<&str>, at: Position, message: impl Into<String>) {
        self.errors += 1;
        self.add(Severity::Error, state, at, message.into());
    }

    pub(crate) fn warning(&mut self, state: Option<&str>, at: Position, message: impl Into<String>) {
        self.add(Severity::Warning, state, at, message.into());
    }

    fn add(&mut self, severity: Severity, state: Option<&str>, at: Position, message: String) {
        if self.all.len() < MANY && self.told.insert((at, message.clone())) {
            let state = state.map(str::to_owned);
            self.all.push(Finding { severity, state, line: at.line, column: at.column, message });
        }
    }

    pub(crate) fn any_errors(&self) -> bool {
        self.errors > 0
    }

    /// How many there are already: who looks for near misses stops at some point.
    pub(crate) fn errors(&self) -> usize {
        self.errors
    }

    /// In the order of the file.
    pub(crate) fn sorted(mut self) -> Vec<Finding> {
        self.all.sort_by_key(|finding| (finding.line, finding.column));
        self.all
    }
}

/// ` Did you mean `x`?`, if there is something like it; else nothing.
pub(crate) fn did_you_mean<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let length = wrong.chars().count();
    if length > 64 {
        return String::new();
    }
    let lower = wrong.to_lowercase();
    let near = known
        .into_iter()
        .filter(|name| name.len().abs_diff(wrong.len()) <= 8 && *name != wrong)
        .map(|name| (strsim::damerau_levenshtein(&name.to_lowercase(), &lower), name))
        .min_by_key(|(distance, _)| *distance);
    match near {
        Some((distance, name)) if distance <= 1 + length / 5 && distance < length => format!(" Did you mean `{name}`?"),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_misses_are_found_and_others_are_not() {
        assert_eq!(did_you_mean("contnet", ["kind", "content"]), " Did you mean `content`?");
        assert_eq!(did_you_mean("Content", ["kind", "content"]), " Did you mean `content`?");
        assert_eq!(did_you_mean("colour", ["kind", "content"]), "");
        assert_eq!(did_you_mean("a", ["b"]), "");
    }

    #[test]
    fn a_finding_reads_as_a_line() {
        let mut findings = Findings::default();
        findings.warning(None, Position { line: 9, column: 1 }, "Later.");
        findings.error(Some("ask"), Position { line: 3, column: 14 }, "Wrong.");
        let lines: Vec<_> = findings.sorted().iter().map(ToString::to_string).collect();
        assert_eq!(lines, ["3:14: error: state `ask`: Wrong.", "9:1: warning: Later."]);
    }
}
