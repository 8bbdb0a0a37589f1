//! The binary `parlor`: reads the command line, wires everything together, and ends in order.

mod accept;
mod backup;
mod check;
mod cli;
mod clock;
mod config;
mod control;
mod doors;
mod export;
mod flow;
mod hup;
mod import;
mod listen;
mod login;
mod logs;
mod look;
mod meter;
mod metrics;
mod ownership;
mod process;
mod random;
mod redirect;
mod register;
mod relay;
mod restore;
mod run;
mod serve;
mod settings;
mod status;
mod tail;
mod tls;
mod user;
mod wiring;

use std::process::ExitCode;

use clap::Parser as _;

use crate::cli::{Cli, Command};

/// Not the system's: with that one a post costs 1.4 times as much.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let done = match cli.command {
        Some(Command::Openapi) => {
            print!("{}", parlor_gateway_web::document());
            Ok(ExitCode::SUCCESS)
        }
        Some(Command::Config(config)) => settings::run(&config).map(|()| ExitCode::SUCCESS),
        Some(Command::Backup(options)) => backup::run(&options).map(|()| ExitCode::SUCCESS),
        Some(Command::Export(options)) => export::run(&options).map(|()| ExitCode::SUCCESS),
        Some(Command::Tail(options)) => tail::run(&options).map(|()| ExitCode::SUCCESS),
        Some(Command::Import(options)) => import::run(&options).map(|()| ExitCode::SUCCESS),
        Some(Command::Restore(options)) => restore::run(&options).map(|()| ExitCode::SUCCESS),
        Some(Command::Check(options)) => check::run(&options).map(|()| ExitCode::SUCCESS),
        Some(Command::Flow(flow)) => flow::run(flow),
        Some(Command::Status(options)) => status::run(&options),
        Some(Command::Relay(relay)) => relay::run(relay).map(|()| ExitCode::SUCCESS),
        Some(Command::User(user)) => user::run(&user).map(|()| ExitCode::SUCCESS),
        Some(Command::Serve(serve)) => serve::run(*serve),
        None => serve::run(cli.serve),
    };
    match done {
        Ok(code) => code,
        Err(error) => {
            // One line: what happened, and what to do.
            eprintln!("parlor: {error:#}");
            ExitCode::FAILURE
        }
    }
}
