//! Fuzzing with libFuzzer on the stable compiler: our crates are built so that they tell which code an input reaches, and
//! each target gets inputs that reach more and more of it.

use std::{
    env,
    ffi::OsString,
    fs,
    os::unix::process::CommandExt as _,
    path::Path,
    process::{Command, ExitCode},
    thread,
};

use anyhow::{Context, Result, bail};

use crate::command::{self, Workspace, which};

/// Set for the compiler's wrapper, which is this program again.
const WRAPPER: &str = "PARLOR_XTASK_WRAPS";
/// What makes the compiler write down which code is reached. The crates of others stay as they are.
const FLAGS: [&str; 5] = [
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
];
/// How long one input may take, in seconds: far more than is right, since the machine may be busy.
const HANG: &str = "10";
/// For all targets together, where nothing is said.
const SECONDS: u64 = 3_600;

/// The compiler for our crates, if that is what this program is called as.
pub(crate) fn wrapped() -> Option<ExitCode> {
    env::var_os(WRAPPER)?;
    let mut args = env::args_os().skip(1);
    let mut rustc = Command::new(args.next()?);
    let args: Vec<OsString> = args.collect();
    rustc.args(&args);
    // A build script is a program that runs without the engine.
    let name = args.iter().position(|arg| arg == "--crate-name").and_then(|at| args.get(at + 1));
    if name.is_some_and(|name| name != "___" && name != "build_script_build") {
        rustc.args(FLAGS);
    }
    eprintln!("error: {}", rustc.exec());
    Some(ExitCode::FAILURE)
}

/// What is to be done.
struct Plan {
    seconds: u64,
    seed: u32,
    profile: &'static str,
    targets: Vec<String>,
}

/// A minute of the CPUs' for all targets, always with the same beginning, in the build that tests have too.
pub(crate) fn quick(workspace: &Workspace) -> Result<()> {
    run_plan(workspace, Plan { seconds: 60, seed: 1, profile: "dev", targets: Vec::new() })
}

/// `[--seconds N] [--seed N] [TARGET…]`: an hour, for all.
pub(crate) fn run(workspace: &Workspace, args: &[&str]) -> Result<()> {
    let mut plan = Plan { seconds: SECONDS, seed: std::process::id(), profile: "fuzz", targets: Vec::new() };
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        let mut number = || args.next().and_then(|n| n.parse().ok()).with_context(|| format!("{arg} needs a number"));
        match *arg {
            "--seconds" => plan.seconds = number()?,
            "--seed" => plan.seed = u32::try_from(number()?)?,
            option if option.starts_with('-') => {
                bail!("fuzz knows --seconds N, --seed N and names of targets, not {option}")
            }
            target => plan.targets.push(target.to_owned()),
        }
    }
    run_plan(workspace, plan)
}

fn run_plan(workspace: &Workspace, mut plan: Plan) -> Result<()> {
    let corpus = workspace.root.join("fuzz/corpus");
    let known = targets(&corpus)?;
    if let Some(unknown) = plan.targets.iter().find(|target| !known.contains(target)) {
        bail!("there is no target {unknown}; there are {}", known.join(", "));
    }
    if plan.targets.is_empty() {
        plan.targets = known;
    }
    let program = build(workspace, plan.profile)?;
    let each = (plan.seconds / plan.targets.len() as u64).max(1);
    eprintln!("fuzz: {} targets, {each} s each, seed {}", plan.targets.len(), plan.seed);
    let mut failed = Vec::new();
    // Each takes one CPU.
    let at_once = thread::available_parallelism().map_or(1, usize::from);
    for targets in plan.targets.chunks(at_once) {
        let one = |target| fuzz(workspace, &program, &corpus, target, each, plan.seed);
        let found: Vec<Result<bool>> = thread::scope(|scope| {
            let running: Vec<_> = targets.iter().map(|target| scope.spawn(move || one(target))).collect();
            running.into_iter().map(|run| run.join().expect("a target's thread does not panic")).collect()
        });
        for (target, found) in targets.iter().zip(found) {
            if !found? {
                failed.push(target.as_str());
            }
        }
    }
    if !failed.is_empty() {
        bail!("these broke, see above: {}", failed.join(", "));
    }
    Ok(())
}

/// Each has a folder with what it begins with.
fn targets(corpus: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(corpus).with_context(|| format!("can't read {}", corpus.display()))? {
        names.push(entry?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}

fn build(workspace: &Workspace, profile: &str) -> Result<std::path::PathBuf> {
    if which("c++").is_none() && env::var_os("CXX").is_none() {
        bail!("fuzzing needs a C++ compiler for its engine: install g++ or clang, or say in CXX where one is");
    }
    let mut cargo = workspace.build_as_tested("fuzz", &[]);
    cargo.args(["--features", "fuzz/libfuzzer", "--profile", profile]);
    let this = env::current_exe().context("where this program is")?;
    command::run(cargo.env("RUSTC_WORKSPACE_WRAPPER", this).env(WRAPPER, "1"))?;
    Ok(workspace.target.join(if profile == "dev" { "debug" } else { profile }).join("examples/fuzz"))
}

/// Runs one target; false if it found something, which lies in a file then.
fn fuzz(workspace: &Workspace, program: &Path, corpus: &Path, target: &str, seconds: u64, seed: u32) -> Result<bool> {
    let folder = workspace.target.join("fuzz-found").join(target);
    let (new, broken) = (folder.join("corpus"), folder.join("broken"));
    fs::create_dir_all(&new)?;
    fs::create_dir_all(&broken)?;
    let log = folder.join("log");
    let mut engine = Command::new(program);
    engine
        .args([format!("-seed={seed}"), format!("-max_total_time={seconds}"), format!("-timeout={HANG}")])
        .args(["-rss_limit_mb=2048", "-print_final_stats=1", "-use_value_profile=1"])
        .arg(format!("-artifact_prefix={}/", broken.display()))
        .args([&new, &corpus.join(target)])
        .env("FUZZ_TARGET", target)
        .stdout(fs::File::create(&log)?)
        .stderr(fs::File::options().append(true).open(&log)?);
    let status = engine.status().with_context(|| format!("can't run {}", program.display()))?;
    let said = String::from_utf8_lossy(&fs::read(&log)?).into_owned();
    let runs = said.lines().find_map(|line| line.strip_prefix("stat::number_of_executed_units:")).unwrap_or("?").trim();
    if status.success() {
        eprintln!("fuzz: {target}: {runs} inputs, nothing found");
        return Ok(true);
    }
    let lines: Vec<&str> = said.lines().collect();
    let last = lines[lines.len().saturating_sub(40)..].join("\n");
    eprintln!("{last}\nfuzz: {target} broke with seed {seed}; the input lies in {}", broken.display());
    Ok(false)
}
