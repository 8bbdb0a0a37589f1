//! Proving that a database is whole: its pages, what refers to what, and the rules of the log.

mod events;
mod rows;

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use parlor_rooms::Timestamp;
use rusqlite::{Connection, ErrorCode, OptionalExtension as _, Result, Row};

use self::events::Events;
use crate::{OpenError, copy, copy::Watch, folder, open, sql};

macro_rules! statements {
    ($($name:ident = $file:literal;)*) => {
        $(pub(super) const $name: &str = include_str!(concat!("../../queries/verify/", $file, ".sql"));)*

        /// All of these, so that a test can prepare each one.
        #[cfg(test)]
        pub(super) const ALL: &[&str] = &[$($name),*];
    };
}

statements! {
    ACTIVATIONS = "activations";
    BOTS = "bots";
    EVENTS = "events";
    FOREIGN = "foreign";
    INTEGRITY = "integrity";
    LAST_EVENT = "last_event";
    PENDING = "pending";
    ROOMS = "rooms";
}

/// After how many steps of SQLite's it is asked whether to go on.
const STEPS: i32 = 50_000;
/// How much of what is wrong is told.
const FINDINGS: usize = 3;

/// What is in a database that is whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Whole {
    /// How many rooms have had an event.
    pub rooms: u64,
    /// How many messages there are, cleared ones that an archive keeps among them.
    pub messages: u64,
    /// How many bots.
    pub bots: u64,
    /// When the last event was.
    pub last_at: Option<Timestamp>,
    /// When the copy was made, if it is one.
    pub taken: Option<Timestamp>,
}

/// Why a database could not be proved whole.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// It can't be opened, is another program's, or newer.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// Things are wrong with it: sentences without a full stop.
    #[error("{} is damaged: {}", .file.display(), .findings.join("; "))]
    Damaged {
        /// The database.
        file: PathBuf,
        /// What is wrong, the first few things.
        findings: Vec<String>,
    },
    /// Who watched it said so.
    #[error("it was broken off")]
    Stopped,
}

/// Verifies a file that no server has open, such as an unpacked backup.
pub fn verify(file: &Path, watch: &Watch) -> std::result::Result<Whole, VerifyError> {
    look(open::backup(file)?, file, watch)
}

/// Verifies the database of a folder, whether or not a server has it open.
pub fn verify_folder(folder: &Path, watch: &Watch) -> std::result::Result<Whole, VerifyError> {
    let file = folder::database(folder);
    if !file.exists() {
        return Err(OpenError::Other { file, why: "there is no database in this folder".to_owned() }.into());
    }
    look(open::source(folder)?, &file, watch)
}

fn look(mut conn: Connection, file: &Path, watch: &Watch) -> std::result::Result<Whole, VerifyError> {
    let damaged = |findings: Vec<String>| VerifyError::Damaged { file: file.to_owned(), findings };
    let stopped = Arc::new(AtomicBool::new(false));
    let mut findings = Findings::default();
    match proved(&mut conn, watch, &stopped, &mut findings) {
        Ok(whole) if findings.0.is_empty() => Ok(whole),
        _ if stopped.load(Ordering::Relaxed) => Err(VerifyError::Stopped),
        Ok(_) => Err(damaged(findings.0)),
        Err(error) => match error.sqlite_error_code() {
            Some(ErrorCode::SystemIoFailure | ErrorCode::CannotOpen | ErrorCode::DatabaseBusy) => {
                Err(OpenError::Other { file: file.to_owned(), why: error.to_string() }.into())
            }
            _ => {
                findings.add(format!("it can't be read to its end ({error})"));
                Err(damaged(findings.0))
            }
        },
    }
}

fn proved(conn: &mut Connection, watch: &Watch, stopped: &Arc<AtomicBool>, findings: &mut Findings) -> Result<Whole> {
    let (told, stop) = (Arc::clone(watch), Arc::clone(stopped));
    conn.progress_handler(
        STEPS,
        Some(move || {
            // How far SQLite's own check is, nobody knows.
            let go_on = told(0, 0);
            stop.fetch_or(!go_on, Ordering::Relaxed);
            !go_on
        }),
    )?;
    // One moment of the log for everything.
    let conn = &*conn.transaction()?;
    for text in texts(conn, INTEGRITY)? {
        // Ten complaints of SQLite's say no more than two.
        let lines = text.lines().filter(|line| *line != "ok" && !line.starts_with("***"));
        lines.take(2).for_each(|line| findings.add(line.to_owned()));
    }
    if !findings.0.is_empty() {
        // What follows would only say the same in other words.
        return Ok(Whole::default());
    }
    for table in texts(conn, FOREIGN)? {
        findings.add(format!("a row of the table `{table}` refers to one that is not there"));
    }
    let mut whole = Whole { taken: taken(conn)?, ..Whole::default() };
    let rooms = rows::rooms(conn, findings, &mut whole)?;
    Events::new(rooms, findings, &mut whole).look(conn, watch, stopped)?;
    rows::records(conn, findings, &mut whole)?;
    Ok(whole)
}

fn taken(conn: &Connection) -> Result<Option<Timestamp>> {
    conn.query_row(sql::META, [copy::TAKEN], |row| row.get(0).map(Timestamp)).optional()
}

/// The first column of what a statement gives.
fn texts(conn: &Connection, sql: &str) -> Result<Vec<String>> {
    let text = |row: &Row<'_>| row.get_ref(0).map(|text| text.as_str().unwrap_or("?").to_owned());
    conn.prepare(sql)?.query_map([], text)?.take(FINDINGS).collect()
}

/// What is wrong, as far as it is told.
#[derive(Default)]
struct Findings(Vec<String>);

impl Findings {
    fn add(&mut self, what: String) {
        if self.0.len() < FINDINGS {
            self.0.push(what);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_statement_fits_the_schema() {
        let conn = Connection::open_in_memory().unwrap();
        open::migrate(&conn).unwrap();
        for statement in ALL {
            assert!(conn.prepare(statement).is_ok(), "{statement}: {:?}", conn.prepare(statement).err());
        }
    }
}
