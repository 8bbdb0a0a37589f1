//! The load generator: puts load on a Parlor server on this machine, measures it against floors, and checks that nothing is lost.

mod bad_bots;
mod clock;
mod fanout;
mod floor;
mod frames;
mod history;
mod http;
mod integrity;
mod load;
mod memory;
mod posts;
mod process;
mod rows;
mod samples;
mod soak;
mod stand_in;
mod swarm;
mod table;
mod truth;

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
    /// CPU for one delivery in a room of many sockets, against a bare loop of write(2)
    Fanout(fanout::Fanout),
    /// Memory for an idle socket
    Memory(memory::Memory),
    /// That nothing is lost, repeated, reordered or made up, while many post and clients come and go; fails if something is
    Integrity(integrity::Integrity),
    /// Opening a room and posting in it, with very many messages in it against few
    History(history::History),
    /// Stored posts a second through the API
    Posts(posts::Posts),
    /// An hour of posts, failing bots, backups and kills; fails if something is lost or grows
    Soak(soak::Soak),
    /// Internal: the floor's server
    #[command(hide = true)]
    Floor { sockets: usize, frame: usize },
    /// Internal: the floor of storing
    #[command(hide = true)]
    Rows { folder: PathBuf, seconds: u64 },
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
        Command::Fanout(options) => fanout::run(options),
        Command::Memory(options) => memory::run(options),
        Command::Integrity(options) => integrity::run(options),
        Command::History(options) => history::run(options),
        Command::Posts(options) => posts::run(options),
        Command::Soak(options) => soak::run(options),
        Command::Floor { sockets, frame } => floor::run(sockets, frame),
        Command::Rows { folder, seconds } => rows::run(&folder, seconds),
        Command::StandIn { listen, fault } => stand_in::run(listen, fault),
    }
}
