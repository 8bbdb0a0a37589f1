//! What the writer does when it has nothing else to do: erasing what was cleared, forgetting old keys and records.

use std::collections::{HashMap, VecDeque};

use parlor_rooms::{Part, Timestamp};
use parlor_store::{log::KEY_LIFE, record};
use rusqlite::{Connection, OptionalExtension as _, Result, params};

use crate::{fault::garbled, place, sql};

/// How many rows are erased in one transaction.
const CHUNK: i64 = 1_000;
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

    /// Does a piece of the first chore, inside a transaction. Once it is done it waits no longer.
    pub(crate) fn step(&mut self, conn: &Connection, now: Timestamp) -> Result<()> {
        let more = match self.waiting.front() {
            None => return Ok(()),
            Some(Chore::Erase(room)) => erase(conn, *room)?,
            Some(Chore::Keys) => forget_keys(conn, now)?,
            Some(Chore::Activations(room)) => {
                conn.prepare_cached(sql::PRUNE_ACTIVATIONS)?.execute([*room, ACTIVATIONS])?;
                false
            }
        };
        if !more {
            self.waiting.pop_front();
        }
        Ok(())
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

/// Erases a chunk of what a room's mark hides. What else its events changed stays, without what bots kept.
fn erase(conn: &Connection, room: i64) -> Result<bool> {
    let found = conn
        .prepare_cached(sql::ROOM_TO_ERASE)?
        .query_row([room], |row| Ok((place::event_id(row.get(0)?), place::event_id(row.get(1)?))))
        .optional()?;
    let Some((erased, mark)) = found else { return Ok(false) };
    let (from, upto) = (place::place(room, erased), place::place(room, mark));
    let (last, rows): (Option<i64>, i64) = conn
        .prepare_cached(sql::CHUNK_TO_ERASE)?
        .query_row([from, upto, CHUNK], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let more = rows == CHUNK;
    let last = if more { last.unwrap_or(upto) } else { upto };
    // The event of the clear itself stays as it is.
    let below = if more { last } else { upto - 1 };
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
    conn.prepare_cached(sql::SET_ERASED)?.execute([room, place::column(place::id(last))])?;
    Ok(more)
}

/// Control parts without what bots kept of the conversations that were cleared.
fn without_states(controls: &[u8]) -> Result<String> {
    let mut parts = record::read_controls(controls).map_err(garbled)?;
    for part in &mut parts {
        if let Part::ConversationSet(set) = part {
            set.state = serde_json::from_str("null").map_err(garbled)?;
        }
    }
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
