//! Reading what is pending, and what became of activations.

use parlor_store::{Activation, ActivationId, Pending, Trigger, Wanted};
use rusqlite::{Connection, OptionalExtension as _, Result, Row, params};

use super::{json, name};
use crate::{fault::garbled, sql};

fn record(row: &Row<'_>) -> Result<Activation> {
    serde_json::from_slice(row.get_ref(0)?.as_bytes().map_err(garbled)?).map_err(garbled)
}

/// Everything that is pending, oldest first.
pub(crate) fn pending(conn: &Connection) -> Result<Vec<(Pending, Vec<Activation>)>> {
    let mut statement = conn.prepare_cached(sql::PENDING)?;
    let mut begun = conn.prepare_cached(sql::ACTIVATIONS_OF_PENDING)?;
    let mut rows = statement.query([])?;
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        let Some(room) = name(row, 0)? else { continue };
        let trigger = row.get_ref(1)?.as_str().map_err(garbled)?;
        let activations = begun.query_map(params![room.as_str(), trigger], record)?.collect::<Result<_>>()?;
        let trigger = trigger.parse::<Trigger>().map_err(garbled)?;
        all.push((Pending { room, trigger, body: json(row, 2)?, plan: json(row, 3)? }, activations));
    }
    Ok(all)
}

/// Records, newest first.
pub(crate) fn activations(conn: &Connection, wanted: &Wanted) -> Result<Vec<Activation>> {
    let limit = i64::try_from(wanted.limit).unwrap_or(i64::MAX);
    let (room, bot) =
        (wanted.room.as_ref().map(parlor_rooms::RoomName::as_str), wanted.bot.map(|bot| bot.0.cast_signed()));
    if let Some(message) = wanted.message {
        let trigger = Trigger::Message(message).to_string();
        let (from, to) = Trigger::again_of(message);
        let mut statement = conn.prepare_cached(sql::ACTIVATIONS_OF_MESSAGE)?;
        return statement.query_map(params![limit, trigger, bot, room, from, to], record)?.collect();
    }
    match (room, bot) {
        (Some(room), bot) => {
            conn.prepare_cached(sql::ACTIVATIONS_OF_ROOM)?.query_map(params![limit, room, bot], record)?.collect()
        }
        (None, Some(bot)) => {
            conn.prepare_cached(sql::ACTIVATIONS_OF_BOT)?.query_map(params![limit, bot], record)?.collect()
        }
        (None, None) => conn.prepare_cached(sql::ACTIVATIONS_OF_ALL)?.query_map([limit], record)?.collect(),
    }
}

/// One record.
pub(crate) fn activation(conn: &Connection, id: &ActivationId) -> Result<Option<Activation>> {
    conn.prepare_cached(sql::ACTIVATION)?.query_row([&id.0], record).optional()
}
