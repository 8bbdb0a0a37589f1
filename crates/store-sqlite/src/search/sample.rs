//! Words that may go on. For `the*` FTS5 reads every place of every word that begins so before it gives the newest (92 ms in a
//! million messages), where the newest messages alone hold more of them than are asked for. So those are looked at first: they
//! go into a small index in memory, with the same tokenizer, and are asked the same question.

use rusqlite::{Connection, Result, params};

use super::sql;

/// How many messages are looked at first, and at least whenever more are.
const FIRST: usize = 64;
/// Where fewer than one in so many is found, all are few enough to be read.
const RARE: usize = 32;
/// About how many bytes of text are looked at.
const BYTES_MAX: usize = 1 << 20;

/// Where to look: messages between these places, both excluded, at most so many.
#[derive(Clone, Copy)]
pub(super) struct Window {
    pub(super) after: i64,
    pub(super) before: i64,
    pub(super) limit: usize,
}

/// A message's place, author and text.
type Entry = (i64, String, String);

/// The newest places that match `query`, if the newest messages are enough to tell. `certain` is the query without its last
/// word, empty where there is nothing else: only what matches it can match all. In a transaction of the caller's.
pub(super) fn find(conn: &Connection, query: &str, certain: &str, window: Window) -> Result<Option<Vec<i64>>> {
    conn.execute_batch(sql::SAMPLE)?;
    let (mut left, mut wanted, mut taken, mut bytes) = (window, FIRST, 0, 0);
    loop {
        let entries = newest(conn, certain, left, wanted, BYTES_MAX - bytes)?;
        bytes += entries.iter().map(|(_, _, text)| text.len()).sum::<usize>();
        taken += entries.len();
        left.before = entries.last().map_or(left.before, |(at, ..)| *at);
        put(conn, &entries)?;
        let found = matching(conn, query, window.limit)?;
        let was_short = entries.len() < wanted;
        if found.len() >= window.limit || (was_short && bytes < BYTES_MAX) {
            return Ok(Some(found));
        }
        if found.len() * RARE < taken || bytes >= BYTES_MAX {
            return Ok(None);
        }
        // As many as should be enough, and half as many more.
        wanted = (taken * window.limit * 3 / (2 * found.len())).saturating_sub(taken).max(FIRST);
    }
}

/// The newest messages that match the rest of the query, newest first: so many, or as many as fit.
fn newest(conn: &Connection, certain: &str, window: Window, count: usize, bytes: usize) -> Result<Vec<Entry>> {
    let limit = count.cast_signed();
    let mut statement = conn.prepare_cached(if certain.is_empty() { sql::NEWEST } else { sql::NEWEST_MATCHING })?;
    let mut rows = if certain.is_empty() {
        statement.query(params![window.after, window.before, limit])?
    } else {
        statement.query(params![window.after, window.before, limit, certain])?
    };
    let (mut entries, mut left) = (Vec::new(), bytes);
    while left > 0
        && let Some(row) = rows.next()?
    {
        let entry: Entry = (row.get(0)?, row.get(1)?, row.get(2)?);
        left = left.saturating_sub(entry.2.len());
        entries.push(entry);
    }
    Ok(entries)
}

/// In the order in which the index takes them at once.
fn put(conn: &Connection, entries: &[Entry]) -> Result<()> {
    let mut insert = conn.prepare_cached(sql::SAMPLE_INSERT)?;
    for (at, author, text) in entries.iter().rev() {
        insert.execute(params![at, author, text])?;
    }
    Ok(())
}

fn matching(conn: &Connection, query: &str, limit: usize) -> Result<Vec<i64>> {
    let mut statement = conn.prepare_cached(sql::SAMPLE_FIND)?;
    let rows = statement.query_map(params![query, limit.cast_signed()], |row| row.get(0))?;
    rows.collect()
}
