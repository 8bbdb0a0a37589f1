//! What is checked about rows other than events.

use std::collections::BTreeMap;

use parlor_rooms::{Bot, Conversation, EventId, RoomSettings};
use parlor_store::{Activation, Trigger};
use rusqlite::{Connection, OptionalExtension as _, Result, Row, types::ValueRef};
use serde::de::DeserializeOwned;

use super::{ACTIVATIONS, BOTS, Findings, PENDING, ROOMS, Whole};
use crate::{place, sql};

/// What the row of a room says about its log.
#[derive(Debug)]
pub(super) struct Room {
    pub(super) name: String,
    pub(super) last: EventId,
    pub(super) control: EventId,
    pub(super) erased: EventId,
}

/// Looks at the rooms' rows.
pub(super) fn rooms(conn: &Connection, findings: &mut Findings, whole: &mut Whole) -> Result<BTreeMap<i64, Room>> {
    let given: Option<i64> = conn.query_row(sql::META, ["ids"], |row| row.get(0)).optional()?;
    let Some(given) = given else {
        findings.add("it does not say which ids were given".to_owned());
        return Ok(BTreeMap::new());
    };
    let mut statement = conn.prepare(ROOMS)?;
    let mut rows = statement.query([])?;
    let mut rooms = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let id = |column| row.get(column).map(place::event_id);
        let room = Room { name: row.get(1)?, last: id(2)?, control: id(3)?, erased: id(5)? };
        let name = &room.name;
        if room.last > place::event_id(given) {
            findings.add(format!("the room `{name}` has an id above all that were given"));
        }
        if [room.control, id(4)?, room.erased].into_iter().any(|id| id > room.last) {
            findings.add(format!("the room `{name}` refers to an event beyond its last one"));
        }
        if row.get::<_, i64>(6)? != row.get::<_, i64>(9)? {
            findings.add(format!("the room `{name}` does not have as many bots as it should"));
        }
        if !null_or::<Conversation>(row, 7)? || !null_or::<RoomSettings>(row, 8)? {
            findings.add(format!("the conversation or the settings of the room `{name}` can't be read"));
        }
        whole.rooms += u64::from(room.last > EventId::ZERO);
        rooms.insert(row.get(0)?, room);
    }
    Ok(rooms)
}

/// Looks at what else is kept as text.
pub(super) fn records(conn: &Connection, findings: &mut Findings, whole: &mut Whole) -> Result<()> {
    each(conn, BOTS, |row, number| {
        whole.bots += 1;
        if !null_or::<Bot>(row, 1)? {
            findings.add(format!("the bot {number} can't be read"));
        }
        Ok(())
    })?;
    each(conn, ACTIVATIONS, |row, number| {
        if !null_or::<Activation>(row, 1)? {
            findings.add(format!("the delivery {number} can't be read"));
        }
        Ok(())
    })?;
    each(conn, PENDING, |row, number| {
        if row.get_ref(1)?.as_str().ok().and_then(|trigger| trigger.parse::<Trigger>().ok()).is_none() {
            findings.add(format!("the pending delivery {number} can't be read"));
        }
        Ok(())
    })
}

fn each(conn: &Connection, sql: &str, mut look: impl FnMut(&Row<'_>, i64) -> Result<()>) -> Result<()> {
    let mut statement = conn.prepare(sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        look(row, row.get(0)?)?;
    }
    Ok(())
}

/// Whether a column holds nothing, or what can be read as this.
fn null_or<T: DeserializeOwned>(row: &Row<'_>, column: usize) -> Result<bool> {
    Ok(match row.get_ref(column)? {
        ValueRef::Null => true,
        ValueRef::Text(text) => serde_json::from_slice::<T>(text).is_ok(),
        _ => false,
    })
}
