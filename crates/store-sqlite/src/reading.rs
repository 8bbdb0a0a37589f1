//! A database that is only read, as it was at one moment, whether or not a server has it open.

use std::path::Path;

use parlor_rooms::{BotId, EventId, RoomName};
use parlor_store::{Opened, ReadError, Spoken, StoredMessage};
use rusqlite::Connection;

use crate::{
    CopyError, OpenError, fault, folder, open, place,
    read::{bots, log},
    sessions,
};

/// Reads as of the moment in which it was opened.
#[derive(Debug)]
pub struct Reading {
    conn: Connection,
}

impl Reading {
    /// Opens a folder's database.
    pub fn open(folder: &Path) -> Result<Self, CopyError> {
        let file = folder::database(folder);
        if !file.exists() {
            return Err(CopyError::Missing { folder: folder.to_owned() });
        }
        let conn = open::source(folder)?;
        // The first look decides which moment it is.
        let begun = conn.execute_batch("BEGIN").and_then(|()| log::rooms(&conn).map(drop));
        begun.map_err(|error| OpenError::Other { file, why: error.to_string() })?;
        Ok(Self { conn })
    }

    /// Reads as of now from here on.
    pub fn renew(&self) -> Result<(), ReadError> {
        let begun = self.conn.execute_batch("COMMIT; BEGIN").and_then(|()| log::rooms(&self.conn).map(drop));
        begun.map_err(|error| fault::read(&error))
    }

    /// What was said in a flow's sessions at positions above `after`, ascending.
    pub fn spoken(&self, flow: &str, after: u64, limit: usize) -> Result<Vec<Spoken>, ReadError> {
        sessions::spoken_after(&self.conn, flow, after, limit).map_err(|error| fault::read(&error))
    }

    /// The last of what was said in a flow's sessions at positions below `before`, ascending.
    pub fn spoken_before(&self, flow: &str, before: u64, limit: usize) -> Result<Vec<Spoken>, ReadError> {
        sessions::spoken_before(&self.conn, flow, before, limit).map_err(|error| fault::read(&error))
    }

    /// The rooms, in order of name.
    pub fn rooms(&self) -> Result<Vec<RoomName>, ReadError> {
        let rooms = log::rooms(&self.conn).map_err(|error| fault::read(&error))?;
        Ok(rooms.into_iter().map(|(name, _)| name).collect())
    }

    /// A room as it is.
    pub fn room(&self, room: &RoomName) -> Result<Opened, ReadError> {
        log::open(&self.conn, room).map_err(|error| fault::read(&error))
    }

    /// A bot's secret.
    pub fn secret(&self, bot: BotId) -> Result<Option<String>, ReadError> {
        bots::secret(&self.conn, bot).map_err(|error| fault::read(&error))
    }

    /// The first messages above an id that were not cleared, ascending.
    pub fn messages(&self, room: &RoomName, after: EventId, limit: usize) -> Result<Vec<StoredMessage>, ReadError> {
        log::after(&self.conn, room, after, EventId(place::ID_MAX), limit).map_err(|error| fault::read(&error))
    }
}
