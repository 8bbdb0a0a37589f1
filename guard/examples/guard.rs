//! The program that `cargo xtask guard` runs under valgrind. An example, since those are built with the features of tests: so
//! nothing is compiled for it that they do not need anyway.

use std::process::ExitCode;

/// The server's, so that what is counted is what it does.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    guard::run(&arguments)
}
