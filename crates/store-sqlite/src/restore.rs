//! Putting a backup in the place of what a folder holds. Ids go on above all that clients may have seen, and the hole is
//! remembered.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use parlor_rooms::{EventId, Timestamp};
use rusqlite::{Connection, OptionalExtension as _, params};

use crate::{
    OpenError, copy,
    folder::{self, Folder, RESTORING},
    open, place, sql, wal,
};

/// Ids that are left out in any case: more than a busy day has.
const AHEAD: u64 = 10_000_000;
/// And so many for each second since the backup was taken.
const AHEAD_A_SECOND: u64 = 100;
/// And so many at most, so that ids last for many restores.
const AHEAD_MAX: u64 = 1 << 30;
/// Numbers of bots that are left out.
const BOTS_AHEAD: i64 = 10_000;

/// What a database's files are called: itself, its log and its log's index, and what the search has beside it.
const FILES: [&str; 6] = ["parlor.db", "parlor.db-wal", "parlor.db-shm", "search.db", "search.db-wal", "search.db-shm"];

/// Why nothing was restored.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// The folder can't be had.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// There is a database, and nobody said that it may go.
    #[error("the data folder {} holds a database already; add --force to put it aside, or choose another folder with --data", .folder.display())]
    Occupied {
        /// The folder.
        folder: PathBuf,
    },
    /// Something could not be written.
    #[error("can't put the backup into {}: {why}", .folder.display())]
    Failed {
        /// The folder.
        folder: PathBuf,
        /// What SQLite or the system says.
        why: String,
    },
}

/// A folder that is about to get another database.
#[derive(Debug)]
pub struct Restore {
    folder: Folder,
}

/// What became of it.
#[derive(Debug)]
pub struct Restored {
    /// Ids go on above this one.
    pub ids: EventId,
    /// Where the files are that were there before.
    pub replaced: Option<PathBuf>,
}

impl Restore {
    /// Takes the folder, which is made if need be; no server may have it. One that holds a database only with `force`.
    pub fn begin(folder: &Path, force: bool) -> Result<Self, RestoreError> {
        let this = Self { folder: Folder::take(folder)? };
        if this.folder.database().exists() && !force {
            return Err(RestoreError::Occupied { folder: folder.to_owned() });
        }
        // Left by one that was broken off.
        let _ = fs::remove_file(this.file());
        folder::private(&this.file()).map_err(|error| this.failed(&error))?;
        Ok(this)
    }

    /// The file, empty at first, into which the backup is to be unpacked.
    pub fn file(&self) -> PathBuf {
        self.folder.path().join(RESTORING)
    }

    /// Gives it up.
    pub fn abandon(self) {
        let _ = fs::remove_file(self.file());
    }

    /// Puts the unpacked and verified backup into its place. `aside` is the name of the folder within the data folder for
    /// what was there before.
    pub fn finish(self, now: Timestamp, aside: &str) -> Result<Restored, RestoreError> {
        let ids = self.prepare(now).map_err(|error| self.failed(&error))?;
        let replaced = self.put_in_place(aside).map_err(|error| self.failed(&error))?;
        Ok(Restored { ids, replaced })
    }

    fn failed(&self, why: &dyn std::fmt::Display) -> RestoreError {
        RestoreError::Failed { folder: self.folder.path().to_owned(), why: why.to_string() }
    }

    /// Brings the schema up to date, and the ids ahead.
    fn prepare(&self, now: Timestamp) -> rusqlite::Result<EventId> {
        let (seen, bots) = self.seen();
        let conn = open::alone(&self.file())?;
        open::migrate(&conn)?;
        let transaction = conn.unchecked_transaction()?;
        let (last, last_at): (i64, i64) =
            transaction.query_row(sql::LAST_IDS, [], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let taken = meta(&transaction, copy::TAKEN)?.map_or(Timestamp(last_at), Timestamp);
        let given = meta(&transaction, "ids")?.unwrap_or(0).max(last);
        let ids = ahead(given.cast_unsigned(), seen.cast_unsigned(), now.since(taken).as_secs());
        transaction.execute(sql::INSERT_HOLE, params![last, place::column(ids)])?;
        transaction.execute(sql::SET_META, params!["ids", place::column(ids)])?;
        let bots = bots.max(transaction.query_row(sql::LAST_BOT, [], |row| row.get::<_, i64>(0))?) + BOTS_AHEAD;
        transaction.execute(sql::SET_META, params!["bots", bots])?;
        transaction.execute(sql::UNSET_META, [copy::TAKEN])?;
        transaction.commit()?;
        conn.close().map_err(|(_, error)| error)?;
        Ok(ids)
    }

    /// The ids and bots that the database which is there has given, as far as it can be read.
    fn seen(&self) -> (i64, i64) {
        let file = self.folder.database();
        if !file.exists() || wal::check(&self.folder.log()).is_err() {
            return (0, 0);
        }
        let read = || -> rusqlite::Result<(i64, i64)> {
            let conn = open::plain(&file)?;
            let bots = conn.query_row(sql::LAST_BOT, [], |row| row.get(0))?;
            Ok((meta(&conn, "ids")?.unwrap_or(0), bots))
        };
        read().unwrap_or_else(|error| {
            tracing::debug!(%error, "the database that is replaced can't be read");
            (0, 0)
        })
    }

    /// Moves what is there aside, and the new database into its place. Whatever breaks this off, a server that is started
    /// then refuses, for a log without its database or a restore that is not done is no empty folder.
    fn put_in_place(&self, aside: &str) -> io::Result<Option<PathBuf>> {
        let path = self.folder.path();
        let new = self.file();
        fs::File::open(&new)?.sync_all()?;
        let old: Vec<&str> = FILES.into_iter().filter(|name| path.join(name).exists()).collect();
        let aside = (!old.is_empty()).then(|| path.join(aside));
        if let Some(aside) = &aside {
            folder::make(aside)?;
            for name in old {
                fs::rename(path.join(name), aside.join(name))?;
            }
            folder::sync(aside)?;
        }
        folder::sync(path)?;
        fs::rename(&new, self.folder.database())?;
        folder::sync(path)?;
        Ok(aside)
    }
}

fn meta(conn: &Connection, name: &str) -> rusqlite::Result<Option<i64>> {
    conn.query_row(sql::META, [name], |row| row.get(0)).optional()
}

/// Where ids go on, if the backup had given some up to `given`, the database in its place up to `seen`, and the backup is
/// so old.
fn ahead(given: u64, seen: u64, seconds: u64) -> EventId {
    let ahead = AHEAD.saturating_add(seconds.saturating_mul(AHEAD_A_SECOND)).min(AHEAD_MAX);
    // Towards the end of all ids there is less room to jump.
    let room = (place::ID_MAX - given.min(place::ID_MAX)) / 2;
    EventId((given + ahead.min(room)).max(seen).min(place::ID_MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_go_on_above_what_may_have_been_seen() {
        assert_eq!(ahead(0, 0, 0), EventId(AHEAD));
        assert_eq!(ahead(500, 0, 86_400), EventId(500 + AHEAD + 8_640_000));
        assert_eq!(ahead(500, 0, u64::MAX), EventId(500 + AHEAD_MAX));
        assert_eq!(ahead(500, AHEAD_MAX * 3, 9), EventId(AHEAD_MAX * 3), "what is known counts more than a guess");
        assert_eq!(ahead(place::ID_MAX - 10, 0, 9), EventId(place::ID_MAX - 5));
        assert_eq!(ahead(u64::MAX - AHEAD_MAX, 0, 9).0, place::ID_MAX);
    }
}
