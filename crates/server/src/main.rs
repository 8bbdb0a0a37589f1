//! The binary `parlor`: reads the command line, wires everything together, and ends in order.

mod accept;
mod cli;
mod clock;
mod config;
mod hup;
mod limits;
mod listen;
mod logs;
mod look;
mod relay;
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
