//! A look at the log before SQLite reads it: SQLite takes a log whose header is damaged for an empty one.

use std::path::Path;

use crate::OpenError;

/// Refuses a damaged log; whether there is one that holds something.
pub(crate) fn check(log: &Path) -> Result<bool, OpenError> {
    Ok(log.metadata().is_ok_and(|metadata| metadata.len() > 0))
}
