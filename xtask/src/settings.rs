//! The files that are made of the server's settings: written by the binary itself, kept in the sources so that a change
//! shows in a review. A test of the server compares them.

use std::fs;

use anyhow::{Context, Result};

use crate::command::{Workspace, output};

/// Writes them.
pub(crate) fn write(workspace: &Workspace) -> Result<()> {
    for (option, name) in
        [("--reference", "docs/reference/settings.md"), ("--example", "docs/operate/parlor.example.toml")]
    {
        let args = ["run", "--quiet", "--package", "parlor-server", "--", "config", option];
        let (text, path) = (output(&mut workspace.cargo(&args))?, workspace.root.join(name));
        fs::create_dir_all(path.parent().context("the file is in no folder")?)?;
        fs::write(&path, text).with_context(|| format!("can't write {}", path.display()))?;
    }
    Ok(())
}
