//! The load generator, against a server that is built as it is released.

use anyhow::Result;

use crate::command::{self, Workspace};

/// Builds both for release and runs the load generator with these arguments.
pub(crate) fn run(workspace: &Workspace, args: &[&str]) -> Result<()> {
    let packages = ["build", "--release", "--package", "parlor-server", "--package", "parlor-bench"];
    command::run(&mut workspace.cargo(&packages))?;
    let release = workspace.target.join("release");
    let mut bench = workspace.program(release.join("parlor-bench"), ".", args);
    command::run(bench.env("PARLOR_BIN", release.join("parlor")))
}
