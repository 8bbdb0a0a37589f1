//! `[backup]`.

use std::{path::PathBuf, time::Duration};

use super::setting::{About, SETTING, section};

section! {
    /// Backups that the server takes itself while it runs.
    struct Backup as backup in "backup" {
        /// The folder for them; without one none are taken
        to: Option<PathBuf> = None,
            About { value: "DIR", example: "\"/var/backups/parlor\"", ..SETTING };

        /// How long from one to the next
        every: Duration = Duration::from_secs(24 * 60 * 60), SETTING,
            check often;

        /// How many are kept; beyond them the oldest are removed
        keep: u32 = 14, SETTING,
            check at_least_one;
    }
}

/// How often a backup may be taken.
pub(crate) fn often(every: &Duration) -> Result<(), String> {
    if *every < Duration::from_secs(1) || *every > Duration::from_secs(366 * 24 * 60 * 60) {
        return Err("give a duration from a second to a year, such as 15m, 6h or 1d".to_owned());
    }
    Ok(())
}

fn at_least_one(keep: &u32) -> Result<(), String> {
    if *keep == 0 { Err("give a number from 1; without [backup] `to` none are taken".to_owned()) } else { Ok(()) }
}
