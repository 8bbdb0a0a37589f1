//! Which messages have become too old or too many. Found by who reads, so that the one who writes only erases.

use std::collections::HashMap;

use parlor_rooms::{EventId, Keep, RoomSettings, Timestamp};
use rusqlite::{Connection, OptionalExtension as _, Result, Row, params};

use crate::{fault::garbled, place, sql};

/// How many rooms are looked at in one read.
const ROOMS: i64 = 200;
const DAY: i64 = 86_400_000_000;

/// How many messages a room has, as far as it was counted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Counted {
    /// Up to here they are erased, or about to be.
    erased: EventId,
    upto: EventId,
    count: i64,
}

/// By a room's number; only rooms that keep a number of messages.
pub(crate) type Counts = HashMap<i64, Counted>;

/// What a look at some rooms came to.
#[derive(Debug, Default)]
pub(crate) struct Due {
    /// Rooms, and up to where each is to be erased.
    pub(crate) rooms: Vec<(i64, EventId)>,
    /// The last room that was looked at; none if it was the last there is.
    pub(crate) next: Option<i64>,
}

struct Room {
    number: i64,
    last: EventId,
    erased: EventId,
    keep: Keep,
}

/// Looks at the next rooms after a number.
pub(crate) fn due(conn: &Connection, after: i64, now: Timestamp, otherwise: Keep, counts: &mut Counts) -> Result<Due> {
    let room = |row: &Row<'_>| {
        let settings = row.get_ref(3)?.as_bytes_or_null().map_err(garbled)?;
        let settings: Option<RoomSettings> =
            settings.map(|text| serde_json::from_slice(text).map_err(garbled)).transpose()?;
        Ok(Room {
            number: row.get(0)?,
            last: place::event_id(row.get(1)?),
            erased: place::event_id(row.get(2)?),
            keep: settings.unwrap_or_default().keeps(otherwise),
        })
    };
    let all = params![after, otherwise != Keep::default(), ROOMS];
    let rooms: Vec<Room> = conn.prepare_cached(sql::ROOMS_TO_RETAIN)?.query_map(all, room)?.collect::<Result<_>>()?;
    let mut due = Due::default();
    if i64::try_from(rooms.len()).is_ok_and(|count| count == ROOMS) {
        due.next = rooms.last().map(|room| room.number);
    }
    for room in rooms {
        let old = match room.keep.days {
            Some(days) => too_old(conn, &room, Timestamp(now.0.saturating_sub(i64::from(days).saturating_mul(DAY))))?,
            None => EventId::ZERO,
        };
        let many = match room.keep.messages {
            Some(most) => too_many(conn, &room, i64::from(most), counts)?,
            None => {
                counts.remove(&room.number);
                EventId::ZERO
            }
        };
        let upto = old.max(many);
        if upto > room.erased {
            due.rooms.push((room.number, upto));
        }
    }
    Ok(due)
}

/// The last id of what is older than this. Times grow with ids, so that it is found by halving.
fn too_old(conn: &Connection, room: &Room, before: Timestamp) -> Result<EventId> {
    let mut next = conn.prepare_cached(sql::NEXT_MESSAGE)?;
    let end = place::place(room.number + 1, EventId::ZERO);
    let mut message = |after: EventId| {
        let read = |row: &Row<'_>| Ok((place::id(row.get(0)?), Timestamp(row.get(1)?)));
        next.query_row([place::place(room.number, after), end], read).optional()
    };
    let mut old = match message(room.erased)? {
        Some((id, at)) if at < before => id,
        _ => return Ok(EventId::ZERO),
    };
    let mut new = EventId(room.last.0 + 1);
    while new.0 - old.0 > 1 {
        let middle = EventId(old.0 + (new.0 - old.0) / 2);
        match message(EventId(middle.0 - 1))? {
            // What it found may lie beyond what is known to be new.
            Some((id, at)) if at < before => old = id,
            _ => new = middle,
        }
    }
    Ok(old)
}

/// The last id of what is beyond the newest `most` messages; an event goes whole or not at all.
fn too_many(conn: &Connection, room: &Room, most: i64, counts: &mut Counts) -> Result<EventId> {
    let at = |id| place::place(room.number, id);
    let count = |after: EventId| {
        let limits = [at(after), at(room.last)];
        conn.prepare_cached(sql::COUNT_MESSAGES)?.query_row(limits, |row| row.get::<_, i64>(0))
    };
    let known = counts.get(&room.number).copied();
    let mut counted = match known {
        // Not erased yet as far as it was asked for: there will be another look.
        Some(known) if known.erased > room.erased => return Ok(known.erased),
        Some(known) if known.erased == room.erased => Counted { count: known.count + count(known.upto)?, ..known },
        _ => Counted { erased: room.erased, upto: room.last, count: count(room.erased)? },
    };
    counted.upto = room.last;
    let excess = counted.count - most;
    if excess > 0 {
        let limits = params![at(room.erased), at(room.last), excess - 1];
        let last: i64 = conn.prepare_cached(sql::NTH_MESSAGE)?.query_row(limits, |row| row.get(0))?;
        let upto = whole(conn, room, last)?;
        let gone = params![at(room.erased), at(upto)];
        counted.count -= conn.prepare_cached(sql::COUNT_MESSAGES)?.query_row(gone, |row| row.get::<_, i64>(0))?;
        counted.erased = upto.max(room.erased);
    }
    counts.insert(room.number, counted);
    Ok(counted.erased)
}

/// The last id that can be erased up to a message without cutting its event in two.
fn whole(conn: &Connection, room: &Room, last: i64) -> Result<EventId> {
    let continued = conn.prepare_cached(sql::IS_CONTINUED)?.query_row([last + 1], |row| row.get::<_, bool>(0));
    if !continued.optional()?.unwrap_or(false) {
        return Ok(place::id(last));
    }
    let limits = [place::place(room.number, EventId::ZERO), last];
    let begin: i64 = conn.prepare_cached(sql::EVENT_OF_MESSAGE)?.query_row(limits, |row| row.get(0))?;
    Ok(EventId(place::id(begin).0.saturating_sub(1)))
}
