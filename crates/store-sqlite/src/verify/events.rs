//! The rules of the log: ids and times grow, each event names the one before it, messages come whole, everything can be read.

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicBool, Ordering},
};

use parlor_rooms::{EventId, Kind, Timestamp};
use parlor_store::record;
use rusqlite::{Connection, Result, Row, types::ValueRef};

use super::{EVENTS, Findings, LAST_EVENT, Whole, rows::Room};
use crate::{copy::Watch, place};

/// After how many rows the progress is told.
const ROWS: u64 = 2_000;

/// How far the walk over a room is.
#[derive(Default)]
struct Walk {
    number: i64,
    /// The last row's id.
    last: EventId,
    at: i64,
    control: EventId,
    /// The event whose messages follow, and how many are still missing.
    event: EventId,
    missing: i64,
}

/// Walks over all events, room by room.
pub(super) struct Events<'a> {
    rooms: BTreeMap<i64, Room>,
    findings: &'a mut Findings,
    whole: &'a mut Whole,
    walk: Walk,
}

impl<'a> Events<'a> {
    pub(super) fn new(rooms: BTreeMap<i64, Room>, findings: &'a mut Findings, whole: &'a mut Whole) -> Self {
        Self { rooms, findings, whole, walk: Walk::default() }
    }

    pub(super) fn look(mut self, conn: &Connection, watch: &Watch, stopped: &AtomicBool) -> Result<()> {
        let most = conn.query_row(LAST_EVENT, [], |row| row.get::<_, Option<i64>>(0))?.unwrap_or(0);
        // Rooms are what can be counted: how many rows each has is not known.
        let rooms = u64::try_from(place::number(most)).unwrap_or(0);
        let mut statement = conn.prepare(EVENTS)?;
        let mut rows = statement.query([])?;
        let mut count = 0_u64;
        while let Some(row) = rows.next()? {
            let at: i64 = row.get(0)?;
            let number = place::number(at);
            if number != self.walk.number {
                self.end();
                self.walk = Walk { number, ..Walk::default() };
            }
            self.row(row, place::id(at))?;
            count += 1;
            if count.is_multiple_of(ROWS) && !watch(self.walk.number.cast_unsigned(), rooms) {
                stopped.store(true, Ordering::Relaxed);
                return Ok(());
            }
        }
        self.end();
        let untold = self.rooms.values().find(|room| room.last > room.erased);
        if let Some(room) = untold {
            self.findings.add(format!("the log of the room `{}` is not there", room.name));
        }
        Ok(())
    }

    fn row(&mut self, row: &Row<'_>, id: EventId) -> Result<()> {
        let Some(room) = self.rooms.get(&self.walk.number) else {
            self.findings.add(format!("the event {id} is in a room that is not there"));
            return Ok(());
        };
        let (walk, name, erased) = (&mut self.walk, &room.name, room.erased);
        let mut wrong = Vec::new();
        let at: i64 = row.get(1)?;
        if at < walk.at {
            wrong.push("is older than the one before it".to_owned());
        }
        match row.get::<_, Option<i64>>(2)? {
            Some(messages) => {
                if walk.missing > 0 {
                    wrong.push(format!("comes where a message of the event {} should be", walk.event));
                }
                let prev: EventId = place::event_id(row.get(3)?);
                // What was erased in between can't be there.
                let follows = prev == walk.last || (walk.last < prev && prev <= erased.max(walk.last));
                if prev >= id || !follows {
                    wrong.push("does not follow the one before it".to_owned());
                }
                (walk.event, walk.missing) = (id, messages);
            }
            None if walk.missing > 0 && id == EventId(walk.last.0 + 1) => {}
            // What erasing has left for a moment.
            None if walk.event <= erased => {}
            None => wrong.push("belongs to no event".to_owned()),
        }
        let record = row.get_ref(6)?;
        if row.get::<_, Option<i64>>(2)?.is_none() || walk.missing > 0 {
            walk.missing = (walk.missing - 1).max(0);
            if !is_message(record, row.get(5)?) {
                wrong.push("can't be read".to_owned());
            }
            self.whole.messages += 1;
        } else if record != ValueRef::Null {
            wrong.push("has a message that it does not count".to_owned());
        }
        match row.get_ref(4)? {
            ValueRef::Null => {}
            ValueRef::Text(controls) if record::read_controls(controls).is_ok() => walk.control = id,
            _ => wrong.push("changes something that can't be read".to_owned()),
        }
        (walk.last, walk.at) = (id, at);
        self.whole.last_at = self.whole.last_at.max(Some(Timestamp(at)));
        for what in wrong {
            self.findings.add(format!("the event {id} of the room `{name}` {what}"));
        }
        Ok(())
    }

    /// A room's last row was seen.
    fn end(&mut self) {
        let walk = &self.walk;
        let Some(room) = self.rooms.remove(&walk.number) else { return };
        let name = &room.name;
        if walk.missing > 0 {
            self.findings.add(format!("the event {} of the room `{name}` lacks messages", walk.event));
        }
        if walk.last != room.last && room.last > room.erased.max(walk.last) || walk.last > room.last {
            self.findings.add(format!("the room `{name}` does not end where it says"));
        }
        if walk.control != room.control {
            self.findings.add(format!("the last change of the room `{name}` is not where it says"));
        }
    }
}

fn is_message(record: ValueRef<'_>, kind: Option<i64>) -> bool {
    let ValueRef::Text(text) = record else { return false };
    let kind = match kind {
        Some(0) => Kind::User,
        Some(1) => Kind::Bot,
        Some(2) => Kind::System,
        _ => return false,
    };
    record::read_message(text).is_ok_and(|message| message.kind == kind)
}
