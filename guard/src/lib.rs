//! The hot paths, each gone along as often as is asked: `guard PATH ROUNDS`. `cargo xtask guard` counts the instructions.
//!
//! Only what `counted` calls is counted, on the thread that calls it. Whoever counts runs it twice, the second time with twice the
//! rounds: the difference is what the rounds cost, without what the first ones make. So nothing here grows with the rounds but the
//! rounds, and one thread does what can be done on one.

mod control;
mod delivery;
mod house;
mod post;
mod pure;
mod replay;

use std::process::ExitCode;

/// A hot path: its name, how many of what it measures are in one round, how many rounds tell, and what goes along it.
struct Path {
    name: &'static str,
    each: usize,
    rounds: usize,
    go: fn(usize),
}

const PATHS: &[Path] = &[
    Path { name: "delivery", each: delivery::MEMBERS, rounds: 120, go: delivery::go },
    Path { name: "post", each: 1, rounds: 40, go: post::go },
    Path { name: "replay", each: replay::MESSAGES, rounds: 4, go: replay::go },
    Path { name: "encode", each: 1, rounds: 500, go: pure::encode },
    Path { name: "patterns", each: 1, rounds: 15, go: pure::patterns },
    Path { name: "limits", each: 1, rounds: 1200, go: pure::limits },
    Path { name: "frame", each: 1, rounds: 500, go: pure::frame },
];

/// Does what the command line says.
pub fn run(arguments: &[String]) -> ExitCode {
    match arguments {
        // What there is to count, for who counts.
        [] => {
            PATHS.iter().for_each(|path| println!("{} {} {}", path.name, path.each, path.rounds));
            ExitCode::SUCCESS
        }
        [name, rounds] => match (PATHS.iter().find(|path| path.name == name), rounds.parse()) {
            (Some(path), Ok(rounds)) => {
                (path.go)(rounds);
                ExitCode::SUCCESS
            }
            _ => usage(),
        },
        _ => usage(),
    }
}

/// Callgrind begins to count where this is called, and ends where it returns; it finds it by its name.
#[inline(never)]
fn counted<T>(work: impl FnOnce() -> T) -> T {
    // Something is left to do after the call, so that it is a call.
    std::hint::black_box(work())
}

fn usage() -> ExitCode {
    eprintln!("guard PATH ROUNDS; without arguments it lists the paths");
    ExitCode::FAILURE
}
