//! The thread that fills the index, a piece of a room at a time, behind the log.

use std::{sync::Arc, thread, time::Duration};

use parlor_rooms::{EventId, Kind, RoomName, html};
use parlor_store::record;
use rusqlite::{Connection, OptionalExtension as _, Result, Row, params};
use tokio::sync::mpsc;

use super::{
    Shared, Todo,
    file::{File, is_damage},
    is_put_off, sql,
};
use crate::{
    fault::{Fault, garbled},
    folder::{Folder, Lease},
    place,
};

/// The file's name.
const FILE: &str = "search.db";
/// How many messages a piece has at most, and about how many bytes.
const PIECE: usize = 5_000;
const PIECE_BYTES: usize = 4 << 20;
/// Of a longer text the rest is not indexed.
const TEXT_MAX: usize = 256 << 10;
/// How long posts gather before they are indexed together, unless somebody searches: the fewer pieces, the fewer merges.
const GATHER: Duration = Duration::from_secs(1);
/// How long to rest after an error; a full disk is left to those who post.
const REST: Duration = Duration::from_secs(5);
const REST_FULL: Duration = Duration::from_secs(60);

/// A room of the log.
struct Room {
    number: i64,
    name: String,
    last: EventId,
    at: i64,
    mark: EventId,
}

impl Room {
    fn read(row: &Row<'_>) -> Result<Self> {
        let id = |column| row.get(column).map(place::event_id);
        Ok(Self { number: row.get(0)?, name: row.get(1)?, last: id(2)?, at: row.get(3)?, mark: id(4)? })
    }
}

/// How far a room is indexed.
#[derive(Clone, Default)]
struct Cursor {
    name: String,
    upto: EventId,
    at: i64,
    mark: EventId,
}

impl Cursor {
    /// Whether the log's room is the one that was indexed, perhaps with more in it.
    fn fits(&self, room: &Room) -> bool {
        self.name == room.name && (self.upto < room.last || (self.upto == room.last && self.at == room.at))
    }
}

/// What was done for a room: how many messages came in or out, long ones counted as several, and whether there is more to do.
struct Piece {
    count: usize,
    more: bool,
}

/// A message's place, author and text.
type Entry = (i64, String, String);

/// The thread's own.
pub(crate) struct Indexer {
    log: Connection,
    file: Arc<File>,
    shared: Arc<Shared>,
}

impl Indexer {
    /// Looks at the log as it is now, before anything is posted.
    pub(crate) fn new(log: Connection, folder: &Folder, shared: Arc<Shared>) -> Result<Self> {
        log.execute_batch("BEGIN")?;
        log.query_row(crate::sql::PROBE, [], |_| Ok(()))?;
        let file = File::new(folder.path().join(FILE), folder.is_temporary());
        Ok(Self { log, file: Arc::new(file), shared })
    }

    pub(super) fn file(&self) -> Arc<File> {
        Arc::clone(&self.file)
    }

    /// Starts the thread; `ended` is dropped with it.
    pub(super) fn start(self, ended: mpsc::Sender<()>, lease: Lease) -> std::io::Result<()> {
        thread::Builder::new().name("parlor-search".to_owned()).spawn(move || {
            yield_to_others();
            self.run();
            drop((ended, lease));
        })?;
        Ok(())
    }

    fn run(self) {
        let mut index = None;
        // Whether the log is still seen as it was at the start.
        let mut first = true;
        loop {
            let done = self.turn(&mut index, &mut first);
            let Err(error) = done else { return };
            index = None;
            if std::mem::take(&mut first) {
                // The log can't be held where it is any longer: what it was at the start is not known then.
                self.shared.todo().anew = true;
                if let Err(error) = self.log.execute_batch("COMMIT") {
                    tracing::debug!(%error, "the log was not held");
                }
            }
            let mut todo = self.shared.todo();
            if is_damage(&error) {
                todo.anew = true;
                continue;
            }
            tracing::warn!(%error, "new messages are not found by searching for now");
            let rest = if Fault::of(&error) == Fault::Full { REST_FULL } else { REST };
            let (todo, _) = self
                .shared
                .wake
                .wait_timeout_while(todo, rest, |todo| !todo.closed)
                .unwrap_or_else(std::sync::PoisonError::into_inner);
            if todo.closed {
                return;
            }
        }
    }

    /// Works until it is closed, or something fails.
    fn turn(&self, index: &mut Option<Connection>, first: &mut bool) -> Result<()> {
        loop {
            if std::mem::take(&mut self.shared.todo().anew) {
                *index = None;
                self.file.remove();
            }
            let conn = match index {
                Some(conn) => conn,
                None => {
                    let conn = index.insert(self.file.open()?);
                    self.compare(conn)?;
                    if std::mem::take(first) {
                        self.log.execute_batch("COMMIT")?;
                    }
                    conn
                }
            };
            let Some((rooms, hurry)) = self.wait() else { return Ok(()) };
            let mut left = &rooms[..];
            while !left.is_empty() {
                left = match self.pieces(conn, left) {
                    Ok(left) => left,
                    Err(error) => {
                        // All of them, the one that failed included, are still to be done.
                        self.shared.touched(rooms.iter().copied());
                        return Err(error);
                    }
                };
                if self.shared.todo().closed {
                    return Ok(());
                }
            }
            self.shared.indexed.notify_waiters();
            if !hurry {
                self.gather();
            }
        }
    }

    /// Waits for something to do; `None` at the end.
    fn wait(&self) -> Option<(Vec<i64>, bool)> {
        let idle = |todo: &mut Todo| todo.rooms.is_empty() && !todo.anew && !todo.closed;
        let todo = self.shared.todo();
        let mut todo = self.shared.wake.wait_while(todo, idle).unwrap_or_else(std::sync::PoisonError::into_inner);
        if todo.closed {
            return None;
        }
        let hurry = std::mem::take(&mut todo.hurry);
        let mut rooms: Vec<i64> = std::mem::take(&mut todo.rooms).into_iter().collect();
        drop(todo);
        // FTS5 writes what it has gathered as soon as a place is below the one before.
        rooms.sort_unstable();
        Some((rooms, hurry))
    }

    /// Lets posts gather, unless somebody waits.
    fn gather(&self) {
        let calm = |todo: &mut Todo| !todo.hurry && !todo.closed && !todo.anew;
        let todo = self.shared.todo();
        drop(self.shared.wake.wait_timeout_while(todo, GATHER, calm));
    }

    /// Finds the rooms whose index is behind, and forgets those that are not what they were.
    fn compare(&self, index: &Connection) -> Result<()> {
        let mut log = self.log.prepare(sql::LOG_ROOMS)?;
        let mut rooms = log.query([0, i64::MAX])?;
        while let Some(row) = rooms.next()? {
            let room = Room::read(row)?;
            let cursor = cursor(index, room.number)?;
            if cursor.as_ref().is_some_and(|cursor| !cursor.fits(&room)) {
                forget(index, room.number)?;
            }
            let is_behind = if RoomName::parse(&room.name).is_ok_and(|name| is_put_off(&name)) {
                cursor.is_some_and(|cursor| cursor.mark != room.mark)
            } else {
                cursor.is_none_or(|cursor| cursor.upto != room.last || cursor.mark != room.mark)
            };
            if is_behind {
                self.shared.touched(std::iter::once(room.number));
            }
        }
        let mut known = index.prepare(sql::CURSORS)?;
        let numbers = known.query_map([], |row| row.get::<_, i64>(0))?.collect::<Result<Vec<_>>>()?;
        for number in numbers {
            if self.room(number)?.is_none() {
                forget(index, number)?;
            }
        }
        Ok(())
    }

    fn room(&self, number: i64) -> Result<Option<Room>> {
        self.log.prepare_cached(sql::LOG_ROOMS)?.query_row([number, number], Room::read).optional()
    }

    /// Does a piece of what each room needs, all in one transaction until it is long enough: with many rooms it is the
    /// transactions that cost. Gives the rooms that are left.
    fn pieces<'a>(&self, index: &Connection, mut rooms: &'a [i64]) -> Result<&'a [i64]> {
        let transaction = index.unchecked_transaction()?;
        let (mut count, mut more) = (0, Vec::new());
        while count < PIECE
            && let Some((room, left)) = rooms.split_first()
        {
            let piece = self.piece(&transaction, *room)?;
            count += piece.count;
            more.extend(piece.more.then_some(*room));
            rooms = left;
        }
        transaction.commit()?;
        self.shared.touched(more.into_iter());
        Ok(rooms)
    }

    /// Does a piece of what a room needs.
    fn piece(&self, index: &Connection, number: i64) -> Result<Piece> {
        let Some(room) = self.room(number)? else { return Ok(Piece { count: 0, more: false }) };
        let mut now = cursor(index, number)?.unwrap_or_default();
        let mut piece = Piece { count: 0, more: false };
        if room.mark > now.mark {
            piece = erase(index, place::place(number, EventId::ZERO), place::place(number, room.mark))?;
            if !piece.more {
                now.mark = room.mark;
            }
        }
        if !piece.more {
            let from = now.upto.max(room.mark);
            let erased = piece.count;
            (now.upto, piece) = self.insert(index, &room, from)?;
            piece.count += erased;
        }
        now.at = if now.upto == room.last { room.at } else { 0 };
        let row = params![number, room.name, place::column(now.upto), now.at, place::column(now.mark)];
        index.prepare_cached(sql::SET_CURSOR)?.execute(row)?;
        Ok(piece)
    }

    /// Puts a room's next messages in; gives up to where.
    fn insert(&self, index: &Connection, room: &Room, from: EventId) -> Result<(EventId, Piece)> {
        let (messages, more) = self.messages(room, from)?;
        let mut insert = index.prepare_cached(sql::INSERT)?;
        let mut bytes = 0;
        for (at, author, text) in &messages {
            insert.execute(params![at, author, text])?;
            bytes += text.len();
        }
        let upto = messages.last().filter(|_| more).map_or(room.last, |(at, ..)| place::id(*at));
        Ok((upto, Piece { count: messages.len().max(bytes / (PIECE_BYTES / PIECE)), more }))
    }

    /// A room's next messages, and whether there may be more. Read at once, so that nothing holds the
    /// log while they are put in.
    fn messages(&self, room: &Room, from: EventId) -> Result<(Vec<Entry>, bool)> {
        let mut statement = self.log.prepare_cached(sql::LOG_MESSAGES)?;
        let limits = params![place::place(room.number, from), place::place(room.number, room.last)];
        let mut rows = statement.query(limits)?;
        let (mut messages, mut bytes) = (Vec::new(), 0);
        while let Some(row) = rows.next()? {
            let stored = row.get_ref(1)?.as_bytes().map_err(garbled)?;
            let said = record::readable(stored).map_err(garbled)?;
            let mut text = if said.kind == Kind::User { said.text.into_owned() } else { html::visible(&said.text) };
            text.truncate(text.floor_char_boundary(TEXT_MAX));
            messages.push((row.get(0)?, said.author.into_owned(), text));
            bytes += stored.len();
            if messages.len() >= PIECE || bytes >= PIECE_BYTES {
                return Ok((messages, true));
            }
        }
        Ok((messages, false))
    }
}

fn cursor(index: &Connection, number: i64) -> Result<Option<Cursor>> {
    let read = |row: &Row<'_>| {
        let id = |column| row.get(column).map(place::event_id);
        Ok(Cursor { name: row.get(0)?, upto: id(1)?, at: row.get(2)?, mark: id(3)? })
    };
    index.prepare_cached(sql::CURSOR)?.query_row([number], read).optional()
}

/// Takes messages out, the first of a range.
fn erase(index: &Connection, after: i64, upto: i64) -> Result<Piece> {
    let limits = params![after, upto, PIECE.cast_signed()];
    let places =
        index.prepare_cached(sql::TO_DELETE)?.query_map(limits, |row| row.get(0))?.collect::<Result<Vec<i64>>>()?;
    let mut delete = index.prepare_cached(sql::DELETE)?;
    for at in &places {
        delete.execute([at])?;
    }
    Ok(Piece { count: places.len(), more: places.len() == PIECE })
}

/// Takes a whole room out.
fn forget(index: &Connection, number: i64) -> Result<()> {
    loop {
        let transaction = index.unchecked_transaction()?;
        let last = place::place(number, EventId(place::ID_MAX));
        let Piece { more, .. } = erase(&transaction, place::place(number, EventId::ZERO), last)?;
        if !more {
            transaction.prepare_cached(sql::DELETE_CURSOR)?.execute([number])?;
        }
        transaction.commit()?;
        if !more {
            return Ok(());
        }
    }
}

/// Whoever posts, reads or sends goes first.
fn yield_to_others() {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::nice(10) {
        tracing::debug!(%error, "the search's thread is as important as others");
    }
}
