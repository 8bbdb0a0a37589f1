//! The tests: Rust's over the workspace, then the pages' in a browser.

use std::fs;
use std::path::PathBuf;

use anyhow::{Result, bail};

use crate::command::{Workspace, run as command, tee};
use crate::needs::{self, Needs};
use crate::tally::Tally;

/// Files at a time in the browser: a file waits as long as it works, and on two CPUs a third would slow the others down.
const CONCURRENCY: &str = "--test-concurrency=2";

/// Which of the tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Which {
    /// All.
    All,
    /// Those in Rust.
    Rust,
    /// Those of the pages.
    Web,
}

impl Which {
    pub(crate) fn parse(args: &[&str]) -> Result<Self> {
        match args {
            [] => Ok(Self::All),
            ["--rust"] => Ok(Self::Rust),
            ["--web"] => Ok(Self::Web),
            _ => bail!("test takes --rust or --web, not {}", args.join(" ")),
        }
    }
}

/// Fetches what they need, runs them, adds up. Tests that fail are no `Err`: the sums say so.
pub(crate) fn run(workspace: &Workspace, which: Which) -> Result<Tally> {
    let needs = needs::fetch(workspace, which)?;
    let mut tally = Tally::default();
    if let Err(error) = command(&mut workspace.build_as_tested("guard", &["parlor"])) {
        eprintln!("error: {error:#}");
        tally.add(&[], false);
        return Ok(tally);
    }
    if which != Which::Web {
        rust(workspace, &needs, &mut tally)?;
    }
    if which != Which::Rust {
        web(workspace, &needs, &mut tally)?;
    }
    Ok(tally)
}

fn rust(workspace: &Workspace, needs: &Needs, tally: &mut Tally) -> Result<()> {
    let all = ["--workspace", "--no-fail-fast"];
    let runs: &[&[&str]] = if needs::has_nextest(workspace) {
        // nextest leaves out the examples in the documentation.
        &[&["nextest", "run"], &["test", "--doc"]]
    } else {
        &[&["test"]]
    };
    for run in runs {
        let (status, lines) = tee(needs.give(workspace.cargo(run).args(all)))?;
        tally.add(&lines, status.success());
    }
    Ok(())
}

fn web(workspace: &Workspace, needs: &Needs, tally: &mut Tally) -> Result<()> {
    let files = web_tests(workspace)?;
    if files.is_empty() {
        eprintln!("There are no tests in web/test.");
        return Ok(());
    }
    let mut node = workspace.program("node", "web", &["--test", CONCURRENCY, "--test-reporter=spec"]);
    let (status, lines) = tee(needs.give(node.args(files)))?;
    tally.add(&lines, status.success());
    Ok(())
}

fn web_tests(workspace: &Workspace) -> Result<Vec<PathBuf>> {
    let Ok(folder) = fs::read_dir(workspace.web().join("test")) else { return Ok(Vec::new()) };
    let mut files = Vec::new();
    for entry in folder {
        let path = entry?.path();
        if path.to_string_lossy().ends_with(".test.mjs") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
