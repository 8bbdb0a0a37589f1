//! One search: places from the index, then the messages from the log, as of one moment of the log.

use std::time::{Duration, Instant};

use bytes::Bytes;
use parlor_rooms::{EventId, Timestamp};
use parlor_store::{Sought, StoredMessage, Term};
use rusqlite::{Connection, ErrorCode, OptionalExtension as _, Result, params};

use super::{
    file::{File, is_damage},
    sample::{self, Window},
    sql,
};
use crate::{fault::garbled, place};

/// How long a search may take: one letter may begin every word there is.
const BUDGET: Duration = Duration::from_secs(2);
/// After how many steps of SQLite's the time is looked at.
const STEPS: i32 = 10_000;

/// What a look came to.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) outcome: Outcome,
    /// How far the index has to be for this search.
    pub(super) upto: EventId,
}

/// See [`Found`].
#[derive(Debug)]
pub(super) enum Outcome {
    Found(Vec<StoredMessage>),
    /// Of the room with this number the index is not as far as it has to be: nothing was looked for.
    Behind(i64),
    /// The index is no good.
    Damaged,
    TooSlow,
}

/// Searches. `upto` is how far the index has to be; without it, as far as the room is now.
pub(super) fn find(log: &Connection, file: &File, sought: &Sought, upto: Option<EventId>) -> Result<Found> {
    let room = log
        .prepare_cached(sql::LOG_ROOM)?
        .query_row([sought.room.as_str()], |row| {
            Ok((row.get::<_, i64>(0)?, place::event_id(row.get(1)?), place::event_id(row.get(2)?)))
        })
        .optional()?;
    let Some((number, last, mark)) = room else {
        return Ok(Found { outcome: Outcome::Found(Vec::new()), upto: EventId::ZERO });
    };
    let upto = upto.unwrap_or(last);
    let outcome = match places(file, number, mark, sought, upto) {
        Ok(Some(places)) => {
            let mut messages = Vec::with_capacity(places.len());
            for at in places {
                messages.extend(message(log, at)?);
            }
            Outcome::Found(messages)
        }
        Ok(None) => Outcome::Behind(number),
        Err(error) if is_damage(&error) => Outcome::Damaged,
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::OperationInterrupted) => Outcome::TooSlow,
        Err(error) => {
            // It is no part of the log, and its thread goes on trying to make it.
            tracing::warn!(%error, "the index of the search can't be read");
            Outcome::Behind(number)
        }
    };
    Ok(Found { outcome, upto })
}

/// Where the messages are, newest first; none as long as the room is not indexed so far.
fn places(file: &File, number: i64, mark: EventId, sought: &Sought, upto: EventId) -> Result<Option<Vec<i64>>> {
    let Some(mut conn) = file.read()? else { return Ok(None) };
    // Nothing but the query can hold it up: it reads another file than the log.
    conn.busy_timeout(BUDGET)?;
    // Outside of a transaction, where alone it can be said.
    conn.pragma_update(None, "temp_store", "MEMORY")?;
    #[expect(clippy::disallowed_methods, reason = "a budget on a thread of the store's own")]
    let (began, now) = (Instant::now(), Instant::now);
    conn.progress_handler(STEPS, Some(move || now() - began > BUDGET))?;
    // All of it as of one moment: the thread of the index may be taking messages out.
    let conn = conn.transaction()?;
    let indexed = conn.prepare(sql::CURSOR)?.query_row([number], |row| row.get::<_, i64>(1)).optional()?;
    if place::event_id(indexed.unwrap_or(0)) < upto {
        return Ok(None);
    }
    let before = sought.before.unwrap_or(EventId(place::ID_MAX + 1));
    // `before` may be one beyond all ids.
    let end = place::place(number, EventId(0)) + before.0.min(place::ID_MAX + 1).cast_signed();
    let window = Window { after: place::place(number, mark), before: end, limit: sought.limit };
    let terms = &sought.query.terms;
    let all = matching(terms);
    if let Some((_, certain)) = terms.split_last().filter(|(last, _)| last.prefix)
        && let Some(found) = sample::find(&conn, &all, &matching(certain.iter().filter(has_word)), window)?
    {
        return Ok(Some(found));
    }
    let limits = params![all, window.after, window.before, window.limit.cast_signed()];
    conn.prepare(sql::FIND)?.query_map(limits, |row| row.get(0))?.collect::<Result<_>>().map(Some)
}

fn message(log: &Connection, at: i64) -> Result<Option<StoredMessage>> {
    log.prepare_cached(sql::LOG_MESSAGE)?
        .query_row([at], |row| {
            let record = Bytes::copy_from_slice(row.get_ref(1)?.as_bytes().map_err(garbled)?);
            Ok(StoredMessage { id: place::id(at), at: Timestamp(row.get(0)?), record })
        })
        .optional()
}

/// Whether the index is sure to take something of a term for a word. Some letters that Rust knows it does not (U+19B0, for one):
/// among other terms such a term means nothing to it, and alone it would find nothing.
fn has_word(term: &&Term) -> bool {
    let is_known = |c: char| c < '\u{500}' || ('\u{3041}'..='\u{d7a3}').contains(&c);
    term.words.chars().any(|c| c.is_alphanumeric() && is_known(c))
}

/// The terms in the index's language. All that a person wrote stands in quotes, where nothing has a meaning.
fn matching<'a>(terms: impl IntoIterator<Item = &'a Term>) -> String {
    let mut out = String::new();
    for term in terms {
        out.push_str(if term.author { " author : \"" } else { " \"" });
        out.push_str(&term.words.replace('"', "\"\""));
        out.push_str(if term.prefix { "\" *" } else { "\"" });
    }
    out
}
