//! Instructions of the hot paths, counted by valgrind's callgrind, against those in `guard/figures.txt`: time would say
//! more of the machine and of what else it does than of the change.
//!
//! They are counted in the build that the tests use, so that nothing has to be compiled for it: what is compared are
//! ratios. `--release` counts what is released, to be held against targets by hand.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;

use anyhow::{Context, Result, bail};

use crate::command::{self, Workspace};
use crate::needs;

const FIGURES: &str = "guard/figures.txt";
const HEAD: &str = "\
# Instructions of each hot path: one delivery, one post, one message replayed, one frame encoded, one message against a room's
# patterns, one bucket asked, one frame read. In a debug build: compare them with themselves only.
# Written by: cargo xtask guard --renew
";
/// The function of `guard` in which is counted, as callgrind names it.
const COUNTED: &str = "--toggle-collect=guard::counted*";
/// How many percent more or less are a change.
const BOUND: f64 = 15.0;
const RENEW: &str =
    "If that is meant, `cargo xtask guard --renew` writes the new figures; say in the commit why they changed";

type Figures = BTreeMap<String, f64>;

/// What to do with what is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Then {
    Compare,
    Renew,
    /// Count what is released, and only show it.
    Show,
}

pub(crate) fn run(workspace: &Workspace, then: Then) -> Result<()> {
    if cfg!(not(all(target_arch = "x86_64", target_os = "linux"))) {
        eprintln!("guard: instructions are counted on Linux on x86-64 only; nothing is compared here");
        return Ok(());
    }
    needs::valgrind()?;
    let mut build = workspace.build_as_tested("guard", &[]);
    let folder = if then == Then::Show { "release" } else { "debug" };
    if then == Then::Show {
        build.arg("--release");
    }
    command::run(&mut build)?;
    let counted = count_all(&workspace.target.join(folder).join("examples/guard"))?;
    let file = workspace.root.join(FIGURES);
    match then {
        Then::Show => {
            counted.iter().for_each(|(name, figure)| println!("{name:10}{figure:10.0}"));
            Ok(())
        }
        Then::Renew => fs::write(&file, write(&counted)).context(FIGURES),
        Then::Compare => {
            let committed = read(&fs::read_to_string(&file).context(FIGURES)?)?;
            let wrong = compare(&committed, &counted);
            for (name, figure) in &counted {
                let before = committed.get(name).copied().unwrap_or(f64::NAN);
                eprintln!("{name:10}{figure:10.0} instructions, {:+.1} %", change(before, *figure));
            }
            if wrong.is_empty() { Ok(()) } else { bail!("{}. {RENEW}", wrong.join("; ")) }
        }
    }
}

/// What one of each is on each path: the difference between a run and one with twice the rounds, so that the start is not
/// in it.
fn count_all(guard: &Path) -> Result<Figures> {
    let list = command::output(&mut Command::new(guard))?;
    let mut figures = Figures::new();
    for line in list.lines() {
        let words: Vec<&str> = line.split(' ').collect();
        let [name, each, rounds] = words[..] else { bail!("{line:?} names no path") };
        let (each, rounds): (f64, u64) = (each.parse()?, rounds.parse()?);
        let (once, twice) = thread::scope(|scope| {
            let once = scope.spawn(|| count(guard, name, rounds));
            let twice = count(guard, name, 2 * rounds);
            (once.join(), twice)
        });
        let once = once.ok().context("a thread panicked")??;
        figures.insert(name.to_owned(), ((twice? - once) / (rounds as f64 * each)).round());
    }
    Ok(figures)
}

fn count(guard: &Path, path: &str, rounds: u64) -> Result<f64> {
    let mut valgrind = Command::new("valgrind");
    valgrind
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null", "--collect-atstart=no", COUNTED])
        .arg(guard)
        .args([path, &rounds.to_string()]);
    let output = valgrind.stdin(Stdio::null()).output().context("can't run valgrind")?;
    let said = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        bail!("the path `{path}` failed under valgrind:\n{said}");
    }
    total(&said).with_context(|| format!("valgrind counted nothing:\n{said}"))
}

/// The number in `==PID== Collected : NUMBER`.
fn total(said: &str) -> Option<f64> {
    said.lines().find_map(|line| line.split_once("Collected :")?.1.trim().parse().ok())
}

fn read(text: &str) -> Result<Figures> {
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| {
            let (name, figure) = line.split_once(' ').with_context(|| format!("{FIGURES}: {line:?} is no figure"))?;
            Ok((name.to_owned(), figure.trim().parse().with_context(|| format!("{FIGURES}: {line:?}"))?))
        })
        .collect()
}

fn write(figures: &Figures) -> String {
    figures.iter().fold(HEAD.to_owned(), |text, (name, figure)| format!("{text}{name} {figure}\n"))
}

fn change(before: f64, after: f64) -> f64 {
    (after / before - 1.0) * 100.0
}

/// What is not as it was, a sentence each.
fn compare(committed: &Figures, counted: &Figures) -> Vec<String> {
    let mut wrong = Vec::new();
    for (name, figure) in counted {
        match committed.get(name) {
            None => wrong.push(format!("the path `{name}` has no figure in {FIGURES}")),
            Some(before) if change(*before, *figure).abs() > BOUND => {
                let percent = change(*before, *figure);
                wrong
                    .push(format!("the path `{name}` takes {figure} instructions and took {before} ({percent:+.0} %)"));
            }
            Some(_) => {}
        }
    }
    let gone = committed.keys().filter(|name| !counted.contains_key(*name));
    wrong.extend(gone.map(|name| format!("{FIGURES} has a figure for `{name}`, which is no path")));
    wrong
}

#[cfg(test)]
mod tests {
    use super::{Figures, compare, read, total, write};

    fn figures(all: &[(&str, f64)]) -> Figures {
        all.iter().map(|(name, figure)| ((*name).to_owned(), *figure)).collect()
    }

    #[test]
    fn more_or_less_than_the_bound_and_paths_without_a_figure_are_told() {
        let committed = figures(&[("a", 1000.0), ("b", 1000.0), ("c", 1000.0), ("gone", 1.0)]);
        let counted = figures(&[("a", 1140.0), ("b", 1160.0), ("c", 840.0), ("new", 5.0)]);
        let wrong = compare(&committed, &counted);
        assert_eq!(wrong.len(), 4, "{wrong:?}");
        assert!(wrong[0].contains("`b` takes 1160 instructions and took 1000 (+16 %)"), "{wrong:?}");
        assert!(wrong[1].contains("`c`") && wrong[2].contains("`new`") && wrong[3].contains("`gone`"), "{wrong:?}");
        assert!(compare(&committed, &committed).is_empty());
    }

    #[test]
    fn what_is_written_is_read_again_and_what_is_no_figure_is_refused() {
        let all = figures(&[("a", 1000.0), ("b", 7.0)]);
        assert_eq!(read(&write(&all)).expect("figures"), all);
        assert!(read("a\n").is_err() && read("a b\n").is_err());
    }

    #[test]
    fn valgrinds_total_is_found() {
        let said = "==7== Callgrind, a call-graph generating cache profiler\n==7== Collected : 123456\n==7==\n";
        assert_eq!(total(said), Some(123_456.0));
        assert_eq!(total("==7== valgrind: no such file\n"), None);
    }
}
