//! The index's file: opened if it is ours and whole, else made anew.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use rusqlite::{Connection, ErrorCode, OpenFlags, Result};

use crate::folder;

/// How the file is told from others (`ParS`).
const APPLICATION: i64 = 0x5061_7253;
/// Of its tables, and of what is put into them; with another one it is made anew.
const VERSION: i64 = 2;
const SCHEMA: &str = include_str!("../../migrations/search.sql");
/// After so many pages of log they are moved into the file.
const CHECKPOINT: i64 = 4_000;
/// Kibibytes of pages that are kept.
const CACHE: i64 = 4 * 1024;

/// Where it is.
#[derive(Debug)]
pub(crate) struct File {
    path: PathBuf,
    temporary: bool,
}

impl File {
    pub(super) fn new(path: PathBuf, temporary: bool) -> Self {
        Self { path, temporary }
    }

    /// A connection that writes. What can't be used is removed and made anew.
    pub(super) fn open(&self) -> Result<Connection> {
        match self.connect() {
            Err(error) if is_damage(&error) => {
                tracing::warn!(file = %self.path.display(), %error, "the index of the search is made anew");
                self.remove();
                self.connect()
            }
            other => other,
        }
    }

    /// A connection for one search; none as long as there is nothing to search in.
    pub(super) fn read(&self) -> Result<Option<Connection>> {
        let conn = match Connection::open_with_flags(&self.path, flags(OpenFlags::SQLITE_OPEN_READ_ONLY)) {
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::CannotOpen) => return Ok(None),
            other => other?,
        };
        Ok((version(&conn)? == (APPLICATION, VERSION)).then_some(conn))
    }

    /// Removes it with all that belongs to it.
    pub(super) fn remove(&self) {
        for end in ["", "-wal", "-shm"] {
            let mut path = self.path.clone().into_os_string();
            path.push(end);
            if let Err(error) = fs::remove_file(Path::new(&path))
                && error.kind() != io::ErrorKind::NotFound
            {
                tracing::warn!(file = %Path::new(&path).display(), %error, "a part of the search's index can't be removed");
            }
        }
    }

    fn connect(&self) -> Result<Connection> {
        // Readable for nobody else from its first moment on, as the log is. Where it can't be made, opening it says why.
        let _ = folder::private(&self.path);
        let conn = Connection::open_with_flags(
            &self.path,
            flags(OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE),
        )?;
        if version(&conn)? != (APPLICATION, VERSION) {
            let fresh: i64 = conn.pragma_query_value(None, "schema_version", |row| row.get(0))?;
            if fresh != 0 {
                return Err(rusqlite::Error::SqliteFailure(
                    rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_NOTADB),
                    Some("it is of another version".to_owned()),
                ));
            }
        }
        conn.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
        // It can be made anew from the log: a power cut may take from it what it likes, but not its order.
        conn.pragma_update(None, "synchronous", if self.temporary { "OFF" } else { "NORMAL" })?;
        conn.pragma_update(None, "wal_autocheckpoint", CHECKPOINT)?;
        conn.pragma_update(None, "cache_size", -CACHE)?;
        conn.pragma_update_and_check(None, "secure_delete", "ON", |_| Ok(()))?;
        if version(&conn)? != (APPLICATION, VERSION) {
            let transaction = conn.unchecked_transaction()?;
            transaction.execute_batch(SCHEMA)?;
            transaction.pragma_update(None, "application_id", APPLICATION)?;
            transaction.pragma_update(None, "user_version", VERSION)?;
            transaction.commit()?;
        }
        Ok(conn)
    }
}

fn flags(how: OpenFlags) -> OpenFlags {
    how | OpenFlags::SQLITE_OPEN_NO_MUTEX
}

fn version(conn: &Connection) -> Result<(i64, i64)> {
    let number = |name| conn.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    Ok((number("application_id")?, number("user_version")?))
}

/// Whether an error says that the file is no good.
pub(super) fn is_damage(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase))
}
