//! Pictures of every page and state, taken from the running product: for people to look at, and for the guide.

use anyhow::Result;

use crate::command::{Workspace, run as command};
use crate::needs;
use crate::tests::Which;

/// Where they go; Git does not know it.
const FOLDER: &str = "screenshots";

/// Takes those whose names hold one of `parts`, or all. With `--guide`, those that are kept beside the guide instead.
pub(crate) fn run(workspace: &Workspace, parts: &[&str]) -> Result<()> {
    let needs = needs::fetch(workspace, Which::Web)?;
    command(&mut workspace.build_as_tested("guard", &["parlor"]))?;
    let folder = workspace.root.join(FOLDER);
    let mut node = match parts {
        ["--guide"] => workspace.program("node", "web", &["shots/guide.mjs"]),
        parts => {
            let mut node = workspace.program("node", "web", &["shots/all.mjs"]);
            node.arg(&folder).args(parts);
            node
        }
    };
    command(needs.give(&mut node))?;
    if parts != ["--guide"] {
        eprintln!("The pictures are in {}.", folder.display());
    }
    Ok(())
}
