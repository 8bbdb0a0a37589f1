//! The API's description in `docs/reference/openapi.json`: written by the binary itself, kept in the sources so that a
//! change of the API shows in a review.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::command::{Workspace, output};

fn path(workspace: &Workspace) -> PathBuf {
    workspace.root.join("docs/reference/openapi.json")
}

fn generated(workspace: &Workspace) -> Result<String> {
    let text = output(&mut workspace.cargo(&["run", "--quiet", "--package", "parlor-server", "--", "openapi"]))?;
    Ok(text.trim_end().to_owned() + "\n")
}

/// Writes the file.
pub(crate) fn write(workspace: &Workspace) -> Result<()> {
    let (path, text) = (path(workspace), generated(workspace)?);
    fs::create_dir_all(path.parent().context("the file is in no folder")?)?;
    fs::write(&path, text).with_context(|| format!("can't write {}", path.display()))
}

/// An error where the file is not what would be written.
pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    let (there, now) = (fs::read_to_string(path(workspace)).unwrap_or_default(), generated(workspace)?);
    if there != now {
        let line = there.lines().zip(now.lines()).take_while(|(a, b)| a == b).count() + 1;
        bail!(
            "docs/reference/openapi.json differs from what the server says, from line {line} on; run `cargo xtask openapi`"
        );
    }
    Ok(())
}
