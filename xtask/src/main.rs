//! `cargo xtask TASK`: everything that is done to the sources, so that people and CI do it with the same words.

mod bench;
mod checks;
mod command;
mod fuzz;
mod guard;
mod needs;
mod openapi;
mod screenshots;
mod settings;
mod tally;
mod tests;
mod tidy;

use std::process::ExitCode;

use anyhow::{Result, bail};

use crate::command::Workspace;
use crate::tally::Tally;

const HELP: &str = "\
cargo xtask TASK

  ci                  all of: fmt --check, tidy, lint, openapi --check, each bench for a few seconds, guard,
                      fuzz for a minute, test
  test [--rust|--web] the tests: Rust's, then the pages' in a browser; fetches what they need
  lint                clippy, rustdoc, and tsc over the pages; warnings are errors
  fmt [--check]       rustfmt
  tidy                what no compiler checks: layers, sizes of files, what belongs in files of its own kind
  openapi [--check]   writes docs/reference/openapi.json, or checks that it is up to date
  settings            writes docs/reference/settings.md and docs/operate/parlor.example.toml; a test compares them
  guard [--renew]     instructions of the hot paths against guard/figures.txt; --release shows those of a release build
  fuzz [ARGS…]        an hour of any input for all that reads input from outside: --seconds N, --seed N, TARGET…; --quick as in ci
  screenshots [NAME…] pictures of every page and state, into screenshots/; --guide renews those in docs/
  bench [NAME…]       measures these scenarios, or all, against floors and peers, and writes bench/RESULTS.md; --quick only
                      tries them with the debug build; `bench integrity` and `bench soak` check that nothing is lost
";

fn main() -> ExitCode {
    if let Some(ended) = fuzz::wrapped() {
        return ended;
    }
    let args: Vec<String> = std::env::args().skip(1).collect();
    match run(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &[String]) -> Result<()> {
    let Some((task, rest)) = args.split_first() else {
        print!("{HELP}");
        return Ok(());
    };
    let rest: Vec<&str> = rest.iter().map(String::as_str).collect();
    if matches!(task.as_str(), "help" | "--help" | "-h") {
        print!("{HELP}");
        return Ok(());
    }
    let workspace = Workspace::find()?;
    match (task.as_str(), rest.as_slice()) {
        ("ci", []) => ci(&workspace),
        ("test", which) => {
            let tally = tests::run(&workspace, tests::Which::parse(which)?)?;
            finish(&tally, &[])
        }
        ("lint", []) => checks::lint(&workspace),
        ("fmt", []) => checks::fmt(&workspace, false),
        ("fmt", ["--check"]) => checks::fmt(&workspace, true),
        ("tidy", []) => tidy::run(&workspace),
        ("openapi", []) => openapi::write(&workspace),
        ("openapi", ["--check"]) => openapi::check(&workspace),
        ("settings", []) => settings::write(&workspace),
        ("guard", []) => guard::run(&workspace, guard::Then::Compare),
        ("guard", ["--renew"]) => guard::run(&workspace, guard::Then::Renew),
        ("guard", ["--release"]) => guard::run(&workspace, guard::Then::Show),
        ("fuzz", ["--quick"]) => fuzz::quick(&workspace),
        ("fuzz", args) => fuzz::run(&workspace, args),
        ("screenshots", names) => screenshots::run(&workspace, names),
        ("bench", args) => bench::run(&workspace, args),
        _ => bail!("there is no such task: {}\n\n{HELP}", args.join(" ")),
    }
}

/// A check's name, and what does it.
type Check = (&'static str, fn(&Workspace) -> Result<()>);

/// Everything, to the end even when something fails, so that one run shows all that is wrong.
fn ci(workspace: &Workspace) -> Result<()> {
    let checks: [Check; 7] = [
        ("fmt", |workspace| checks::fmt(workspace, true)),
        ("tidy", tidy::run),
        ("lint", checks::lint),
        ("openapi", openapi::check),
        ("bench", bench::quick),
        ("guard", |workspace| guard::run(workspace, guard::Then::Compare)),
        ("fuzz", fuzz::quick),
    ];
    let mut failed = Vec::new();
    for (name, check) in checks {
        if let Err(error) = check(workspace) {
            eprintln!("error: {name}: {error:#}\n");
            failed.push(name);
        }
    }
    let tally = tests::run(workspace, tests::Which::All).unwrap_or_else(|error| {
        eprintln!("error: test: {error:#}\n");
        failed.push("test");
        Tally::default()
    });
    finish(&tally, &failed)
}

/// Ends with the line that sums up, on standard output and alone. A check that failed counts as a failure.
fn finish(tally: &Tally, failed: &[&str]) -> Result<()> {
    let failures = tally.failed + failed.len();
    if !failed.is_empty() {
        eprintln!("These failed, see above: {}", failed.join(", "));
    }
    println!("{} passed, {failures} failed", tally.passed);
    if failures > 0 {
        std::process::exit(1);
    }
    Ok(())
}
