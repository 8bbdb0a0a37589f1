//! The workspace's places, and running programs: shown before they run, an error when they fail.

use std::env;
use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::thread;

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// Where things are.
pub(crate) struct Workspace {
    /// The folder with the workspace's `Cargo.toml`.
    pub(crate) root: PathBuf,
    /// Cargo's target folder.
    pub(crate) target: PathBuf,
    /// What `cargo metadata --no-deps` says.
    pub(crate) metadata: Value,
}

impl Workspace {
    /// Asks Cargo.
    pub(crate) fn find() -> Result<Self> {
        // Cargo says it again when it runs this: built in another clone that shares the target folder, it would look there.
        let here = env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
        let mut ask = cargo(Path::new(&here).parent().context("xtask has no parent folder")?);
        ask.args(["metadata", "--no-deps", "--format-version", "1"]);
        let metadata: Value = serde_json::from_str(&output(&mut ask)?).context("what cargo metadata says")?;
        let folder = |key: &str| metadata[key].as_str().map(PathBuf::from).with_context(|| format!("no {key}"));
        Ok(Self { root: folder("workspace_root")?, target: folder("target_directory")?, metadata })
    }

    /// `cargo`, in the workspace's root.
    pub(crate) fn cargo(&self, args: &[&str]) -> Command {
        let mut command = cargo(&self.root);
        command.args(args);
        command
    }

    /// `cargo build` of this example and these programs, with the features of dependencies that the tests' build has (the example
    /// brings them in), so that nothing is compiled twice.
    pub(crate) fn build_as_tested(&self, example: &str, programs: &[&str]) -> Command {
        let mut command = self.cargo(&["build", "--workspace", "--example", example]);
        command.args(programs.iter().flat_map(|program| ["--bin", program]));
        command
    }

    /// Any program, in a folder of the workspace.
    pub(crate) fn program(&self, program: impl AsRef<OsStr>, folder: &str, args: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.args(args).current_dir(self.root.join(folder));
        command
    }

    /// The folder with the pages' sources.
    pub(crate) fn web(&self) -> PathBuf {
        self.root.join("web")
    }
}

fn cargo(folder: &Path) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(folder);
    // Set for this program by the `cargo run` around it; they would be news to build scripts, and build all anew.
    for (name, _) in env::vars_os() {
        if name.to_str().is_some_and(|name| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")) {
            command.env_remove(name);
        }
    }
    command
}

/// Runs it; its output goes where ours goes.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let shown = announce(command);
    let status = command.status().with_context(|| format!("can't run {shown}"))?;
    expect(status, &shown)
}

/// Runs it quietly and gives what it wrote to its standard output.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let shown = show(command);
    let output = command.stderr(Stdio::inherit()).output().with_context(|| format!("can't run {shown}"))?;
    expect(output.status, &shown)?;
    String::from_utf8(output.stdout).with_context(|| format!("what {shown} wrote"))
}

/// Whether it runs and succeeds; says nothing.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|s| s.success())
}

/// Runs it, passes its output on, and gives its lines too (standard output's first).
pub(crate) fn tee(command: &mut Command) -> Result<(ExitStatus, Vec<String>)> {
    let shown = announce(command);
    let mut child =
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().with_context(|| format!("can't run {shown}"))?;
    let errors = child.stderr.take().context("no standard error")?;
    let errors = thread::spawn(move || pass_on(errors, std::io::stderr()));
    let mut lines = pass_on(child.stdout.take().context("no standard output")?, std::io::stdout());
    lines.extend(errors.join().unwrap_or_default());
    Ok((child.wait()?, lines))
}

fn pass_on(from: impl Read, mut to: impl Write) -> Vec<String> {
    let mut lines = Vec::new();
    for line in BufReader::new(from).split(b'\n').map_while(Result::ok) {
        let line = String::from_utf8_lossy(&line).into_owned();
        let _ = writeln!(to, "{line}");
        lines.push(line);
    }
    lines
}

/// The full path of a program, if the system would find it.
pub(crate) fn which(program: &str) -> Option<PathBuf> {
    let paths = env::var_os("PATH")?;
    env::split_paths(&paths).map(|folder| folder.join(program)).find(|path| path.is_file())
}

fn announce(command: &Command) -> String {
    let shown = show(command);
    eprintln!("$ {shown}");
    shown
}

fn show(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or_default();
    let words = std::iter::once(program).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

fn expect(status: ExitStatus, shown: &str) -> Result<()> {
    if !status.success() {
        bail!("{shown} failed ({status})");
    }
    Ok(())
}
