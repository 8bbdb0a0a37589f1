//! Tokens of this person's bots, kept in a file that only they can read: starting the relay again is the same bot.

use std::{
    fs, io,
    io::Write as _,
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use crate::server::Server;

/// The file's content, and where it is.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    path: Option<PathBuf>,
    bots: Vec<Mine>,
}

/// A bot that this person's relay made or took over.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Mine {
    server: String,
    room: String,
    name: String,
    pub(crate) bot: u64,
    pub(crate) token: String,
}

impl Kept {
    /// Reads the file; what can't be read counts as nothing.
    pub(crate) fn open() -> Self {
        let folder = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
        let state = folder("XDG_STATE_HOME").or_else(|| folder("HOME").map(|home| home.join(".local/state")));
        state.map_or_else(Self::default, |state| Self::at(state.join("parlor/relay.json")))
    }

    fn at(path: PathBuf) -> Self {
        let bots = fs::read(&path).ok().and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or_default();
        Self { path: Some(path), bots }
    }

    pub(crate) fn find(&self, server: &Server, room: &str, name: &str) -> Option<&Mine> {
        self.bots.iter().find(|mine| mine.is(server.name(), room, name))
    }

    pub(crate) fn keep(&mut self, server: &Server, room: &str, name: &str, bot: u64, token: &str) {
        let mine = Mine {
            server: server.name().to_owned(),
            room: room.to_owned(),
            name: name.to_owned(),
            bot,
            token: token.to_owned(),
        };
        self.change(|bots| {
            bots.retain(|one| !one.is(&mine.server, &mine.room, &mine.name));
            bots.push(mine.clone());
        });
    }

    pub(crate) fn forget(&mut self, server: &Server, room: &str, name: &str) {
        self.change(|bots| bots.retain(|one| !one.is(server.name(), room, name)));
    }

    /// Changes the file as it is now: another relay may have written it since.
    fn change(&mut self, change: impl Fn(&mut Vec<Mine>)) {
        let Some(path) = self.path.clone() else { return change(&mut self.bots) };
        self.bots = Self::at(path.clone()).bots;
        change(&mut self.bots);
        if let Err(error) = write(&path, &self.bots) {
            eprintln!("parlor: the bot’s token can’t be kept in {}: {error}", path.display());
        }
    }
}

impl Mine {
    fn is(&self, server: &str, room: &str, name: &str) -> bool {
        self.server == server && self.room == room && self.name == name
    }
}

/// Writes the file anew, whole or not at all.
fn write(path: &Path, bots: &[Mine]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let new = path.with_extension(format!("{}.new", std::process::id()));
    let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&new)?;
    file.write_all(&serde_json::to_vec_pretty(bots)?)?;
    file.sync_all()?;
    fs::rename(&new, path)
}
