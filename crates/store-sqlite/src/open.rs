//! Opening a database: is it ours, whole, not newer; then migrations and connections.

use std::{
    fs::File,
    io::{self, Read as _},
    path::Path,
    time::Duration,
};

use rusqlite::{Connection, ErrorCode, OpenFlags, wal::CheckpointMode};

use crate::{
    OpenError,
    folder::{self, Folder},
    sql, wal,
};

/// How this program is told from others in a database's header (`Parl`).
const APPLICATION: i64 = 0x5061_726c;
/// The first version whose checkpoints lose nothing.
const SQLITE_NEEDED: i32 = 3_051_003;
/// What every SQLite database begins with.
const MAGIC: &[u8] = b"SQLite format 3\0";
/// How long another program may hold the database.
pub(crate) const BUSY: Duration = Duration::from_secs(5);
/// Statements that a connection keeps prepared.
const STATEMENTS: usize = 64;
/// Kibibytes of pages that the writer keeps.
const WRITER_CACHE: i64 = 16 * 1024;
/// Kibibytes of pages that each reader keeps.
const READER_CACHE: i64 = 4 * 1024;

/// Each brings the schema from one version to the next.
pub(crate) const MIGRATIONS: &[&str] = &[
    include_str!("../migrations/001_log.sql"),
    include_str!("../migrations/002_people.sql"),
    include_str!("../migrations/003_holes.sql"),
    include_str!("../migrations/004_sessions.sql"),
    include_str!("../migrations/005_counts.sql"),
    include_str!("../migrations/006_drafts.sql"),
    include_str!("../migrations/007_attachments.sql"),
];
/// The last version.
pub(crate) const SCHEMA: i64 = MIGRATIONS.len() as i64;

/// The bundled library must be a good one.
pub(crate) fn check_library() -> Result<(), OpenError> {
    if rusqlite::version_number() < SQLITE_NEEDED {
        return Err(OpenError::Library { found: rusqlite::version().to_owned() });
    }
    Ok(())
}

/// Opens the connection that writes, on a database that is checked and migrated.
pub(crate) fn writer(folder: &Folder, size_limit: Option<u64>) -> Result<Connection, OpenError> {
    let file = folder.database();
    let has_log = wal::check(&folder.log())?;
    check_header(&file, has_log)?;
    if !file.exists() && folder.path().join(folder::RESTORING).exists() {
        return Err(OpenError::Restoring { folder: folder.path().to_owned() });
    }
    folder.make_database()?;
    let conn = connect(&file, OpenFlags::SQLITE_OPEN_READ_WRITE).map_err(|error| explain(folder, &error))?;
    if conn.is_readonly("main").unwrap_or(true) {
        let source = io::Error::from(io::ErrorKind::PermissionDenied);
        return Err(OpenError::Unwritable { folder: folder.path().to_owned(), source });
    }
    let (ours, version) = ours(&conn).map_err(|error| explain(folder, &error))?;
    if !ours {
        return Err(OpenError::Foreign { file });
    }
    if version > SCHEMA {
        return Err(OpenError::Newer { file, found: version, known: SCHEMA });
    }
    prepare(&conn, folder, size_limit).map_err(|error| explain(folder, &error))?;
    if has_log && let Err(error) = conn.wal_checkpoint_v2(None::<&str>, CheckpointMode::TRUNCATE) {
        // The log of a crash is best emptied now, so that its torn end is never mistaken for damage; on a full disk it
        // can't be.
        tracing::warn!(%error, "the log could not be moved into the database yet");
    }
    Ok(conn)
}

/// Opens a connection that only reads.
pub(crate) fn reader(folder: &Folder) -> Result<Connection, OpenError> {
    let conn = connect(&folder.database(), OpenFlags::SQLITE_OPEN_READ_ONLY).and_then(|conn| {
        conn.pragma_update(None, "cache_size", -READER_CACHE)?;
        Ok(conn)
    });
    conn.map_err(|error| explain(folder, &error))
}

/// Opens a database that a server may have open too, to read it as a whole.
pub(crate) fn source(folder: &Path) -> Result<Connection, OpenError> {
    check_library()?;
    let file = folder::database(folder);
    let log = folder::log(folder);
    let has_log = if folder::is_in_use(folder) {
        // Somebody writes to it: its end is nobody's business but SQLite's.
        log.exists()
    } else {
        wal::check(&log)?
    };
    check_header(&file, has_log)?;
    whole(&file, plain(&file))
}

/// Opens a file that is no server's, such as a backup.
pub(crate) fn backup(file: &Path) -> Result<Connection, OpenError> {
    check_library()?;
    check_header(file, false)?;
    whole(file, connect(file, OpenFlags::SQLITE_OPEN_READ_ONLY))
}

/// Refuses what is not ours, or newer.
fn whole(file: &Path, conn: rusqlite::Result<Connection>) -> Result<Connection, OpenError> {
    let explain = |error: rusqlite::Error| explain_file(file, &error);
    let conn = conn.map_err(explain)?;
    conn.pragma_update(None, "cache_size", -WRITER_CACHE).map_err(explain)?;
    let (ours, version) = ours(&conn).map_err(explain)?;
    if !ours || version == 0 {
        return Err(OpenError::Foreign { file: file.to_owned() });
    }
    if version > SCHEMA {
        return Err(OpenError::Newer { file: file.to_owned(), found: version, known: SCHEMA });
    }
    Ok(conn)
}

/// Opens a database as it is.
pub(crate) fn plain(file: &Path) -> rusqlite::Result<Connection> {
    let conn = connect(file, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    conn.pragma_update(None, "wal_autocheckpoint", 0)?;
    Ok(conn)
}

/// Opens a file that nobody else has, and that is synced as a whole afterwards, to write to it.
pub(crate) fn alone(file: &Path) -> rusqlite::Result<Connection> {
    let conn = connect(file, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    // A file without a log beside it, now and later.
    conn.pragma_update_and_check(None, "journal_mode", "MEMORY", |_| Ok(()))?;
    conn.pragma_update(None, "synchronous", "OFF")?;
    Ok(conn)
}

/// Opens a connection for checkpoints.
pub(crate) fn checkpointer(folder: &Folder) -> Result<Connection, OpenError> {
    let conn = connect(&folder.database(), OpenFlags::SQLITE_OPEN_READ_WRITE).and_then(|conn| {
        sync(&conn, folder)?;
        conn.pragma_update(None, "wal_autocheckpoint", 0)?;
        Ok(conn)
    });
    conn.map_err(|error| explain(folder, &error))
}

/// Moves a log that is left into its database. The last connection does that when it is closed, but two that are closed at
/// once leave it to each other.
pub(crate) fn tidy(path: &Path) {
    if !folder::log(path).exists() {
        return;
    }
    // Another server may have taken the folder meanwhile.
    let Ok(folder) = Folder::take(path) else { return };
    let tidied = connect(&folder.database(), OpenFlags::SQLITE_OPEN_READ_WRITE)
        .and_then(|conn| conn.query_row(sql::PROBE, [], |_| Ok(())));
    if let Err(error) = tidied {
        tracing::warn!(%error, "the log could not be moved into the database; the next start does it");
    }
}

fn connect(file: &Path, how: OpenFlags) -> rusqlite::Result<Connection> {
    let conn = Connection::open_with_flags(file, how | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    conn.busy_timeout(BUSY)?;
    conn.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(conn)
}

/// What is acknowledged is synced; in a temporary folder nothing outlives the process anyway.
fn sync(conn: &Connection, folder: &Folder) -> rusqlite::Result<()> {
    conn.pragma_update(None, "synchronous", if folder.is_temporary() { "OFF" } else { "FULL" })
}

fn prepare(conn: &Connection, folder: &Folder, size_limit: Option<u64>) -> rusqlite::Result<()> {
    conn.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
    sync(conn, folder)?;
    conn.pragma_update(None, "cache_size", -WRITER_CACHE)?;
    migrate(conn)?;
    if let Some(limit) = size_limit {
        let page: i64 = conn.pragma_query_value(None, "page_size", |row| row.get(0))?;
        let pages = i64::try_from(limit).unwrap_or(i64::MAX) / page;
        conn.pragma_update_and_check(None, "max_page_count", pages.max(1), |_| Ok(()))?;
    }
    // The way to what is written next can be read.
    conn.query_row(sql::PROBE, [], |_| Ok(()))
}

/// Brings the schema up to date.
pub(crate) fn migrate(conn: &Connection) -> rusqlite::Result<()> {
    let version: i64 = conn.pragma_query_value(None, "user_version", |row| row.get(0))?;
    for (number, migration) in (1_i64..).zip(MIGRATIONS).filter(|(number, _)| *number > version) {
        let transaction = conn.unchecked_transaction()?;
        transaction.execute_batch(migration)?;
        transaction.pragma_update(None, "application_id", APPLICATION)?;
        transaction.pragma_update(None, "user_version", number)?;
        transaction.commit()?;
    }
    Ok(())
}

/// Whether a database is empty or made by this program, and its schema's version.
fn ours(conn: &Connection) -> rusqlite::Result<(bool, i64)> {
    let number = |name| conn.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let (application, schema) = (number("application_id")?, number("schema_version")?);
    Ok((application == APPLICATION || (application == 0 && schema == 0), number("user_version")?))
}

/// Looks at a database's header before SQLite does, since it would take some damage for an empty database.
fn check_header(file: &Path, has_log: bool) -> Result<(), OpenError> {
    let damaged = |why: &str| Err(OpenError::Damaged { file: file.to_owned(), why: why.to_owned() });
    let mut header = Vec::new();
    let size;
    match File::open(file) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return if has_log { damaged("it is missing, though its log is there") } else { Ok(()) };
        }
        Err(error) => return Err(OpenError::Other { file: file.to_owned(), why: error.to_string() }),
        Ok(database) => {
            size = database.metadata().map_or(0, |metadata| metadata.len());
            if let Err(error) = database.take(100).read_to_end(&mut header) {
                return Err(OpenError::Other { file: file.to_owned(), why: error.to_string() });
            }
        }
    }
    if header.is_empty() {
        // Made a moment before the power went; but a log belongs to something.
        return if has_log { damaged("it is empty, though its log is not") } else { Ok(()) };
    }
    if header.len() < 100 {
        return damaged("it ends inside its header");
    }
    if !header.starts_with(MAGIC) {
        return damaged("it is not an SQLite database");
    }
    let page = match u16::from_be_bytes([header[16], header[17]]) {
        1 => 65_536,
        page => u64::from(page),
    };
    if page < 512 || !page.is_power_of_two() {
        return damaged("its header names no size of pages");
    }
    let number = |at: usize| u32::from_be_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]);
    // A checkpoint that was cut short leaves the end of the database in the log.
    if !has_log && number(24) == number(92) && size < u64::from(number(28)) * page {
        return damaged("its end is missing");
    }
    Ok(())
}

fn explain(folder: &Folder, error: &rusqlite::Error) -> OpenError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => OpenError::Full { folder: folder.path().to_owned() },
        Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
            OpenError::Unwritable { folder: folder.path().to_owned(), source: io::Error::other(error.to_string()) }
        }
        _ => explain_file(&folder.database(), error),
    }
}

fn explain_file(file: &Path, error: &rusqlite::Error) -> OpenError {
    let (file, why) = (file.to_owned(), error.to_string());
    match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => OpenError::Damaged { file, why },
        _ => OpenError::Other { file, why },
    }
}
