//! The binary `parlor`: reads the command line, wires everything together, and ends in order.

mod accept;
mod backup;
mod check;
mod cli;
mod clock;
mod config;
mod export;
mod hup;
mod import;
mod limits;
mod listen;
mod logs;
mod look;
mod meter;
mod metrics;
mod relay;
mod restore;
mod serve;
mod settings;

use std::process::ExitCode;

use clap::Parser as _;

use crate::cli::{Cli, Command};

fn main() -> ExitCode {
    let cli = Cli::parse();
    let done = match cli.command {
        Some(Command::Openapi) => {
            print!("{}", parlor_gateway_web::document());
            Ok(())
        }
        Some(Command::Config(config)) => settings::run(&config),
        Some(Command::Backup(options)) => backup::run(&options),
        Some(Command::Export(options)) => export::run(&options),
        Some(Command::Import(options)) => import::run(&options),
        Some(Command::Restore(options)) => restore::run(&options),
        Some(Command::Check(options)) => check::run(&options),
        Some(Command::Relay(relay)) => relay::run(relay),
        Some(Command::Serve(serve)) => serve::run(serve),
        None => serve::run(cli.serve),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // One line: what happened, and what to do.
            eprintln!("parlor: {error:#}");
            ExitCode::FAILURE
        }
    }
}
