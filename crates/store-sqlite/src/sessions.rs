//! Sessions and flows.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use parlor_rooms::{EventId, Part, RoomName, Session, Timestamp, session::Status};
use parlor_store::{
    AppendError, Attachment, Draft, FlowVersion, ReadError, SessionCounts, Sessions, Spoken, StepCount, StoredFlow,
    StoredSession, WantedSessions, record,
};
use rusqlite::{Connection, OptionalExtension as _, Result, Row, params};

use crate::{SqliteStore, fault::garbled, place, sql, writer::Command};

/// Of how many sessions of a state it is said how many they are; there are no more than so many then.
const COUNTED: i64 = 10_000;
/// In how many sessions of a state it is looked whom they asked for.
const LATEST: i64 = 1_000;

/// What is changed of flows.
pub(crate) enum FlowChange {
    Keep(StoredFlow),
    Publish(String, Option<String>),
    /// Over the version that is named, or as the first one.
    Draft(Draft, Option<String>),
    DeleteDraft(String, String),
    Count(Vec<StepCount>),
}

impl FlowChange {
    pub(crate) fn size(&self) -> usize {
        match self {
            Self::Keep(flow) => flow.text.len(),
            Self::Draft(draft, _) => draft.text.len(),
            Self::Count(counts) => counts.len() * 128,
            Self::Publish(..) | Self::DeleteDraft(..) => 0,
        }
    }
}

/// Writes a change of flows; whether there was something to change.
pub(crate) fn change(conn: &Connection, change: &FlowChange) -> Result<bool> {
    let rows = match change {
        FlowChange::Keep(flow) => {
            let row = params![flow.name, flow.version, flow.text, flow.at.0];
            conn.prepare_cached(sql::KEEP_FLOW)?.execute(row)?
        }
        FlowChange::Publish(name, Some(version)) => {
            conn.prepare_cached(sql::PUBLISH_FLOW)?.execute(params![name, version])?
        }
        FlowChange::Publish(name, None) => conn.prepare_cached(sql::WITHDRAW_FLOW)?.execute([name])?,
        FlowChange::Draft(Draft { name, version, text, at, by }, None) => {
            conn.prepare_cached(sql::INSERT_DRAFT)?.execute(params![name, version, text, at.0, by])?
        }
        FlowChange::Draft(Draft { name, version, text, at, by }, Some(before)) => {
            conn.prepare_cached(sql::UPDATE_DRAFT)?.execute(params![name, version, text, at.0, by, before])?
        }
        FlowChange::DeleteDraft(name, version) => {
            conn.prepare_cached(sql::DELETE_DRAFT)?.execute(params![name, version])?
        }
        FlowChange::Count(counts) => {
            let mut count = conn.prepare_cached(sql::COUNT_STEP)?;
            for StepCount { flow, day, step, reached, answered, handed_off, ended, millis } in counts {
                let number = |number: &u64| number.cast_signed();
                let (reached, answered, handed_off) = (number(reached), number(answered), number(handed_off));
                count.execute(params![
                    flow,
                    day,
                    step,
                    reached,
                    answered,
                    handed_off,
                    number(ended),
                    number(millis)
                ])?;
            }
            counts.len()
        }
    };
    Ok(rows > 0)
}

/// The session of a room.
pub(crate) fn session(conn: &Connection, room: i64) -> Result<Option<Session>> {
    conn.prepare_cached(sql::SESSION)?.query_row([room], |row| parsed(row, 0)).optional()
}

fn parsed(row: &Row<'_>, column: usize) -> Result<Session> {
    serde_json::from_slice(row.get_ref(column)?.as_bytes().map_err(garbled)?).map_err(garbled)
}

fn room(row: &Row<'_>, column: usize) -> Result<RoomName> {
    RoomName::parse(row.get_ref(column)?.as_str().map_err(garbled)?).map_err(garbled)
}

fn sessions(conn: &Connection, wanted: &WantedSessions) -> Result<Vec<StoredSession>> {
    let before = i64::try_from(wanted.before).unwrap_or(i64::MAX);
    let limit = i64::try_from(wanted.limit).unwrap_or(i64::MAX);
    let found = |row: &Row<'_>| {
        let number: i64 = row.get(0)?;
        Ok(StoredSession {
            number: number.cast_unsigned(),
            room: room(row, 1)?,
            at: Timestamp(row.get(2)?),
            session: parsed(row, 3)?,
        })
    };
    let statement = match (wanted.status, &wanted.flow) {
        (Some(_), _) => sql::SESSIONS_BY_STATUS,
        (None, Some(_)) => sql::SESSIONS_OF_FLOW,
        (None, None) => sql::SESSIONS,
    };
    let (status, still) = (wanted.status.map(Status::name), wanted.still_since.map(|at| at.0));
    let row = params![before, limit, status, wanted.flow, wanted.queue, wanted.with, still];
    conn.prepare_cached(statement)?.query_map(row, found)?.collect()
}

fn counts(conn: &Connection, flow: Option<&str>, queue: Option<&str>) -> Result<SessionCounts> {
    let mut counts = SessionCounts::default();
    let mut queues = BTreeSet::new();
    for status in Status::ALL {
        let wanted = params![status.name(), flow, queue, COUNTED];
        let found = |row: &Row<'_>| Ok((row.get::<_, i64>(0)?, row.get::<_, Option<i64>>(1)?.map(Timestamp)));
        let (count, waits) = conn.prepare_cached(sql::COUNT_SESSIONS)?.query_row(wanted, found)?;
        counts.by_status.extend((count > 0).then_some((status, count.cast_unsigned())));
        counts.waits = counts.waits.into_iter().chain(waits).min();
        if !matches!(status, Status::Bot | Status::Ended) {
            let mut asked = conn.prepare_cached(sql::QUEUES)?;
            let asked = asked.query_map(params![status.name(), LATEST], |row| row.get::<_, Option<String>>(0))?;
            queues.extend(asked.collect::<Result<Vec<_>>>()?.into_iter().flatten());
        }
    }
    counts.queues = queues.into_iter().collect();
    counts.flows = texts(conn, sql::FLOWS_OF_SESSIONS)?;
    Ok(counts)
}

fn texts(conn: &Connection, statement: &str) -> Result<Vec<String>> {
    conn.prepare_cached(statement)?.query_map([], |row| row.get(0))?.collect()
}

fn step_counts(conn: &Connection, flow: Option<&str>, from: i64) -> Result<Vec<StepCount>> {
    let flows = match flow {
        Some(flow) => vec![flow.to_owned()],
        None => texts(conn, sql::COUNTED_FLOWS)?,
    };
    let mut all = Vec::new();
    for flow in flows {
        let mut steps: BTreeMap<String, StepCount> = BTreeMap::new();
        let mut statement = conn.prepare_cached(sql::STEP_COUNTS)?;
        let mut rows = statement.query(params![flow, from])?;
        while let Some(row) = rows.next()? {
            let number = |column| row.get::<_, i64>(column).map(i64::cast_unsigned);
            let count = StepCount {
                flow: flow.clone(),
                day: from,
                step: row.get(0)?,
                reached: number(1)?,
                answered: number(2)?,
                handed_off: number(3)?,
                ended: number(4)?,
                millis: number(5)?,
            };
            steps.entry(count.step.clone()).and_modify(|known| known.add(&count)).or_insert(count);
        }
        all.extend(steps.into_values());
    }
    Ok(all)
}

/// Ids are given to all rooms' events in order, so they are positions here.
fn position(position: u64) -> i64 {
    i64::try_from(position).unwrap_or(i64::MAX)
}

fn spoken(row: &Row<'_>) -> Result<Spoken> {
    let controls = row.get_ref(3)?.as_bytes_or_null().map_err(garbled)?;
    let parts = controls.map(record::read_controls).transpose().map_err(garbled)?.unwrap_or_default();
    let (mut words, mut all) = (Vec::new(), 0);
    for part in parts {
        match part {
            Part::Said(said) => words.extend_from_slice(&said),
            Part::SessionPut(session) => all = session.words,
            _ => {}
        }
    }
    let begins = all > 0 && all == words.len() as u64;
    let id = place::event_id(row.get(0)?);
    Ok(Spoken { position: id.0, id, room: room(row, 1)?, at: Timestamp(row.get(2)?), begins, words })
}

/// What was said at positions above `after`, ascending.
pub(crate) fn spoken_after(conn: &Connection, flow: &str, after: u64, limit: usize) -> Result<Vec<Spoken>> {
    let wanted = params![flow, position(after), i64::try_from(limit).unwrap_or(i64::MAX)];
    conn.prepare_cached(sql::SPOKEN)?.query_map(wanted, spoken)?.collect()
}

/// The last of what was said at positions below `before`, ascending.
pub(crate) fn spoken_before(conn: &Connection, flow: &str, before: u64, limit: usize) -> Result<Vec<Spoken>> {
    let wanted = params![flow, position(before), i64::try_from(limit).unwrap_or(i64::MAX)];
    let mut all: Vec<_> = conn.prepare_cached(sql::SPOKEN_BEFORE)?.query_map(wanted, spoken)?.collect::<Result<_>>()?;
    all.reverse();
    Ok(all)
}

fn version(row: &Row<'_>) -> Result<FlowVersion> {
    Ok(FlowVersion { name: row.get(0)?, version: row.get(1)?, at: Timestamp(row.get(2)?) })
}

impl SqliteStore {
    /// Whether there was something to change.
    async fn change_flow(&self, change: FlowChange) -> Result<bool, AppendError> {
        self.commanded(|answer| Command::Flow(Box::new(change), answer)).await
    }
}

#[async_trait]
impl Sessions for SqliteStore {
    async fn flow_sessions(&self, wanted: WantedSessions) -> Result<Vec<StoredSession>, ReadError> {
        self.readers.read(move |conn| sessions(conn, &wanted)).await
    }

    async fn attachment(&self, room: &RoomName, event: EventId) -> Result<Option<Attachment>, ReadError> {
        let room = room.clone();
        let read = move |conn: &Connection| {
            let file = |row: &Row<'_>| Ok(Attachment { name: row.get(0)?, bytes: row.get::<_, Vec<u8>>(1)?.into() });
            let wanted = params![room.as_str(), place::column(event)];
            conn.prepare_cached(sql::ATTACHMENT)?.query_row(wanted, file).optional()
        };
        self.readers.read(read).await
    }

    async fn session_counts(&self, flow: Option<&str>, queue: Option<&str>) -> Result<SessionCounts, ReadError> {
        let (flow, queue) = (flow.map(str::to_owned), queue.map(str::to_owned));
        self.readers.read(move |conn| counts(conn, flow.as_deref(), queue.as_deref())).await
    }

    async fn count_steps(&self, counts: Vec<StepCount>) -> Result<(), AppendError> {
        self.commanded(|answer| Command::Flow(Box::new(FlowChange::Count(counts)), answer)).await.map(drop)
    }

    async fn step_counts(&self, flow: Option<&str>, from: i64) -> Result<Vec<StepCount>, ReadError> {
        let flow = flow.map(str::to_owned);
        self.readers.read(move |conn| step_counts(conn, flow.as_deref(), from)).await
    }

    async fn spoken(&self, flow: &str, after: u64, limit: usize) -> Result<Vec<Spoken>, ReadError> {
        let flow = flow.to_owned();
        self.readers.read(move |conn| spoken_after(conn, &flow, after, limit)).await
    }

    async fn spoken_before(&self, flow: &str, before: u64, limit: usize) -> Result<Vec<Spoken>, ReadError> {
        let flow = flow.to_owned();
        self.readers.read(move |conn| spoken_before(conn, &flow, before, limit)).await
    }

    async fn keep_flow(&self, flow: StoredFlow) -> Result<(), AppendError> {
        self.change_flow(FlowChange::Keep(flow)).await.map(drop)
    }

    async fn flow(&self, name: &str, version: &str) -> Result<Option<String>, ReadError> {
        let (name, version) = (name.to_owned(), version.to_owned());
        let read = move |conn: &Connection| {
            conn.prepare_cached(sql::FLOW)?.query_row([&name, &version], |row| row.get(0)).optional()
        };
        self.readers.read(read).await
    }

    async fn publish_flow(&self, name: &str, version: Option<&str>) -> Result<(), AppendError> {
        self.change_flow(FlowChange::Publish(name.to_owned(), version.map(str::to_owned))).await.map(drop)
    }

    async fn published_flows(&self) -> Result<Vec<FlowVersion>, ReadError> {
        self.readers.read(|conn| conn.prepare_cached(sql::PUBLISHED_FLOWS)?.query_map([], version)?.collect()).await
    }

    async fn flow_versions(&self, name: &str, limit: usize) -> Result<Vec<FlowVersion>, ReadError> {
        let (name, limit) = (name.to_owned(), i64::try_from(limit).unwrap_or(i64::MAX));
        let read = move |conn: &Connection| {
            conn.prepare_cached(sql::FLOW_VERSIONS)?.query_map(params![name, limit], version)?.collect()
        };
        self.readers.read(read).await
    }

    async fn put_draft(&self, draft: Draft, before: Option<&str>) -> Result<bool, AppendError> {
        self.change_flow(FlowChange::Draft(draft, before.map(str::to_owned))).await
    }

    async fn delete_draft(&self, name: &str, version: &str) -> Result<bool, AppendError> {
        self.change_flow(FlowChange::DeleteDraft(name.to_owned(), version.to_owned())).await
    }

    async fn draft(&self, name: &str) -> Result<Option<Draft>, ReadError> {
        let name = name.to_owned();
        let read = move |conn: &Connection| {
            let draft = |row: &Row<'_>| {
                let (version, text, at, by) = (row.get(0)?, row.get(1)?, Timestamp(row.get(2)?), row.get(3)?);
                Ok(Draft { name: name.clone(), version, text, at, by })
            };
            conn.prepare_cached(sql::DRAFT)?.query_row([&name], draft).optional()
        };
        self.readers.read(read).await
    }

    async fn drafts(&self) -> Result<Vec<FlowVersion>, ReadError> {
        self.readers.read(|conn| conn.prepare_cached(sql::DRAFTS)?.query_map([], version)?.collect()).await
    }
}
