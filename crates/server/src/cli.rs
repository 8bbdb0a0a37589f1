//! The command line.

use std::{path::PathBuf, time::Duration};

use clap::{Args, Parser, Subcommand};
use parlor_gateway_assistant::From;

use crate::{
    config::{Flags, PlaceFlags, duration, often},
    flow::Flow,
    user::User,
};

/// Which version this is, and where it is known, of which commit.
pub(crate) const VERSION: &str = env!("SHOWN_VERSION");

/// Rooms in which people and bots talk, served by one program.
#[derive(Debug, Parser)]
#[command(
    name = "parlor",
    version = VERSION,
    args_conflicts_with_subcommands = true,
    after_help = "Without a command, `parlor` is `parlor serve`.\n\
                  Start it and open the address that it prints: the room `welcome` shows what it can do."
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    #[command(flatten)]
    pub(crate) serve: Serve,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve rooms (this is what happens without a command)
    Serve(Box<Serve>),
    /// Join a program on this computer, such as a Flask route, to a room as a bot; it needs no address of its own
    Relay(Relay),
    /// Print the settings that hold and where each comes from, or an example file, or check a file
    Config(Config),
    /// People with an account: make, list, disable, invite them
    User(User),
    /// Check, draw, try and test the assistant's flows
    #[command(subcommand)]
    Flow(Flow),
    /// Say how the running server is: exit code 0 if it is ready, 3 if none runs, 4 if it is not ready
    Status(Status),
    /// Take a compressed backup of a server that runs or does not
    Backup(Backup),
    /// Put a backup into a data folder
    Restore(Restore),
    /// Prove that a data folder's database or a backup is whole
    Check(Check),
    /// Write rooms, their bots and messages as JSON lines
    Export(Export),
    /// Read what `parlor export` wrote, or the database of a NeCSuS server (necsus.db)
    Import(Import),
    /// Print what is said in all sessions of a flow, a record a line, and go on as it comes
    Tail(Tail),
    /// Print the OpenAPI document of the rooms API
    Openapi,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct Status {
    #[command(flatten)]
    pub(crate) place: PlaceFlags,

    /// As JSON, for programs
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct Tail {
    #[command(flatten)]
    pub(crate) place: PlaceFlags,

    /// The flow: ~assistant/NAME
    #[arg(value_name = "FLOW")]
    pub(crate) flow: String,

    /// From where on: start, end, or -N for the last N records
    #[arg(long, value_name = "start|end|-N", default_value = "end", allow_hyphen_values = true)]
    pub(crate) from: From,

    /// End once all is printed that there is
    #[arg(long)]
    pub(crate) no_follow: bool,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct Export {
    #[command(flatten)]
    pub(crate) place: PlaceFlags,

    /// Only this room
    #[arg(long)]
    pub(crate) room: Option<String>,

    /// The file; compressed if it ends in .gz. Without it, standard output
    #[arg(long, value_name = "FILE")]
    pub(crate) to: Option<PathBuf>,

    /// With the secrets of bots
    #[arg(long)]
    pub(crate) with_secrets: bool,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct Import {
    /// What `parlor export` wrote, or a necsus.db
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,

    #[command(flatten)]
    pub(crate) place: PlaceFlags,

    /// Only this room of the file
    #[arg(long)]
    pub(crate) room: Option<String>,

    /// The room's name here
    #[arg(long, value_name = "NAME")]
    pub(crate) r#as: Option<String>,

    /// Leave out what can't be imported, instead of importing nothing
    #[arg(long)]
    pub(crate) skip_bad: bool,

    /// Only say what is in the file, and what is wrong with it
    #[arg(long)]
    pub(crate) dry_run: bool,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct Backup {
    #[command(flatten)]
    pub(crate) place: PlaceFlags,

    /// The folder for backups; without it, the one that the settings name for backups, or else parlor-backups
    #[arg(long, value_name = "DIR")]
    pub(crate) to: Option<PathBuf>,

    /// Go on, and take one so often: 15m, 6h, 1d
    #[arg(long, value_name = "TIME", value_parser = every)]
    pub(crate) every: Option<Duration>,

    /// Remove the oldest beyond so many; only files that are named as backups are
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) keep: Option<u32>,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct Restore {
    /// A backup that `parlor backup` made
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,

    #[command(flatten)]
    pub(crate) place: PlaceFlags,

    /// Put what is there aside, into a folder within the data folder
    #[arg(long)]
    pub(crate) force: bool,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct Check {
    /// A data folder or a backup; without it, the server's data folder
    #[arg(value_name = "DIR|FILE")]
    pub(crate) what: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) place: PlaceFlags,
}

/// What is missing is asked for in the terminal.
#[derive(Debug, Clone, Args)]
pub(crate) struct Relay {
    /// Where the program answers, such as http://localhost:5000/echo
    #[arg(value_name = "URL")]
    pub(crate) url: Option<String>,

    /// The Parlor server (http://localhost:6277); a room's address names the room too
    #[arg(long, value_name = "URL")]
    pub(crate) server: Option<String>,

    /// The room (welcome)
    #[arg(long)]
    pub(crate) room: Option<String>,

    /// The bot's name (made of the URL's path)
    #[arg(long)]
    pub(crate) name: Option<String>,

    /// A pattern (Python's) for the messages that the bot answers; without it, those that hold its name
    #[arg(long, value_name = "PATTERN")]
    pub(crate) responds_to: Option<String>,

    /// The token of a bot that is in the room already
    #[arg(long)]
    pub(crate) token: Option<String>,

    /// Take over a bot of this name that somebody else made or uses
    #[arg(long)]
    pub(crate) take_over: bool,

    /// Remove the bot from the room at the end
    #[arg(long)]
    pub(crate) remove: bool,
}

#[derive(Debug, Clone, Args)]
pub(crate) struct Serve {
    #[command(flatten)]
    pub(crate) settings: Flags,

    /// End the server that runs with the pid file, and wait until it has ended
    #[arg(long, short = 'k', conflicts_with = "server.daemon")]
    pub(crate) kill: bool,

    /// Another way to write --listen: the address (127.0.0.1)
    #[arg(long, short = 'a', value_name = "ADDR", conflicts_with = "server.listen", hide = true)]
    pub(crate) http_host: Option<String>,

    /// Another way to write --listen: the port (6277)
    #[arg(long, short = 'p', value_name = "PORT", conflicts_with = "server.listen", hide = true)]
    pub(crate) http_port: Option<u16>,
}

/// Without an option it prints what holds.
#[derive(Debug, Clone, Args)]
pub(crate) struct Config {
    /// Print a file with every setting, its description and its default
    #[arg(long, conflicts_with_all = ["check", "reference"])]
    pub(crate) example: bool,

    /// Only say whether this file is right
    #[arg(long, value_name = "FILE")]
    pub(crate) check: Option<PathBuf>,

    /// Print the page of the reference
    #[arg(long, hide = true)]
    pub(crate) reference: bool,

    #[command(flatten)]
    pub(crate) settings: Flags,
}

/// How often backups are taken.
fn every(text: &str) -> Result<Duration, String> {
    let every = duration(text)?;
    often(&every).map(|()| every)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;
    use crate::config::{Environment, Loaded};

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn bare_parlor_takes_the_flags_of_serve() {
        let bare = Cli::parse_from(["parlor", "--listen", "127.0.0.1:0"]);
        assert!(bare.command.is_none());
        let loaded = Loaded::read(&bare.serve.settings, &Environment::default()).expect("they are right");
        assert_eq!(loaded.config.server.listen.0, ["127.0.0.1:0".parse().expect("an address")]);
        assert!(Cli::try_parse_from(["parlor", "serve", "--listen", "nowhere"]).is_err());
        assert!(Cli::try_parse_from(["parlor", "serve", "--bot-timeout", "0"]).is_err());
        assert!(Cli::try_parse_from(["parlor", "serve", "--public-url", "chat.example.org"]).is_err());
    }
}
