//! Why a store can't be opened, in one line that says what to do.

use std::{io, path::PathBuf};

/// Why [`crate::SqliteStore::open`] refused.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The folder can't be made, or nothing can be written in it.
    #[error("can't write in the data folder {}: {source}; make it writable for this user, or choose another one", .folder.display())]
    Unwritable {
        /// The folder.
        folder: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Another server has it open.
    #[error("another Parlor server is using the data folder {}; stop that one first, or choose another folder", .folder.display())]
    Locked {
        /// The folder.
        folder: PathBuf,
    },
    /// A later version wrote it.
    #[error("{} was written by a newer Parlor (schema {found}; this one knows {known}); use that version or restore a backup", .file.display())]
    Newer {
        /// The database.
        file: PathBuf,
        /// Its schema.
        found: i64,
        /// The last one that is known here.
        known: i64,
    },
    /// It is not what a Parlor server writes.
    #[error("{} is a database of another program; choose another data folder", .file.display())]
    Foreign {
        /// The database.
        file: PathBuf,
    },
    /// It is not whole.
    #[error("{} is damaged ({why}); move it away and restore a backup", .file.display())]
    Damaged {
        /// The database or its log.
        file: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// A backup was about to be put back.
    #[error("putting a backup back into {} was broken off; run `parlor restore` again", .folder.display())]
    Restoring {
        /// The folder.
        folder: PathBuf,
    },
    /// The library is too old to be trusted.
    #[error(
        "SQLite {found} is built in, but 3.51.3 or later is needed, since earlier ones can lose data; build Parlor with its bundled SQLite"
    )]
    Library {
        /// Its version.
        found: String,
    },
    /// The disk is full.
    #[error("there is no room on the disk for the data folder {}; free some, or choose another folder", .folder.display())]
    Full {
        /// The folder.
        folder: PathBuf,
    },
    /// Something else.
    #[error("can't open {}: {why}; check the folder and the disk", .file.display())]
    Other {
        /// The database.
        file: PathBuf,
        /// What SQLite or the system says.
        why: String,
    },
}
