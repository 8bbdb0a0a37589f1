//! The load generator, against a server that is built as it is released.

use anyhow::Result;

use crate::command::{self, Workspace};

/// Takes an hour, so only by hand.
const SOAK: &str = "soak";

/// The load generator's other runs.
const RUNS: [&str; 5] = ["integrity", "fanout", "memory", "posts", "history"];

/// Runs each in its quick form against the debug build: that they work, and that nothing is lost; no figures.
pub(crate) fn quick(workspace: &Workspace) -> Result<()> {
    command::run(&mut workspace.cargo(&["build", "--package", "parlor-server", "--package", "parlor-bench"]))?;
    let debug = workspace.target.join("debug");
    for run in RUNS {
        let mut bench = workspace.program(debug.join("parlor-bench"), ".", &[run, "--quick", "--parlor"]);
        command::run(bench.arg(debug.join("parlor")))?;
    }
    Ok(())
}

/// Builds both for release and runs the load generator with these arguments.
pub(crate) fn run(workspace: &Workspace, args: &[&str]) -> Result<()> {
    let packages = ["build", "--release", "--package", "parlor-server", "--package", "parlor-bench"];
    command::run(&mut workspace.cargo(&packages))?;
    let release = workspace.target.join("release");
    let mut bench = workspace.program(release.join("parlor-bench"), ".", args);
    if args.first().is_some_and(|first| RUNS.contains(first) || *first == SOAK) && !args.contains(&"--parlor") {
        bench.arg("--parlor").arg(release.join("parlor"));
    }
    command::run(&mut bench)
}
