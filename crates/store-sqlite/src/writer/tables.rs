//! Writing one command into the open transaction.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use parlor_rooms::{Clock, Conversation, EventId, Kind, Part, Timestamp, event};
use parlor_store::{
    Activation, Append, AppendError, Appended, Ask, Attachment, Expect, Progress, SecretChange, Status, Trigger,
    log::KEY_LIFE, record,
};
use rusqlite::{Connection, OptionalExtension as _, Result, ToSql, params, types::ToSqlOutput, types::ValueRef};

use super::{
    chores::Chores,
    command::{Command, Decision, Written},
    rooms::{Index, Rooms},
};
use crate::{fault::garbled, folder, people, place, search::is_put_off, sessions, sql};

/// Ids are taken from the database in blocks, so that not every transaction writes the row that counts them.
const BLOCK: u64 = 4096;

/// JSON, written as the text that it is.
struct Text<'a>(&'a [u8]);

impl ToSql for Text<'_> {
    fn to_sql(&self) -> Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(ValueRef::Text(self.0)))
    }
}

/// The database, as its one writer sees it.
pub(crate) struct Tables {
    pub(crate) conn: Connection,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) rooms: Rooms,
    pub(crate) chores: Chores,
    /// The next id to give, and up to where they are taken.
    next: u64,
    taken: u64,
    /// The highest number of a bot that was given.
    pub(crate) last_bot: Arc<AtomicU64>,
}

impl Tables {
    pub(crate) fn new(conn: Connection, clock: Arc<dyn Clock>, last_bot: Arc<AtomicU64>) -> Result<Self> {
        let chores = Chores::at_start(&conn)?;
        let mut tables = Self { conn, clock, rooms: Rooms::default(), chores, next: 0, taken: 0, last_bot };
        tables.reload()?;
        Ok(tables)
    }

    /// Whether there is room for more on the disk.
    pub(crate) fn has_room(&self) -> bool {
        let folder = self.conn.path().and_then(|file| Path::new(file).parent());
        folder.is_none_or(folder::has_room)
    }

    /// Takes ids up again where the database says.
    fn reload(&mut self) -> Result<()> {
        let taken: i64 = self.conn.prepare_cached(sql::IDS)?.query_row([], |row| row.get(0))?;
        self.taken = place::event_id(taken).0;
        self.next = self.taken + 1;
        Ok(())
    }

    pub(crate) fn begin(&self) -> Result<()> {
        self.conn.prepare_cached(sql::BEGIN)?.execute([]).map(drop)
    }

    pub(crate) fn commit(&mut self) -> Result<()> {
        self.rooms.flush(&self.conn)?;
        self.conn.prepare_cached(sql::COMMIT)?.execute([])?;
        self.rooms.trim();
        Ok(())
    }

    /// Undoes the open transaction, also in memory.
    pub(crate) fn roll_back(&mut self) {
        if !self.conn.is_autocommit()
            && let Err(error) = self.conn.prepare_cached(sql::ROLLBACK).and_then(|mut rollback| rollback.execute([]))
        {
            tracing::error!(%error, "a transaction could not be rolled back");
        }
        self.rooms.forget();
        if let Err(error) = self.reload() {
            tracing::error!(%error, "the ids could not be read again");
            // What was taken stays taken.
            self.next = self.taken + 1;
        }
    }

    /// Gives ids that were taken and not used back, so that a clean restart leaves no gap.
    pub(crate) fn return_ids(&mut self) -> Result<()> {
        self.taken = self.next - 1;
        self.conn.prepare_cached(sql::SET_IDS)?.execute([self.taken.cast_signed()]).map(drop)
    }

    /// Writes a command, or decides that there is nothing to write.
    pub(crate) fn write(&mut self, command: &Command) -> Result<Decision> {
        match command {
            Command::Append(append, _) => self.append(append),
            Command::Begin(begin, _) => {
                let (activation, progress) = &**begin;
                self.progress(progress)?;
                self.put_activation(activation, progress)?;
                Ok(Decision::Done)
            }
            Command::Progress(progress) => {
                self.progress(progress)?;
                Ok(Decision::Done)
            }
            Command::Token(bot, hash, _) => {
                self.conn.prepare_cached(sql::SET_TOKEN)?.execute(params![bot.0.cast_signed(), hash])?;
                Ok(Decision::Done)
            }
            Command::People(change, _) => {
                people::change(&self.conn, &change.0, change.1.as_ref()).map(Decision::People)
            }
            Command::Flow(change, _) => sessions::change(&self.conn, change).map(Decision::Flow),
            Command::Touch(change) => people::change(&self.conn, change, None).map(Decision::People),
            Command::Retain(room, upto) => {
                self.chores.retain(*room, *upto);
                Ok(Decision::Done)
            }
            Command::Close => Ok(Decision::Done),
        }
    }

    fn append(&mut self, append: &Append) -> Result<Decision> {
        let now = self.clock.now();
        let index = self.rooms.find(&self.conn, &append.room)?;
        let room = self.rooms.get(index);
        let (prev, control) = (room.last, room.control);
        let at = append.at.map_or(now, |at| at.min(now)).max(room.last_at);
        if let Some(duplicate) = self.duplicate(append, room.number, now)? {
            return Ok(Decision::Duplicate(duplicate));
        }
        if let Expect::Control(expected) = append.expect
            && expected != control
        {
            return Ok(Decision::Refused(AppendError::Conflict(control)));
        }
        let messages = append.parts.iter().filter(|part| !part.is_control()).count();
        if messages != append.records.len() {
            let why = format!("{messages} messages came with {} records", append.records.len());
            return Ok(Decision::Refused(AppendError::Unavailable(why)));
        }
        let id = if append.parts.is_empty() {
            EventId::ZERO
        } else {
            match self.take_ids(messages.max(1) as u64)? {
                Some(id) => id,
                None => return Ok(Decision::Refused(AppendError::Unavailable("all ids are used up".to_owned()))),
            }
        };
        if !append.parts.is_empty() {
            self.event(index, append, id, prev, at)?;
        }
        if let Some(key) = &append.key {
            let number = self.rooms.number(&self.conn, index, &append.room)?;
            // Its life begins now, however long ago the event was.
            let row = params![number, key.as_bytes(), place::column(id), at.max(now).0];
            self.conn.prepare_cached(sql::INSERT_KEY)?.execute(row)?;
            self.chores.key_written();
        }
        let pending = self.ask(index, append, id, messages)?;
        if let Some(progress) = &append.progress {
            self.progress(progress)?;
        }
        if let Some(SecretChange { bot, secret }) = &append.secret {
            self.conn.prepare_cached(sql::SET_SECRET)?.execute(params![bot.0.cast_signed(), secret])?;
        }
        // What is erased goes from every index at once.
        let indexed = !is_put_off(&append.room) || append.parts.iter().any(|part| matches!(part, Part::Cleared));
        Ok(Decision::Appended(Written { room: self.rooms.get(index).number, id, prev, at, pending, indexed }))
    }

    /// What was appended under the same key.
    fn duplicate(&self, append: &Append, room: i64, now: Timestamp) -> Result<Option<Appended>> {
        let Some(key) = append.key.as_ref().filter(|_| room != 0) else { return Ok(None) };
        let found = self
            .conn
            .prepare_cached(sql::KEY)?
            .query_row(params![room, key.as_bytes()], |row| {
                Ok(Appended { id: place::event_id(row.get(0)?), at: Timestamp(row.get(1)?), duplicate: true })
            })
            .optional()?;
        Ok(found.filter(|found| now.since(found.at) < KEY_LIFE))
    }

    /// The first of `count` ids; `None` once there are no more.
    fn take_ids(&mut self, count: u64) -> Result<Option<EventId>> {
        let id = self.next;
        let last = id + count - 1;
        if last > place::ID_MAX {
            return Ok(None);
        }
        if last > self.taken {
            let taken = (last + BLOCK).min(place::ID_MAX);
            self.conn.prepare_cached(sql::SET_IDS)?.execute([taken.cast_signed()])?;
            self.taken = taken;
        }
        self.next = last + 1;
        Ok(Some(EventId(id)))
    }

    fn event(&mut self, index: Index, append: &Append, id: EventId, prev: EventId, at: Timestamp) -> Result<()> {
        let number = self.rooms.number(&self.conn, index, &append.room)?;
        if number > place::ROOM_MAX {
            return Err(rusqlite::Error::IntegralValueOutOfRange(0, number));
        }
        let controls = record::controls(&append.parts);
        let mut insert = self.conn.prepare_cached(sql::INSERT_EVENT)?;
        let controls_text = controls.as_deref().map(Text);
        if append.records.is_empty() {
            let row = params![
                place::place(number, id),
                at.0,
                0,
                place::column(prev),
                controls_text,
                None::<i64>,
                None::<i64>
            ];
            insert.execute(row)?;
        }
        let kinds = append.parts.iter().filter_map(|part| match part {
            Part::Message(message) => Some(kind(message.kind)),
            _ => None,
        });
        for (i, (record, kind)) in append.records.iter().zip(kinds).enumerate() {
            let row_place = place::place(number, id.message(i));
            if i == 0 {
                let count = append.records.len().cast_signed();
                insert.execute(params![
                    row_place,
                    at.0,
                    count,
                    place::column(prev),
                    controls_text,
                    kind,
                    Text(record)
                ])?;
            } else {
                let none = None::<i64>;
                insert.execute(params![row_place, at.0, none, none, none, kind, Text(record)])?;
            }
        }
        drop(insert);
        if let Some(Attachment { name, bytes }) = &append.file {
            let row = params![number, place::column(id), name, bytes.as_ref()];
            self.conn.prepare_cached(sql::ATTACH)?.execute(row)?;
        }
        if controls.is_some() {
            self.control(index, append, id)?;
        }
        self.rooms.advance(index, event::last_id(id, &append.parts), at);
        Ok(())
    }

    /// What control parts change beside the log.
    fn control(&mut self, index: Index, append: &Append, id: EventId) -> Result<()> {
        let conn = &self.conn;
        let room = self.rooms.control(index);
        room.control = id;
        let mut bots_changed = false;
        for part in &append.parts {
            match part {
                Part::Message(_) => {}
                Part::Cleared => {
                    room.mark = id;
                    self.chores.erase(room.number);
                }
                Part::BotPut(bot) => {
                    let record = serde_json::to_string(&**bot).map_err(garbled)?;
                    conn.prepare_cached(sql::PUT_BOT)?.execute(params![bot.id.0.cast_signed(), room.number, record])?;
                    self.last_bot.fetch_max(bot.id.0, Ordering::Relaxed);
                    bots_changed = true;
                }
                Part::BotDeleted(bot) => {
                    let record = serde_json::to_string(&**bot).map_err(garbled)?;
                    let row = params![bot.id.0.cast_signed(), room.number, record, place::column(id)];
                    conn.prepare_cached(sql::DELETE_BOT)?.execute(row)?;
                    self.last_bot.fetch_max(bot.id.0, Ordering::Relaxed);
                    bots_changed = true;
                }
                Part::ConversationSet(set) => {
                    let now = Conversation { bot: set.bot, event: id, state: set.state.clone() };
                    let now = serde_json::to_string(&now).map_err(garbled)?;
                    conn.prepare_cached(sql::SET_CONVERSATION)?.execute(params![room.number, now])?;
                }
                Part::ConversationEnded => {
                    conn.prepare_cached(sql::SET_CONVERSATION)?.execute(params![room.number, None::<&str>])?;
                }
                Part::SettingsPut(settings) => {
                    let written = serde_json::to_string(settings).map_err(garbled)?;
                    conn.prepare_cached(sql::SET_SETTINGS)?.execute(params![room.number, written])?;
                    room.archive = settings.archive;
                    self.chores.erase(room.number);
                }
                Part::SessionPut(session) => {
                    let record = serde_json::to_string(&**session).map_err(garbled)?;
                    let (flow, status) = (&session.flow, session.kept_as());
                    // An upsert would write the index of states again each time.
                    let same = params![room.number, record, status];
                    if conn.prepare_cached(sql::UPDATE_SESSION)?.execute(same)? == 0 {
                        let row = params![room.number, flow, status, record];
                        conn.prepare_cached(sql::SET_SESSION)?.execute(row)?;
                    }
                }
                Part::Said(_) => {
                    if let Some((flow, _)) = append.room.session() {
                        let row = params![flow, place::column(id), room.number];
                        conn.prepare_cached(sql::INSERT_SPOKEN)?.execute(row)?;
                    }
                }
            }
        }
        if bots_changed {
            room.bots = conn.prepare_cached(sql::COUNT_BOTS)?.query_row([room.number], |row| row.get(0))?;
        }
        Ok(())
    }

    /// Stores the dispatch that an append asks for; whether it did.
    fn ask(&mut self, index: Index, append: &Append, id: EventId, messages: usize) -> Result<bool> {
        let (trigger, body) = match &append.ask {
            Some(Ask::Message) if messages > 0 && self.rooms.get(index).bots > 0 => {
                (Trigger::Message(id).to_string(), None)
            }
            Some(Ask::Other { trigger, body }) => (trigger.to_string(), Some(body.as_str())),
            _ => return Ok(false),
        };
        let number = self.rooms.number(&self.conn, index, &append.room)?;
        let stored = self.conn.prepare_cached(sql::INSERT_PENDING)?.execute(params![number, trigger, body])?;
        Ok(stored > 0)
    }

    fn progress(&mut self, progress: &Progress) -> Result<()> {
        if let Some(activation) = &progress.activation {
            self.put_activation(activation, progress)?;
        }
        let index = self.rooms.find(&self.conn, &progress.room)?;
        let (number, trigger) = (self.rooms.get(index).number, progress.trigger.to_string());
        match &progress.plan {
            Some(plan) => {
                let row = params![number, trigger, plan.as_str()];
                self.conn.prepare_cached(sql::PLAN_PENDING)?.execute(row)?;
            }
            None => {
                self.conn.prepare_cached(sql::DELETE_PENDING)?.execute(params![number, trigger])?;
            }
        }
        Ok(())
    }

    /// Stores a record; it belongs to the dispatch's room.
    fn put_activation(&mut self, activation: &Activation, progress: &Progress) -> Result<()> {
        let index = self.rooms.find(&self.conn, &progress.room)?;
        let number = self.rooms.number(&self.conn, index, &progress.room)?;
        let record = serde_json::to_string(activation).map_err(garbled)?;
        let done = !matches!(activation.status, Status::Pending | Status::Running);
        let (bot, trigger) = (activation.bot.0.cast_signed(), activation.trigger.to_string());
        let row = params![activation.id.0, number, bot, trigger, done, record];
        self.conn.prepare_cached(sql::PUT_ACTIVATION)?.execute(row)?;
        self.chores.activation_written(number);
        Ok(())
    }
}

/// The column for who speaks.
fn kind(kind: Kind) -> i64 {
    match kind {
        Kind::User => 0,
        Kind::Bot => 1,
        Kind::System => 2,
    }
}
