//! What an error of SQLite means for whoever asked for something.

use parlor_store::{AppendError, ReadError};
use rusqlite::{Error, ErrorCode, ffi};

/// What to do about an error while writing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// What was said to be synced may not be: the process must end.
    Fatal(String),
    /// There is no room left.
    Full,
    /// The command was not written.
    Refused(String),
}

impl Fault {
    pub(crate) fn of(error: &Error) -> Self {
        match error.sqlite_error().map(|error| (error.code, error.extended_code)) {
            Some((_, ffi::SQLITE_IOERR_FSYNC | ffi::SQLITE_IOERR_DIR_FSYNC)) => {
                Self::Fatal(format!("the disk could not sync what was written ({error})"))
            }
            // The log's index could not grow: it lies on the same disk.
            Some((ErrorCode::DiskFull, _) | (_, ffi::SQLITE_IOERR_SHMSIZE)) => Self::Full,
            _ => Self::Refused(error.to_string()),
        }
    }
}

impl From<Fault> for AppendError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Full => Self::Full,
            Fault::Refused(why) => Self::Unavailable(why),
            Fault::Fatal(_) => Self::Unknown,
        }
    }
}

/// Whether nothing could be written, for whatever reason.
pub(crate) fn is_write(error: &Error) -> bool {
    error.sqlite_error().is_some_and(|error| error.extended_code == ffi::SQLITE_IOERR_WRITE)
}

/// Whether something failed that the system does, so that nobody can say what is on the disk.
pub(crate) fn is_input_or_output(error: &Error) -> bool {
    error.sqlite_error_code() == Some(ErrorCode::SystemIoFailure)
}

pub(crate) fn read(error: &Error) -> ReadError {
    ReadError(error.to_string())
}

/// What stands in the database but can't be read back.
pub(crate) fn garbled(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, Box::new(error))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(code: i32) -> Error {
        Error::SqliteFailure(ffi::Error::new(code), None)
    }

    #[test]
    fn only_a_failed_sync_ends_the_process() {
        assert!(matches!(Fault::of(&failure(ffi::SQLITE_IOERR_FSYNC)), Fault::Fatal(_)));
        assert!(matches!(Fault::of(&failure(ffi::SQLITE_IOERR_DIR_FSYNC)), Fault::Fatal(_)));
        assert!(matches!(Fault::of(&failure(ffi::SQLITE_IOERR_WRITE)), Fault::Refused(_)));
        assert!(matches!(Fault::of(&failure(ffi::SQLITE_CORRUPT)), Fault::Refused(_)));
    }

    #[test]
    fn a_full_disk_is_told_apart() {
        assert_eq!(Fault::of(&failure(ffi::SQLITE_FULL)), Fault::Full);
        assert_eq!(Fault::of(&failure(ffi::SQLITE_IOERR_SHMSIZE)), Fault::Full);
    }
}
