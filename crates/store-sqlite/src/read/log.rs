//! Reading rooms, messages and events.

use std::sync::Arc;

use bytes::Bytes;
use parlor_rooms::{Bot, Event, EventId, Part, RoomName, RoomState, Timestamp};
use parlor_store::{Committed, Opened, StoredMessage, record};
use rusqlite::{Connection, OptionalExtension as _, Result, Row, params};

use super::{bot, name};
use crate::{fault::garbled, place, sessions, sql};

/// A room as it is.
pub(crate) fn open(conn: &Connection, room: &RoomName) -> Result<Opened> {
    let found = conn
        .prepare_cached(sql::ROOM)?
        .query_row([room.as_str()], |row| {
            let state = RoomState {
                last: place::event_id(row.get(1)?),
                control: place::event_id(row.get(3)?),
                mark: place::event_id(row.get(4)?),
                conversation: parsed(row, 6)?,
                settings: parsed(row, 7)?.unwrap_or_default(),
                ..RoomState::default()
            };
            let (number, bots): (i64, i64) = (row.get(0)?, row.get(5)?);
            Ok((number, bots, Opened { state, last_at: Timestamp(row.get(2)?) }))
        })
        .optional()?;
    let Some((number, bots, mut opened)) = found else { return Ok(Opened::default()) };
    if room.session().is_some() {
        opened.state.session = sessions::session(conn, number)?.map(Arc::new);
    }
    if bots > 0 {
        let mut statement = conn.prepare_cached(sql::BOTS_OF_ROOM)?;
        let bots = statement.query_map([number], |row| bot(row, 0).map(|bot| (bot.id, Arc::new(bot))))?;
        opened.state.bots = Arc::new(bots.collect::<Result<_>>()?);
    }
    Ok(opened)
}

fn parsed<T: serde::de::DeserializeOwned>(row: &Row<'_>, column: usize) -> Result<Option<T>> {
    let text = row.get_ref(column)?.as_bytes_or_null().map_err(garbled)?;
    text.map(|text| serde_json::from_slice(text).map_err(garbled)).transpose()
}

/// Messages in (`after`, `upto`], ascending.
pub(crate) fn after(
    conn: &Connection,
    room: &RoomName,
    after: EventId,
    upto: EventId,
    limit: usize,
) -> Result<Vec<StoredMessage>> {
    let limits = params![room.as_str(), place::column(after), place::column(upto), count(limit)];
    conn.prepare_cached(sql::AFTER)?.query_map(limits, message)?.collect()
}

/// The newest messages below `before`, ascending.
pub(crate) fn before(conn: &Connection, room: &RoomName, before: EventId, limit: usize) -> Result<Vec<StoredMessage>> {
    let limits = params![room.as_str(), place::column(before), count(limit)];
    let mut messages: Vec<_> = conn.prepare_cached(sql::BEFORE)?.query_map(limits, message)?.collect::<Result<_>>()?;
    messages.reverse();
    Ok(messages)
}

fn message(row: &Row<'_>) -> Result<StoredMessage> {
    Ok(StoredMessage { id: place::event_id(row.get(0)?), at: Timestamp(row.get(1)?), record: record(row, 2)? })
}

fn record(row: &Row<'_>, column: usize) -> Result<Bytes> {
    Ok(Bytes::copy_from_slice(row.get_ref(column)?.as_bytes().map_err(garbled)?))
}

fn count(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

/// An event whose messages are still being read.
struct Gathered {
    id: EventId,
    prev: EventId,
    at: Timestamp,
    pending: bool,
    parts: Vec<Part>,
    records: Vec<Bytes>,
}

impl Gathered {
    fn begin(row: &Row<'_>, id: EventId) -> Result<Self> {
        let controls = row.get_ref(4)?.as_bytes_or_null().map_err(garbled)?;
        Ok(Self {
            id,
            prev: place::event_id(row.get(3)?),
            at: Timestamp(row.get(1)?),
            pending: row.get::<_, Option<bool>>(7)?.unwrap_or(false),
            parts: controls.map(record::read_controls).transpose().map_err(garbled)?.unwrap_or_default(),
            records: Vec::new(),
        })
    }

    fn finish(self, room: &RoomName) -> Result<Committed> {
        let Self { id, prev, at, pending, mut parts, records } = self;
        for record in &records {
            let message = record::read_message(record).map_err(garbled)?;
            parts.push(Part::Message(Arc::new(message)));
        }
        let event = Arc::new(Event { room: room.clone(), id, prev, at, parts });
        Ok(Committed { event, records, pending })
    }
}

/// Whole events with ids in (`after`, `upto`]. Below the mark only what is left for ever.
pub(crate) fn events(
    conn: &Connection,
    room: &RoomName,
    after: EventId,
    upto: EventId,
    limit: usize,
) -> Result<Vec<Committed>> {
    let mut statement = conn.prepare_cached(sql::EVENTS)?;
    let mut rows = statement.query(params![room.as_str(), place::column(after)])?;
    let mut events = Vec::new();
    let mut open: Option<Gathered> = None;
    while let Some(row) = rows.next()? {
        let (id, mark) = (place::event_id(row.get(0)?), place::event_id(row.get(6)?));
        let begins = row.get::<_, Option<i64>>(2)?.is_some();
        if begins {
            if let Some(event) = open.take() {
                events.push(event.finish(room)?);
            }
            if id > upto || events.len() >= limit {
                break;
            }
            open = Some(Gathered::begin(row, id)?);
        }
        // A message without its event is what erasing has left for a moment.
        if let Some(event) = &mut open
            && id >= mark
            && id == event.id.message(event.records.len())
            && row.get_ref(5)? != rusqlite::types::ValueRef::Null
        {
            event.records.push(record(row, 5)?);
        }
    }
    if let Some(event) = open {
        events.push(event.finish(room)?);
    }
    Ok(events)
}

/// The control parts of events with ids in (`after`, `upto`].
pub(crate) fn controls(
    conn: &Connection,
    room: &RoomName,
    after: EventId,
    upto: EventId,
    limit: usize,
) -> Result<Vec<(EventId, Vec<Part>)>> {
    let limits = params![room.as_str(), place::column(after), place::column(upto), count(limit)];
    let event = |row: &Row<'_>| {
        let controls = row.get_ref(1)?.as_bytes().map_err(garbled)?;
        Ok((place::event_id(row.get(0)?), record::read_controls(controls).map_err(garbled)?))
    };
    conn.prepare_cached(sql::CONTROLS)?.query_map(limits, event)?.collect()
}

/// What lies between backups that were put back: ids above the first up to the second of each pair.
pub(crate) fn holes(conn: &Connection) -> Result<Vec<(EventId, EventId)>> {
    let hole = |row: &Row<'_>| Ok((place::event_id(row.get(0)?), place::event_id(row.get(1)?)));
    conn.prepare_cached(sql::HOLES)?.query_map([], hole)?.collect()
}

/// Bots that were deleted above `after`.
pub(crate) fn deleted_bots(conn: &Connection, room: &RoomName, after: EventId) -> Result<Vec<Bot>> {
    let limits = params![room.as_str(), place::column(after)];
    conn.prepare_cached(sql::DELETED_BOTS)?.query_map(limits, |row| bot(row, 0))?.collect()
}

/// The rooms that exist.
pub(crate) fn rooms(conn: &Connection) -> Result<Vec<(RoomName, EventId)>> {
    let row = |row: &Row<'_>| {
        let last = place::event_id(row.get(1)?);
        Ok(name(row, 0)?.map(|name| (name, last)))
    };
    conn.prepare_cached(sql::ROOMS)?.query_map([], row)?.filter_map(Result::transpose).collect()
}
