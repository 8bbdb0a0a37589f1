//! Reading: each call one short transaction on a thread of the pool.

pub(crate) mod activations;
pub(crate) mod bots;
pub(crate) mod log;
mod pool;
pub(crate) mod retention;

pub(crate) use self::pool::Readers;

use parlor_rooms::{Bot, Json, RoomName};
use rusqlite::{Result, Row};

use crate::fault::garbled;

/// A room's name. A later version may keep a name for itself that a room has: then it is not listed, and nobody can
/// enter it, but it keeps nothing else from working.
fn name(row: &Row<'_>, column: usize) -> Result<Option<RoomName>> {
    let text = row.get_ref(column)?.as_str().map_err(garbled)?;
    let name = RoomName::parse(text);
    if let Err(why) = &name {
        tracing::warn!(room = text, %why, "a room's name is not allowed any longer");
    }
    Ok(name.ok())
}

fn bot(row: &Row<'_>, column: usize) -> Result<Bot> {
    serde_json::from_slice(row.get_ref(column)?.as_bytes().map_err(garbled)?).map_err(garbled)
}

fn json(row: &Row<'_>, column: usize) -> Result<Option<Json>> {
    row.get_ref(column)?
        .as_str_or_null()
        .map_err(garbled)?
        .map(|text| serde_json::from_str(text).map_err(garbled))
        .transpose()
}
