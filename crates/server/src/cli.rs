//! The command line.

use std::{net::SocketAddr, path::PathBuf, str::FromStr, time::Duration};

use clap::{Args, Parser, Subcommand};
use url::Url;

/// Rooms in which people and bots talk, served by one program.
#[derive(Debug, Parser)]
#[command(
    name = "parlor",
    version,
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
    Serve(Serve),
    /// Join a program on this computer, such as a Flask route, to a room as a bot; it needs no address of its own
    Relay(Relay),
    /// Print the OpenAPI document of the rooms API
    Openapi,
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
    /// Where to listen; port 0 takes a free one
    #[arg(long, value_name = "ADDR:PORT", default_value = "localhost:6277")]
    pub(crate) listen: Listen,

    /// The folder that holds the database; `:memory:` keeps nothing
    #[arg(long, value_name = "DIR", default_value = "parlor-data")]
    pub(crate) data: PathBuf,

    /// Refuse to store more when the database has reached this size
    #[arg(long, value_name = "MIB", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) data_limit: Option<u64>,

    /// Let bots live at private and loopback addresses, as in a classroom's network (always so when only this machine
    /// can reach the server)
    #[arg(long)]
    pub(crate) allow_local_bots: bool,

    /// How long a bot may take to answer
    #[arg(long, value_name = "SECONDS", default_value = "120", value_parser = seconds)]
    pub(crate) bot_timeout: Duration,

    /// The address under which others reach this server, for example behind a proxy
    #[arg(long, value_name = "URL", value_parser = public_url)]
    pub(crate) public_url: Option<Url>,

    /// A second address of this server, for what bots send: players and storage work in it, and it can't reach the pages.
    /// On one machine http://127.0.0.1:PORT beside http://localhost:PORT; port 0 means the server's own
    #[arg(long, value_name = "URL", value_parser = public_url)]
    pub(crate) content_origin: Option<Url>,

    /// A folder that overrides colours, logo, words and pages
    #[arg(long, value_name = "DIR")]
    pub(crate) skin: Option<PathBuf>,
}

/// Where to listen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Listen {
    /// `localhost:PORT`: both loopback addresses.
    Localhost(u16),
    /// One address.
    Address(SocketAddr),
}

impl FromStr for Listen {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Some(port) = text.strip_prefix("localhost:") {
            return port.parse().map(Self::Localhost).map_err(|_| format!("`{port}` is no port; use 0 to 65535"));
        }
        text.parse().map(Self::Address).map_err(|_| {
            "give an address and a port, such as 127.0.0.1:6277, [::1]:6277, localhost:6277, or 0.0.0.0:6277 for all".to_owned()
        })
    }
}

impl Listen {
    /// Whether only this machine can reach it.
    pub(crate) fn is_loopback(&self) -> bool {
        match self {
            Self::Localhost(_) => true,
            Self::Address(address) => address.ip().to_canonical().is_loopback(),
        }
    }
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "give a number of seconds".to_owned())?;
    if seconds > 0.0 && seconds <= 3_600.0 {
        return Ok(Duration::from_secs_f64(seconds));
    }
    Err("give seconds above 0 and at most 3600".to_owned())
}

fn public_url(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|_| "give a whole address, such as https://chat.example.org".to_owned())?;
    if matches!(url.scheme(), "http" | "https") && url.has_host() && url.path() == "/" && url.query().is_none() {
        return Ok(url);
    }
    Err("give http:// or https:// and a host, without a path, such as https://chat.example.org".to_owned())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn bare_parlor_takes_the_flags_of_serve() {
        let bare = Cli::parse_from(["parlor", "--listen", "127.0.0.1:0"]);
        assert!(bare.command.is_none());
        assert_eq!(bare.serve.listen, "127.0.0.1:0".parse().expect("an address"));
        assert!(Cli::try_parse_from(["parlor", "serve", "--listen", "nowhere"]).is_err());
        assert!(Cli::try_parse_from(["parlor", "serve", "--bot-timeout", "0"]).is_err());
        assert!(Cli::try_parse_from(["parlor", "serve", "--public-url", "chat.example.org"]).is_err());
    }

    #[test]
    fn loopback_is_known() {
        for (text, loopback) in [("localhost:1", true), ("127.0.0.9:1", true), ("[::1]:1", true), ("0.0.0.0:1", false)]
        {
            assert_eq!(text.parse::<Listen>().expect(text).is_loopback(), loopback, "{text}");
        }
    }
}
