//! What no compiler checks: that dependencies point inward, that files stay of a size to read, that each language lives
//! in files of its own, that the pages keep to their tokens. A line that must be an exception says `tidy: ` and why.

mod layers;
mod pages;
mod rust;
mod sizes;

use std::fmt;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::command::{Workspace, output};

/// One of the project's files, as text.
struct Source {
    /// Its path in the workspace, with `/`.
    path: String,
    text: String,
}

impl Source {
    /// Whether its name ends in one of these (without the dot).
    fn is(&self, endings: &[&str]) -> bool {
        Path::new(&self.path).extension().and_then(|e| e.to_str()).is_some_and(|e| endings.contains(&e))
    }

    /// Its lines with their numbers, without those that are said to be exceptions.
    fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        let mut excused = false;
        self.text.lines().enumerate().filter_map(move |(index, line)| {
            let says = line.contains("tidy: ");
            let skip = std::mem::replace(&mut excused, says) || says;
            (!skip).then_some((index + 1, line))
        })
    }
}

/// What was found.
#[derive(Default)]
struct Findings {
    errors: Vec<String>,
    warnings: Vec<String>,
}

impl Findings {
    fn error(&mut self, place: impl fmt::Display, what: impl fmt::Display) {
        self.errors.push(format!("{place}: {what}"));
    }

    fn warn(&mut self, place: impl fmt::Display, what: impl fmt::Display) {
        self.warnings.push(format!("{place}: {what}"));
    }
}

/// Looks at everything, says all that is wrong.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    let sources = sources(workspace)?;
    let mut found = Findings::default();
    layers::check(&workspace.metadata, &mut found)?;
    for source in &sources {
        sizes::check(source, &mut found);
        rust::check(source, &mut found);
        pages::check(source, &mut found);
    }
    for warning in &found.warnings {
        eprintln!("warning: {warning}");
    }
    for error in &found.errors {
        eprintln!("error: {error}");
    }
    if !found.errors.is_empty() {
        bail!("{} thing(s) to put in order", found.errors.len());
    }
    eprintln!("tidy: {} files are in order", sources.len());
    Ok(())
}

/// All files that Git knows or would add, but for other people's.
fn sources(workspace: &Workspace) -> Result<Vec<Source>> {
    let git = ["ls-files", "--cached", "--others", "--exclude-standard", "-z"];
    let list = output(&mut workspace.program("git", ".", &git)).context("the list of files")?;
    let mut sources = Vec::new();
    for path in list.split('\0').filter(|path| !path.is_empty()) {
        if path.split('/').any(|part| part == "vendor") {
            continue;
        }
        // What is deleted but not committed, and what is no text, has nothing to check.
        if let Ok(text) = fs::read_to_string(workspace.root.join(path)) {
            sources.push(Source { path: path.to_owned(), text });
        }
    }
    Ok(sources)
}

#[cfg(test)]
fn findings(check: fn(&Source, &mut Findings), path: &str, text: &str) -> Vec<String> {
    let mut found = Findings::default();
    check(&Source { path: path.to_owned(), text: text.to_owned() }, &mut found);
    found.errors
}
