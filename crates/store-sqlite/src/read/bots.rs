//! Reading bots.

use parlor_rooms::{Bot, BotId, RoomName};
use rusqlite::{Connection, OptionalExtension as _, Result, Row};

use super::name;
use crate::sql;

fn with_room(row: &Row<'_>) -> Result<Option<(RoomName, Bot)>> {
    let bot = super::bot(row, 1)?;
    Ok(name(row, 0)?.map(|name| (name, bot)))
}

/// The highest number of a bot that was ever stored.
pub(crate) fn last_bot(conn: &Connection) -> Result<u64> {
    conn.query_row(sql::LAST_BOT, [], |row| row.get::<_, i64>(0)).map(i64::cast_unsigned)
}

/// The bot with this number.
pub(crate) fn bot(conn: &Connection, id: BotId) -> Result<Option<(RoomName, Bot)>> {
    let found = conn.prepare_cached(sql::BOT)?.query_row([id.0.cast_signed()], with_room).optional()?;
    Ok(found.flatten())
}

/// All bots.
pub(crate) fn all_bots(conn: &Connection) -> Result<Vec<(RoomName, Bot)>> {
    conn.prepare_cached(sql::ALL_BOTS)?.query_map([], with_room)?.filter_map(Result::transpose).collect()
}

/// A bot's secret.
pub(crate) fn secret(conn: &Connection, id: BotId) -> Result<Option<String>> {
    let found = conn.prepare_cached(sql::SECRET)?.query_row([id.0.cast_signed()], |row| row.get(0)).optional()?;
    Ok(found.flatten())
}

/// The bot whose token has this hash.
pub(crate) fn bot_with_token(conn: &Connection, hash: [u8; 32]) -> Result<Option<BotId>> {
    let id = |row: &Row<'_>| Ok(BotId(row.get::<_, i64>(0)?.cast_unsigned()));
    conn.prepare_cached(sql::BOT_WITH_TOKEN)?.query_row([hash], id).optional()
}
