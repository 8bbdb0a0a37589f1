//! The settings as options of the command line.

use std::{
    ffi::{OsStr, OsString},
    path::PathBuf,
};

use clap::{
    Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches,
    builder::{OsStringValueParser, TypedValueParser as _},
};

use super::{
    Config, entries,
    setting::{Entry, Given},
};

/// The heading of options that are rarely given.
const RARE: &str = "More settings (`parlor config --example` shows all in a file)";

/// What the command line says of the settings.
#[derive(Debug, Clone, Default)]
pub(crate) struct Flags {
    /// `--config`.
    pub(super) file: Option<PathBuf>,
    /// Settings by name, with what was given.
    given: Vec<(&'static str, OsString)>,
}

impl Flags {
    pub(super) fn get(&self, entry: &Entry) -> Option<&OsStr> {
        self.given.iter().find(|(name, _)| *name == entry.name).map(|(_, word)| word.as_os_str())
    }

    /// The old words for `--listen`: an address and a port apart.
    pub(crate) fn listen_at(&mut self, host: Option<String>, port: Option<u16>) {
        if host.is_none() && port.is_none() {
            return;
        }
        let host = host.unwrap_or_else(|| "localhost".to_owned());
        let host = if host.contains(':') && !host.starts_with('[') { format!("[{host}]") } else { host };
        self.given.push(("server.listen", format!("{host}:{}", port.unwrap_or(6277)).into()));
    }

    fn read(matches: &mut ArgMatches, which: fn(&Entry) -> bool) -> Self {
        let mut given = Vec::new();
        for name in entries().filter(|entry| which(entry)).map(|entry| entry.name) {
            if let Some(words) = matches.remove_many::<OsString>(name) {
                // A list may be given in pieces.
                let words: Vec<OsString> = words.collect();
                given.push((name, words.join(OsStr::new(","))));
            }
        }
        Self { file: matches.remove_one("config"), given }
    }

    fn update(&mut self, matches: &mut ArgMatches, which: fn(&Entry) -> bool) {
        let more = Self::read(matches, which);
        self.file = more.file.or(self.file.take());
        self.given.retain(|(name, _)| !more.given.iter().any(|(other, _)| other == name));
        self.given.extend(more.given);
    }
}

fn all(_: &Entry) -> bool {
    true
}

impl Args for Flags {
    fn augment_args(command: Command) -> Command {
        augment(command, all)
    }

    fn augment_args_for_update(command: Command) -> Command {
        augment(command, all)
    }
}

impl FromArgMatches for Flags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        Ok(Self::read(&mut matches.clone(), all))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        self.update(&mut matches.clone(), all);
        Ok(())
    }
}

/// Only where the server's things are, for commands that need no more.
#[derive(Debug, Clone, Default)]
pub(crate) struct PlaceFlags(pub(crate) Flags);

fn place(entry: &Entry) -> bool {
    entry.section == "server" && entry.key == "data"
}

impl Args for PlaceFlags {
    fn augment_args(command: Command) -> Command {
        augment(command, place)
    }

    fn augment_args_for_update(command: Command) -> Command {
        augment(command, place)
    }
}

impl FromArgMatches for PlaceFlags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        Ok(Self(Flags::read(&mut matches.clone(), place)))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        self.0.update(&mut matches.clone(), place);
        Ok(())
    }
}

fn augment(command: Command, which: fn(&Entry) -> bool) -> Command {
    let file = Arg::new("config")
        .long("config")
        .visible_alias("conf-file")
        .short('f')
        .value_name("FILE")
        .value_parser(clap::value_parser!(PathBuf))
        .help("A file with settings (TOML); without it, parlor.toml in the working directory, if there is one");
    let command = command.arg(file);
    entries().filter(|entry| which(entry)).fold(command, |command, entry| command.arg(argument(entry)))
}

fn argument(entry: &'static Entry) -> Arg {
    let paragraphs = entry.paragraphs();
    let mut arg = Arg::new(entry.name)
        .long(entry.flag.as_str())
        .value_name(entry.value())
        .help(paragraphs.first().cloned().unwrap_or_default() + &default(entry))
        .long_help(long_help(entry, &paragraphs));
    if entry.about.secret {
        arg = arg.value_parser(OsStringValueParser::new());
    } else {
        // Checked here already, so that it is said as clap says what is wrong with a command line.
        let check = |word: OsString| {
            let set = (entry.set)(&mut Config::default(), Given::Word(&word));
            set.map(|()| word)
                .map_err(|faults| faults.into_iter().next().map(|fault| fault.message).unwrap_or_default())
        };
        arg = arg.value_parser(OsStringValueParser::new().try_map(check));
    }
    if let Some(short) = entry.about.short {
        arg = arg.short(short);
    }
    if entry.about.many || is_list(entry) {
        arg = arg.action(ArgAction::Append);
    }
    if entry.about.switch {
        arg = arg.num_args(0..=1).require_equals(true).default_missing_value("on");
    }
    if entry.about.common { arg } else { arg.help_heading(RARE).hide_short_help(true) }
}

fn is_list(entry: &Entry) -> bool {
    (entry.show)(&Config::default()).is_some_and(|shown| shown.starts_with('['))
}

fn long_help(entry: &Entry, paragraphs: &[String]) -> String {
    let mut help = paragraphs.join("\n\n");
    let variable = entry.variables().into_iter().next().unwrap_or_default();
    let file = if entry.about.secret { "_FILE" } else { "" };
    help.push_str(&format!("\n\n[{variable}{file}]{}", default(entry)));
    help
}

fn default(entry: &Entry) -> String {
    let shown =
        (entry.show)(&Config::default()).filter(|shown| shown != "[]" && !entry.about.secret && !entry.about.switch);
    shown.map(|shown| format!(" [default: {}]", shown.trim_matches('"'))).unwrap_or_default()
}
