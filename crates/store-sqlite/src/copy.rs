//! A consistent copy of a database, also of one that a server writes to meanwhile: one long read, which holds up nobody.

use std::{fs, io, path::Path, path::PathBuf, sync::Arc};

use parlor_rooms::Timestamp;
use rusqlite::Connection;

use crate::{OpenError, folder, open, sql};

/// After how many steps of SQLite's the progress is told.
const STEPS: i32 = 20_000;
/// The time at which a copy was made, in its own `meta`.
pub(crate) const TAKEN: &str = "backup";

/// Is told how far something is, in bytes done and expected, and says whether to go on.
pub type Watch = Arc<dyn Fn(u64, u64) -> bool + Send + Sync>;

/// Why there is no copy.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// There is nothing to copy.
    #[error("there is no Parlor database in {}; name the data folder with --data", .folder.display())]
    Missing {
        /// The folder.
        folder: PathBuf,
    },
    /// It can't be read.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The copy can't be written, or the database not read to its end.
    #[error("can't copy the database to {}: {why}", .file.display())]
    Failed {
        /// The copy.
        file: PathBuf,
        /// What SQLite or the system says.
        why: String,
    },
    /// Who watched it said so.
    #[error("it was broken off")]
    Stopped,
}

/// A database to copy.
#[derive(Debug)]
pub struct Source {
    conn: Connection,
    size: u64,
}

impl Source {
    /// Opens the database of a folder, whether or not a server has it open.
    pub fn open(folder: &Path) -> Result<Self, CopyError> {
        let file = folder::database(folder);
        if !file.exists() {
            return Err(CopyError::Missing { folder: folder.to_owned() });
        }
        let conn = open::source(folder)?;
        let other = |error: rusqlite::Error| OpenError::Other { file: file.clone(), why: error.to_string() };
        let number = |name| conn.pragma_query_value(None, name, |row| row.get::<_, i64>(0)).map_err(other);
        let pages = number("page_count")? - number("freelist_count")?;
        let size = pages.max(0).cast_unsigned() * number("page_size")?.max(0).cast_unsigned();
        Ok(Self { conn, size })
    }

    /// How many bytes the copy will have, or a little less.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Copies everything that is committed now into a file, which must be new or empty. `taken` is noted in it.
    pub fn copy_into(&mut self, file: &Path, taken: Timestamp, watch: &Watch) -> Result<(), CopyError> {
        let (told, grown, size) = (Arc::clone(watch), file.to_owned(), self.size);
        let failed = |error: rusqlite::Error| CopyError::Failed { file: file.to_owned(), why: error.to_string() };
        let tell = move || !told(fs::metadata(&grown).map_or(0, |metadata| metadata.len()).min(size), size);
        self.conn.progress_handler(STEPS, Some(tell)).map_err(failed)?;
        let name = file
            .to_str()
            .ok_or_else(|| CopyError::Failed { file: file.to_owned(), why: "its name is not UTF-8".to_owned() })?;
        let copied = self.conn.execute(sql::VACUUM_INTO, [name]);
        self.conn.progress_handler(0, None::<fn() -> bool>).map_err(failed)?;
        match copied {
            Err(error) if error.sqlite_error_code() == Some(rusqlite::ErrorCode::OperationInterrupted) => {
                return Err(CopyError::Stopped);
            }
            copied => copied.map_err(failed)?,
        };
        note(file, taken).map_err(failed)
    }
}

/// Notes in a copy when it was made, and that it is a file of its own, without a log.
fn note(file: &Path, taken: Timestamp) -> rusqlite::Result<()> {
    let copy = open::alone(file)?;
    copy.execute(sql::SET_META, rusqlite::params![TAKEN, taken.0])?;
    copy.close().map_err(|(_, error)| error)
}

/// Makes an empty file that only this user may read, for a copy.
pub fn private_file(path: &Path) -> io::Result<fs::File> {
    folder::private(path)
}
