//! The load generator: what it measures is written to `bench/RESULTS.md`; its checks only say whether they passed.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::command::{self, Workspace, which};
use crate::needs;

/// What checks and does not measure. The second takes an hour, so only by hand.
const CHECKS: [&str; 2] = ["integrity", "soak"];
/// What takes both its binaries from the command line.
const COMPARE: &str = "compare";

/// Runs all in its quick form against the debug build: that it works, and that nothing is lost; no figures, and no peers that
/// would have to be fetched.
pub(crate) fn quick(workspace: &Workspace) -> Result<()> {
    run(workspace, &["integrity", "--quick"])?;
    run(workspace, &["--quick", "--no-peers"])
}

/// Builds both and runs the load generator: a check with these arguments, or the scenarios that are named.
pub(crate) fn run(workspace: &Workspace, args: &[&str]) -> Result<()> {
    let quick = args.contains(&"--quick");
    command::run(&mut if quick {
        workspace.build_as_tested("guard", &["parlor", "parlor-bench"])
    } else {
        workspace.cargo(&["build", "--release", "--package", "parlor-server", "--package", "parlor-bench"])
    })?;
    let built = workspace.target.join(if quick { "debug" } else { "release" });
    let mut bench = workspace.program(built.join("parlor-bench"), ".", &[]);
    let first = args.first().copied().unwrap_or_default();
    if CHECKS.contains(&first) || first == COMPARE {
        bench.args(args);
    } else {
        let folder = workspace.target.join("bench");
        fs::create_dir_all(folder.join("data"))?;
        bench.arg("measure").args(args).arg("--results").arg(workspace.root.join("bench"));
        bench.arg("--json").arg(folder.join("results.jsonl"));
        bench.arg("--data").arg(folder.join("data"));
        if !args.contains(&"--no-peers") {
            fetch_peers(workspace, &mut bench);
        }
    }
    if first != COMPARE && !args.contains(&"--parlor") {
        bench.arg("--parlor").arg(built.join("parlor"));
    }
    command::run(&mut bench)
}

/// Fetches those with whom Parlor is compared. One that can't be had is missing from the tables, which say so.
fn fetch_peers(workspace: &Workspace, bench: &mut Command) {
    if let Err(error) = needs::locked_node_packages(workspace, "bench/peers") {
        eprintln!("peers on node: {error:#}");
    }
    match nats_server(workspace) {
        Ok(program) => drop(bench.arg("--nats-server").arg(program)),
        Err(error) => eprintln!("nats-server: {error:#}"),
    }
}

/// The program nats-server: the system's, else out of Debian's package, which is not installed for it.
fn nats_server(workspace: &Workspace) -> Result<PathBuf> {
    if let Some(program) = which("nats-server") {
        return Ok(program);
    }
    let folder = workspace.target.join("bench/nats-server");
    let program = folder.join("usr/sbin/nats-server");
    if program.is_file() {
        return Ok(program);
    }
    if which("apt-get").is_none() || which("dpkg-deb").is_none() {
        bail!("it is not installed, and this is no Debian to fetch it from");
    }
    fs::create_dir_all(&folder)?;
    let download = || command::run(Command::new("apt-get").args(["download", "nats-server"]).current_dir(&folder));
    if download().is_err() {
        // Nobody knows yet which packages there are.
        command::run(Command::new("apt-get").arg("update"))?;
        download()?;
    }
    let package = fs::read_dir(&folder)?.flatten().map(|entry| entry.path());
    let package = package.filter(|path| path.extension().is_some_and(|ending| ending == "deb")).max();
    let package = package.context("apt-get downloaded no package")?;
    command::run(Command::new("dpkg-deb").arg("--extract").arg(package).arg(&folder))?;
    Ok(program)
}
