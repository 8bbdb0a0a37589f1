//! The writer's own view of rooms: what it must know to decide about an append, without reading it each time.

use std::collections::HashMap;

use parlor_rooms::{EventId, RoomName, Timestamp};
use rusqlite::{Connection, OptionalExtension as _, Result, params};

use crate::{place, sql};

/// How many rooms are remembered.
const ROOMS: usize = 10_000;

/// A row of the table.
#[derive(Clone, Debug, Default)]
pub(crate) struct Room {
    /// 0 as long as there is no row.
    pub(crate) number: i64,
    pub(crate) last: EventId,
    pub(crate) last_at: Timestamp,
    pub(crate) control: EventId,
    pub(crate) mark: EventId,
    pub(crate) archive: bool,
    pub(crate) bots: i64,
    dirty: bool,
    /// The mark, the archive and the bots as the row has them.
    written: (EventId, bool, i64),
}

impl Room {
    /// What changes seldom; an index looks at it.
    fn rest(&self) -> (EventId, bool, i64) {
        (self.mark, self.archive, self.bots)
    }
}

/// A room among [`Rooms`].
#[derive(Clone, Copy)]
pub(crate) struct Index(usize);

/// The rooms that were used lately, with what is not written yet.
#[derive(Default)]
pub(crate) struct Rooms {
    index: HashMap<RoomName, usize>,
    rooms: Vec<Room>,
    dirty: Vec<usize>,
}

impl Rooms {
    /// Finds a room, in memory or in its table.
    pub(crate) fn find(&mut self, conn: &Connection, name: &RoomName) -> Result<Index> {
        if let Some(index) = self.index.get(name) {
            return Ok(Index(*index));
        }
        let mut room = conn
            .prepare_cached(sql::ROOM_TO_WRITE)?
            .query_row([name.as_str()], |row| {
                Ok(Room {
                    number: row.get(0)?,
                    last: place::event_id(row.get(1)?),
                    last_at: Timestamp(row.get(2)?),
                    control: place::event_id(row.get(3)?),
                    mark: place::event_id(row.get(4)?),
                    archive: row.get(5)?,
                    bots: row.get(6)?,
                    ..Room::default()
                })
            })
            .optional()?
            .unwrap_or_default();
        room.written = room.rest();
        let index = self.rooms.len();
        self.rooms.push(room);
        self.index.insert(name.clone(), index);
        Ok(Index(index))
    }

    pub(crate) fn get(&self, index: Index) -> &Room {
        &self.rooms[index.0]
    }

    /// The room's number; makes its row if it has none.
    pub(crate) fn number(&mut self, conn: &Connection, index: Index, name: &RoomName) -> Result<i64> {
        let room = &mut self.rooms[index.0];
        if room.number == 0 {
            room.number = conn.prepare_cached(sql::INSERT_ROOM)?.insert([name.as_str()])?;
        }
        Ok(room.number)
    }

    /// Takes an event over, which [`Rooms::flush`] writes down.
    pub(crate) fn advance(&mut self, index: Index, last: EventId, at: Timestamp) {
        let room = &mut self.rooms[index.0];
        (room.last, room.last_at) = (last, at);
        if !room.dirty {
            room.dirty = true;
            self.dirty.push(index.0);
        }
    }

    /// Changes what control parts change; [`Rooms::advance`] must follow.
    pub(crate) fn control(&mut self, index: Index) -> &mut Room {
        &mut self.rooms[index.0]
    }

    /// Writes what has changed, once for each room, before the transaction is committed.
    pub(crate) fn flush(&mut self, conn: &Connection) -> Result<()> {
        for index in self.dirty.drain(..) {
            let room = &mut self.rooms[index];
            let (number, last, at) = (room.number, place::column(room.last), room.last_at.0);
            let control = place::column(room.control);
            if room.rest() == room.written {
                conn.prepare_cached(sql::UPDATE_ROOM)?.execute(params![number, last, at, control])?;
            } else {
                let row = params![number, last, at, control, place::column(room.mark), room.archive, room.bots];
                conn.prepare_cached(sql::UPDATE_WHOLE_ROOM)?.execute(row)?;
                room.written = room.rest();
            }
            room.dirty = false;
        }
        Ok(())
    }

    /// Forgets everything: after a rollback nothing of it holds.
    pub(crate) fn forget(&mut self) {
        *self = Self::default();
    }

    /// Forgets everything if it has become too much, between transactions.
    pub(crate) fn trim(&mut self) {
        if self.rooms.len() > ROOMS {
            self.forget();
        }
    }
}
