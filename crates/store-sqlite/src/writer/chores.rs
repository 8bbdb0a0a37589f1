//! What the writer does when it has nothing else to do: erasing what was cleared, forgetting old keys and records.

use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
};

use parlor_rooms::{EventId, Part, Timestamp};
use parlor_store::{log::KEY_LIFE, record};
use rusqlite::{Connection, OptionalExtension as _, Result, params};

use crate::{fault::garbled, place, sql};

/// How many rows are erased in one transaction.
const CHUNK: i64 = 1_000;
/// And about how many bytes: messages may be large.
const CHUNK_BYTES: i64 = 4 << 20;
/// After how many new keys old ones are looked for.
const KEYS: u32 = 1_000;
/// How many activations of a room are kept.
const ACTIVATIONS: i64 = 1_000;
/// After how many new records of a room old ones are looked for.
const RECORDS: u32 = 100;

/// For how many rooms new records are counted.
const ROOMS: usize = 10_000;

/// What is to be done.
enum Chore {
    Erase(i64),
    Retain(i64, EventId),
    Keys,
    Activations(i64),
}

/// The chores that wait, without repetitions.
#[derive(Default)]
pub(crate) struct Chores {
    waiting: VecDeque<Chore>,
    /// The disk is full: they wait until something could be written again.
    paused: bool,
    keys: u32,
    /// For each room, how many records were written since the last look; rooms that are not here have had none since
    /// the start.
    records: HashMap<i64, u32>,
}

impl Chores {
    /// What an earlier process left.
    pub(crate) fn at_start(conn: &Connection) -> Result<Self> {
        let mut chores = Self::default();
        let mut rooms = conn.prepare(sql::ROOMS_TO_ERASE)?;
        for room in rooms.query_map([], |row| row.get(0))? {
            chores.waiting.push_back(Chore::Erase(room?));
        }
        chores.waiting.push_back(Chore::Keys);
        Ok(chores)
    }

    /// A room was cleared, or no longer keeps an archive.
    pub(crate) fn erase(&mut self, room: i64) {
        self.waiting.push_back(Chore::Erase(room));
    }

    /// A room's messages up to an id are too old or too many.
    pub(crate) fn retain(&mut self, room: i64, upto: EventId) {
        let known = self.waiting.iter_mut().find_map(|chore| match chore {
            Chore::Retain(known, upto) if *known == room => Some(upto),
            _ => None,
        });
        match known {
            Some(known) => *known = upto.max(*known),
            None => self.waiting.push_back(Chore::Retain(room, upto)),
        }
    }

    pub(crate) fn key_written(&mut self) {
        self.keys += 1;
        if self.keys == KEYS {
            self.keys = 0;
            self.waiting.push_back(Chore::Keys);
        }
    }

    pub(crate) fn activation_written(&mut self, room: i64) {
        if self.records.len() > ROOMS {
            self.records.clear();
        }
        let written = self.records.entry(room).or_insert(RECORDS - 1);
        *written += 1;
        if *written >= RECORDS {
            *written = 0;
            self.waiting.push_back(Chore::Activations(room));
        }
    }

    pub(crate) fn any(&self) -> bool {
        !self.paused && !self.waiting.is_empty()
    }

    /// Does a piece of the first chore, inside a transaction. Once it is done it waits no longer. Gives the room that has
    /// fewer messages now.
    pub(crate) fn step(&mut self, conn: &Connection, now: Timestamp) -> Result<Option<i64>> {
        let mut touched = None;
        let more = match self.waiting.front() {
            None => return Ok(None),
            Some(Chore::Erase(room)) => erase(conn, *room)?,
            Some(Chore::Retain(room, upto)) => {
                touched = Some(*room);
                retain(conn, *room, *upto)?
            }
            Some(Chore::Keys) => forget_keys(conn, now)?,
            Some(Chore::Activations(room)) => {
                conn.prepare_cached(sql::PRUNE_ACTIVATIONS)?.execute([*room, ACTIVATIONS])?;
                false
            }
        };
        if !more {
            self.waiting.pop_front();
        }
        Ok(touched)
    }

    /// Waits until [`Chores::resume`].
    pub(crate) fn pause(&mut self) {
        self.paused = true;
    }

    /// Something could be written.
    pub(crate) fn resume(&mut self) {
        self.paused = false;
    }

    /// Gives the first chore up, until something asks for it again.
    pub(crate) fn give_up(&mut self) {
        self.waiting.pop_front();
    }
}

/// Erases a chunk of what a room's mark hides; whether there is more.
fn erase(conn: &Connection, room: i64) -> Result<bool> {
    let found = conn
        .prepare_cached(sql::ROOM_TO_ERASE)?
        .query_row([room], |row| Ok((place::event_id(row.get(0)?), place::event_id(row.get(1)?))))
        .optional()?;
    let Some((erased, mark)) = found else { return Ok(false) };
    // The event of the clear itself stays as it is.
    chunk(conn, room, erased, EventId(mark.0 - 1), mark)
}

/// Erases a chunk of a room's messages up to an id, whether or not it keeps an archive; whether there is more.
fn retain(conn: &Connection, room: i64, upto: EventId) -> Result<bool> {
    let erased =
        conn.prepare_cached(sql::ERASED)?.query_row([room], |row| row.get(0).map(place::event_id)).optional()?;
    let Some(erased) = erased.filter(|erased| *erased < upto) else { return Ok(false) };
    chunk(conn, room, erased, upto, upto)
}

/// Erases a chunk of what lies above `erased` up to `last`; once that is done, everything up to `done` is. What else its
/// events changed stays, without what bots kept.
fn chunk(conn: &Connection, room: i64, erased: EventId, last: EventId, done: EventId) -> Result<bool> {
    let (from, upto) = (place::place(room, erased), place::place(room, last));
    let (mut rows, mut bytes, mut below) = (0, 0, upto);
    let mut pieces = conn.prepare_cached(sql::CHUNK_TO_ERASE)?;
    let mut found = pieces.query([from, upto, CHUNK])?;
    while let Some(row) = found.next()? {
        below = row.get(0)?;
        rows += 1;
        bytes += row.get::<_, Option<i64>>(1)?.unwrap_or(0);
        if bytes >= CHUNK_BYTES {
            break;
        }
    }
    let more = rows == CHUNK || bytes >= CHUNK_BYTES;
    let below = if more { below } else { upto };
    let mut stripped = Vec::new();
    let mut controls = conn.prepare_cached(sql::CONTROLS_TO_STRIP)?;
    let mut rows = controls.query([from, below])?;
    while let Some(row) = rows.next()? {
        stripped.push((row.get::<_, i64>(0)?, without_states(row.get_ref(1)?.as_bytes().map_err(garbled)?)?));
    }
    for (place, controls) in stripped {
        conn.prepare_cached(sql::STRIP_EVENT)?.execute(params![place, controls])?;
    }
    conn.prepare_cached(sql::ERASE_EVENTS)?.execute([from, below])?;
    let now = if more { place::id(below) } else { done };
    conn.prepare_cached(sql::ERASE_ATTACHMENTS)?.execute([room, place::column(now)])?;
    conn.prepare_cached(sql::SET_ERASED)?.execute([room, place::column(now)])?;
    Ok(more)
}

/// Control parts without what bots kept of the conversations that were cleared, and without what sessions said.
fn without_states(controls: &[u8]) -> Result<String> {
    let mut parts = record::read_controls(controls).map_err(garbled)?;
    for part in &mut parts {
        match part {
            Part::ConversationSet(set) => set.state = serde_json::from_str("null").map_err(garbled)?,
            Part::SessionPut(session) => {
                let session = Arc::make_mut(session);
                session.progress = serde_json::from_str("null").map_err(garbled)?;
                session.variables.clear();
            }
            _ => {}
        }
    }
    parts.retain(|part| !matches!(part, Part::Said(_)));
    let controls = record::controls(&parts).unwrap_or_default();
    String::from_utf8(controls).map_err(garbled)
}

/// Forgets a chunk of the keys that are too old.
fn forget_keys(conn: &Connection, now: Timestamp) -> Result<bool> {
    let old = now.minus(KEY_LIFE).0;
    let (last, rows): (Option<i64>, i64) =
        conn.prepare_cached(sql::OLD_KEYS)?.query_row([old, CHUNK], |row| Ok((row.get(0)?, row.get(1)?)))?;
    if let Some(last) = last {
        conn.prepare_cached(sql::DELETE_KEYS)?.execute([last, old])?;
    }
    Ok(rows == CHUNK)
}
