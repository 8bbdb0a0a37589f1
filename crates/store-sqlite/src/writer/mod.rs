//! The one thread that writes: it gathers what waits into one transaction, commits it, and hands it to the feed.

mod chores;
mod command;
mod rooms;
mod tables;

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex,
        atomic::{AtomicI32, AtomicU64, Ordering},
    },
    thread,
};

use parlor_store::{AppendError, Batch};
use rusqlite::wal::CheckpointMode;
use tokio::{sync::mpsc, time::Instant};

pub(crate) use self::command::Command;
use self::command::Decision;
pub(crate) use self::tables::Tables;
use crate::{
    Fatal, OnCommit,
    checkpoint::Checkpoints,
    fault::{Fault, is_input_or_output, is_write},
    folder::Lease,
    search,
};

/// How many commands may wait for the writer; who comes then waits for a place.
pub(crate) const QUEUE: usize = 4_096;
/// How many batches may wait for the feed's reader; then the writer waits for it.
pub(crate) const FEED: usize = 64;
/// How many commands one transaction takes.
const BATCH_COMMANDS: usize = 512;
/// About how many bytes it takes.
const BATCH_BYTES: usize = 4 << 20;
/// After so many batches a chore has its turn even if more waits.
const PATIENCE: u32 = 8;

/// Where the feed goes, once somebody reads it.
pub(crate) type FeedSlot = Arc<Mutex<Option<mpsc::Sender<Batch>>>>;

/// What failed, and whether anything of it may be on the disk.
enum Failure {
    Begin(rusqlite::Error),
    Write(rusqlite::Error),
    Commit(rusqlite::Error),
}

/// The writer's thread.
pub(crate) struct Writer {
    tables: Tables,
    checkpoints: Checkpoints,
    slot: FeedSlot,
    feed: Option<mpsc::Sender<Batch>>,
    search: Arc<search::Shared>,
    fatal: Fatal,
    dead: bool,
    commits: Arc<AtomicU64>,
    /// The code of SQLite with which commits fail in a test, or 0.
    fail: Arc<AtomicI32>,
    on_commit: OnCommit,
}

impl Writer {
    pub(crate) fn new(
        tables: Tables,
        checkpoints: Checkpoints,
        slot: FeedSlot,
        search: Arc<search::Shared>,
        fatal: Fatal,
        (commits, fail, on_commit): (Arc<AtomicU64>, Arc<AtomicI32>, OnCommit),
    ) -> Self {
        Self { tables, checkpoints, slot, feed: None, search, fatal, dead: false, commits, fail, on_commit }
    }

    /// Starts the thread; it ends when the queue is closed and empty.
    pub(crate) fn start(mut self, queue: mpsc::Receiver<Command>, lease: Lease) -> std::io::Result<()> {
        thread::Builder::new().name("parlor-writer".to_owned()).spawn(move || {
            let fatal = self.fatal.clone();
            let broke = catch_unwind(AssertUnwindSafe(move || {
                self.run(queue);
                self.finish();
            }));
            if broke.is_err() {
                fatal.end("the writer of the log broke down");
            }
            drop(lease);
        })?;
        Ok(())
    }

    fn run(&mut self, mut queue: mpsc::Receiver<Command>) {
        let mut waiting = Vec::new();
        let mut batches = 0;
        while !self.dead {
            if waiting.is_empty() {
                if !self.tables.chores.any() {
                    if queue.blocking_recv_many(&mut waiting, BATCH_COMMANDS) == 0 {
                        return;
                    }
                } else if !gather(&mut queue, &mut waiting) {
                    return;
                }
            }
            if waiting.is_empty() || batches >= PATIENCE {
                batches = 0;
                self.chore();
                continue;
            }
            let rest = waiting.split_off(fitting(&waiting));
            let batch = std::mem::replace(&mut waiting, rest);
            if batch.iter().any(|command| matches!(command, Command::Close)) {
                queue.close();
            }
            self.write(batch);
            self.checkpoints.look(&self.tables.conn, &self.fatal);
            batches += u32::from(self.tables.chores.any());
        }
    }

    /// Writes commands, all in one transaction; if that fails, each in one of its own, so that one that fails fails
    /// alone.
    fn write(&mut self, batch: Vec<Command>) {
        match self.together(&batch) {
            Ok(decisions) => self.answer(batch, decisions),
            Err(failure) if batch.len() == 1 || matches!(failure, Failure::Begin(_)) => self.refuse(batch, &failure),
            Err(failure) => {
                let (Failure::Begin(error) | Failure::Write(error) | Failure::Commit(error)) = &failure;
                if let Fault::Fatal(_) = Fault::of(error) {
                    return self.refuse(batch, &failure);
                }
                for command in batch {
                    if self.dead {
                        return;
                    }
                    let alone = vec![command];
                    match self.together(&alone) {
                        Ok(decisions) => self.answer(alone, decisions),
                        Err(failure) => self.refuse(alone, &failure),
                    }
                }
            }
        }
    }

    /// Writes and commits; after a failure nothing was written.
    fn together(&mut self, batch: &[Command]) -> Result<Vec<Decision>, Failure> {
        let tables = &mut self.tables;
        let written = tables.begin().map_err(Failure::Begin).and_then(|()| {
            let decisions: Result<Vec<_>, _> = batch.iter().map(|command| tables.write(command)).collect();
            let decisions = decisions.map_err(Failure::Write)?;
            match self.fail.load(Ordering::Relaxed) {
                0 => commit(tables, &self.on_commit, batch.len()),
                code => Err(rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(code), None)),
            }
            .map_err(Failure::Commit)?;
            Ok(decisions)
        });
        if written.is_err() {
            self.tables.roll_back();
        } else {
            self.tables.chores.resume();
            self.commits.fetch_add(1, Ordering::Relaxed);
        }
        written
    }

    /// Everything is durable: now the feed gets it.
    fn answer(&mut self, batch: Vec<Command>, decisions: Vec<Decision>) {
        self.search.touched(decisions.iter().filter_map(Decision::to_index));
        let mut feed = Batch::with_capacity(batch.len());
        for (command, decision) in batch.into_iter().zip(decisions) {
            command.finish(decision, &mut feed);
        }
        if feed.is_empty() {
            return;
        }
        if self.feed.is_none() {
            self.feed = self.slot.lock().ok().and_then(|mut slot| slot.take());
        }
        if let Some(reader) = &self.feed {
            // Without a reader the batch is dropped, which answers who waits.
            let _ = reader.blocking_send(feed);
        }
    }

    fn refuse(&mut self, batch: Vec<Command>, failure: &Failure) {
        let (Failure::Begin(error) | Failure::Write(error) | Failure::Commit(error)) = failure;
        let fault = match Fault::of(error) {
            Fault::Refused(_) if is_write(error) && !self.tables.has_room() => Fault::Full,
            fault => fault,
        };
        match &fault {
            Fault::Fatal(why) => {
                self.dead = true;
                self.fatal.end(why);
            }
            // What the log has moved into the database leaves room in the log.
            Fault::Full => self.checkpoints.wake(),
            Fault::Refused(why) => tracing::error!(error = why, "a command was not written"),
        }
        let unknown = fault != Fault::Full && matches!(failure, Failure::Commit(error) if is_input_or_output(error));
        let answer = if unknown { AppendError::Unknown } else { fault.into() };
        for command in batch {
            command.refuse(answer.clone());
        }
    }

    /// Does a piece of what waits, in a transaction of its own.
    fn chore(&mut self) {
        let tables = &mut self.tables;
        let now = tables.clock.now();
        let mut touched = None;
        let done = tables.begin().and_then(|()| {
            touched = tables.chores.step(&tables.conn, now)?;
            commit(tables, &self.on_commit, 0)
        });
        self.search.touched(touched.into_iter());
        if let Err(error) = done {
            self.tables.roll_back();
            match Fault::of(&error) {
                Fault::Fatal(why) => {
                    self.dead = true;
                    self.fatal.end(&why);
                }
                // Erasing is what makes room; it goes on as soon as anything can be written.
                Fault::Full => self.tables.chores.pause(),
                Fault::Refused(_) => {
                    tracing::error!(%error, "a chore of the log is given up until the next start");
                    self.tables.chores.give_up();
                }
            }
        }
        self.checkpoints.look(&self.tables.conn, &self.fatal);
    }

    /// Leaves the database without a log.
    fn finish(&mut self) {
        if self.dead {
            return;
        }
        let tidied = self
            .tables
            .return_ids()
            .and_then(|()| self.tables.conn.wal_checkpoint_v2(None::<&str>, CheckpointMode::TRUNCATE).map(drop));
        if let Err(error) = tidied {
            tracing::warn!(%error, "the log was left for the next start to read");
        }
    }
}

/// Commits so many commands, and says how long that took.
fn commit(tables: &mut Tables, on_commit: &OnCommit, commands: usize) -> rusqlite::Result<()> {
    let began = Instant::now();
    tables.commit()?;
    on_commit.tell(commands, began.elapsed());
    Ok(())
}

/// Takes what is there without waiting; `false` once there will be nothing more.
fn gather(queue: &mut mpsc::Receiver<Command>, waiting: &mut Vec<Command>) -> bool {
    while waiting.len() < BATCH_COMMANDS {
        match queue.try_recv() {
            Ok(command) => waiting.push(command),
            Err(mpsc::error::TryRecvError::Empty) => break,
            Err(mpsc::error::TryRecvError::Disconnected) => return !waiting.is_empty(),
        }
    }
    true
}

/// How many of these fit into one transaction; one does, however big.
fn fitting(waiting: &[Command]) -> usize {
    let mut bytes = 0;
    let fits = waiting.iter().take_while(|command| {
        bytes += command.size();
        bytes <= BATCH_BYTES
    });
    fits.count().max(1)
}
