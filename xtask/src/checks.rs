//! The checks that other people's tools do: rustfmt, clippy, rustdoc, tsc.

use anyhow::Result;

use crate::command::{Workspace, run};
use crate::needs;

/// rustfmt over the workspace; with `check`, an error where it would change something.
pub(crate) fn fmt(workspace: &Workspace, check: bool) -> Result<()> {
    let mut command = workspace.cargo(&["fmt", "--all"]);
    if check {
        command.arg("--check");
    }
    run(&mut command)
}

/// clippy, rustdoc and tsc; what they warn of is an error.
pub(crate) fn lint(workspace: &Workspace) -> Result<()> {
    run(&mut workspace.cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))?;
    run(workspace.cargo(&["doc", "--workspace", "--no-deps"]).env("RUSTDOCFLAGS", "-D warnings"))?;
    needs::node_packages(workspace)?;
    let tsc = workspace.web().join("node_modules/.bin/tsc");
    run(&mut workspace.program(tsc, "web", &["--project", "tsconfig.json"]))
}
