//! The load generator: puts load on a Parlor server on this machine, measures it against floors, and checks that nothing is lost.

mod bad_bots;
mod clock;
mod compare;
mod contestants;
mod crowd;
mod frames;
mod http;
mod integrity;
mod ledger;
mod long_room;
mod machine;
mod natural;
mod plot;
mod process;
mod replay;
mod report;
mod results;
mod rows;
mod samples;
mod scenarios;
mod script;
mod sessions;
mod soak;
mod stand_in;
mod swarm;
mod table;
mod truth;
mod usage;
mod visitors;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

#[derive(Debug, Parser)]
#[command(about = "Load, floors and checks for a Parlor server on this machine")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Measures: scenarios by name, or all
    Measure(scenarios::Measure),
    /// Two builds side by side, for a change: what a post and a delivery cost each
    Compare(compare::Compare),
    /// That nothing is lost, repeated, reordered or made up, while many post and clients come and go; fails if something is
    Integrity(integrity::Integrity),
    /// An hour of posts, failing bots, backups and kills; fails if something is lost or grows
    Soak(soak::Soak),
    /// Internal: the floor's server
    #[command(hide = true)]
    Floor { sockets: usize },
    /// Internal: a peer's server
    #[command(hide = true)]
    Axum,
    /// Internal: the floor of storing
    #[command(hide = true)]
    Rows { folder: PathBuf, milliseconds: u64 },
    /// Internal: the floor of the assistant
    #[command(hide = true)]
    Sessions { folder: PathBuf, database: PathBuf },
    /// Internal: the floor of catching up
    #[command(hide = true)]
    Replay { database: PathBuf, room: String, more: usize },
    /// Internal: searches with LIKE
    #[command(hide = true)]
    Scan {
        database: PathBuf,
        queries: PathBuf,
        /// One query of so many
        step: usize,
        #[arg(long)]
        whole: bool,
    },
    /// Internal: rooms in memory over the same sockets, nothing stored
    #[command(hide = true)]
    StandIn {
        #[arg(long)]
        listen: SocketAddr,
        #[arg(long, value_enum, default_value_t)]
        fault: stand_in::Fault,
    },
}

fn main() -> ExitCode {
    match run(Cli::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("parlor-bench: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<()> {
    match command {
        Command::Measure(options) => scenarios::run(options),
        Command::Compare(options) => compare::run(options),
        Command::Integrity(options) => integrity::run(options),
        Command::Soak(options) => soak::run(options),
        Command::Floor { sockets } => contestants::serve_floor(sockets),
        Command::Axum => contestants::serve_axum(),
        Command::Rows { folder, milliseconds } => rows::run(&folder, milliseconds),
        Command::Sessions { folder, database } => sessions::serve(&folder, &database),
        Command::Replay { database, room, more } => replay::run(&database, &room, more),
        Command::Scan { database, queries, step, whole } => long_room::scan(&database, &queries, step, whole),
        Command::StandIn { listen, fault } => stand_in::run(listen, fault),
    }
}
