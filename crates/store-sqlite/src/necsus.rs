//! Reading the database of a NeCSuS server (tables `messages`, `bots`, `clears`): whichever version made it, whatever types
//! stand in its columns. The file itself is never opened, only a copy of it.

use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
};

use rusqlite::{Connection, OpenFlags, Row, types::ValueRef};

use crate::{OpenError, folder::Folder};

const TABLES: &str = include_str!("../queries/necsus/tables.sql");
const MESSAGES: &str = include_str!("../queries/necsus/messages.sql");
const BOTS: &str = include_str!("../queries/necsus/bots.sql");
const CLEARS: &str = include_str!("../queries/necsus/clears.sql");
const QUICK_CHECK: &str = include_str!("../queries/necsus/quick_check.sql");

/// How many messages are read at once.
const CHUNK: i64 = 500;

/// Why it can't be read.
#[derive(Debug, thiserror::Error)]
pub enum NecsusError {
    /// It could not be copied, or the copy not be opened.
    #[error("can't read {}: {why}", .file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// What the system or SQLite says.
        why: String,
    },
    /// It is damaged, or somebody wrote to it.
    #[error("{} is damaged ({why}); if its server still runs, stop it first", .file.display())]
    Damaged {
        /// The file.
        file: PathBuf,
        /// What SQLite says.
        why: String,
    },
    /// It has none of the tables.
    #[error("{} is no NeCSuS database: it has no table `messages` and no table `bots`", .file.display())]
    Foreign {
        /// The file.
        file: PathBuf,
    },
    /// There is no place for the copy.
    #[error(transparent)]
    Open(#[from] OpenError),
}

/// A bot, as far as it is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NecsusBot {
    /// Its number.
    pub id: i64,
    /// Its room.
    pub room: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// Its pattern.
    pub responds_to: Option<String>,
    /// Where it lives.
    pub url: Option<String>,
}

/// A message, as far as it is known.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NecsusMessage {
    /// Its number.
    pub id: i64,
    /// Its room.
    pub room: Option<String>,
    /// Who wrote it.
    pub author: Option<String>,
    /// `user`, `bot` or `system`; early versions did not know.
    pub kind: Option<String>,
    /// Its text.
    pub text: Option<String>,
    /// Seconds since 1970.
    pub when: Option<f64>,
    /// Addresses.
    pub image: Option<String>,
    /// The same.
    pub media: Option<String>,
    /// The same.
    pub css: Option<String>,
    /// The same.
    pub js: Option<String>,
    /// The same.
    pub base_url: Option<String>,
    /// The bot whose answer it is. Early versions named it only where a conversation went on, as `reply_to`.
    pub from_bot: Option<i64>,
    /// What the bot kept: JSON.
    pub state: Option<String>,
}

/// The database of a NeCSuS server.
#[derive(Debug)]
pub struct Necsus {
    conn: Connection,
    file: PathBuf,
    tables: Vec<String>,
    // After the connection, so that the copy is closed when it goes.
    _copy: Folder,
}

impl Necsus {
    /// Opens a copy, together with what a server that was killed has left beside it.
    pub fn open(file: &Path) -> Result<Self, NecsusError> {
        let folder = Folder::temporary()?;
        let copy = folder.path().join("necsus.db");
        for end in ["", "-journal", "-wal"] {
            let with = |path: &Path| {
                let mut path = path.to_owned().into_os_string();
                path.push(end);
                PathBuf::from(path)
            };
            let copied = if end.is_empty() || with(file).exists() {
                fs::copy(with(file), with(&copy)).map(drop)
            } else {
                Ok(())
            };
            copied.map_err(|error| NecsusError::Unreadable { file: file.to_owned(), why: error.to_string() })?;
        }
        let damaged = |error: rusqlite::Error| NecsusError::Damaged { file: file.to_owned(), why: error.to_string() };
        let conn = Connection::open_with_flags(&copy, OpenFlags::SQLITE_OPEN_READ_WRITE).map_err(damaged)?;
        let sound: String = conn.query_row(QUICK_CHECK, [], |row| row.get(0)).map_err(damaged)?;
        if sound != "ok" {
            let why = sound.lines().find(|line| !line.starts_with("***")).unwrap_or("it is not whole").to_owned();
            return Err(NecsusError::Damaged { file: file.to_owned(), why });
        }
        let tables: Vec<String> = conn
            .prepare(TABLES)
            .and_then(|mut tables| tables.query_map([], |row| row.get(0))?.collect())
            .map_err(damaged)?;
        let this = Self { conn, file: file.to_owned(), tables, _copy: folder };
        if !this.has("messages") && !this.has("bots") {
            return Err(NecsusError::Foreign { file: file.to_owned() });
        }
        Ok(this)
    }

    fn has(&self, table: &str) -> bool {
        self.tables.iter().any(|name| name.eq_ignore_ascii_case(table))
    }

    fn damaged(&self, error: &rusqlite::Error) -> NecsusError {
        NecsusError::Damaged { file: self.file.clone(), why: error.to_string() }
    }

    /// The bots, in order of their numbers.
    pub fn bots(&self) -> Result<Vec<NecsusBot>, NecsusError> {
        if !self.has("bots") {
            return Ok(Vec::new());
        }
        let bot = |row: &Row<'_>| {
            let row = Columns(row);
            Ok(NecsusBot {
                id: row.id(),
                room: row.text("room"),
                name: row.text("name"),
                responds_to: row.text("responds_to"),
                url: row.text("url"),
            })
        };
        let read = || -> rusqlite::Result<Vec<_>> { self.conn.prepare(BOTS)?.query_map([], bot)?.collect() };
        read().map_err(|error| self.damaged(&error))
    }

    /// For each room that was cleared, the message up to which it was.
    pub fn clears(&self) -> Result<HashMap<String, i64>, NecsusError> {
        if !self.has("clears") {
            return Ok(HashMap::new());
        }
        let read = || -> rusqlite::Result<HashMap<String, i64>> {
            let mut clears = HashMap::new();
            let mut statement = self.conn.prepare(CLEARS)?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let row = Columns(row);
                if let (Some(room), Some(id)) = (row.text("room"), row.integer("last_cleared_id")) {
                    let known = clears.entry(room).or_insert(id);
                    *known = id.max(*known);
                }
            }
            Ok(clears)
        };
        read().map_err(|error| self.damaged(&error))
    }

    /// The next messages above this number, in order; none at the end.
    pub fn messages(&self, after: i64) -> Result<Vec<NecsusMessage>, NecsusError> {
        if !self.has("messages") {
            return Ok(Vec::new());
        }
        let message = |row: &Row<'_>| {
            let row = Columns(row);
            Ok(NecsusMessage {
                id: row.id(),
                room: row.text("room"),
                author: row.text("author"),
                kind: row.text("kind"),
                text: row.text("text"),
                when: row.float("when"),
                image: row.text("image"),
                media: row.text("media"),
                css: row.text("css"),
                js: row.text("js"),
                base_url: row.text("base_url"),
                from_bot: row.integer("from_bot").or_else(|| row.integer("reply_to")),
                state: row.text("state"),
            })
        };
        let read = || -> rusqlite::Result<Vec<_>> {
            self.conn.prepare_cached(MESSAGES)?.query_map([after, CHUNK], message)?.collect()
        };
        read().map_err(|error| self.damaged(&error))
    }
}

/// A row whose columns may be missing, or hold anything.
struct Columns<'a>(&'a Row<'a>);

impl Columns<'_> {
    fn get(&self, name: &str) -> ValueRef<'_> {
        self.0.get_ref(name).unwrap_or(ValueRef::Null)
    }

    /// The row's own number, which is its `id` in every version.
    fn id(&self) -> i64 {
        self.integer("row_number").unwrap_or(0)
    }

    fn text(&self, name: &str) -> Option<String> {
        match self.get(name) {
            ValueRef::Null => None,
            ValueRef::Integer(number) => Some(number.to_string()),
            ValueRef::Real(number) => Some(number.to_string()),
            ValueRef::Text(bytes) | ValueRef::Blob(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
        }
    }

    #[expect(clippy::cast_possible_truncation, reason = "what is no whole number is nobody's id")]
    fn integer(&self, name: &str) -> Option<i64> {
        match self.get(name) {
            ValueRef::Integer(number) => Some(number),
            ValueRef::Real(number) => Some(number as i64),
            ValueRef::Text(bytes) => std::str::from_utf8(bytes).ok()?.trim().parse().ok(),
            ValueRef::Null | ValueRef::Blob(_) => None,
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "seconds since 1970 are far below 2^53")]
    fn float(&self, name: &str) -> Option<f64> {
        match self.get(name) {
            ValueRef::Integer(number) => Some(number as f64),
            ValueRef::Real(number) => Some(number),
            ValueRef::Text(bytes) | ValueRef::Blob(bytes) => std::str::from_utf8(bytes).ok()?.trim().parse().ok(),
            ValueRef::Null => None,
        }
    }
}
