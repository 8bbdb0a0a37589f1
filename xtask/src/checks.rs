//! The checks that other people's tools do: rustfmt, clippy, rustdoc, tsc.

use anyhow::Result;

use crate::command::{Workspace, run};
use crate::needs;

/// rustfmt over the workspace and the example in Rust; with `check`, an error where it would change something.
pub(crate) fn fmt(workspace: &Workspace, check: bool) -> Result<()> {
    for mut command in [
        workspace.cargo(&["fmt", "--all"]),
        workspace.cargo(&["fmt", "--manifest-path", "examples/hub/rust/Cargo.toml"]),
    ] {
        if check {
            command.arg("--check");
        }
        run(&mut command)?;
    }
    Ok(())
}

/// clippy, rustdoc and tsc; what they warn of is an error.
pub(crate) fn lint(workspace: &Workspace) -> Result<()> {
    run(&mut workspace.cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))?;
    run(workspace.cargo(&["doc", "--workspace", "--no-deps"]).env("RUSTDOCFLAGS", "-D warnings"))?;
    // A project of its own, whose dependencies are none of ours.
    let client = ["clippy", "--locked", "--manifest-path", "examples/hub/rust/Cargo.toml", "--", "-D", "warnings"];
    run(&mut workspace.cargo(&client))?;
    needs::node_packages(workspace)?;
    let tsc = workspace.web().join("node_modules/.bin/tsc");
    run(&mut workspace.program(tsc, "web", &["--project", "tsconfig.json"]))
}
